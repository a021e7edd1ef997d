import type { Clock, Timer } from '../core/clock.js';
import type { LoggedEvent, LogHead } from './event.store.js';
import type { Tail } from './tail.js';

/** What to send next; with `isLast`, the stream completes after it. */
export interface Step<T> {
  readonly items: readonly T[];
  readonly isLast?: boolean;
  /** There is more of this to send before anything else; asked for when these items have been taken. */
  readonly rest?: () => Promise<Step<T>>;
}

/** What a stream sends when. Each is asked only when the one before has been taken by the reader. */
export interface StreamSource<T> {
  /** Told of each event as it comes, before any is asked for; those too that are dropped later. Must not wait. */
  hear?(event: LoggedEvent): void;
  /** First items; the stream has been listening since that position, so nothing falls between. */
  open(since: LogHead): Promise<Step<T>>;
  each(event: LoggedEvent): Promise<Step<T>>;
  /** Nothing was sent for a while: the time to look whether the reader may still read. */
  beat(): Promise<Step<T>>;
  /** The reader was too slow and events were dropped: start again from what is now. */
  overflow(since: LogHead): Promise<Step<T>>;
}

export interface StreamSettings {
  readonly beatMs: number;
  /** Events kept for a slow reader before they are dropped and it starts again. */
  readonly mostWaiting: number;
}

/**
 * Pulls a source for as long as its reader pulls. Hand-written rather than an async generator, because a
 * generator that waits cannot be ended from outside: a reader that went away would leave it for ever.
 */
export function eventStream<T>(
  tail: Tail,
  clock: Clock,
  settings: StreamSettings,
  source: StreamSource<T>,
): AsyncIterableIterator<T> {
  const ready: T[] = [];
  let rest: (() => Promise<Step<T>>) | undefined;
  let waiting: LoggedEvent[] = [];
  let hasOverflowed = false;
  let isBeatDue = false;
  let isOpen = false;
  let isLast = false;
  let isEnded = false;
  let wake: (() => void) | undefined;
  let beat: Timer | undefined;

  const listening = tail.listen((events) => {
    for (const event of events) source.hear?.(event);
    if (hasOverflowed) return;
    waiting.push(...events);
    if (waiting.length > settings.mostWaiting) {
      waiting = [];
      hasOverflowed = true;
    }
    wake?.();
  });
  const armBeat = (): void => {
    beat?.cancel();
    beat = clock.after(settings.beatMs, () => {
      isBeatDue = true;
      wake?.();
    });
  };
  const end = (): void => {
    isEnded = true;
    listening.stop();
    beat?.cancel();
    ready.length = 0;
    waiting = [];
    wake?.();
  };
  const step = (): Promise<Step<T>> | null => {
    if (!isOpen) {
      isOpen = true;
      return source.open(listening.since);
    }
    if (rest) return rest();
    if (hasOverflowed) {
      hasOverflowed = false;
      return source.overflow(listening.since);
    }
    const event = waiting.shift();
    if (event) return source.each(event);
    if (!isBeatDue) return null;
    isBeatDue = false;
    armBeat(); // one that sends nothing is followed by another all the same
    return source.beat();
  };
  const pull = async (): Promise<IteratorResult<T>> => {
    while (!isEnded) {
      const item = ready.shift();
      if (item !== undefined) {
        armBeat();
        return { value: item, done: false };
      }
      if (isLast) break;
      const taken = step();
      if (taken) {
        const taking = await taken;
        if (isEnded) break;
        ready.push(...taking.items);
        isLast = taking.isLast ?? false;
        rest = taking.rest;
      } else {
        await new Promise<void>((resolve) => (wake = resolve));
        wake = undefined;
      }
    }
    end();
    return { value: undefined, done: true };
  };
  armBeat();

  return {
    next: () =>
      pull().catch((error: unknown) => {
        end();
        throw error;
      }),
    return() {
      end();
      return Promise.resolve({ value: undefined, done: true });
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
