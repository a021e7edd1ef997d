import { createClient, type Client, type SubscribePayload } from 'graphql-ws';

export interface LiveSettings {
  /** `ws://…/graphql` or `wss://…/graphql`. */
  readonly url: string;
  /** Asked before every connection, so that a fresh token is used after a new sign-in. */
  readonly token: () => string | null;
  /** The WebSocket class where there is no global one. */
  readonly webSocketImpl?: unknown;
  /** Told when the connection is lost and when it is back. */
  readonly onState?: (state: 'connected' | 'reconnecting' | 'signed-out') => void;
}

export interface Live {
  /**
   * Runs a subscription until it completes or `stop` is called. `payload` is asked again at every reconnect:
   * give it the cursor reached, and the stream goes on after it.
   */
  subscribe(payload: () => SubscribePayload, sink: LiveSink): { stop(): void };
  close(): Promise<void>;
}

export interface LiveSink {
  next(data: Record<string, unknown>): void;
  /** The server refused the operation; its errors as they came. */
  refused(errors: readonly { message: string; extensions?: Record<string, unknown> }[]): void;
  complete(): void;
}

const firstWaitMs = 300;
const longestWaitMs = 15_000;
const stableAfterMs = 10_000;

/**
 * A connection that comes back: after a restart, a lost network or a closed lid, with growing, random pauses
 * that start small again only after it has held for a while. It gives up when the token is refused twice.
 */
export function openLive(settings: LiveSettings): Live {
  let lostInARow = 0;
  let refusedInARow = 0;
  let connectedAt = 0;
  const client: Client = createClient({
    url: settings.url,
    ...(settings.webSocketImpl === undefined ? {} : { webSocketImpl: settings.webSocketImpl }),
    connectionParams: () => {
      const token = settings.token();
      return token === null ? {} : { token };
    },
    keepAlive: 10_000,
    retryAttempts: Infinity,
    shouldRetry: () => refusedInARow < 2,
    retryWait: async () => {
      if (Date.now() - connectedAt > stableAfterMs && connectedAt > 0) lostInARow = 0;
      const longest = Math.min(longestWaitMs, firstWaitMs * 2 ** lostInARow++);
      await new Promise((resolve) => setTimeout(resolve, longest * (0.5 + Math.random() / 2)));
    },
    on: {
      connected: () => {
        connectedAt = Date.now();
        refusedInARow = 0;
        settings.onState?.('connected');
      },
      closed: (event) => {
        refusedInARow = (event as { code?: number }).code === 4403 ? refusedInARow + 1 : 0;
        settings.onState?.(refusedInARow >= 2 ? 'signed-out' : 'reconnecting');
      },
    },
  });
  return {
    subscribe(payload, sink) {
      // A getter, because the library sends the payload it was given again at every reconnect.
      const asked = {
        get query() {
          return payload().query;
        },
        get variables() {
          return payload().variables;
        },
      } as SubscribePayload;
      const stop = client.subscribe(asked, {
        next: ({ data, errors }) => {
          if (errors) sink.refused(errors);
          else if (data) sink.next(data);
        },
        error: (error) => {
          if (Array.isArray(error)) sink.refused(error as never);
          else sink.refused([{ message: describe(error, settings.token()) }]);
        },
        complete: () => sink.complete(),
      });
      return { stop };
    },
    close: async () => {
      await client.dispose();
    },
  };
}

function describe(error: unknown, token: string | null): string {
  const { code, reason, message } = (error ?? {}) as { code?: number; reason?: string; message?: string };
  if (code === 4403)
    return token?.startsWith('postern_')
      ? 'the API token is not valid (any more); have another one issued'
      : 'the token is not valid (any more); sign in again';
  return message ?? reason ?? 'the connection was lost';
}
