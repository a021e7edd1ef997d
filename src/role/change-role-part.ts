import type { Ctx } from '../core/ctx.js';
import { Failure } from '../core/failure.js';
import { imageOf } from '../core/record-change.js';
import type { Action } from '../grant/action.js';
import { requireRowAt, settleChanged } from '../scope/change-row.js';
import type { Role } from './role.entity.js';
import { roleKind } from './role.kinds.js';

/**
 * Changes what belongs to a role that is at the version named, by a rule that says what becomes of it and whether that
 * is a new version. Needs the action. Gives the role as it is now.
 */
export async function changeRolePart<Change extends { readonly isNewVersion: boolean }>(
  ctx: Ctx,
  action: Action,
  input: { readonly id: string; readonly expectedVersion: number },
  rule: (role: Role) => Change | Failure | Promise<Change | Failure>,
  write: (role: Role, change: Change) => Promise<void>,
): Promise<Role | null> {
  const { row: role, acl } = await requireRowAt(ctx, roleKind, action, input);
  const { id, version } = role;
  const before = imageOf(role, roleKind.fields);
  const change = await rule(role);
  if (change instanceof Failure) throw change;
  if (change.isNewVersion) {
    await ctx.tx.raise(role);
    await write(role, change);
  }
  return settleChanged(ctx, roleKind, acl, action, { id, version, before });
}
