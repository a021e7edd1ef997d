import { randomText } from '../core/id.js';
import { hashSecret } from '../auth/token-secret.js';

const secretLength = 43; // 256 bits of base62

/** A token that lets whoever holds it bind a session to a key of theirs, once. */
export function newDetachedToken(sessionId: string): { text: string; secretHash: Buffer } {
  const secret = randomText(secretLength);
  return { text: `${sessionId}_${secret}`, secretHash: hashSecret(secret) };
}

/** The session and the hash of the secret in a token's text; null when it has not the shape of one. */
export function parseDetachedToken(text: string): { sessionId: string; secretHash: Buffer } | null {
  const match = /^(s_[A-Za-z0-9]{10})_([A-Za-z0-9]{43})$/.exec(text);
  return match ? { sessionId: match[1] as string, secretHash: hashSecret(match[2] as string) } : null;
}
