import type { Acl, ListPermission, Reach } from '../core/acl.js';
import { holdsAction, isSelfAction, parentAction } from './action.js';
import { anonymousActionsOn, reaches } from './grant-reach.js';
import { isAnonymousId } from './output-fields.js';
import { isResourceType, isTopLevel, typeOfId } from './resource-type.js';
import { reachOf, type ScopedGrant } from './scoped-grant.js';

/** A grant that may show resources of a type, with one of its ids. */
export interface Showing {
  readonly id: string;
  readonly one: ScopedGrant;
}

/**
 * The grants that may show resources of a type, each once for each of its ids: they hold `*` or one of the
 * actions by its name, and are about that type, every type, or an id of that type. Grants without ids show nothing.
 */
export function showing(
  grants: readonly ScopedGrant[],
  type: string,
  idActions: readonly string[],
): Showing[] {
  return grants.flatMap((one) => {
    if (!one.actions.has('*') && !idActions.some((action) => one.actions.has(action))) return [];
    const isOfType = one.grant.type === type || one.grant.type === '*';
    return one.grant.ids.filter((id) => isOfType || typeOfId(id) === type).map((id) => ({ id, one }));
  });
}

/** What of a type a caller may see in lists, by one of the actions or more. */
export function listPermission(
  userId: string,
  grants: readonly ScopedGrant[],
  type: string,
  idActions: readonly string[],
): ListPermission {
  return isAnonymousId(userId)
    ? anonymousListPermission(grants, type, idActions)
    : namedListPermission(userId, grants, type, idActions);
}

function namedListPermission(
  userId: string,
  grants: readonly ScopedGrant[],
  type: string,
  idActions: readonly string[],
): ListPermission {
  // Who holds an action holds its parts, so it is asked by its own name as well.
  const asked = [...new Set(idActions.flatMap((action) => [action, parentAction(action) ?? action]))];
  const lists = { all: emptyShown(), own: emptyShown() };
  for (const { id, one } of showing(grants, type, asked)) {
    const isOwnOnly =
      !one.actions.has('*') && asked.every((action) => isSelfAction(action) || !one.actions.has(action));
    const shown = isOwnOnly ? lists.own : lists.all;
    if (id === '*') shown.any.push(one);
    else if (isOneOrPin(one, id, type)) shown.byId.set(id, [...(shown.byId.get(id) ?? []), one]);
  }
  const { all, own } = lists;
  const idsOf = ({ byId }: Shown): ListPermission['ids'] =>
    [...byId].map(([id, found]) => ({ id, reach: reachOf(found) }));
  return {
    all: reachOf(all.any),
    own: reachOf(own.any),
    ids: idsOf(all),
    ownIds: idsOf(own),
    listable: listableReach(grants.filter((one) => one.actions.size > 0 && opensList(one, type))),
    userId,
  };
}

interface Shown {
  readonly any: ScopedGrant[];
  readonly byId: Map<string, ScopedGrant[]>;
}

function emptyShown(): Shown {
  return { any: [], byId: new Map() };
}

// An id of the type is that thing, unless the grant is about what is below it; an id of another type is a container.
function isOneOrPin({ grant }: ScopedGrant, id: string, type: string): boolean {
  if (typeOfId(id) === type) return grant.type === null || grant.type === type;
  const isListed = isResourceType(type) && isTopLevel(type);
  return !isListed && (grant.type === type || grant.type === '*');
}

// Holding list, or naming fields for it, on the collections of whole scopes.
function opensList({ grant, actions }: ScopedGrant, type: string): boolean {
  if (actions.size > 0 && !holdsAction(actions, 'list')) return false;
  const [id = null] = grant.ids;
  return reaches({ id, type: grant.type }, { type, id: null, pin: null }, true);
}

/** The reaches behind the fields a caller sees when it lists the collections of each scope. */
export function listedField(
  userId: string,
  grants: readonly ScopedGrant[],
  type: string,
  field: string,
): ReturnType<Acl['listedField']> {
  if (isAnonymousId(userId)) return { limited: anywhere, shown: reachOf([]) };
  const limiting = grants.filter((one) => one.grant.outputFields !== null && opensList(one, type));
  const isShowing = ({ grant }: ScopedGrant): boolean =>
    grant.outputFields !== null && (grant.outputFields.includes(field) || grant.outputFields.includes('*'));
  return { limited: reachOf(limiting), shown: reachOf(limiting.filter(isShowing)) };
}

const anywhere: Reach = { scopes: ['global'], parents: [], everywhere: true };

// To list in a scope is to walk on into the scopes below it; what shows there is decided item by item.
function listableReach(grants: readonly ScopedGrant[]): Reach {
  const direct = reachOf(grants);
  return {
    scopes: direct.scopes,
    parents: [...new Set([...direct.parents, ...direct.scopes])],
    everywhere: direct.everywhere || direct.parents.includes('global') || direct.scopes.includes('global'),
  };
}

/** The grants that show resources of a type to anonymous callers: all of them, whichever ids they name. */
export function showingAnonymous(
  grants: readonly ScopedGrant[],
  type: string,
  actions: readonly string[],
): ScopedGrant[] {
  const possible = anonymousActionsOn(type).filter((action) => actions.includes(action));
  return grants.filter(
    (one) => one.grant.type === type && possible.some((action) => holdsAction(one.actions, action)),
  );
}

function anonymousListPermission(
  grants: readonly ScopedGrant[],
  type: string,
  idActions: readonly string[],
): ListPermission {
  return {
    all: reachOf(showingAnonymous(grants, type, idActions)),
    own: reachOf([]),
    ids: [],
    ownIds: [],
    listable: listableReach(showingAnonymous(grants, type, ['list'])),
    userId: 'u_anon',
  };
}
