import type { Protected } from '../core/acl.js';
import { isSelfAction, parentAction } from '../grant/action.js';
import { makeAcl, type Caller, type RoleGrant } from '../grant/acl.js';
import { idActionsOf, isResourceType } from '../grant/resource-type.js';

/** One action on one thing, or on a collection. */
export interface Question {
  readonly action: string;
  readonly on: Protected;
  /** Whose it is, of types that know ownership; null for the others and for collections. */
  readonly ownerId: string | null;
}

/** A user and the accounts it may sign in with; `u_anon` for who has not signed in. */
export interface Person {
  readonly userId: string;
  readonly accountIds: readonly string[];
}

/** A grant that decides for a person. */
export interface Deciding {
  readonly given: RoleGrant;
  /** What it was held for: the action asked, or `cancel:self` where that is as good on one's own. */
  readonly action: string;
  /** The account one has to be signed in with for it; null where any will do. */
  readonly accountId: string | null;
}

/** As whom a person may come: by each of its accounts, or as nobody's account where it has none. */
export function callersOf({ userId, accountIds }: Person): Caller[] {
  return accountIds.length === 0
    ? [{ userId, accountId: null }]
    : accountIds.map((accountId) => ({ userId, accountId }));
}

/**
 * The actions of which each one is enough. On one's own, `cancel:self` is as good as `cancel`; on what is somebody
 * else's it is good for nothing, and takes `cancel`.
 */
export function waysTo(action: string, type: string, isOwn: boolean): string[] {
  if (!isOwn) return [isSelfAction(action) ? (parentAction(action) ?? action) : action];
  const self = `${action}:self`;
  return isResourceType(type) && idActionsOf(type).some((one) => one === self) ? [action, self] : [action];
}

/** The ways of a person to what is asked. */
export function waysOf({ userId }: Pick<Person, 'userId'>, { action, on, ownerId }: Question): string[] {
  return waysTo(action, on.type, ownerId !== null && ownerId === userId);
}

/** The grants that give a person what is asked, by the engine that decides requests; none where nothing does. */
export function decidingGrants(person: Person, grants: readonly RoleGrant[], question: Question): Deciding[] {
  const found: Deciding[] = [];
  const ways = waysOf(person, question);
  const isOneOfMany = person.accountIds.length > 1;
  const anyAccount = { userId: person.userId, accountId: null };
  for (const caller of [anyAccount, ...callersOf(person)]) {
    const acl = makeAcl(caller, grants);
    for (const action of ways) {
      for (const given of acl.why(action, question.on) as readonly RoleGrant[]) {
        const isKnown = found.some(
          (one) => one.given === given && [null, caller.accountId].includes(one.accountId),
        );
        if (!isKnown) found.push({ given, action, accountId: isOneOfMany ? caller.accountId : null });
      }
    }
  }
  return found;
}
