import { isSelfAction } from './action.js';
import { showing, showingAnonymous, type Showing } from './list-permission.js';
import { isAnonymousId } from './output-fields.js';
import { covers, directScopeOf, type ScopedGrant } from './scoped-grant.js';

/**
 * What of a type a caller may see in one scope, in the form for people and machines that look at one scope after
 * the other. Coarser than the list permission that narrows queries: `isOnlySelf` speaks for the scope as a whole.
 */
export interface ScopePermission {
  /** The scope of the role that gives it; for lists it is the scope itself. */
  readonly roleScopeId: string;
  readonly roleParentScopeId: string | null;
  /** A scope's id, `children` or `descendants`. */
  readonly grantScope: string;
  readonly type: string;
  readonly isAll: boolean;
  /** True when every action but list of all grants that show something is about one's own. */
  readonly isOnlySelf: boolean;
  readonly ids: readonly string[];
}

/** A scope and where it lies. */
export interface ScopePlace {
  readonly id: string;
  /** Null for global. */
  readonly parentId: string | null;
}

type Place = Pick<ScopePermission, 'roleScopeId' | 'roleParentScopeId' | 'grantScope'>;

/**
 * What a caller may see of a type in each of the scopes; scopes in which it sees nothing are left out. The
 * recovery user sees all of it everywhere, whatever it is granted.
 */
export function scopePermissions(
  userId: string,
  grants: readonly ScopedGrant[],
  scopes: readonly ScopePlace[],
  type: string,
  idActions: readonly string[],
): ScopePermission[] {
  const placeOf = ({ id, parentId }: ScopePlace): Place => ({
    roleScopeId: id,
    roleParentScopeId: parentId,
    grantScope: id,
  });
  if (userId === 'u_recovery') {
    return scopes.map((scope) => ({
      ...placeOf(scope),
      ...{ type, isAll: true, isOnlySelf: false, ids: [] },
    }));
  }
  const shown = isAnonymousId(userId)
    ? showingAnonymous(grants, type, idActions).map((one) => ({ id: '*', one }))
    : showing(grants, type, idActions);
  return scopes.flatMap((scope) => {
    const on = { scopeId: scope.id, parentScopeId: scope.parentId };
    return permission(
      shown.filter(({ one }) => covers(one, on)),
      placeOf(scope),
      type,
    );
  });
}

/**
 * The resources of a type on which a caller has any right, wherever its grants speak: for each scope named, for
 * the children of a scope, for all descendants. What a wider one of these has in full is not said again.
 */
export function anywherePermissions(
  grants: readonly ScopedGrant[],
  type: string,
  idActions: readonly string[],
): ScopePermission[] {
  const shown = showing(grants, type, idActions);
  const everywhere = permission(
    shown.filter(({ one }) => one.grantScope === 'descendants'),
    { roleScopeId: 'global', roleParentScopeId: null, grantScope: 'descendants' },
    type,
  );
  const isEverywhere = everywhere.some(isWhole);
  const below = isEverywhere ? [] : childrenPermissions(shown, type);
  const whole = new Set(below.filter(isWhole).map(({ roleScopeId }) => roleScopeId));
  const direct = groupBy(shown, ({ one }) => directScopeOf(one));
  const alone = [...direct].flatMap(([scopeId, here]) => {
    const isSaid = isEverywhere ? scopeId !== 'global' : here.some(({ one }) => isBelow(whole, scopeId, one));
    return isSaid ? [] : permission(here, { ...roleOf(here), grantScope: scopeId }, type);
  });
  return [...everywhere, ...below, ...alone];
}

function childrenPermissions(shown: readonly Showing[], type: string): ScopePermission[] {
  const byParent = groupBy(shown, ({ one }) => (one.grantScope === 'children' ? one.roleScopeId : null));
  return [...byParent].flatMap(([roleScopeId, here]) => {
    const roleParentScopeId = roleScopeId === 'global' ? null : 'global';
    return permission(here, { roleScopeId, roleParentScopeId, grantScope: 'children' }, type);
  });
}

// Where the parent of a scope is known by the role: its own parent for `this`, or itself for a scope below.
function isBelow(parents: ReadonlySet<string>, scopeId: string, one: ScopedGrant): boolean {
  if (scopeId === one.roleScopeId) return parents.has(one.roleParentScopeId ?? '');
  const isChild = one.roleScopeId !== 'global' || scopeId.startsWith('o_');
  return isChild && parents.has(one.roleScopeId);
}

function roleOf(here: readonly Showing[]): Pick<Place, 'roleScopeId' | 'roleParentScopeId'> {
  const [first] = here;
  return {
    roleScopeId: first?.one.roleScopeId ?? '',
    roleParentScopeId: first?.one.roleParentScopeId ?? null,
  };
}

function isWhole({ isAll, isOnlySelf }: ScopePermission): boolean {
  return isAll && !isOnlySelf;
}

function permission(here: readonly Showing[], place: Place, type: string): ScopePermission[] {
  if (here.length === 0) return [];
  const ids = [...new Set(here.map(({ id }) => id))];
  return [
    {
      ...place,
      type,
      isAll: ids.includes('*'),
      isOnlySelf: here.every(isOfOwn),
      ids: ids.filter((id) => id !== '*'),
    },
  ];
}

function isOfOwn({ one }: Showing): boolean {
  const others = [...one.actions].filter((action) => action !== 'list');
  return others.length > 0 && others.every(isSelfAction);
}

function groupBy(shown: readonly Showing[], keyOf: (one: Showing) => string | null): Map<string, Showing[]> {
  const groups = new Map<string, Showing[]>();
  for (const one of shown) {
    const key = keyOf(one);
    if (key !== null) groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return groups;
}
