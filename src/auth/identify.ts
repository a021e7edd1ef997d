import type { Actor } from '../core/ctx.js';
import type { Reader } from '../core/tx.js';
import { findTokenBearer, touchToken } from './auth.store.js';
import { isSecretOf, parseToken, typeOfToken } from './token-secret.js';

/**
 * Who a token speaks for. A token that is malformed, unknown, forged or over makes nobody: the caller is
 * anonymous, and the refusal it meets says why.
 */
export async function identify(reader: Reader, token: string | null): Promise<Actor> {
  if (token === null) return { kind: 'anonymous', reason: 'no token' };
  const parts = parseToken(token);
  const bearer = parts && (await findTokenBearer(reader, parts.id));
  const what = typeOfToken(token) === 'api' ? 'API token' : 'token';
  if (!bearer || bearer.type !== parts.type || !isSecretOf(bearer.secretHash, parts.secret))
    return { kind: 'anonymous', reason: `${what} not valid` };
  if (bearer.isExpired) return { kind: 'anonymous', reason: `${what} expired` };
  if (bearer.isStale) await touchToken(reader, bearer.tokenId);
  return {
    kind: 'user',
    userId: bearer.userId,
    userName: bearer.userName,
    accountId: bearer.accountId,
    tokenId: bearer.tokenId,
    tokenExpiresAt: bearer.expiresAt,
    isReadOnly: bearer.isReadOnly,
  };
}
