import type { Acl } from '../core/acl.js';
import type { Action } from './action.js';
import { collectionActionsOf, pluralOf, scopeKeyActions, type ResourceType } from './resource-type.js';

/** What holds collections: scopes of the three types, and the containers inside them by their subtypes. */
export type CollectionHolder =
  | 'global'
  | 'org'
  | 'project'
  | 'auth-method password'
  | 'auth-method oidc'
  | 'auth-method ldap'
  | 'host-catalog static'
  | 'host-catalog plugin'
  | 'credential-store vault'
  | 'credential-store static';

/** One container whose collections are asked for. */
export interface CollectionPlace {
  readonly holder: CollectionHolder;
  /** The container; a scope lies in itself here. */
  readonly id: string;
  readonly scopeId: string;
  readonly scopeParentId: string | null;
}

/** What a caller may ask of one collection, in the order of the type's actions. Never empty. */
export interface CollectionActions {
  /** The plural of the type, `host-sets` for instance. */
  readonly collection: string;
  readonly type: ResourceType;
  readonly actions: readonly Action[];
}

const all = (...types: ResourceType[]): (readonly [ResourceType, readonly Action[]])[] =>
  types.map((type) => [type, collectionActionsOf(type)]);

// Left out on purpose: policies, storage buckets and session recordings, since nothing of that kind exists here.
const collectionsIn: Record<CollectionHolder, readonly (readonly [ResourceType, readonly Action[]])[]> = {
  global: all('alias', 'auth-method', 'auth-token', 'group', 'role', 'scope', 'user', 'worker'),
  org: all('auth-method', 'auth-token', 'group', 'role', 'scope', 'user'),
  project: [
    ...all('credential-store', 'group', 'host-catalog', 'role'),
    ['scope', scopeKeyActions],
    ...all('session', 'target'),
  ],
  'auth-method password': all('account'),
  'auth-method oidc': all('account', 'managed-group'),
  'auth-method ldap': all('account', 'managed-group'),
  'host-catalog static': all('host-set', 'host'),
  'host-catalog plugin': [...all('host-set'), ['host', ['list']]],
  'credential-store vault': all('credential-library'),
  'credential-store static': all('credential'),
};

/** What a caller may ask of each collection of a container; collections of which it may ask nothing are left out. */
export function collectionActions(acl: Acl, place: CollectionPlace): CollectionActions[] {
  const { holder, id, scopeId, scopeParentId } = place;
  const isScope = holder === 'global' || holder === 'org' || holder === 'project';
  return collectionsIn[holder].flatMap(([type, possible]) => {
    const on = { type, id: null, scopeId, parentScopeId: scopeParentId, pin: isScope ? null : id };
    const actions = possible.filter((action) => acl.may(action, on));
    return actions.length === 0 ? [] : [{ collection: pluralOf(type), type, actions }];
  });
}

/** The collections of a scope. */
export function scopeCollectionActions(
  acl: Acl,
  scope: {
    readonly id: string;
    readonly type: 'global' | 'org' | 'project';
    readonly parentId: string | null;
  },
): CollectionActions[] {
  const { id, type, parentId } = scope;
  return collectionActions(acl, { holder: type, id, scopeId: id, scopeParentId: parentId });
}
