import type { Acl, ListPermission, Protected, Reach } from '../core/acl.js';
import { isFailure, type Failure } from '../core/failure.js';
import { isCollectionAction, isSelfAction, parentAction } from './action.js';
import { parseGrant, resolveIds, type Grant } from './grant.js';
import { isResourceType, isTopLevel, typeOfId } from './resource-type.js';

/** A grant as a role gives it: where the role lives, and which scopes it speaks for. */
export interface RoleGrant {
  readonly roleId: string;
  readonly roleScopeId: string;
  /** `this`, `children`, `descendants` or a scope's id. */
  readonly grantScope: string;
  readonly canonical: string;
}

export interface Caller {
  /** `u_anon` for a caller without a token. */
  readonly userId: string;
  readonly accountId: string | null;
}

interface ScopedGrant {
  readonly grant: Grant;
  readonly ids: readonly string[];
  readonly roleScopeId: string;
  readonly grantScope: string;
}

// What a caller without a token may ever be granted, whatever a role says.
const anonymousActions: Record<string, readonly string[]> = {
  scope: ['list', 'no-op'],
  'auth-method': ['list', 'no-op', 'authenticate'],
};

const anonymousFields = new Set([
  ...['id', 'scope', 'scope_id', 'plugin_id', 'plugin', 'name', 'description', 'type', 'is_primary'],
  ...['primary_auth_method_id', 'authorized_actions', 'authorized_collection_actions'],
]);

const parsed = new Map<string, Grant | Failure>();
const mostParsed = 50_000;

// Grants repeat across callers and requests. Stored ones were checked when they were written, but perhaps by
// another build, which knew other actions or types.
function parsedOnce(canonical: string): Grant | Failure {
  let grant = parsed.get(canonical);
  if (grant === undefined) {
    grant = parsedOrNot(canonical);
    if (parsed.size >= mostParsed) parsed.clear();
    parsed.set(canonical, grant);
  }
  return grant;
}

function parsedOrNot(canonical: string): Grant | Failure {
  try {
    return parseGrant(canonical);
  } catch (error) {
    if (isFailure(error)) return error;
    throw error;
  }
}

/** Told of each stored grant that this build cannot read. */
export type TellUnread = (grant: RoleGrant, why: string) => void;

/**
 * The access of one caller out of the grants of its roles. Denies by default: a grant that this build cannot
 * read gives nothing and takes nothing from the others.
 */
export function makeAcl(
  caller: Caller,
  grants: readonly RoleGrant[],
  tellUnread: TellUnread = () => {},
): Acl {
  const scoped = grants.flatMap((one): ScopedGrant[] => {
    const grant = parsedOnce(one.canonical);
    if (isFailure(grant)) {
      tellUnread(one, grant.message);
      return [];
    }
    const { roleScopeId, grantScope } = one;
    return [{ grant, ids: resolveIds(grant.ids, caller), roleScopeId, grantScope }];
  });
  const isAnonymous = isAnonymousId(caller.userId);
  const matching = (action: string, on: Protected): ScopedGrant[] =>
    scoped.filter(
      (one) =>
        covers(one, on) && (isAnonymous ? matchesAnonymous(action, on, one) : matches(action, on, one)),
    );
  const may = (action: string, on: Protected): boolean =>
    matching(action, on).some(({ grant }) => holds(grant, action));
  return {
    may,
    actionsOn: (actions, on) => actions.filter((action) => may(action, on)),
    fieldsFor(action, on) {
      if (caller.userId === '') return new Set();
      const given = matching(action, on).filter(({ grant }) => grant.outputFields !== null);
      if (given.length === 0) return isAnonymous ? anonymousFields : '*';
      const names = new Set(given.flatMap(({ grant }) => grant.outputFields ?? []));
      return names.has('*') ? '*' : names;
    },
    listPermission: (type, idActions) =>
      isAnonymous
        ? anonymousListPermission(scoped, type, idActions)
        : listPermission(caller.userId, scoped, type, idActions),
    listedField: (type, field) =>
      isAnonymous ? { limited: anywhere, shown: reachOf([]) } : listedField(scoped, type, field),
    viewKey: viewKeyOf(caller, grants),
  };
}

function isAnonymousId(userId: string): boolean {
  return userId === 'u_anon' || userId === '';
}

function covers({ roleScopeId, grantScope }: ScopedGrant, on: Protected): boolean {
  switch (grantScope) {
    case 'this':
      return on.scopeId === roleScopeId;
    case 'children':
      return on.parentScopeId === roleScopeId;
    case 'descendants':
      return on.scopeId !== 'global';
    default:
      return on.scopeId === grantScope;
  }
}

function holds(grant: Grant, action: string): boolean {
  return grant.actions.some(
    (granted) => granted === '*' || granted === action || granted === parentAction(action),
  );
}

// A grant without actions matches too: it contributes output fields alone.
function speaksOf(grant: Grant, action: string): boolean {
  return grant.actions.length === 0 || holds(grant, action);
}

function matchesAnonymous(action: string, on: Protected, { grant }: ScopedGrant): boolean {
  return (
    speaksOf(grant, action) && grant.type === on.type && (anonymousActions[on.type] ?? []).includes(action)
  );
}

function matches(action: string, on: Protected, { grant, ids }: ScopedGrant): boolean {
  if (!speaksOf(grant, action)) return false;
  const typeFits = grant.type === on.type || grant.type === '*';
  const topLevel = isResourceType(on.type) && isTopLevel(on.type);
  if (ids.length === 0)
    return on.id === null && grant.type === on.type && topLevel && isCollectionAction(action);
  if (ids.includes('*')) return typeFits;
  const ownType = grant.type === null || (on.id !== null && grant.type === typeOfId(on.id));
  if (on.id !== null && ids.includes(on.id) && ownType && !isCollectionAction(action)) return true;
  return on.pin !== null && ids.includes(on.pin) && typeFits && !topLevel;
}

function listPermission(
  userId: string,
  scoped: readonly ScopedGrant[],
  type: string,
  idActions: readonly string[],
): ListPermission {
  const all: ScopedGrant[] = [];
  const own: ScopedGrant[] = [];
  const single = new Map<string, ScopedGrant[]>();
  const ownSingle = new Map<string, ScopedGrant[]>();
  for (const one of scoped) {
    const held = idActions.filter((action) => holds(one.grant, action));
    if (held.length === 0 || one.ids.length === 0) continue;
    const typeFits = one.grant.type === type || one.grant.type === '*';
    const isOwnOnly = held.every((action) => isSelfAction(action));
    if (one.ids.includes('*')) {
      if (typeFits) (isOwnOnly ? own : all).push(one);
      continue;
    }
    const byId = isOwnOnly ? ownSingle : single;
    for (const id of one.ids) {
      const isOne = typeOfId(id) === type && (one.grant.type === null || one.grant.type === type);
      const isPin = typeOfId(id) !== type && typeFits;
      if (isOne || isPin) byId.set(id, [...(byId.get(id) ?? []), one]);
    }
  }
  return {
    all: reachOf(all),
    own: reachOf(own),
    ids: [...single].map(([id, grants]) => ({ id, reach: reachOf(grants) })),
    ownIds: [...ownSingle].map(([id, grants]) => ({ id, reach: reachOf(grants) })),
    listable: listableReach(
      scoped.filter(({ grant, ids }) => holds(grant, 'list') && opensList(grant, ids, type)),
    ),
    userId,
  };
}

function opensList(grant: Grant, ids: readonly string[], type: string): boolean {
  return ids.length === 0
    ? grant.type === type
    : ids.includes('*') && (grant.type === type || grant.type === '*');
}

const anywhere: Reach = { scopes: ['global'], parents: [], everywhere: true };

// The reaches behind `fieldsFor('list', …)` on the collections of each scope.
function listedField(
  scoped: readonly ScopedGrant[],
  type: string,
  field: string,
): ReturnType<Acl['listedField']> {
  const limiting = scoped.filter(
    ({ grant, ids }) => grant.outputFields !== null && speaksOf(grant, 'list') && opensList(grant, ids, type),
  );
  const names = ({ grant }: ScopedGrant): readonly string[] => grant.outputFields ?? [];
  const showing = limiting.filter((one) => names(one).includes(field) || names(one).includes('*'));
  return { limited: reachOf(limiting), shown: reachOf(showing) };
}

// To list in a scope is to walk on into the scopes below it; what shows there is decided item by item.
function listableReach(grants: readonly ScopedGrant[]): Reach {
  const direct = reachOf(grants);
  return {
    scopes: direct.scopes,
    parents: [...new Set([...direct.parents, ...direct.scopes])],
    everywhere: direct.everywhere || direct.parents.includes('global') || direct.scopes.includes('global'),
  };
}

function anonymousListPermission(
  scoped: readonly ScopedGrant[],
  type: string,
  idActions: readonly string[],
): ListPermission {
  const possible = (anonymousActions[type] ?? []).filter((action) => idActions.includes(action));
  const all = scoped.filter(
    ({ grant }) => grant.type === type && possible.some((action) => holds(grant, action)),
  );
  const listable = (anonymousActions[type] ?? []).includes('list')
    ? listableReach(scoped.filter(({ grant }) => grant.type === type && holds(grant, 'list')))
    : reachOf([]);
  return { all: reachOf(all), own: reachOf([]), ids: [], ownIds: [], listable, userId: 'u_anon' };
}

function reachOf(grants: readonly ScopedGrant[]): Reach {
  const of = (kind: (one: ScopedGrant) => string | null): string[] => [
    ...new Set(grants.map(kind).filter((id) => id !== null)),
  ];
  return {
    scopes: of((one) => {
      if (one.grantScope === 'this') return one.roleScopeId;
      return one.grantScope === 'children' || one.grantScope === 'descendants' ? null : one.grantScope;
    }),
    parents: of((one) => (one.grantScope === 'children' ? one.roleScopeId : null)),
    everywhere: grants.some((one) => one.grantScope === 'descendants'),
  };
}

// Two callers with equal grants see the same, unless a grant is about oneself.
function viewKeyOf(caller: Caller, grants: readonly RoleGrant[]): string {
  const lines = grants.map((one) => `${one.grantScope}@${one.roleScopeId} ${one.canonical}`).sort();
  const personal = lines.some((line) => line.includes(':self') || line.includes('{{'));
  return `${personal ? caller.userId : isAnonymousId(caller.userId) ? 'u_anon' : ''}\n${[...new Set(lines)].join('\n')}`;
}
