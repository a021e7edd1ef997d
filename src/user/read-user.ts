import type { ReadCtx } from '../core/ctx.js';
import { protectedRow } from '../grant/require.js';
import { idActionsOf } from '../grant/resource-type.js';
import { locateRows, readRow } from '../scope/read-row.js';
import type { User } from './user.entity.js';
import { userKind } from './user.kinds.js';
import { findUser } from './user.store.js';

/** One user. NOT_FOUND when it is missing or hidden, FORBIDDEN without `read`. */
export function readUser(ctx: ReadCtx, id: string): Promise<User> {
  return readRow(ctx, userKind, id);
}

/** The users behind those ids as the caller may see them, null where missing or hidden. */
export function locateUsers(ctx: ReadCtx, ids: readonly string[]): Promise<(User | null)[]> {
  return locateRows(ctx, userKind, ids);
}

/** The caller itself, whole: nobody is kept from who they are. Null for a caller without a token. */
export async function readViewer(ctx: ReadCtx): Promise<User | null> {
  if (ctx.actor.kind !== 'user') return null;
  const [acl, row] = [await ctx.acl(), await findUser(ctx.tx, ctx.actor.userId)];
  if (!row) return null;
  const authorizedActions = acl.actionsOn(idActionsOf('user'), protectedRow('user', row));
  return Object.assign(row, { authorizedActions });
}
