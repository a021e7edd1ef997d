import type { Reader, Transactor } from '../core/tx.js';
import { closeConnections } from './close-connections.js';
import { findConnectionsOfLostWorkers, findConnectionsOfOtherBoots } from './connection.store.js';
import { endSession, terminateSession } from './end-session.js';
import { lockOverdueSessions } from './session.store.js';

const batch = 200;

/**
 * Brings the status of sessions up to what time has made of them: expired ones end with `timed out`,
 * canceling ones with nothing open are over, and the connections of workers that have been lost for longer
 * than the grace are closed. Idempotent, and safe on any number of controllers at once. Nothing that allows
 * access waits for it: expiry is tested against the clock wherever something is allowed.
 */
export async function sweepSessions(database: Transactor, workerGraceMs: number): Promise<number> {
  await closeAsLost(database, (reader) => findConnectionsOfLostWorkers(reader, workerGraceMs));
  let moved = 0;
  for (;;) {
    const found = await database.transact(async (tx) => {
      const overdue = await lockOverdueSessions(tx, batch);
      for (const session of overdue) {
        if (session.openConnectionCount > 0) await endSession(tx, session.id, { reason: 'timed out' });
        else await terminateSession(tx, session.id, 'timed out');
      }
      return overdue.length;
    });
    moved += found;
    if (found < batch) return moved;
  }
}

/** Closes the connections of earlier boots of a worker: they died with their process. */
export async function closeEarlierBoots(
  database: Transactor,
  workerId: string,
  bootId: string,
): Promise<void> {
  await closeAsLost(database, (reader) => findConnectionsOfOtherBoots(reader, workerId, bootId));
}

// With what the worker last reported of them. Looked for in the transaction that closes them: a worker that
// has come back meanwhile keeps its own.
async function closeAsLost(
  database: Transactor,
  find: (reader: Reader) => Promise<readonly string[]>,
): Promise<void> {
  for (;;) {
    if ((await find(database.reader)).length === 0) return;
    await database.transact(async (tx) => {
      const lost = await find(tx);
      await closeConnections(
        tx,
        lost.map((id) => ({ id, reason: 'worker lost', endpointAddress: null, bytesUp: 0n, bytesDown: 0n })),
      );
    });
  }
}
