import type { Protected, Reach } from '../core/acl.js';
import { holdsAction } from '../grant/action.js';
import type { RoleGrant } from '../grant/acl.js';
import { parseStoredGrant, printGrant, type Grant } from '../grant/grant.js';
import { GrantFault } from '../grant/grant-fault.js';
import { parentType, typeOfId, type ResourceType } from '../grant/resource-type.js';
import { takesIn, type AccessSet, type Shape } from './access-set.rules.js';
import { isNowhere } from './effective-access.js';

/** Where scopes lie, of those that are named: each with its parent. */
export type ScopeParents = ReadonlyMap<string, string | null>;

/**
 * The first set that is to be given and that the own ones do not take in, in any part of its reach; null when they take
 * in all. When it cannot be told, it is not taken in.
 */
export function firstLacking(
  own: readonly AccessSet[],
  given: readonly AccessSet[],
  parents: ScopeParents,
): AccessSet | null {
  for (const set of given) {
    const reaches = own
      .filter(({ type, action, of }) => type === set.type && action === set.action && takesIn(of, set.of))
      .map(({ reach }) => reach);
    if (!isWithin(set.reach, reaches, parents)) return set;
  }
  return null;
}

function isWithin(reach: Reach, wide: readonly Reach[], parentsOf: ScopeParents): boolean {
  const isEverywhere = wide.some(({ everywhere }) => everywhere);
  const isBelow = (parent: string | null | undefined): boolean =>
    parent != null && wide.some(({ parents }) => parents.includes(parent));
  const isScopeWithin = (id: string): boolean =>
    wide.some(({ scopes }) => scopes.includes(id)) ||
    (isEverywhere && id !== 'global') ||
    isBelow(parentsOf.get(id));
  return (
    (!reach.everywhere || isEverywhere) &&
    reach.parents.every((id) => isEverywhere || isBelow(id)) &&
    reach.scopes.every(isScopeWithin)
  );
}

/** A set where a thing stands, and nowhere else: what names one thing is about one scope, whatever its role speaks for. */
export function placedAt(
  set: AccessSet,
  things: readonly Pick<Protected, 'id' | 'scopeId' | 'parentScopeId'>[],
): AccessSet {
  const thing = set.of.kind === 'one' ? things.find(({ id }) => id === set.of.id) : undefined;
  return thing ? { ...set, reach: meet(set.reach, [thing]) } : set;
}

/** Of a reach, those of the scopes that it takes in. */
export function meet(
  { scopes, parents, everywhere }: Reach,
  places: readonly Pick<Protected, 'scopeId' | 'parentScopeId'>[],
): Reach {
  const within = places.filter(
    ({ scopeId, parentScopeId }) =>
      scopes.includes(scopeId) ||
      (parentScopeId !== null && parents.includes(parentScopeId)) ||
      (everywhere && scopeId !== 'global'),
  );
  return { scopes: [...new Set(within.map(({ scopeId }) => scopeId))], parents: [], everywhere: false };
}

export function withoutEmpty(sets: readonly AccessSet[]): AccessSet[] {
  return sets.filter(({ reach }) => !isNowhere(reach));
}

/**
 * A grant as it counts when it is given. One that only names fields to show may show more to who holds others: as much
 * as a grant of every action would. Null for one that this build cannot read, of which nobody knows what it gives.
 */
export function asGiven(given: RoleGrant): RoleGrant | null {
  const grant = readOrNull(given.canonical);
  if (grant === null) return null;
  if (grant.actions.length > 0) return given;
  return { ...given, canonical: printGrant({ ...grant, actions: ['*'], outputFields: null }) };
}

/**
 * Whether some of the grants hide fields from who performs that action: then it is held in part only, and cannot be given
 * to somebody who would have it whole.
 */
export function isHeldInPart(
  grants: readonly RoleGrant[],
  { type, action }: Pick<Shape, 'type' | 'action'>,
): boolean {
  return grants.some(({ canonical }) => {
    const grant = readOrNull(canonical);
    if (grant === null || grant.outputFields === null || grant.outputFields.includes('*')) return false;
    const isOfAction = grant.actions.length === 0 || holdsAction(new Set(grant.actions), action);
    return isOfAction && mayBeAbout(grant, type);
  });
}

function mayBeAbout({ type: named, ids }: Grant, type: ResourceType): boolean {
  if (named === '*' || named === type) return true;
  if (named !== null) return false;
  return ids.some((id) => {
    const of = typeOfId(id);
    return of === null || of === type || of === parentType(type);
  });
}

function readOrNull(canonical: string): Grant | null {
  try {
    return parseStoredGrant(canonical);
  } catch (error) {
    if (error instanceof GrantFault) return null;
    throw error;
  }
}
