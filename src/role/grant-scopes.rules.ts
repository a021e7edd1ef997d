import type { Issue } from '../core/failure.js';
import { kindOfId } from '../core/id.js';
import { GrantFault, isGrantFault } from '../grant/grant-fault.js';

/** Why grant scopes are not given to a role or taken from it. */
export type GrantScopesFaultKind =
  | 'grant_scopes_empty'
  | 'grant_scope_empty'
  | 'grant_scope_malformed'
  | 'grant_scope_unknown'
  | 'grant_scope_not_allowed'
  | 'grant_scopes_clash';

export type GrantScopesFault = GrantFault<GrantScopesFaultKind>;

/** The scope a role lives in. */
export interface RoleHome {
  readonly scopeId: string;
  readonly type: 'global' | 'org' | 'project';
}

/** The scopes there are, of those that are named: each id with the id of its parent. Missing ones do not exist. */
export type ScopeParents = ReadonlyMap<string, string | null>;

/** What becomes of the grant scopes of a role. */
export interface GrantScopesChange {
  /** All that it has then; its own scope is `this`. */
  readonly grantScopes: readonly string[];
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Whether the role gets a new version: only when something changes. */
  readonly isNewVersion: boolean;
}

const words: readonly string[] = ['this', 'children', 'descendants'];

/** Widens where a role speaks. What it has already, and what is named twice, counts once. */
export function addGrantScopes(
  home: RoleHome,
  held: readonly string[],
  wanted: readonly string[],
  parents: ScopeParents,
  path = 'grantScopes',
): GrantScopesChange | GrantScopesFault {
  if (wanted.length === 0) return nothingNamed(path);
  const named = readScopes(home, wanted, path);
  if (isGrantFault(named)) return named;
  const before = unique(held.map((scope) => ownAsThis(home, scope)));
  const after = unique([...before, ...named]);
  return changed(before, after, faultIn(home, named, after, parents, path));
}

/** Lets a role speak for these scopes and no others; for none at all it grants nothing. */
export function setGrantScopes(
  home: RoleHome,
  held: readonly string[],
  wanted: readonly string[],
  parents: ScopeParents,
  path = 'grantScopes',
): GrantScopesChange | GrantScopesFault {
  const named = readScopes(home, wanted, path);
  if (isGrantFault(named)) return named;
  const before = unique(held.map((scope) => ownAsThis(home, scope)));
  const after = unique(named);
  return changed(before, after, faultIn(home, named, after, parents, path));
}

/** Narrows where a role speaks. What it does not have, scopes that are no more included, is passed over. */
export function removeGrantScopes(
  home: RoleHome,
  held: readonly string[],
  unwanted: readonly string[],
  path = 'grantScopes',
): GrantScopesChange | GrantScopesFault {
  if (unwanted.length === 0) return nothingNamed(path);
  const named = readScopes(home, unwanted, path);
  if (isGrantFault(named)) return named;
  const before = unique(held.map((scope) => ownAsThis(home, scope)));
  return changed(
    before,
    before.filter((scope) => !named.includes(scope)),
    null,
  );
}

function changed(
  before: readonly string[],
  after: readonly string[],
  fault: GrantScopesFault | null,
): GrantScopesChange | GrantScopesFault {
  if (fault !== null) return fault;
  const added = after.filter((scope) => !before.includes(scope));
  const removed = before.filter((scope) => !after.includes(scope));
  return { grantScopes: after, added, removed, isNewVersion: added.length + removed.length > 0 };
}

function readScopes(home: RoleHome, scopes: readonly string[], path: string): string[] | GrantScopesFault {
  for (const [index, scope] of scopes.entries()) {
    const at = `${path}.${index}`;
    if (scope === '') return refuse('grant_scope_empty', at, 'a grant scope is empty');
    const isScopeId = scope === 'global' || /^[op]_[A-Za-z0-9]+$/.test(scope);
    if (!words.includes(scope) && !isScopeId) {
      const message = `${JSON.stringify(scope)} is no grant scope; write this, children, descendants or the id of a scope`;
      return refuse('grant_scope_malformed', at, message);
    }
  }
  return scopes.map((scope) => ownAsThis(home, scope));
}

function ownAsThis({ scopeId }: RoleHome, scope: string): string {
  return scope === scopeId ? 'this' : scope;
}

// First each scope that is named, then what excludes each other in the whole.
function faultIn(
  home: RoleHome,
  named: readonly string[],
  all: readonly string[],
  parents: ScopeParents,
  path: string,
): GrantScopesFault | null {
  for (const [index, scope] of named.entries()) {
    const at = `${path}.${index}`;
    const why = whyNotAllowed(home, scope);
    if (why !== null) return refuse('grant_scope_not_allowed', at, why);
    if (words.includes(scope)) continue;
    const parent = parents.get(scope);
    if (parent === undefined) return refuse('grant_scope_unknown', at, `there is no scope ${scope}`);
    if (home.type === 'org' && parent !== home.scopeId) {
      return refuse('grant_scope_not_allowed', at, `${scope} is no project of the org the role lives in`);
    }
  }
  const clash = clashIn(home, all);
  return clash === null ? null : refuse('grant_scopes_clash', path, clash);
}

function whyNotAllowed({ type, scopeId }: RoleHome, scope: string): string | null {
  if (scope === 'this' || type === 'global') return null;
  if (type === 'project') return 'a role of a project speaks for its project alone; write this';
  if (scope === 'children' || isProject(scope)) return null;
  return `a role of an org speaks for its org (this, ${scopeId}), for children, or for projects of it`;
}

function clashIn({ type }: RoleHome, scopes: readonly string[]): string | null {
  const ids = scopes.filter((scope) => !words.includes(scope));
  const [hasChildren, hasDescendants] = [scopes.includes('children'), scopes.includes('descendants')];
  if (hasChildren && hasDescendants) return 'descendants take in children; keep one of them';
  if (hasDescendants && ids.length > 0)
    return `descendants take in ${ids.join(', ')}; leave out one or the other`;
  const within = hasChildren ? ids.filter((id) => isProject(id) === (type === 'org')) : [];
  return within.length > 0 ? `children take in ${within.join(', ')}; leave out one or the other` : null;
}

function isProject(scope: string): boolean {
  return kindOfId(scope) === 'scope' && scope.startsWith('p_');
}

function nothingNamed(path: string): GrantScopesFault {
  return refuse('grant_scopes_empty', path, 'name at least one grant scope');
}

function refuse(kind: GrantScopesFaultKind, path: string, message: string): GrantScopesFault {
  const issues: Issue[] = [{ path, message }];
  return new GrantFault(kind, { code: 'INVALID_INPUT', issues });
}

function unique(scopes: readonly string[]): string[] {
  return [...new Set(scopes)];
}
