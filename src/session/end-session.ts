import type { Tx } from '../core/tx.js';
import { recordSession } from './record-session.js';
import { moveSession, type EndedBy } from './session.store.js';
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
  if (!(await moveSession(tx, id, statusesBefore('canceling'), 'canceling', end))) return false;
  await recordSession(tx, 'session.status_changed', id);
  await terminateIfIdle(tx, id);
  return true;
}

/** Terminates a canceling session that has no open connection left. */
export async function terminateIfIdle(tx: Tx, id: string): Promise<void> {
  if (await moveSession(tx, id, ['canceling'], 'terminated'))
    await recordSession(tx, 'session.status_changed', id);
}

/** Terminates a session that has nothing open, in one step: its time or its connections are used up. */
export async function terminateSession(tx: Tx, id: string, reason: TerminationReason): Promise<void> {
  if (await moveSession(tx, id, statusesBefore('terminated'), 'terminated', { reason })) {
    await recordSession(tx, 'session.status_changed', id);
  }
}
