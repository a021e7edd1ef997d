import { openDataSource } from '../../src/db/data-source';
import { openDatabase } from '../../src/db/database';
import { entities } from '../../src/entities';
import type { Tail } from '../../src/events/tail';
import { makeWorkerAuthority } from '../../src/session/worker-authority';
import { makeIdentity } from '../../src/proxy/identity';
import { changesOf } from '../support/changes';
import { authorize, echo, startHost, type TestHost } from '../support/session-client';
import { startTestServer, type TestServer } from '../support/test-server';

let server: TestServer;
let host: TestHost;
let admin: string;
beforeAll(async () => {
  // Workers made by SQL do not report, so they are taken for live for longer than usual.
  server = await startTestServer({ workerTag: 'region=eu,type=db' }, {}, undefined, undefined, {
    workerLivenessMs: 3_600_000,
  });
  host = await startHost();
  admin = await server.signIn();
  await newWorker('w_north00000', 'north', ['region', 'eu'], ['region', 'us'], ['type', 'web']);
  await newWorker('w_south00000', 'south');
});
afterAll(async () => {
  await server.stop();
  await host.close();
});

async function newWorker(id: string, name: string, ...tags: [string, string][]): Promise<void> {
  await server.database.sql(
    `insert into worker (id, name, address, thumbprint, boot_id) values ($1, $2, '127.0.0.1:1', repeat('A', 43), 'boot_0000000000')`,
    [id, name],
  );
  for (const [key, value] of tags)
    await server.database.sql(`insert into worker_tag values ($1, 'api', $2, $3)`, [id, key, value]);
}

const { made, code, refusal, run } = changesOf(
  () => server,
  () => admin,
  {
    createTarget: 'target { id version egressWorkerFilter }',
    updateTarget: 'target { id version egressWorkerFilter }',
    authorizeSession: 'session { id } authorization { token workers { name } }',
    redeemAuthorization: 'authorization { workers { name } }',
    addWorkerTags: 'worker { version }',
    removeWorkerTags: 'worker { version }',
  },
);
let count = 0;
const newTarget = (egressWorkerFilter: string | null): Promise<{ id: string; version: number }> =>
  made('createTarget', {
    ...{ scopeId: 'p_1234567890', name: `target ${(count += 1)}`, egressWorkerFilter },
    ...{ address: '127.0.0.1', defaultPort: host.port },
  }) as Promise<{ id: string; version: number }>;
/** The names of the workers that a session on a new target with that filter is offered. */
const offered = async (filter: string | null): Promise<string[]> => {
  const { id: targetId } = await newTarget(filter);
  const { data, errors } = await run('authorizeSession', { targetId });
  expect(errors).toBeUndefined();
  return namesIn(data?.['authorizeSession'].authorization);
};
const namesIn = ({ workers }: { workers: { name: string }[] }): string[] =>
  workers.map(({ name }) => name).sort();

describe('the worker filter of a target', () => {
  test('is checked when it is written, and its fault is shown with its place', async () => {
    const input = { scopeId: 'p_1234567890', name: 'faulty', defaultPort: 1 };
    expect(await refusal('createTarget', { ...input, egressWorkerFilter: '"/name" = "lab"' })).toBe(
      'input.egressWorkerFilter: equality is written ==\n  "/name" = "lab"\n          ^',
    );
    expect(await code('createTarget', { ...input, egressWorkerFilter: '' })).toBe('INVALID_INPUT');
    expect(
      await refusal('createTarget', { ...input, egressWorkerFilter: `"/name" == "${'x'.repeat(2048)}"` }),
    ).toContain('a filter has at most 2048 characters');
    const { id } = await newTarget(null);
    expect(await code('updateTarget', { id, expectedVersion: 1, egressWorkerFilter: '"db" in' })).toBe(
      'INVALID_INPUT',
    );
    const filter = '"db" in "/tags/type"';
    expect(await made('updateTarget', { id, expectedVersion: 1, egressWorkerFilter: filter })).toMatchObject({
      ...{ version: 2, egressWorkerFilter: filter },
    });
    expect(await made('updateTarget', { id, expectedVersion: 2, egressWorkerFilter: null })).toMatchObject({
      ...{ version: 3, egressWorkerFilter: null },
    });
  });

  test.each([
    [null, ['built-in', 'north', 'south']],
    ['"eu" in "/tags/region"', ['built-in', 'north']],
    ['"us" in "/tags/region"', ['north']],
    ['"db" not in "/tags/type"', ['north', 'south']],
    ['"/name" == "south"', ['south']],
    ['"/tags" is empty', ['south']],
    ['"/name" matches "^so" or any "/tags/region" as r { r matches "^u" }', ['north', 'south']],
  ])('%s offers %j', async (filter, names) => {
    expect(await offered(filter)).toEqual(names);
  });

  test.each([
    ['nobody matches', '"moon" in "/tags/region"'],
    ['a path leads nowhere', '"/nmae" == "south"'],
  ])('that %s is told apart from there being no worker', async (_, filter) => {
    const { id: targetId } = await newTarget(filter);
    const { errors } = await run('authorizeSession', { targetId });
    expect(errors?.[0]).toMatchObject({
      message:
        'the worker filter of this target leaves none of the live workers; change it, or the tags of a worker',
      extensions: { code: 'NO_WORKER_AVAILABLE', filtered: true, retryable: true },
    });
  });

  test('plays no part where no worker lives', async () => {
    const alone = await startTestServer({}, {}, undefined, undefined, { workerLivenessMs: 0 });
    const token = await alone.signIn();
    const { errors } = await alone.ask(
      'mutation { authorizeSession(input: { targetId: "ttcp_1234567890" }) { session { id } } }',
      {},
      token,
    );
    await alone.stop();
    expect(errors?.[0]).toMatchObject({
      message: 'no worker can serve this target now; retry, or look at the workers',
      extensions: { code: 'NO_WORKER_AVAILABLE', filtered: false },
    });
  });

  test('that does not fit what workers are is an error of the target', async () => {
    const { id: targetId } = await newTarget('"/tags" == "x"');
    const { errors } = await run('authorizeSession', { targetId });
    expect(errors?.[0]).toMatchObject({
      message: expect.stringMatching(/^input: the worker filter of the target gives no answer: /),
      extensions: { code: 'INVALID_INPUT' },
    });
  });

  test('goes with the session: a later change of the target does not touch it', async () => {
    const { id: targetId } = await newTarget('"us" in "/tags/region"');
    const { data } = await run('authorizeSession', { targetId });
    const { token } = data?.['authorizeSession'].authorization as { token: string };
    await made('updateTarget', {
      id: targetId,
      expectedVersion: 1,
      egressWorkerFilter: '"/name" == "south"',
    });
    const input = { token, clientPublicKey: makeIdentity('test').publicKey };
    const redeemed = await run('redeemAuthorization', input);
    expect(namesIn(redeemed.data?.['redeemAuthorization'].authorization)).toEqual(['north']);
  });
});

describe('a worker that is asked to serve a session', () => {
  const authorityOf = async (workerId: string) => {
    const source = await openDataSource(
      {
        ...{ url: server.database.url, poolSize: 1, statementTimeoutMs: 5000 },
        ...{ applicationName: 'test', clockShift: null },
      },
      entities,
    );
    const guard = { check: () => Promise.resolve() };
    const database = openDatabase({ source, guard, reactors: [], onFacts: () => {} });
    const boot = { workerId, workerName: workerId, bootId: 'boot_0000000000' };
    return {
      authority: makeWorkerAuthority(database, null as unknown as Tail, boot),
      close: () => source.destroy(),
    };
  };

  test('gets no lease and makes nothing active unless it matches', async () => {
    const { id: target } = await newTarget('"us" in "/tags/region"');
    const { id } = await authorize(server, admin, target);
    const status = async (): Promise<unknown> =>
      (await server.database.sql<{ status: string }>('select status from session where id = $1', [id]))[0]
        ?.status;
    for (const [workerId, isServed] of [
      ['w_south00000', false],
      ['w_nowhere000', false],
      ['w_north00000', true],
    ] as const) {
      const { authority, close } = await authorityOf(workerId);
      const denied = { denied: 'unknown' };
      const lease = { sessionId: id, isActive: isServed };
      expect([workerId, await authority.lookup(id)]).toEqual([
        workerId,
        isServed ? expect.objectContaining({ ...lease, isActive: false }) : denied,
      ]);
      expect(await authority.activate(id)).toEqual(isServed ? expect.objectContaining(lease) : denied);
      expect(await status()).toBe(isServed ? 'active' : 'pending');
      await close();
    }
  });

  test('by a client that it was offered to, and has lost its tag since, says that it does not', async () => {
    const [built] = await server.database.sql<{ id: string; version: number }>(
      `select id, version from worker where name = 'built-in'`,
    );
    const { id, version } = built!;
    const gpu = [{ key: 'gpu', values: ['a100'] }];
    await made('addWorkerTags', { id, expectedVersion: version, apiTags: gpu });
    const { id: target } = await newTarget('"a100" in "/tags/gpu"');
    const served = await authorize(server, admin, target);
    const { socket } = await served.open();
    expect(await echo(socket, 'matched')).toBe('matched');
    socket.destroy();
    const late = await authorize(server, admin, target);
    await made('removeWorkerTags', { id, expectedVersion: version + 1, apiTags: gpu });
    await expect(late.open()).rejects.toThrow('there is no such session for this key');
  });
});
