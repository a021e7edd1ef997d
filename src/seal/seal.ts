import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { RootKey, RootKeys } from './root-key.js';

/** Where a sealed text stands. It opens there and nowhere else. */
export interface SealedPlace {
  readonly table: string;
  readonly column: string;
  readonly id: string;
}

export interface Sealer {
  /** AES-256-GCM: `<key id>.<nonce, tag and ciphertext in base64url>`. */
  seal(plain: string, place: SealedPlace): string;
  /** Throws when the text was changed, moved to another place, or sealed under another key. */
  open(sealed: string, place: SealedPlace): string;
}

/** 32 bytes, and the name that stands before everything sealed under them. */
export interface NamedKey {
  readonly id: string;
  readonly bytes: Buffer;
}

const nonceBytes = 12;
const tagBytes = 16;

/** Seals under the first of the root keys, and opens what any of them has sealed. */
export function sealer(...roots: RootKeys): Sealer {
  const sealers = roots.map((root) => [root.fingerprint, underRoot(root)] as const);
  const [[firstId, first]] = sealers as [(typeof sealers)[number]];
  const byId = new Map(sealers);
  return {
    seal: first.seal,
    open(sealed, place) {
      const under = byId.get(keyIdOf(sealed));
      if (!under) throw new Error(`sealed under key ${keyIdOf(sealed)}, this is ${firstId}`);
      return under.open(sealed, place);
    },
  };
}

function underRoot(root: RootKey): Sealer {
  return sealerUnder({ id: root.fingerprint, bytes: root.derive('column') });
}

/** Seals under one key. The text is bound to its place and to the name of the key. */
export function sealerUnder({ id: keyId, bytes: key }: NamedKey): Sealer {
  const bound = (place: SealedPlace): Buffer =>
    Buffer.from([place.table, place.column, place.id, keyId].join('\0'), 'utf8');
  return {
    seal(plain, place) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(bound(place));
      const text = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      return `${keyId}.${Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64url')}`;
    },
    open(sealed, place) {
      const [id, body = '', ...rest] = sealed.split('.');
      if (id !== keyId) throw new Error(`sealed under key ${id}, this is ${keyId}`);
      const bytes = Buffer.from(body, 'base64url');
      // The decoder is lenient; two spellings of one secret are one too many.
      if (rest.length > 0 || bytes.toString('base64url') !== body)
        throw new Error('the sealed text is malformed');
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes), {
        authTagLength: tagBytes,
      }).setAAD(bound(place));
      decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
      return (
        decipher.update(bytes.subarray(nonceBytes + tagBytes), undefined, 'utf8') + decipher.final('utf8')
      );
    },
  };
}

/** The name of the key a text is sealed under. */
export function keyIdOf(sealed: string): string {
  return sealed.slice(0, sealed.indexOf('.'));
}
