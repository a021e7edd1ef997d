import { systemClock } from '../../src/core/clock';
import { eventStream, type Step, type StreamSource } from '../../src/events/event-stream';
import type { LoggedEvent } from '../../src/events/event.store';
import type { Tail, TailListener } from '../../src/events/tail';

const event = (id: number): LoggedEvent => ({
  id: String(id),
  nonce: `n${id}`,
  at: '2026-01-01T00:00:00.000Z',
  kind: 'k',
  subjectId: 's',
  scopeId: 'p',
  revision: id,
  body: {},
});

function handTail(): Tail & { tell(...ids: number[]): void; listeners: Set<TailListener> } {
  const listeners = new Set<TailListener>();
  return {
    listeners,
    tell: (...ids) => listeners.forEach((listener) => listener(ids.map(event))),
    listen(listener) {
      listeners.add(listener);
      return { since: { epoch: 'e', id: '0', nonce: '' }, stop: () => void listeners.delete(listener) };
    },
    poke: () => {},
    close: () => Promise.resolve(),
  };
}

const source = (more: Partial<StreamSource<string>> = {}): StreamSource<string> => ({
  open: () => Promise.resolve({ items: ['open'] }),
  each: ({ id }) => Promise.resolve({ items: [`event ${id}`] }),
  beat: () => Promise.resolve({ items: ['beat'] }),
  overflow: () => Promise.resolve({ items: ['again'] }),
  ...more,
});
const settings = { beatMs: 60_000, mostWaiting: 5 };

async function take(stream: AsyncIterableIterator<string>, count: number): Promise<string[]> {
  const items: string[] = [];
  while (items.length < count) items.push((await stream.next()).value as string);
  return items;
}

describe('a stream of events', () => {
  test('sends what it opens with, then each event in order', async () => {
    const tail = handTail();
    const stream = eventStream(tail, systemClock, settings, source());
    expect(await take(stream, 1)).toEqual(['open']);
    tail.tell(1, 2);
    tail.tell(3);
    expect(await take(stream, 3)).toEqual(['event 1', 'event 2', 'event 3']);
    await stream.return?.();
  });

  test('keeps what happens while it opens', async () => {
    const tail = handTail();
    const stream = eventStream(tail, systemClock, settings, source());
    tail.tell(1);
    expect(await take(stream, 2)).toEqual(['open', 'event 1']);
    await stream.return?.();
  });

  test('drops everything and starts again when its reader is too slow, and stays bounded meanwhile', async () => {
    const tail = handTail();
    const stream = eventStream(tail, systemClock, settings, source());
    await take(stream, 1);
    for (let id = 1; id <= 1000; id++) tail.tell(id);
    expect(await take(stream, 1)).toEqual(['again']);
    tail.tell(1001);
    expect(await take(stream, 1)).toEqual(['event 1001']);
    await stream.return?.();
  });

  test('beats when nothing happens', async () => {
    const stream = eventStream(handTail(), systemClock, { ...settings, beatMs: 10 }, source());
    expect(await take(stream, 3)).toEqual(['open', 'beat', 'beat']);
    await stream.return?.();
  });

  test('keeps beating when a beat has nothing to send', async () => {
    let beats = 0;
    const stream = eventStream(
      handTail(),
      systemClock,
      { ...settings, beatMs: 5 },
      source({ beat: () => Promise.resolve({ items: [], isLast: (beats += 1) === 3 }) }),
    );
    await take(stream, 1);
    expect(await stream.next()).toEqual({ value: undefined, done: true });
    expect(beats).toBe(3);
  });

  test('sends the rest of a step, bit by bit as it is taken, before what happened meanwhile', async () => {
    const tail = handTail();
    let asked = 0;
    const part = (number: number): Step<string> => {
      asked = number;
      return {
        items: [`part ${number}`],
        ...(number < 3 ? { rest: () => Promise.resolve(part(number + 1)) } : {}),
      };
    };
    const stream = eventStream(tail, systemClock, settings, source({ open: () => Promise.resolve(part(1)) }));
    expect(await take(stream, 1)).toEqual(['part 1']);
    tail.tell(1);
    expect(asked).toBe(1);
    expect(await take(stream, 3)).toEqual(['part 2', 'part 3', 'event 1']);
    await stream.return?.();
  });

  test('completes after the last step, and listens no more', async () => {
    const tail = handTail();
    const stream = eventStream(
      tail,
      systemClock,
      settings,
      source({ each: () => Promise.resolve({ items: ['last'], isLast: true }) }),
    );
    await take(stream, 1);
    tail.tell(1, 2, 3);
    expect(await take(stream, 1)).toEqual(['last']);
    expect(await stream.next()).toEqual({ value: undefined, done: true });
    expect(tail.listeners.size).toBe(0);
  });

  test('a reader that leaves while it waits is let go at once', async () => {
    const tail = handTail();
    const stream = eventStream(tail, systemClock, settings, source());
    await take(stream, 1);
    const waiting = stream.next();
    await stream.return?.();
    expect(await waiting).toEqual({ value: undefined, done: true });
    expect(tail.listeners.size).toBe(0);
  });

  test('a reader that leaves while it opens hears nothing more', async () => {
    const tail = handTail();
    let opened: (step: { items: string[] }) => void = () => {};
    const stream = eventStream(
      tail,
      systemClock,
      settings,
      source({ open: () => new Promise((resolve) => (opened = resolve)) }),
    );
    const waiting = stream.next();
    await stream.return?.();
    opened({ items: ['late'] });
    expect(await waiting).toEqual({ value: undefined, done: true });
  });

  test('one that fails ends, and listens no more', async () => {
    const tail = handTail();
    const stream = eventStream(
      tail,
      systemClock,
      settings,
      source({ open: () => Promise.reject(new Error('the database is gone')) }),
    );
    await expect(stream.next()).rejects.toThrow('the database is gone');
    expect(tail.listeners.size).toBe(0);
    expect(await stream.next()).toEqual({ value: undefined, done: true });
  });
});
