import type { Ctx } from '../core/ctx.js';
import { imageOf } from '../core/record-change.js';
import type { Tx } from '../core/tx.js';
import { authTokenFields, type AuthToken } from './auth-token.entity.js';
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
  const before = imageOf(row, authTokenFields);
  ctx.note({ resourceType: 'auth-token', resourceId: id, scopeId, before });
  await endToken(ctx.tx, row);
  return { deletedId: id };
}

/** Ends a token, and the sessions made with it. */
export async function endToken(tx: Tx, row: AuthToken): Promise<void> {
  const { id: subjectId, scopeId } = row;
  await tx.remove(row, { type: 'auth-token', scopeId });
  tx.record({ kind: 'auth-token.deleted', subjectId, scopeId, revision: 1, body: {} });
}
