import type { DataSource } from 'typeorm';
import { newId } from '../../src/core/id';
import { openDataSource } from '../../src/db/data-source';
import { openDatabase } from '../../src/db/database';
import { entities } from '../../src/entities';
import type { Tail } from '../../src/events/tail';
import { sweepSessions } from '../../src/session/sweep-sessions';
import { makeWorkerAuthority } from '../../src/session/worker-authority';
import { authorize, makeTarget } from '../support/session-client';
import { startTestServer, type TestServer } from '../support/test-server';

let server: TestServer;
let admin: string;
const sources: DataSource[] = [];
beforeAll(async () => {
  server = await startTestServer();
  admin = await server.signIn();
});
afterAll(async () => {
  for (const source of sources) await source.destroy();
  await server.stop();
});

async function database(clockShift: string | null = null) {
  const source = await openDataSource(
    {
      url: server.database.url,
      poolSize: 2,
      statementTimeoutMs: 5000,
      applicationName: 'test',
      clockShift,
    },
    entities,
  );
  sources.push(source);
  const guard = { check: () => Promise.resolve() };
  return openDatabase({ source, guard, reactors: [], onFacts: () => {} });
}

/** What a boot of the server's worker is told, by a clock that is that far ahead. */
async function authorityOf(
  boot: 'present' | 'another',
  clockShift: string | null = null,
): Promise<ReturnType<typeof makeWorkerAuthority>> {
  const [worker] = await server.database.sql<{ id: string; name: string; boot_id: string }>(
    'select id, name, boot_id from worker',
  );
  const bootId = boot === 'present' ? worker!.boot_id : newId('boot');
  const named = { workerId: worker!.id, workerName: worker!.name, bootId };
  return makeWorkerAuthority(await database(clockShift), null as unknown as Tail, named);
}

async function activeSession(limit = -1): Promise<string> {
  const target = await makeTarget(server, 5432);
  await server.database.sql('update target set session_connection_limit = $2 where id = $1', [target, limit]);
  const { id } = await authorize(server, admin, target);
  await (await authorityOf('present')).activate(id);
  return id;
}

const rowOf = async (id: string) =>
  (
    await server.database.sql<{ status: string; closed_reason: string; open: number; count: number }>(
      `select c.status, c.closed_reason, s.open_connection_count as open, s.connection_count as count
       from session_connection c join session s on s.id = c.session_id where c.id = $1`,
      [id],
    )
  )[0]!;

describe('what a worker holds and what the database says', () => {
  test('a place whose answer was lost is given back once it is clear that nobody holds it', async () => {
    const session = await activeSession(1);
    const [now, later] = [await authorityOf('present'), await authorityOf('present', '61 s')];
    const [lost, held] = [newId('sc'), newId('sc')];
    await now.authorize(session, lost, '127.0.0.1:1');
    const other = await activeSession();
    await now.authorize(other, held, '127.0.0.1:2');

    expect(await now.report([], [], [held])).toEqual({ orders: [], closed: [] });
    expect(await rowOf(lost)).toMatchObject({ status: 'authorized' }); // it may be on its way
    expect(await later.report([], [], [held])).toEqual({ orders: [], closed: [] });
    expect(await rowOf(lost)).toEqual({ status: 'closed', closed_reason: 'system error', open: 0, count: 0 });
    expect(await rowOf(held)).toMatchObject({ status: 'authorized' });
    expect(await now.authorize(session, newId('sc'), '127.0.0.1:3')).toEqual({ connectionsLeft: 0 });
  });

  test('nothing of another boot is closed by what this one holds', async () => {
    const session = await activeSession();
    const [other, later] = [await authorityOf('another'), await authorityOf('present', '61 s')];
    const id = newId('sc');
    await other.authorize(session, id, '127.0.0.1:1');
    await later.report([], [], []);
    expect(await rowOf(id)).toMatchObject({ status: 'authorized' });
  });

  test('a connection closed as lost is told to the worker that still holds it', async () => {
    const session = await activeSession();
    const now = await authorityOf('present');
    const id = newId('sc');
    await now.authorize(session, id, '127.0.0.1:1');
    await now.connected(id, '127.0.0.1:5432');
    await sweepSessions(await database('1 hour'), 300_000);
    expect(await rowOf(id)).toMatchObject({ status: 'closed', closed_reason: 'worker lost', open: 0 });
    expect(await now.report([session], [], [id])).toEqual({ orders: [], closed: [id] });
  });

  test('a connection that carried bytes uses its place, though nobody heard of its beginning', async () => {
    const session = await activeSession(1);
    const now = await authorityOf('present');
    const id = newId('sc');
    await now.authorize(session, id, '127.0.0.1:1');
    await now.closed([
      { id, reason: 'closed by client', endpointAddress: '127.0.0.1:5432', bytesUp: 7n, bytesDown: 9n },
    ]);
    expect(await rowOf(id)).toMatchObject({ status: 'closed', count: 1 });
    expect(await now.authorize(session, newId('sc'), '127.0.0.1:2')).toMatchObject({
      denied: 'ended',
      reason: 'connection limit',
    });
  });

  test('whose session it was is told with its end, so that nobody else learns of it', async () => {
    const session = await activeSession();
    await server.ask(
      'mutation ($id: ID!) { cancelSession(input: { id: $id }) { session { id } } }',
      { id: session },
      admin,
    );
    expect(await (await authorityOf('present')).lookup(session)).toEqual({
      denied: 'ended',
      reason: 'canceled',
      by: 'admin',
      clientThumbprint: expect.stringMatching(/^[\w-]{43}$/),
    });
  });
});

test('a sweep reads along its indexes and not every live session', async () => {
  const { sql } = server.database;
  await sql('begin');
  await sql('set local enable_seqscan = off');
  // Of a table that is nearly empty any index of what lives holds all of it, and costs as little.
  await sql('drop index session_live_by_user, session_live_by_holder');
  const rows = await sql<{ 'QUERY PLAN': string }>(
    `explain select id from session where status in ('pending', 'active') and expires_at <= postern_now()
     order by expires_at limit 200`,
  );
  await sql('rollback');
  const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
  expect(plan).toMatch(/Index Scan (using|on) session_live_by_expiry/);
  expect(plan).toMatch(/Index Cond: \(expires_at <= /);
});
