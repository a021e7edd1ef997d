import { holdsAction, isSelfAction } from '../grant/action.js';
import type { RoleGrant } from '../grant/acl.js';
import { makeJudge } from '../grant/judge.js';
import { isAnonymousId } from '../grant/output-fields.js';
import { hasChildren, isResourceType, typeOfId } from '../grant/resource-type.js';
import { covers, scopedGrants, type ScopedGrant } from '../grant/scoped-grant.js';
import { isTemplate } from '../grant/template.js';
import { callersOf, decidingGrants, waysOf, type Person, type Question } from './question.rules.js';

/** Why a grant that comes near does not give what is asked, the nearest first. */
export const missKinds = [
  'only self',
  'not signed in',
  'other id',
  'other container',
  'other scope',
  'not a principal',
  'other action',
  'collection only',
  'resources only',
  'not a principal of a wide role',
  'other type',
] as const;

export type MissKind = (typeof missKinds)[number];

/** A grant that comes near, and what keeps it from deciding. */
export interface Miss {
  readonly kind: MissKind;
  readonly roleId: string;
  /** The same grant as the role gives it for each of the scopes that count here. */
  readonly given: readonly RoleGrant[];
  /** The grant as it is written, templates in it. */
  readonly grant: ScopedGrant['grant'];
}

/**
 * The grants that come nearest to what a person is not given, best first. Each is asked again of the engine that decides
 * requests with one thing about it changed: where only that keeps it from giving what is asked, it is a miss. `others`
 * are grants of roles that the person does not hold.
 */
export function nearMisses(
  person: Person,
  held: readonly RoleGrant[],
  others: readonly RoleGrant[],
  question: Question,
): Miss[] {
  const found = [
    ...held.flatMap((given) => missOfHeld(person, given, question)),
    ...others.flatMap((given) => missOfOther(person, given, question)),
  ];
  return together(found).sort((one, other) => missKinds.indexOf(one.kind) - missKinds.indexOf(other.kind));
}

// A role that speaks for five other scopes misses once and not five times.
function together(misses: readonly Miss[]): Miss[] {
  const byGrant = new Map<string, Miss>();
  for (const miss of misses) {
    const key = [miss.kind, miss.roleId, miss.given[0]?.canonical].join('\n');
    const before = byGrant.get(key)?.given ?? [];
    byGrant.set(key, { ...miss, given: [...before, ...miss.given] });
  }
  return [...byGrant.values()];
}

function missOfOther(person: Person, given: RoleGrant, question: Question): Miss[] {
  if (decidingGrants(person, [given], question).length === 0) return [];
  const [written] = scopedGrants([given], { userId: null, accountId: null });
  if (!written) return [];
  const isWide = written.actions.has('*') || written.grant.type === '*';
  const kind = isWide ? 'not a principal of a wide role' : 'not a principal';
  return [{ kind, roleId: given.roleId, given: [given], grant: written.grant }];
}

function missOfHeld(person: Person, given: RoleGrant, question: Question): Miss[] {
  const [written] = scopedGrants([given], { userId: null, accountId: null });
  if (!written) return [];
  const kinds = callersOf(person).flatMap((caller) => {
    const [one] = scopedGrants([given], caller);
    return one ? (kindOf(one, written, person, question) ?? []) : [];
  });
  const [kind] = kinds;
  return kind === undefined ? [] : [{ kind, roleId: given.roleId, given: [given], grant: written.grant }];
}

function kindOf(one: ScopedGrant, written: ScopedGrant, person: Person, question: Question): MissKind | null {
  const { action, on } = question;
  const ways = waysOf(person, question);
  const isAnonymous = isAnonymousId(person.userId);
  const gives = (changed: Partial<ScopedGrant>, wanted = ways, asAnonymous = isAnonymous): boolean => {
    const { may } = makeJudge([{ ...one, ...changed }], asAnonymous)(on);
    return wanted.some(may);
  };
  const withGrant = (changed: Partial<ScopedGrant['grant']>): Partial<ScopedGrant> => ({
    grant: { ...one.grant, ...changed },
  });

  const self = isSelfAction(action) ? action : `${action}:self`;
  if (!isAnonymous && gives({}, [self])) return 'only self';
  if (isAnonymous && gives({}, ways, false)) return 'not signed in';
  if (!covers(one, on)) return gives({ roleScopeId: on.scopeId, grantScope: 'this' }) ? 'other scope' : null;

  const { ids, type } = written.grant;
  if (ids.length === 0 && on.id !== null) return type === on.type ? 'collection only' : null;
  const named = ids.length > 0 && !ids.includes('*');
  const isOfType = ids.some((id) => typeOfId(id) === on.type) && (type === null || type === on.type);
  if (named && on.id === null && isOfType) return 'resources only';
  if (!ways.some((way) => holdsAction(one.actions, way)))
    return gives({ actions: new Set(ways) }) ? 'other action' : null;
  if (named && isPin(ids) && on.pin !== null && typeOfId(ids[0] ?? '') === typeOfId(on.pin)) {
    if (gives(withGrant({ ids: [on.pin] }))) return 'other container';
  } else if (named && on.id !== null && isOfTypeOf(ids, on.id) && gives(withGrant({ ids: [on.id] }))) {
    return 'other id';
  }
  const isTyped = type !== null && type !== '*' && type !== on.type && isResourceType(on.type);
  return isTyped && gives(withGrant({ type: on.type })) ? 'other type' : null;
}

/** Whether ids are of what contains others. */
function isPin(ids: readonly string[]): boolean {
  const type = typeOfId(ids[0] ?? '');
  return type !== null && hasChildren(type);
}

function isOfTypeOf(ids: readonly string[], id: string): boolean {
  const type = typeOfId(id);
  return ids.some((one) =>
    isTemplate(one) ? type === (/account/i.test(one) ? 'account' : 'user') : typeOfId(one) === type,
  );
}
