import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ClosedAs } from './authority.js';

/** Two streams joined, until both are done or `cut` is called. */
export interface Relay {
  /** Ends it at once, both ways. */
  cut(reason: ClosedAs): void;
  /** Bytes so far, read from the host's socket: no handler counts them on the way. */
  bytes(): { up: bigint; down: bigint };
}

/**
 * Joins client and host with back-pressure, and keeps a half-close: when one side has said all it has to say,
 * the other may still answer. `done` is told once, when both sides are closed, who closed first.
 */
export function relay(client: Duplex, host: Socket, done: (reason: ClosedAs) => void): Relay {
  let reason: ClosedAs | undefined;
  let left = 2;
  const because = (why: ClosedAs): void => {
    reason ??= why;
  };
  const closed = (): void => {
    left -= 1;
    if (left === 0) done(reason ?? 'network error');
  };
  if (client.readableEnded) because('closed by client');
  client.once('end', () => because('closed by client'));
  host.once('end', () => because('closed by host'));
  client.on('error', (error: NodeJS.ErrnoException) =>
    because(error.code === 'ETIMEDOUT' ? 'network error' : 'closed by client'),
  );
  host.on('error', (error: NodeJS.ErrnoException) =>
    because(error.code === 'ETIMEDOUT' ? 'network error' : 'closed by host'),
  );
  client.once('close', () => {
    because('closed by client');
    // After a clean end the host may still be reading what was piped to it; after anything else it is cut.
    if (!client.readableEnded) host.destroy();
    else if (!client.writableFinished) host.destroy();
    closed();
  });
  host.once('close', () => {
    because('closed by host');
    if (!host.readableEnded || !host.writableFinished) client.destroy();
    closed();
  });
  client.pipe(host);
  host.pipe(client);
  return {
    cut(why) {
      because(why);
      client.destroy();
      host.destroy();
    },
    bytes: () => ({ up: BigInt(host.bytesWritten), down: BigInt(host.bytesRead) }),
  };
}
