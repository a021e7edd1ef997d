import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Opaque, authenticated positions. A cursor is bound to what it was made for (list, caller, filter and
 * order; or the event log), so one of another list, of another caller or with a flipped bit does not open.
 */
export interface CursorCodec {
  seal(position: readonly string[], boundTo: string): string;
  /** The position, or null when the cursor is not one of ours for this. */
  open(cursor: string, boundTo: string): string[] | null;
}

const macBytes = 12;
const mostBytes = 1024;

export function cursorCodec(key: Buffer): CursorCodec {
  const mac = (payload: Buffer, boundTo: string): Buffer =>
    createHmac('sha256', key).update(boundTo).update('\0').update(payload).digest().subarray(0, macBytes);
  return {
    seal(position, boundTo) {
      const payload = Buffer.from(position.join('\0'), 'utf8');
      return Buffer.concat([mac(payload, boundTo), payload]).toString('base64url');
    },
    open(cursor, boundTo) {
      const bytes = Buffer.from(cursor, 'base64url');
      if (bytes.length <= macBytes || bytes.length > mostBytes) return null;
      // The decoder is lenient; a cursor has one spelling.
      if (bytes.toString('base64url') !== cursor) return null;
      const payload = bytes.subarray(macBytes);
      if (!timingSafeEqual(bytes.subarray(0, macBytes), mac(payload, boundTo))) return null;
      return payload.toString('utf8').split('\0');
    },
  };
}
