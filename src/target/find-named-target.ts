import type { ReadCtx } from '../core/ctx.js';
import { invalidInput } from '../core/failure.js';
import type { Action } from '../grant/action.js';
import { protectedRow } from '../grant/require.js';
import { idActionsOf } from '../grant/resource-type.js';
import type { Target } from './target.entity.js';
import { findTargetsByName } from './target.store.js';

/** A target by its name, in a project that is named by its id or its name. */
export interface TargetName {
  readonly name: string;
  readonly scopeId: string | null;
  readonly scopeName: string | null;
}

/**
 * The target of that name, in any case unless one has the very name; null when the caller sees none. Of several
 * only those count on which it holds the action; fails with INVALID_INPUT when more than one of these is left.
 */
export async function findNamedTarget(
  ctx: ReadCtx,
  action: Action,
  { name, scopeId, scopeName }: TargetName,
): Promise<Target | null> {
  const acl = await ctx.acl();
  const permissions = {
    see: acl.listPermission('target', idActionsOf('target')),
    use: acl.listPermission('target', [action]),
  };
  const [best, next] = await findTargetsByName(ctx.tx, name, { id: scopeId, name: scopeName }, permissions);
  if (!best || !next || !acl.may(action, protectedRow('target', next))) return best ?? null;
  if (best.name === name && next.name !== name) return best;
  if (best.scopeId !== next.scopeId)
    throw invalidInput('input.scopeName', 'is not enough: several projects have it; give scopeId');
  const others = [best.name, next.name].map((one) => JSON.stringify(one)).join(' and ');
  throw invalidInput('input.name', `fits ${others}; write it as it is`);
}
