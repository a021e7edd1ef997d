import type { Acl } from '../core/acl.js';
import type { ReadCtx } from '../core/ctx.js';
import { invalidInput } from '../core/failure.js';
import type { Action } from '../grant/action.js';
import {
  isVisible,
  notFound,
  protectedCollection,
  requireOnCollection,
  type Placed,
} from '../grant/require.js';
import type { ResourceType } from '../grant/resource-type.js';
import type { Scope } from './scope.entity.js';
import type { ScopeType } from './scope.rules.js';
import { findScope } from './scope.store.js';

/**
 * Demands to make a resource of a type in a scope of the input, and gives that scope. A scope that is missing and
 * one that the caller neither sees nor may create in fail alike, with NOT_FOUND; one where it may not, with
 * FORBIDDEN; one of a kind in which the type does not live, with INVALID_INPUT.
 */
export async function requireCreateIn(
  ctx: ReadCtx,
  type: ResourceType,
  scopeId: string,
  livesIn: readonly ScopeType[],
  action: Action = 'create',
): Promise<{ scope: Scope; acl: Acl }> {
  const scope = await findScope(ctx.tx, scopeId);
  const acl = await ctx.acl();
  if (!scope) throw notFound(ctx, action, 'scope', null);
  const on = protectedCollection(type, scope);
  if (!acl.may(action, on)) {
    if (!isVisible(acl, 'scope', scope)) throw notFound(ctx, action, 'scope', scope, on);
    await requireOnCollection(ctx, action, on);
  }
  if (!livesIn.includes(scope.type))
    throw invalidInput('input.scopeId', `must be ${livesIn.map((one) => scopeNames[one]).join(' or ')}`);
  return { scope, acl };
}

const scopeNames: Readonly<Record<ScopeType, string>> = {
  global: 'global',
  org: 'an org',
  project: 'a project',
};

/**
 * The same in a container: an auth method, a host catalog. `container` is the row that was looked up, if there
 * is one.
 */
export async function requireCreateUnder<Row extends Placed>(
  ctx: ReadCtx,
  type: ResourceType,
  containerType: ResourceType,
  container: Row | null | undefined,
): Promise<{ container: Row; acl: Acl }> {
  const acl = await ctx.acl();
  if (!container) throw notFound(ctx, 'create', containerType, null);
  const scope = { id: container.scopeId, parentId: container.scopeParentId };
  const on = protectedCollection(type, scope, container.id);
  if (!acl.may('create', on)) {
    if (!isVisible(acl, containerType, container))
      throw notFound(ctx, 'create', containerType, container, on);
    await requireOnCollection(ctx, 'create', on);
  }
  return { container, acl };
}
