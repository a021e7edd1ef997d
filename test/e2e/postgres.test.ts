import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createClient } from 'graphql-ws';
import { Client } from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { WebSocket } from 'ws';
import {
  killPrograms,
  newInstallation,
  runProgram,
  type Installation,
  type Program,
} from '../support/program';
import { eventually } from '../support/session-client';
import { collect } from '../support/test-server';

let installation: Installation;
let server: Program & { url: string };
let proxy: Program;
let sessionId: string;
let port: number;

beforeAll(async () => {
  installation = await newInstallation('yaml');
  server = await installation.start();
  await installation.postern(['authenticate', 'password', '-login-name=admin'], { input: 'password\n' });
}, 90_000);
beforeEach(async () => {
  proxy = runProgram(['connect', '-target-name=tests', '-target-scope-name=QA_Tests', '-format=json'], {
    env: installation.env,
  });
  const announced = JSON.parse((await proxy.says(/\{.*\}/))[0]) as { port: number; session_id: string };
  port = announced.port;
  sessionId = announced.session_id;
});
afterEach(async () => {
  proxy.kill('SIGINT');
  await proxy.ended;
});
afterAll(async () => {
  server.kill('SIGINT');
  await server.ended;
  killPrograms();
  installation.remove();
});

const connected = async (): Promise<Client> => {
  const client = new Client({
    host: '127.0.0.1',
    port,
    user: 'postgres',
    password: 'secret',
    database: 'sampledb',
  });
  await client.connect();
  return client;
};
interface Read {
  readonly status: string;
  readonly terminationReason: string | null;
  readonly connections: { nodes: { bytesUp: string; bytesDown: string; closedReason: string | null }[] };
}
const read = async (id = sessionId): Promise<Read> =>
  (
    JSON.parse((await installation.postern(['sessions', 'read', `-id=${id}`, '-format=json'])).stdout) as {
      item: Read;
    }
  ).item;
const socketOf = (client: Client) =>
  (client as unknown as { connection: { stream: { bytesRead: number; bytesWritten: number } } }).connection
    .stream;

/** 50 MB of lines that COPY takes, always the same. */
function* lines(): Generator<Buffer> {
  const line = `${'postern '.repeat(12)}\n`;
  const chunk = Buffer.from(line.repeat(1000));
  for (let sent = 0; sent < 50_000_000; sent += chunk.length) yield chunk;
}

async function digest(stream: AsyncIterable<Buffer>): Promise<{ sha256: string; bytes: number }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of stream) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { sha256: hash.digest('hex'), bytes };
}

describe('a real PostgreSQL through the worker', () => {
  test('select 1', async () => {
    const client = await connected();
    expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    await client.end();
  });

  test('50 MB go in by COPY and come out again unchanged, and every byte is counted', async () => {
    const client = await connected();
    await client.query('create table if not exists bulk (line text)');
    await client.query('truncate bulk');
    await pipeline(Readable.from(lines()), client.query(copyFrom('copy bulk from stdin')));
    const out = await digest(client.query(copyTo('copy bulk to stdout')));
    expect(out).toEqual(await digest(Readable.from(lines())));
    expect(out.bytes).toBeGreaterThanOrEqual(50_000_000);
    await client.query('drop table bulk');
    const stream = socketOf(client);
    await client.end();
    const [connection] = await eventually('the final report', async () => {
      const { nodes } = (await read()).connections;
      return nodes[0]?.closedReason && nodes;
    });
    expect(connection).toEqual(
      expect.objectContaining({
        bytesUp: String(stream.bytesWritten),
        bytesDown: String(stream.bytesRead),
        // After the client's goodbye both hang up; whose end arrives first is a matter of chance.
        closedReason: expect.stringMatching(/^CLOSED_BY_(CLIENT|HOST)$/),
      }),
    );
  }, 60_000);

  test('eight at once, each its own bytes', async () => {
    const clients = await Promise.all(Array.from({ length: 8 }, connected));
    const results = await Promise.all(
      clients.map(
        async (client, i) =>
          (
            await client.query<{ sum: string }>('select sum(n) from generate_series(1, 200000 + $1::int) n', [
              i,
            ])
          ).rows[0]!.sum,
      ),
    );
    expect(results).toEqual(Array.from({ length: 8 }, (_, i) => String(((200_000 + i) * (200_001 + i)) / 2)));
    for (const client of clients) await client.end();
  });

  test('pg_sleep(30) is waited for: nothing cuts a silent connection', async () => {
    const client = await connected();
    const started = Date.now();
    await client.query('select pg_sleep(30)');
    expect(Date.now() - started).toBeGreaterThanOrEqual(30_000);
    expect((await client.query('select 2 as two')).rows).toEqual([{ two: 2 }]);
    await client.end();
  }, 60_000);

  test('a cancel during pg_sleep cuts the client within a second, and who watches sees every state in order', async () => {
    const token = (
      JSON.parse(
        (await import('node:fs')).readFileSync(`${installation.home}/.config/postern/tokens.json`, 'utf8'),
      ) as {
        tokens: Record<string, { token: string }>;
      }
    ).tokens[server.url]!.token;
    const live = createClient({
      url: `${server.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { token },
      retryAttempts: 0,
    });
    const stream = collect(
      live,
      {
        query:
          'subscription ($id: ID!) { session(id: $id) { status terminationReason endedByName states { status startedAt endedAt } } }',
        variables: { id: sessionId },
      },
      'session',
    );
    await stream.until('the session as it is', (item) => item.status === 'PENDING');
    const client = await connected();
    const cut = new Promise<number>((resolve) => client.once('error', () => resolve(performance.now())));
    const sleeping = client.query('select pg_sleep(30)').catch((error: unknown) => (error as Error).message);
    await stream.until('the session to be active', (item) => item.status === 'ACTIVE');
    const started = performance.now();
    const canceled = await installation.postern(['sessions', 'cancel', `-id=${sessionId}`, '-format=json']);
    expect((JSON.parse(canceled.stdout) as { item: Read }).item).toMatchObject({
      status: 'CANCELING',
      terminationReason: 'CANCELED',
    });
    expect((await cut) - started).toBeLessThan(1000);
    expect(await sleeping).toMatch(/Connection terminated/);
    expect(await stream.ended).toBe('complete');
    const statuses = stream.items
      .map((item) => item.status)
      .filter((status, i, all) => status !== all[i - 1]);
    expect(statuses).toEqual(['PENDING', 'ACTIVE', 'CANCELING', 'TERMINATED']);
    const last = stream.items.at(-1);
    expect(last).toMatchObject({ terminationReason: 'CANCELED', endedByName: 'admin' });
    for (const { startedAt } of last.states)
      expect(Date.parse(startedAt)).toBeGreaterThan(Date.now() - 60_000);
    await live.dispose();
  });

  test('the demo user is no way to the machine: it runs no programs, reads no files, and is no superuser', async () => {
    const client = await connected();
    for (const sql of [
      `copy machine to program 'id'`,
      `copy machine from '/etc/passwd'`,
      `select pg_read_file('/etc/passwd')`,
      'create role other superuser',
    ]) {
      await expect(client.query(sql)).rejects.toThrow(/permission denied|must be superuser/);
    }
    await client.end();
    const owner = new Client({
      host: '127.0.0.1',
      port: installation.demoPort,
      user: 'postern',
      password: 'secret',
      database: 'postgres',
    });
    await expect(owner.connect()).rejects.toThrow(/no pg_hba.conf entry/);
  });
});
