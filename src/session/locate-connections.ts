import type { ReadCtx } from '../core/ctx.js';
import type { ConnectionRecord } from './connection.entity.js';
import { findConnections } from './connection.store.js';
import { locateSessions } from './read-session.js';

/** The connections behind those ids, of sessions whose connections the caller may see; null for the others. */
export async function locateConnections(
  ctx: ReadCtx,
  ids: readonly string[],
): Promise<(ConnectionRecord | null)[]> {
  const found = new Map((await findConnections(ctx.tx, ids)).map((row) => [row.id, row]));
  const sessionIds = [...new Set([...found.values()].map((row) => row.sessionId))];
  const sessions = (await locateSessions(ctx, sessionIds)).flatMap((session) => session ?? []);
  const shown = new Set(sessions.filter((session) => !session.hidesConnections).map((session) => session.id));
  return ids.map((id) => {
    const row = found.get(id);
    return row && shown.has(row.sessionId) ? row : null;
  });
}
