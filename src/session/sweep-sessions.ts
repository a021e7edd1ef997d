import type { Transactor } from '../core/tx.js';
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
  const lost = await findConnectionsOfLostWorkers(database.reader, workerGraceMs);
  if (lost.length > 0) await closeAsLost(database, lost);
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
  for (;;) {
    const lost = await findConnectionsOfOtherBoots(database.reader, workerId, bootId);
    if (lost.length === 0) return;
    await closeAsLost(database, lost);
  }
}

// With what the worker last reported of them.
async function closeAsLost(database: Transactor, ids: readonly string[]): Promise<void> {
  await database.transact((tx) =>
    closeConnections(
      tx,
      ids.map((id) => ({ id, reason: 'worker lost', bytesUp: 0n, bytesDown: 0n })),
    ),
  );
}
