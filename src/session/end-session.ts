import type { Tx } from '../core/tx.js';
import { recordSessions } from './record-session.js';
import { moveSessions, type EndedBy } from './session.store.js';
import { statusesBefore, type TerminationReason } from './session.rules.js';

export interface End {
  readonly reason: TerminationReason;
  readonly by?: EndedBy | null;
  readonly comment?: string | null;
}

/**
 * Decides the end of a session: canceling now, with its reason, and terminated at once when nothing is open.
 * Otherwise the last connection to close terminates it. True when this call decided it; false when it was
 * decided before, which is no error.
 */
export async function endSession(tx: Tx, id: string, end: End): Promise<boolean> {
  return (await endSessions(tx, [id], end)).length > 0;
}

/** The same for many, in a handful of statements. Gives those whose end this call decided. */
export async function endSessions(tx: Tx, ids: readonly string[], end: End): Promise<string[]> {
  if (ids.length === 0) return [];
  const ended = await moveSessions(tx, ids, statusesBefore('canceling'), 'canceling', end);
  await recordSessions(tx, 'session.status_changed', ended);
  await terminateIdle(tx, ended);
  return ended;
}

/** Terminates those of the sessions that are canceling and have no open connection left. */
export async function terminateIdle(tx: Tx, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const terminated = await moveSessions(tx, ids, ['canceling'], 'terminated');
  await recordSessions(tx, 'session.status_changed', terminated);
}

/** Terminates a session that has nothing open, in one step: its time or its connections are used up. */
export async function terminateSession(tx: Tx, id: string, reason: TerminationReason): Promise<void> {
  const terminated = await moveSessions(tx, [id], statusesBefore('terminated'), 'terminated', { reason });
  await recordSessions(tx, 'session.status_changed', terminated);
}
