import type { ReadCtx } from '../core/ctx.js';
import { present } from '../grant/present.js';
import { protectedRow, requireOn } from '../grant/require.js';
import { idActionsOf } from '../grant/resource-type.js';
import { userFields, type User } from './user.entity.js';
import { findUser, findUsers } from './user.store.js';

/** One user. NOT_FOUND when it is missing or hidden, FORBIDDEN without `read`. */
export async function readUser(ctx: ReadCtx, id: string): Promise<User> {
  const { row, acl } = await requireOn(ctx, 'read', 'user', await findUser(ctx.tx, id));
  return present(acl, 'read', 'user', row, userFields) as User;
}

/** The users behind those ids as the caller may see them, null where missing or hidden. */
export async function loadUsers(ctx: ReadCtx, ids: readonly string[]): Promise<(User | null)[]> {
  const acl = await ctx.acl();
  const found = new Map((await findUsers(ctx.tx, ids)).map((row) => [row.id, row]));
  return ids.map((id) => present(acl, 'read', 'user', found.get(id), userFields));
}

/** The caller itself, whole: nobody is kept from who they are. Null for a caller without a token. */
export async function readViewer(ctx: ReadCtx): Promise<User | null> {
  if (ctx.actor.kind !== 'user') return null;
  const [acl, row] = [await ctx.acl(), await findUser(ctx.tx, ctx.actor.userId)];
  if (!row) return null;
  const authorizedActions = acl.actionsOn(idActionsOf('user'), protectedRow('user', row));
  return Object.assign(row, { authorizedActions });
}
