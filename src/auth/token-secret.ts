import { createHash, timingSafeEqual } from 'node:crypto';
import { newId, randomText } from '../core/id.js';

const secretLength = 32; // 190 bits of base62

export interface NewToken {
  readonly id: string;
  /** What the client keeps: `at_<id>_<secret>`. */
  readonly text: string;
  readonly secretHash: Buffer;
}

export function newToken(): NewToken {
  const id = newId('at');
  const secret = randomText(secretLength);
  return { id, text: `${id}_${secret}`, secretHash: hashSecret(secret) };
}

/** Plain SHA-256: a secret of 190 random bits needs no slow hash. */
export function hashSecret(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/** The two parts of a token's text; null when it has not the shape of one. */
export function parseToken(text: string): { id: string; secret: string } | null {
  const match = /^(at_[A-Za-z0-9]{10})_([A-Za-z0-9]{32})$/.exec(text);
  return match ? { id: match[1] as string, secret: match[2] as string } : null;
}

export function isSecretOf(secretHash: Buffer, secret: string): boolean {
  return timingSafeEqual(secretHash, hashSecret(secret));
}
