/** What an action is asked on: one resource, or a collection when `id` is null. */
export interface Protected {
  readonly type: string;
  readonly id: string | null;
  readonly scopeId: string;
  /** Parent of that scope; null for global. */
  readonly parentScopeId: string | null;
  /** The container that owns it (auth method, host catalog, credential store); null for the others. */
  readonly pin: string | null;
}

/**
 * Where a caller may list resources of one type, in the shape a SQL predicate takes. `scopes` are exact
 * scope ids, `parents` stand for every scope directly below, `everywhere` for every scope but global.
 */
export interface Reach {
  readonly scopes: readonly string[];
  readonly parents: readonly string[];
  readonly everywhere: boolean;
}

/** An id, or the id of a container, and the scopes in which a grant speaks of it. */
export interface ReachedId {
  readonly id: string;
  readonly reach: Reach;
}

/** What of a type the caller may see in lists: whole reaches, own items only, and single ids or pins. */
export interface ListPermission {
  readonly all: Reach;
  readonly own: Reach;
  readonly ids: readonly ReachedId[];
  /** Ids that count only where the item is one's own. */
  readonly ownIds: readonly ReachedId[];
  /** Scopes whose collection a recursive list may open; empty when it is to be refused. */
  readonly listable: Reach;
  readonly userId: string;
}

/** A grant as a role gives it: the role, where it lives, which scopes it speaks for, and the one text of the grant. */
export interface GivenGrant {
  readonly roleId: string;
  readonly roleScopeId: string;
  /** `this`, `children`, `descendants` or a scope's id. */
  readonly grantScope: string;
  readonly canonical: string;
}

/** A caller's access, loaded once per request. Pure: it asks nothing of the database. */
export interface Acl {
  may(action: string, on: Protected): boolean;
  /** The grants that decided for it: all that allow it there, none where it is not allowed. */
  why(action: string, on: Protected): readonly GivenGrant[];
  /** Actions of that list the caller holds on it, in the order of the list. */
  actionsOn(actions: readonly string[], on: Protected): string[];
  /** Fields the caller may see when it performs the action: `'*'`, or the names. */
  fieldsFor(action: string, on: Protected): '*' | ReadonlySet<string>;
  listPermission(type: string, idActions: readonly string[]): ListPermission;
  /** Where lists of a top-level type show some fields only, and where this one is among them. */
  listedField(type: string, field: string): { readonly limited: Reach; readonly shown: Reach };
  /** Equal for callers who see the same; carries the user where a `:self` or template grant decides. */
  readonly viewKey: string;
}
