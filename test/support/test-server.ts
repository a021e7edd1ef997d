import { createClient, type Client as LiveClient, type SubscribePayload } from 'graphql-ws';
import { WebSocket } from 'ws';
import { silentLog, type Log } from '../../src/core/log';
import type { Limits } from '../../src/limits';
import { startServer, type RunningServer } from '../../src/server';
import { readSettings, type Flags } from '../../src/settings';
import { createTestDatabase, testCluster, type TestDatabase } from './test-database';

export interface Answer {
  readonly status: number;
  readonly data: Record<string, any> | null | undefined;
  readonly errors:
    readonly { message: string; path?: unknown[]; extensions: Record<string, any> }[] | undefined;
}

export interface TestServer {
  readonly url: string;
  readonly workerAddress: string;
  readonly database: TestDatabase;
  /** Sends a document over HTTP. */
  ask(query: string, variables?: object, token?: string | null): Promise<Answer>;
  /** Signs in; the token. */
  signIn(loginName?: string, password?: string, authMethodId?: string): Promise<string>;
  /** A graphql-ws client of its own. */
  live(token: string | null): LiveClient;
  /** See `RunningServer`. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

/** Limits of a test's own; what it leaves out stays as it is. */
export type PartialLimits = Partial<Omit<Limits, 'webSocket' | 'document'>> & {
  readonly webSocket?: Partial<Limits['webSocket']>;
  readonly document?: Partial<Limits['document']>;
};

/** The whole server in this process, on free ports, over a database of its own or an existing one. */
export async function startTestServer(
  flags: Flags = {},
  env: Record<string, string> = {},
  existing?: TestDatabase,
  log: Log = silentLog,
  limits: PartialLimits = {},
): Promise<TestServer> {
  const database = existing ?? (await createTestDatabase());
  const { limits: defaults, ...settings } = readSettings(
    {
      apiListenAddress: '127.0.0.1:0',
      proxyListenAddress: '127.0.0.1:0',
      config: 'none',
      poolSize: '10',
      // A test signs in as often as it likes, unless it is about that.
      ...{ loginFailures: '0', loginsPerAddress: '0', loginsPerName: '0', logins: '0' },
      ...flags,
    },
    { DATABASE_URL: database.url, POSTERN_ROOT_KEY: testCluster().rootKey, HOME: '/nonexistent', ...env },
  );
  const webSocket = { ...defaults.webSocket, ...limits.webSocket };
  const document = { ...defaults.document, ...limits.document };
  let server: RunningServer;
  try {
    const own = { ...defaults, ...limits, webSocket, document };
    server = await startServer({ ...settings, limits: own }, log, { env });
  } catch (error) {
    if (!existing) await database.drop();
    throw error;
  }
  const clients: LiveClient[] = [];
  const ask: TestServer['ask'] = async (query, variables = {}, token = null) => {
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = (await response.json()) as Omit<Answer, 'status'>;
    return { status: response.status, data, errors };
  };
  return {
    url: server.url,
    workerAddress: server.workerAddress,
    database,
    ended: server.ended,
    ask,
    async signIn(loginName = 'admin', password = 'password', authMethodId) {
      const { data, errors } = await ask(
        'mutation ($input: AuthenticateInput!) { authenticate(input: $input) { token } }',
        { input: { loginName, password, authMethodId } },
      );
      if (errors) throw new Error(errors[0]?.message);
      return data?.['authenticate'].token as string;
    },
    live(token) {
      const client = createClient({
        url: `${server.url.replace('http', 'ws')}/graphql`,
        webSocketImpl: WebSocket,
        connectionParams: token === null ? {} : { token },
        retryAttempts: 0,
        lazy: true,
      });
      clients.push(client);
      return client;
    },
    async stop() {
      for (const client of clients) await client.dispose();
      await server.close();
      if (!existing) await database.drop();
    },
  };
}

export interface Stream {
  /** What has come so far. */
  readonly items: any[];
  readonly errors: unknown[];
  /** Waits until one of the items, come or to come, meets the condition; fails after the time. */
  until(what: string, condition: (item: any) => boolean, timeoutMs?: number): Promise<any>;
  /** Resolves when the stream has completed or was refused. */
  readonly ended: Promise<'complete' | 'refused'>;
  stop(): void;
}

/** Collects a subscription. */
export function collect(client: LiveClient, payload: SubscribePayload, field: string): Stream {
  const items: any[] = [];
  const errors: unknown[] = [];
  const waiting = new Set<() => void>();
  let end: (how: 'complete' | 'refused') => void = () => {};
  const ended = new Promise<'complete' | 'refused'>((resolve) => (end = resolve));
  const wake = () => waiting.forEach((check) => check());
  const stop = client.subscribe<Record<string, any>>(payload, {
    next: ({ data, errors: found }) => {
      if (found) errors.push(...found);
      if (data) items.push(data[field]);
      wake();
    },
    error: (error) => {
      errors.push(error);
      end('refused');
      wake();
    },
    complete: () => {
      end('complete');
      wake();
    },
  });
  return {
    items,
    errors,
    ended,
    stop,
    until: (what, condition, timeoutMs = 5000) =>
      new Promise((resolve, reject) => {
        const late = setTimeout(() => {
          waiting.delete(check);
          reject(new Error(`waited for ${what}; there was ${JSON.stringify({ items, errors })}`));
        }, timeoutMs);
        const check = (): void => {
          const found = items.find(condition);
          if (found === undefined) return;
          clearTimeout(late);
          waiting.delete(check);
          resolve(found);
        };
        waiting.add(check);
        check();
      }),
  };
}
