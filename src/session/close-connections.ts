import type { Tx } from '../core/tx.js';
import {
  lockOpenConnections,
  markClosed,
  releaseConnection,
  type ConnectionEnd,
} from './connection.store.js';
import { terminateIdle, terminateSession } from './end-session.js';
import { recordSession } from './record-session.js';
import { connectionsLeft } from './session.rules.js';

/**
 * Closes connections for good, with their final byte counts, and terminates each session that thereby has
 * nothing open and nothing more to come: canceled, or with its limit used up. Those closed before are left
 * as they are, so that a repeated report changes nothing; with `bootId`, so are those of any other boot.
 */
export async function closeConnections(
  tx: Tx,
  ends: readonly ConnectionEnd[],
  bootId?: string,
): Promise<void> {
  const endOf = new Map(ends.map((end) => [end.id, end]));
  for (const open of await lockOpenConnections(tx, [...endOf.keys()])) {
    if (bootId !== undefined && open.bootId !== bootId) continue;
    const closed = await markClosed(tx, endOf.get(open.id) as ConnectionEnd);
    await releaseConnection(tx, open.sessionId, {
      // A place within the limit is used by reaching the host, not by trying.
      returnsPlace: closed.endpointAddress === null,
      up: BigInt(closed.bytesUp) - BigInt(open.bytesUp),
      down: BigInt(closed.bytesDown) - BigInt(open.bytesDown),
    });
    const session = await recordSession(tx, 'session.connection_closed', open.sessionId, closed);
    if (session.openConnectionCount > 0) continue;
    if (session.status === 'canceling') await terminateIdle(tx, [session.id]);
    else if (
      session.status === 'active' &&
      connectionsLeft(session.connectionLimit, session.connectionCount) === 0
    ) {
      await terminateSession(tx, session.id, 'connection limit');
    }
  }
}
