import type { RoleGrant } from '../grant/acl.js';
import type { Holding } from './access-sentence.js';
import { decidingGrants, type Deciding, type Person, type Question } from './question.rules.js';

/** Somebody of whom nothing is known but that they have signed in: what this one may, all may who hold the role. */
const whoever: Person = { userId: '-', accountIds: [] };

const anonymous: Person = { userId: 'u_anon', accountIds: [] };

/** What gives the access, before it is asked who holds it. */
export interface Giving {
  /** Grants that give it to everybody who holds their role. */
  readonly toHolders: readonly Deciding[];
  /** Grants that give it to that one alone, should it hold their role: its own id, what is its own. */
  readonly toOne: ReadonlyMap<string, readonly Deciding[]>;
}

/**
 * Which of the grants give what is asked, and to whom of those who hold their roles. `ones` are those whom the thing
 * is about: its owner, the user itself, the user behind the account.
 */
export function givingGrants(
  grants: readonly RoleGrant[],
  question: Question,
  ones: readonly Person[],
): Giving {
  const toHolders = decidingGrants(whoever, grants, question);
  const isForAll = ({ given }: Deciding): boolean => toHolders.some((other) => other.given === given);
  return {
    toHolders,
    toOne: new Map(
      ones.map((person) => [
        person.userId,
        decidingGrants(person, grants, question).filter((one) => !isForAll(one)),
      ]),
    ),
  };
}

/** The grants that give it to who has not signed in, of the roles that everybody holds. */
export function decidingForAnonymous(
  grants: readonly RoleGrant[],
  question: Question,
  holdings: readonly Holding[],
): Deciding[] {
  const isHeld = (role: string): boolean =>
    holdings.some(({ roleId, principalId }) => roleId === role && principalId === 'u_anon');
  return decidingGrants(
    anonymous,
    grants.filter(({ roleId }) => isHeld(roleId)),
    question,
  );
}

/** Those of the grants whose roles a user holds, by the ways in which roles are held. */
export function heldBy(
  userIds: readonly string[],
  deciding: readonly Deciding[],
  holdings: readonly Holding[],
): Deciding[] {
  const roles = new Set(
    holdings.filter(({ principalId }) => userIds.includes(principalId)).map(({ roleId }) => roleId),
  );
  return deciding.filter(({ given }) => roles.has(given.roleId));
}
