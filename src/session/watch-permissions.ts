import type { Clock, Timer } from '../core/clock.js';
import type { Log } from '../core/log.js';
import type { Transactor } from '../core/tx.js';
import type { LoggedEvent } from '../events/event.store.js';
import type { Tail } from '../events/tail.js';
import { judgeSessions } from './judge-sessions.js';
import { concernOf } from './permission-loss.rules.js';
import type { SessionEventKind } from './record-session.js';

export interface WatchingParts {
  readonly database: Transactor;
  readonly tail: Tail;
  readonly clock: Clock;
  readonly log: Log;
  /** Longest time between two looks, in ms. */
  readonly judgeMs: number;
}

/** A new session is looked at a little later, with others: nearly none has crossed a change. */
const soonMs = 100;

/**
 * Judges sessions whenever the log tells of something that may have taken a permission, and once in a while, whoever
 * wrote it and whatever was missed. Every controller may; one at a time does.
 */
export function watchPermissions({ database, tail, clock, log, judgeMs }: WatchingParts): {
  close(): Promise<void>;
} {
  let timer: Timer | undefined;
  let dueAt = 0;
  let running: Promise<void> | undefined;
  let isAsked = false;
  let isClosed = false;
  let isFailing = false;

  const arm = (withinMs: number): void => {
    const at = clock.monotonicMs() + withinMs;
    if (isClosed || (timer && dueAt <= at)) return;
    timer?.cancel();
    dueAt = at;
    timer = clock.after(withinMs, turn);
  };
  const turn = (): void => {
    timer?.cancel();
    timer = undefined;
    if (running || isClosed) return void (isAsked = true);
    isAsked = false;
    running = judgeAll()
      .then((isBusy) => {
        if (isFailing) log.info('sessions are judged again');
        isFailing = false;
        return isBusy;
      })
      .catch((error: unknown) => {
        if (!isFailing && !isClosed)
          log.warn('sessions could not be judged; trying on', { reason: String(error) });
        isFailing = true;
        return false;
      })
      .then((isBusy) => {
        running = undefined;
        // Who is at it may have read the log before what woke us, and may fail.
        arm(isBusy ? soonMs : judgeMs);
        if (isAsked) turn();
      });
  };
  const judgeAll = async (): Promise<boolean> => {
    for (;;) {
      const judged = isClosed ? 'all' : await judgeSessions(database);
      if (judged !== 'more') return judged === 'busy';
    }
  };
  const { stop } = tail.listen((events) => {
    if (events.some((event) => concernOf(event) !== null)) turn();
    else if (events.some(isCreation)) arm(soonMs);
  });
  turn();

  return {
    async close() {
      isClosed = true;
      stop();
      timer?.cancel();
      await running;
    },
  };
}

function isCreation({ kind }: LoggedEvent): boolean {
  return kind === ('session.created' satisfies SessionEventKind);
}
