import type { Context } from 'graphql-ws';
import type { WebSocket } from 'ws';
import type { Clock } from '../core/clock.js';

/**
 * Close codes as clients understand them: after 4403 they ask for the token again, after 1001 and 1013 they
 * come back later. 1000 and 4500 are never sent: the one makes them loop, the other give up.
 */
export const closing = {
  forbidden: [4403, 'Forbidden'],
  tooMany: [4503, 'Too many subscriptions'],
  tooFast: [4503, 'Too many messages'],
  tryLater: [1013, 'Try again later'],
  idle: [1013, 'Nothing was asked'],
  goingAway: [1001, 'Going away'],
} as const;

/** What of a socket is needed to end it in order. */
export interface Closable {
  readonly socket: WebSocket;
  /** Stops looking after its token. */
  unwatch?: () => void;
  /** Told when an operation is complete, right before the client is told. */
  completed?: () => void;
}

/** How long subscriptions may take to end, and then a client to close its side, in ms. */
const closingMs = 300;

/** Ends the subscriptions of a socket whose token is over, then closes it. */
export async function showOut(
  clock: Clock,
  { subscriptions, extra }: Pick<Context<never, Closable>, 'subscriptions' | 'extra'>,
): Promise<void> {
  const { socket } = extra;
  extra.unwatch?.();
  let open = Object.keys(subscriptions).length;
  await new Promise<void>((resolve) => {
    if (open === 0) return resolve();
    const late = clock.after(closingMs, resolve);
    extra.completed = () => {
      open -= 1;
      if (open > 0) return;
      late.cancel();
      setImmediate(resolve); // the client is told first
    };
    // One that waits for the database is complete when it has its answer.
    for (const one of Object.values(subscriptions))
      if (one !== null && 'return' in one) void one.return(undefined).catch(() => {});
  });
  socket.close(...closing.forbidden);
  const late = clock.after(closingMs, () => socket.terminate());
  socket.once('close', () => late.cancel());
}
