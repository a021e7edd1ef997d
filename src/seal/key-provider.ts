import type { RootKeys } from './root-key.js';
import { sealer, type SealedPlace } from './seal.js';

/**
 * Who wraps data keys. Today the root key of this process, from a file or the environment; a key service answers
 * the same two questions, and may take its time. What is wrapped names the root key in front of its first dot.
 */
export interface KeyProvider {
  /** The root key that wraps now. */
  readonly rootKeyId: string;
  wrap(key: Buffer, place: SealedPlace): Promise<string>;
  /** Throws when it was wrapped elsewhere or under a root key that this provider has not. */
  unwrap(wrapped: string, place: SealedPlace): Promise<Buffer>;
}

/** Wraps under the first of the root keys, and unwraps what any of them has wrapped. */
export function rootKeyProvider(...roots: RootKeys): KeyProvider {
  const seal = sealer(...roots);
  return {
    rootKeyId: roots[0].fingerprint,
    wrap: (key, place) => Promise.resolve(seal.seal(key.toString('base64url'), place)),
    unwrap: (wrapped, place) => Promise.resolve(Buffer.from(seal.open(wrapped, place), 'base64url')),
  };
}
