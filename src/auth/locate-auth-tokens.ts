import { redact } from '../api/redact.js';
import type { ReadCtx } from '../core/ctx.js';
import { ownedActions, shownFields } from '../grant/present.js';
import { protectedRow } from '../grant/require.js';
import { authTokenFields, type AuthToken } from './auth-token.entity.js';
import { findTokens } from './auth.store.js';

/** The tokens behind those ids as the caller may see them, null where missing or hidden. */
export async function locateAuthTokens(ctx: ReadCtx, ids: readonly string[]): Promise<(AuthToken | null)[]> {
  const acl = await ctx.acl();
  const { actor } = ctx;
  const found = new Map((await findTokens(ctx.tx, ids)).map((row) => [row.id, row]));
  return ids.map((id) => {
    const token = found.get(id);
    if (!token) return null;
    const on = protectedRow('auth-token', token);
    const isOwn = actor.kind === 'user' && actor.userId === token.userId;
    if (ownedActions(acl, 'auth-token', on, isOwn).length === 0) return null;
    const wanted = isOwn ? ['read', 'read:self'] : ['read'];
    return redact(token, shownFields(acl, wanted, on), authTokenFields);
  });
}
