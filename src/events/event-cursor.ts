import type { CursorCodec } from '../api/cursor.js';
import type { LogHead } from './event.store.js';

const boundTo = 'event log';

/** A position in the log: sealed, of an epoch and an id only, so that equal views share it. */
export function sealEventCursor(cursors: CursorCodec, head: LogHead): string {
  return cursors.seal([head.epoch, head.id], boundTo);
}

/** The position behind a cursor; null when it is not one of this installation. */
export function openEventCursor(cursors: CursorCodec, cursor: string): LogHead | null {
  const [epoch, id] = cursors.open(cursor, boundTo) ?? [];
  return epoch !== undefined && id !== undefined && /^\d{1,19}$/.test(id) ? { epoch, id } : null;
}
