import type { Clock, Timer } from '../core/clock.js';
import type { Log } from '../core/log.js';
import type { Reader } from '../core/tx.js';
import { findEventsAfter, findHead, numberEvents, type LoggedEvent, type LogHead } from './event.store.js';

export type TailListener = (events: readonly LoggedEvent[]) => void;

/** Follows the log and hands each new event to every listener once, in order. */
export interface Tail {
  /** The listener hears what is numbered after `since`. It must not wait. */
  listen(listener: TailListener): { readonly since: LogHead; stop(): void };
  /** A hint that there is something new; the tail looks at once instead of at its next turn. */
  poke(): void;
  close(): Promise<void>;
}

export interface TailParts {
  readonly reader: Reader;
  readonly clock: Clock;
  readonly log: Log;
  /** Longest time between two looks, in ms. */
  readonly pollMs: number;
}

const batch = 1000;

/** Starts at the present end of the log. */
export async function startTail({ reader, clock, log, pollMs }: TailParts): Promise<Tail> {
  const listeners = new Set<TailListener>();
  let head = await findHead(reader);
  let timer: Timer | undefined;
  let running: Promise<void> | undefined;
  let isPoked = false;
  let isClosed = false;
  let isFailing = false;

  const look = async (): Promise<void> => {
    do {
      isPoked = false;
      await numberEvents(reader, batch);
      const events = await findEventsAfter(reader, head.id, batch);
      const last = events.at(-1);
      if (!last) continue;
      head = { epoch: head.epoch, id: last.id, nonce: last.nonce };
      for (const listener of listeners) tell(listener, events);
      if (events.length === batch) isPoked = true;
    } while (isPoked && !isClosed);
  };
  // One listener that fails must not keep the batch from the others.
  const tell = (listener: TailListener, events: readonly LoggedEvent[]): void => {
    try {
      listener(events);
    } catch (error) {
      log.error('a listener of the event log failed', { reason: String(error) });
    }
  };
  const turn = (): void => {
    timer?.cancel();
    running = look()
      .then(() => {
        if (isFailing) log.info('the event log is followed again');
        isFailing = false;
      })
      .catch((error: unknown) => {
        if (!isFailing && !isClosed)
          log.warn('the event log cannot be read; trying on', { reason: String(error) });
        isFailing = true;
        isPoked = false;
      })
      .finally(() => {
        running = undefined;
        if (isClosed) return;
        if (isPoked) turn();
        else timer = clock.after(pollMs, turn);
      });
  };
  turn();

  return {
    listen(listener) {
      listeners.add(listener);
      return { since: head, stop: () => void listeners.delete(listener) };
    },
    poke() {
      isPoked = true;
      if (!running && !isClosed) turn();
    },
    async close() {
      isClosed = true;
      timer?.cancel();
      listeners.clear();
      await running;
    },
  };
}
