import type { Ctx } from '../core/ctx.js';
import { imageOf, recordChange } from '../core/record-change.js';
import { authTokenFields } from './auth-token.entity.js';
import { findTokens } from './auth.store.js';
import { requireToken } from './require-auth-token.js';

/**
 * Signs a token out: it makes nobody from now on, and the sessions made with it end. Needs `delete`, or
 * `delete:self` on one's own.
 */
export async function deleteAuthToken(
  ctx: Ctx,
  input: { readonly id: string },
): Promise<{ deletedId: string }> {
  const { row } = await requireToken(ctx, 'delete', (await findTokens(ctx.tx, [input.id]))[0]);
  const { id, scopeId } = row;
  const change = { type: 'auth-token', id, scopeId, version: 1 };
  const before = imageOf(row, authTokenFields);
  ctx.note({ resourceType: 'auth-token', resourceId: id, scopeId });
  await ctx.tx.remove(row, { type: 'auth-token', scopeId });
  recordChange(ctx, { ...change, before, after: null });
  return { deletedId: id };
}
