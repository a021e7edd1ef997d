import type { Acl } from '../core/acl.js';
import type { ReadCtx } from '../core/ctx.js';
import { invalidInput } from '../core/failure.js';
import type { Action } from '../grant/action.js';
import { ownedActions, shownFields } from '../grant/present.js';
import { isVisible, notFound, protectedRow, refuseAnonymous } from '../grant/require.js';
import {
  collectionActionsOf,
  idActionsOf,
  isResourceType,
  isTopLevel,
  parentType,
  pluralOf,
  type ResourceType,
} from '../grant/resource-type.js';
import { findScope } from '../scope/scope.store.js';
import type { User } from '../user/user.entity.js';
import { isBuiltIn } from '../user/user.rules.js';
import { findUser } from '../user/user.store.js';
import { findAccountsOf } from './access.store.js';
import { findThing, typeNamed, type Thing } from './find-thing.js';
import { personWords } from './known-names.js';
import type { NamedPerson } from './trace-access.js';

/** What is asked about: one resource, or the collection of a type in a scope or in a container. */
export interface AskedThing {
  readonly resourceId?: string | null;
  readonly type?: string | null;
  readonly scopeId?: string | null;
  readonly containerId?: string | null;
}

export function isSelf({ actor }: ReadCtx, userId: string): boolean {
  return actor.kind === 'user' && actor.userId === userId;
}

/** The user asked about, with its accounts. One that is missing and one that the caller may not see fail alike. */
export async function requirePerson(ctx: ReadCtx, userId: string): Promise<NamedPerson> {
  const [user, acl, accounts] = [
    await findUser(ctx.tx, userId),
    await ctx.acl(),
    await findAccountsOf(ctx.tx, [userId]),
  ];
  if (!user || !(isSelf(ctx, userId) || isVisible(acl, 'user', user)))
    throw notFound(ctx, 'read', 'user', user);
  const fields = isSelf(ctx, userId) ? '*' : shownFields(acl, ['read'], protectedRow('user', user));
  const isShown = (field: string): boolean => fields === '*' || fields.has(field);
  return {
    userId,
    accountIds: accounts.map(({ id }) => id),
    words: personWords(userId, isShown('name') ? user.name : null),
    hasKnownAccounts: isShown('account_ids'),
    caveat: caveatOf(
      user,
      accounts.filter(({ isDisabled }) => !isDisabled),
      isShown,
    ),
  };
}

function caveatOf(
  { id, type, isDisabled }: User,
  enabled: readonly unknown[],
  isShown: (field: string) => boolean,
): string | null {
  if (isDisabled && isShown('is_disabled'))
    return 'the user is disabled, and can do nothing until it is let in again';
  if (type !== 'person' || isBuiltIn(id) || enabled.length > 0 || !isShown('account_ids')) return null;
  return 'nobody can sign in as the user: it has no account, or none that is not disabled';
}

/** What is asked about, as far as the caller may see it; what is missing and what is hidden fail alike. */
export async function requireThing(ctx: ReadCtx, asked: AskedThing): Promise<Thing> {
  const { resourceId, type, scopeId, containerId } = asked;
  if (resourceId != null) {
    if (type != null || scopeId != null || containerId != null)
      throw invalidInput('resourceId', 'goes without type, scopeId and containerId: those name a collection');
    return requireSeenThing(ctx, resourceId);
  }
  if (type == null) throw invalidInput('resourceId', 'is missing; or name a collection by type and scopeId');
  if (!isResourceType(type))
    throw invalidInput('type', `${JSON.stringify(type)} is no type that grants name`);
  return isTopLevel(type) || parentType(type) === type
    ? scopeCollection(ctx, type, scopeId, containerId)
    : containedCollection(ctx, type, scopeId, containerId);
}

async function requireSeenThing(ctx: ReadCtx, id: string): Promise<Thing> {
  const [thing, acl] = [await findThing(ctx.tx, id), await ctx.acl()];
  if (thing && sees(ctx, acl, thing)) return thing;
  const { on = null } = thing ?? {};
  const row = on && { id: on.id ?? id, scopeId: on.scopeId, scopeParentId: on.parentScopeId };
  throw notFound(ctx, 'read', typeNamed(id), row, on);
}

/** Whether the caller sees a thing; one who holds nothing but `:self` actions sees its own alone. */
export function sees(ctx: ReadCtx, acl: Acl, { on, ownerId }: Thing): boolean {
  const isOwn = ownerId !== null && isSelf(ctx, ownerId);
  const isOneself = on.type === 'user' && on.id !== null && isSelf(ctx, on.id);
  return isOneself || (isResourceType(on.type) && ownedActions(acl, on.type, on, isOwn).length > 0);
}

async function scopeCollection(
  ctx: ReadCtx,
  type: ResourceType,
  scopeId: string | null | undefined,
  containerId: string | null | undefined,
): Promise<Thing> {
  if (containerId != null)
    throw invalidInput('containerId', `is not for ${pluralOf(type)}; they lie in scopes`);
  if (scopeId == null) throw invalidInput('scopeId', 'is missing; name the scope of the collection');
  const [scope, acl] = [await findScope(ctx.tx, scopeId), await ctx.acl()];
  if (!scope || !isVisible(acl, 'scope', scope)) throw notFound(ctx, 'read', 'scope', scope);
  return {
    on: { type, id: null, scopeId: scope.id, parentScopeId: scope.parentId, pin: null },
    ownerId: null,
  };
}

async function containedCollection(
  ctx: ReadCtx,
  type: ResourceType,
  scopeId: string | null | undefined,
  containerId: string | null | undefined,
): Promise<Thing> {
  const within = parentType(type);
  if (containerId == null)
    throw invalidInput('containerId', `is missing; ${pluralOf(type)} lie in one ${within}`);
  if (typeNamed(containerId) !== within) throw invalidInput('containerId', `must be of one ${within}`);
  const { on } = await requireSeenThing(ctx, containerId);
  if (scopeId != null && scopeId !== on.scopeId)
    throw invalidInput('scopeId', 'is not that of the container; leave it out');
  return { on: { ...on, type, id: null, pin: containerId }, ownerId: null };
}

/** Refuses an action that there is not on the thing, and says which there are. */
export function requireActionOf(action: string, { on }: Thing): void {
  const { type, id } = on;
  if (!isResourceType(type)) return;
  const possible: readonly Action[] = id === null ? collectionActionsOf(type) : idActionsOf(type);
  if (possible.some((one) => one === action)) return;
  const what = id === null ? `the collection of ${pluralOf(type)}` : `one ${type}`;
  throw invalidInput('action', `there is no ${action} on ${what}; there is ${possible.join(', ')}`);
}

/**
 * Demands `explain-access` on a scope: that in which a thing stands whose access is to be explained. A scope that is
 * gone is asked for in global.
 */
export async function requireExplain(ctx: ReadCtx, scopeId: string): Promise<void> {
  const [acl, found, global] = [
    await ctx.acl(),
    await findScope(ctx.tx, scopeId),
    await findScope(ctx.tx, 'global'),
  ];
  const scope = found ?? global;
  if (scope && acl.may('explain-access', protectedRow('scope', scope))) return;
  refuseAnonymous(ctx);
  throw ctx.deny({
    ...{ code: 'FORBIDDEN', action: 'explain-access', resourceType: 'scope', resourceId: scopeId, scopeId },
    on: scope && protectedRow('scope', scope),
  });
}
