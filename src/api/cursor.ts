import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';

/**
 * Opaque positions, encrypted: a cursor holds the value a list is sorted by, which its reader may be kept from.
 * It is bound to what it was made for (list, caller, filter and order; or the event log), so one of another
 * list, of another caller or with a flipped bit does not open.
 */
export interface CursorCodec {
  /** Equal positions of one list have equal cursors. */
  seal(position: readonly string[], boundTo: string): string;
  /** The position, or null when the cursor is not one of ours for this. */
  open(cursor: string, boundTo: string): string[] | null;
}

const nonceBytes = 12;
const tagBytes = 16;
const mostBytes = 1024;

/** Seals under the first key, and opens what any of them has sealed. */
export function cursorCodec(first: Buffer, ...others: readonly Buffer[]): CursorCodec {
  const codec = codecUnder(first);
  const older = others.map(codecUnder);
  return {
    seal: codec.seal,
    open(cursor, boundTo) {
      let position = codec.open(cursor, boundTo);
      for (const { open } of older) position ??= open(cursor, boundTo);
      return position;
    },
  };
}

/** AES-256-GCM under that key: nonce, tag and ciphertext in base64url. */
function codecUnder(key: Buffer): CursorCodec {
  const nonceKey = createHmac('sha256', key).update('nonce of a cursor').digest();
  // Made of what it is for, because cursors are compared, and random nonces would make equal ones differ. So a
  // nonce comes again with the same text alone (but for chance, at 2^48 cursors).
  const nonceOf = (plain: Buffer, boundTo: string): Buffer =>
    createHmac('sha256', nonceKey)
      .update(boundTo)
      .update('\0')
      .update(plain)
      .digest()
      .subarray(0, nonceBytes);
  return {
    seal(position, boundTo) {
      const plain = Buffer.from(position.join('\0'), 'utf8');
      const nonce = nonceOf(plain, boundTo);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(boundTo, 'utf8'));
      const text = Buffer.concat([cipher.update(plain), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64url');
    },
    open(cursor, boundTo) {
      const bytes = Buffer.from(cursor, 'base64url');
      if (bytes.length <= nonceBytes + tagBytes || bytes.length > mostBytes) return null;
      // The decoder is lenient; a cursor has one spelling.
      if (bytes.toString('base64url') !== cursor) return null;
      const nonce = bytes.subarray(0, nonceBytes);
      const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes })
        .setAAD(Buffer.from(boundTo, 'utf8'))
        .setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
      const text = bytes.subarray(nonceBytes + tagBytes);
      try {
        return Buffer.concat([decipher.update(text), decipher.final()])
          .toString('utf8')
          .split('\0');
      } catch {
        return null;
      }
    },
  };
}
