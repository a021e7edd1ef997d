import { createHash, timingSafeEqual } from 'node:crypto';
import { newId, randomText } from '../core/id.js';
import type { TokenType } from './auth-token.rules.js';

const secretLength = 32; // 190 bits of base62

export interface NewToken {
  readonly id: string;
  /** What the client keeps: `at_<id>_<secret>`, with `postern_` before it for an API token. */
  readonly text: string;
  readonly secretHash: Buffer;
}

// Lies in the settings of other systems: what looks for leaked secrets knows it by this.
const apiPrefix = 'postern_';

export function newToken(type: TokenType = 'login'): NewToken {
  const id = newId('at');
  const secret = randomText(secretLength);
  const text = `${type === 'api' ? apiPrefix : ''}${id}_${secret}`;
  return { id, text, secretHash: hashSecret(secret) };
}

/** Plain SHA-256: a secret of 190 random bits needs no slow hash. */
export function hashSecret(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/** What the beginning of a token's text says that it is. */
export function typeOfToken(text: string): TokenType {
  return text.startsWith(apiPrefix) ? 'api' : 'login';
}

/** The parts of a token's text; null when it has not the shape of one. */
export function parseToken(text: string): { type: TokenType; id: string; secret: string } | null {
  const [, id, secret] = /^(?:postern_)?(at_[A-Za-z0-9]{10})_([A-Za-z0-9]{32})$/.exec(text) ?? [];
  return id === undefined || secret === undefined ? null : { type: typeOfToken(text), id, secret };
}

export function isSecretOf(secretHash: Buffer, secret: string): boolean {
  return timingSafeEqual(secretHash, hashSecret(secret));
}
