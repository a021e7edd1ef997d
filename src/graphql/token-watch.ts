import type { Clock, Timer } from '../core/clock.js';
import type { Log } from '../core/log.js';
import type { LoggedEvent } from '../events/event.store.js';
import type { Tail } from '../events/tail.js';

/** Looks after the tokens behind open sockets. */
export interface TokenWatch {
  /** Has `end` called once the token makes nobody any more. Returns how to stop. */
  add(tokenId: string, end: () => void): () => void;
  close(): Promise<void>;
}

export interface TokenWatchParts {
  readonly tail: Tail;
  readonly clock: Clock;
  readonly log: Log;
  /** Those of the tokens that still make somebody, in one statement. */
  readonly findGood: (tokenIds: readonly string[]) => Promise<readonly string[]>;
  /** Shortest time between two looks, in ms, however much the log tells. */
  readonly pauseMs: number;
  /** Longest time between two looks, in ms: what is told by nothing, such as a token that lay idle, is found then. */
  readonly everyMs: number;
}

/**
 * Asks for all tokens at once whether they are still good: soon after the log has told of something that may have ended
 * one, and every now and then. When the database is out of reach it tries on.
 */
export function watchTokens({ tail, clock, log, findGood, pauseMs, everyMs }: TokenWatchParts): TokenWatch {
  const watched = new Map<string, Set<() => void>>();
  let checkedAt = clock.monotonicMs();
  let isDue = false;
  let isFailing = false;
  let isClosed = false;
  let timer: Timer | undefined;
  let running: Promise<void> | undefined;

  const check = async (): Promise<void> => {
    const asked = [...watched.keys()];
    if (asked.length === 0) return;
    const good = new Set(await findGood(asked));
    for (const id of asked) if (!good.has(id)) for (const end of [...(watched.get(id) ?? [])]) end();
  };
  const turn = (): void => {
    isDue = false;
    checkedAt = clock.monotonicMs();
    running = check()
      .then(() => {
        isFailing = false;
      })
      .catch((error: unknown) => {
        if (!isFailing)
          log.warn('tokens of open sockets cannot be checked; trying on', { reason: String(error) });
        isFailing = true;
        isDue = true;
      })
      .finally(() => {
        running = undefined;
        arm();
      });
  };
  const arm = (): void => {
    timer?.cancel();
    if (isClosed || running) return;
    const passedMs = clock.monotonicMs() - checkedAt;
    timer = clock.after(Math.max(0, (isDue ? pauseMs : everyMs) - passedMs), turn);
  };
  const listening = tail.listen((events) => {
    if (isDue || !events.some((event) => mayEnd(event, watched))) return;
    isDue = true;
    arm();
  });
  arm();

  return {
    add(tokenId, end) {
      const ends = watched.get(tokenId) ?? new Set();
      watched.set(tokenId, ends.add(end));
      return () => {
        ends.delete(end);
        if (ends.size === 0 && watched.get(tokenId) === ends) watched.delete(tokenId);
      };
    },
    async close() {
      isClosed = true;
      listening.stop();
      timer?.cancel();
      await running;
    },
  };
}

const removals: ReadonlySet<string> = new Set([
  'user.deleted',
  'account.deleted',
  'auth-method.deleted',
  'scope.deleted',
]);

// The log tells of each token by itself; the others are listened to so that one missed by a mistake is found as soon.
function mayEnd({ kind, subjectId, body }: LoggedEvent, watched: ReadonlyMap<string, unknown>): boolean {
  if (kind === 'auth-token.deleted') return watched.has(subjectId);
  if (kind === 'user.changed' || kind === 'account.changed') return body['isDisabled'] === true;
  return removals.has(kind);
}
