import type { Protected } from '../core/acl.js';
import { isTopLevel, isResourceType, typeOfId } from './resource-type.js';

/** What of a grant decides which things it is about. One id: a grant of several is about each of them alone. */
export interface GrantReach {
  /** Null: it is about collections alone. */
  readonly id: string | null;
  readonly type: string | null;
}

/**
 * Whether a grant is about a thing when an action is asked there that is one of collections (`list`, `create`
 * and their parts) or is not. Nothing is said of scopes and of which actions are granted.
 */
export function reaches({ id, type }: GrantReach, on: ReachedThing, isOfCollections: boolean): boolean {
  const isTypeOf = type === on.type || type === '*';
  const isListed = isResourceType(on.type) && isTopLevel(on.type);
  if (id === null) return on.id === null && type === on.type && isListed && isOfCollections;
  if (id === '*') return isTypeOf;
  if (id === on.id && !isOfCollections && (type === null || type === typeOfId(id))) return true;
  return id === on.pin && isTypeOf && !isListed;
}

export type ReachedThing = Pick<Protected, 'type' | 'id' | 'pin'>;

// All that a caller may ever be granted of whom nobody knows who it is, whatever a role says.
const anonymousActions: Readonly<Record<string, readonly string[]>> = {
  scope: ['list', 'no-op'],
  'auth-method': ['list', 'no-op', 'authenticate'],
};

/** The actions that can be granted to anonymous callers on a type; none for most. */
export function anonymousActionsOn(type: string): readonly string[] {
  return Object.hasOwn(anonymousActions, type) ? (anonymousActions[type] ?? []) : [];
}
