import { holdsUnprintable } from '../core/text.rules.js';

/*
 * The life of a session. It only moves to the right, and only once through each state:
 *
 *   pending ──first connection──> active ──cancel, loss, expiry with connections open──> canceling ──> terminated
 *      │                            └──────── expiry or limit, nothing open ───────────────────────────────^
 *      └──cancel──> canceling        (pending may also go straight to terminated, when it expires unused)
 *
 * The reason is written at the first step out of pending or active and never changes. Expiry follows from
 * time: whatever allows something compares `expires_at` with the database's clock, whether or not a job has
 * yet moved the status.
 */
export const sessionStatuses = ['pending', 'active', 'canceling', 'terminated'] as const;
export type SessionStatus = (typeof sessionStatuses)[number];

export const sessionTransitions = {
  pending: ['active', 'canceling', 'terminated'],
  active: ['canceling', 'terminated'],
  canceling: ['terminated'],
  terminated: [],
} as const satisfies Record<SessionStatus, readonly SessionStatus[]>;

/** Whether a session may go from one status to the other in one step. */
export function canBecome(from: SessionStatus, to: SessionStatus): boolean {
  return (sessionTransitions[from] as readonly SessionStatus[]).includes(to);
}

/** The statuses from which a session may go to that one in one step. */
export function statusesBefore(to: SessionStatus): SessionStatus[] {
  return sessionStatuses.filter((from) => canBecome(from, to));
}

/** Why a session ended. One reason each, and a true one. */
export const terminationReasons = {
  canceled: 'Somebody allowed to canceled it.',
  'closed by user': 'The user ended it.',
  'connection limit': 'It used up its connections.',
  'network error': 'The network failed.',
  'system error': 'The broker failed.',
  'timed out': 'It reached its expiry.',
  'permission revoked':
    'The user might not ask for it any more, or would not get to the same place, or something it hung on was deleted.',
  'worker lost': 'Its worker was lost and did not come back in time.',
} as const;
export type TerminationReason = keyof typeof terminationReasons;

/** `authorized` holds a place within the limit, `connected` carries bytes, `closed` is over. */
export const connectionStatuses = ['authorized', 'connected', 'closed'] as const;
export type ConnectionStatus = (typeof connectionStatuses)[number];

/** Why a connection closed. */
export const closedReasons = {
  canceled: 'The session was canceled.',
  'closed by client': 'The client closed it.',
  'closed by host': 'The host closed it.',
  'connect failed': 'The host could not be reached; the place within the limit was given back.',
  'network error': 'The network failed.',
  'system error': 'The broker failed.',
  'timed out': 'The session reached its expiry.',
  'permission revoked': 'The session lost the permission it hung on.',
  'worker lost': 'The worker was lost with it.',
} as const;
export type ClosedReason = keyof typeof closedReasons;

/** What the connections of a session are closed with when it ends for that reason. */
export const closedReasonOfEnd = {
  canceled: 'canceled',
  'closed by user': 'closed by client',
  'connection limit': 'closed by client',
  'network error': 'network error',
  'system error': 'system error',
  'timed out': 'timed out',
  'permission revoked': 'permission revoked',
  'worker lost': 'worker lost',
} as const satisfies Record<TerminationReason, ClosedReason>;

/** `-1` stands for any number of connections. */
export const unlimited = -1;

/** Connections a session may still open; -1 for any number. */
export function connectionsLeft(limit: number, count: number): number {
  return limit === unlimited ? unlimited : Math.max(0, limit - count);
}

/** Why a text is no comment on an end; null when it is one. It is shown to others, so it stays one line. */
export function commentFault(text: string): string | null {
  if (text.length > 1024) return 'is longer than 1024 characters';
  return holdsUnprintable(text)
    ? 'may not hold line breaks, nor characters that cannot be seen, such as control characters'
    : null;
}
