import { createHash, createPublicKey } from 'node:crypto';
import { invalidInput } from '../core/failure.js';

/**
 * The thumbprint of a client's public key, given as its SPKI in base64: SHA-256 in base64url, 43 characters.
 * Refuses anything but an Ed25519 key.
 */
export function thumbprintOfKey(spki: string): string {
  const der = Buffer.from(spki, 'base64');
  try {
    if (der.length > 256) throw new Error('too long');
    const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
    if (key.asymmetricKeyType !== 'ed25519') throw new Error('another kind of key');
    return createHash('sha256')
      .update(key.export({ format: 'der', type: 'spki' }))
      .digest('base64url');
  } catch {
    throw invalidInput('input.clientPublicKey', 'must be an Ed25519 public key: its SPKI DER in base64');
  }
}
