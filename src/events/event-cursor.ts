import type { CursorCodec } from '../api/cursor.js';
import type { LogHead } from './event.store.js';

const boundTo = 'event log';

/** A place in the log, sealed. It says nothing of its reader, so that equal views share it. */
export function sealEventCursor(cursors: CursorCodec, head: LogHead): string {
  return cursors.seal([head.epoch, head.id, head.nonce], boundTo);
}

/** The position behind a cursor; null when it is not one of this installation. */
export function openEventCursor(cursors: CursorCodec, cursor: string): LogHead | null {
  const [epoch, id, nonce] = cursors.open(cursor, boundTo) ?? [];
  if (epoch === undefined || id === undefined || nonce === undefined) return null;
  return /^\d{1,19}$/.test(id) ? { epoch, id, nonce } : null;
}
