import type { ReadCtx } from '../core/ctx.js';
import type { AuthToken } from './auth-token.entity.js';
import { findTokens } from './auth.store.js';
import { presentToken, requireToken } from './require-auth-token.js';

/** One token. NOT_FOUND when it is missing or hidden, FORBIDDEN without `read` (or `read:self` on one's own). */
export async function readAuthToken(ctx: ReadCtx, id: string): Promise<AuthToken> {
  const { row, acl } = await requireToken(ctx, 'read', (await findTokens(ctx.tx, [id]))[0]);
  return presentToken(acl, ctx.actor, 'read', row) as AuthToken;
}

/** The tokens behind those ids as the caller may see them, null where missing or hidden. */
export async function locateAuthTokens(ctx: ReadCtx, ids: readonly string[]): Promise<(AuthToken | null)[]> {
  const acl = await ctx.acl();
  const found = new Map((await findTokens(ctx.tx, ids)).map((row) => [row.id, row]));
  return ids.map((id) => presentToken(acl, ctx.actor, 'read', found.get(id)));
}
