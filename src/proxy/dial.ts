import { lookup } from 'node:dns/promises';
import { connect, type Socket } from 'node:net';
import type { DialPolicy } from './dial-policy.js';

/** Why a host could not be reached, for the client: never more than it needs to know. */
export class DialError extends Error {}

export interface DialOptions {
  readonly policy: DialPolicy;
  /** For resolving and connecting together, in ms. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

const keepAliveMs = 30_000;

/**
 * Connects to a host. A name is resolved once; each of its addresses is checked against the policy and the
 * very address that was checked is dialled, so that a name that changes between the two gains nothing.
 */
export async function dial(host: string, port: number, options: DialOptions): Promise<Socket> {
  if (options.signal.aborted) throw new DialError('the session ended meanwhile');
  const deadline = performance.now() + options.timeoutMs;
  const addresses = await resolve(host, options);
  let last: Error = new DialError('the name has no address');
  for (const address of addresses) {
    const refusal = options.policy.refuse(address, port);
    if (refusal !== null) {
      last = new DialError(refusal);
      continue;
    }
    try {
      return await connectTo(address, port, deadline - performance.now(), options.signal);
    } catch (error) {
      last = error as Error;
      if (options.signal.aborted) break;
    }
  }
  throw last;
}

async function resolve(host: string, { timeoutMs, signal }: DialOptions): Promise<string[]> {
  const late = new Promise<never>((_, reject) => {
    const timer = setTimeout(() => reject(new DialError('its name was not resolved in time')), timeoutMs);
    timer.unref();
    signal.addEventListener('abort', () => reject(new DialError('the session ended meanwhile')), {
      once: true,
    });
  });
  try {
    const found = await Promise.race([lookup(host, { all: true, verbatim: true }), late]);
    return found.map(({ address }) => address);
  } catch (error) {
    if (error instanceof DialError) throw error;
    throw new DialError('its name cannot be resolved');
  }
}

function connectTo(address: string, port: number, timeoutMs: number, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolvePromise, reject) => {
    const socket = connect({
      host: address,
      port,
      allowHalfOpen: true,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: keepAliveMs,
    });
    const fail = (error: Error): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      socket.destroy();
      reject(error);
    };
    const abort = (): void => fail(new DialError('the session ended meanwhile'));
    const timer = setTimeout(() => fail(new DialError('it did not answer in time')), Math.max(1, timeoutMs));
    signal.addEventListener('abort', abort, { once: true });
    socket.once('error', (error: NodeJS.ErrnoException) => fail(new DialError(plain(error))));
    socket.once('connect', () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      socket.removeAllListeners('error');
      resolvePromise(socket);
    });
  });
}

function plain({ code = '' }: NodeJS.ErrnoException): string {
  const known: Record<string, string> = {
    ECONNREFUSED: 'it refused the connection',
    EHOSTUNREACH: 'there is no route to it',
    ENETUNREACH: 'there is no route to its network',
    ETIMEDOUT: 'it did not answer in time',
    EMFILE: 'the worker has no more file descriptors',
  };
  return known[code] ?? `connecting failed (${code || 'no reason given'})`;
}
