import { changesOf } from '../support/changes';
import { newUser } from '../support/identities';
import { masked } from '../support/masked';
import { authorize, makeTarget, startHost, type TestHost } from '../support/session-client';
import { createTestDatabase } from '../support/test-database';
import { startTestServer, type TestServer } from '../support/test-server';

let server: TestServer;
let host: TestHost;
let admin: string;
beforeAll(async () => {
  server = await startTestServer({ workerTag: 'region=eu,type=db,type=web' });
  host = await startHost();
  admin = await server.signIn();
});
afterAll(async () => {
  await server.stop();
  await host.close();
});

const worker = `worker {
  id version name description configTags { key values } apiTags { key values } canonicalTags { key values }
}`;
const { run, made, code, refusal } = changesOf(
  () => server,
  () => admin,
  {
    updateWorker: worker,
    deleteWorker: 'deletedId',
    addWorkerTags: worker,
    setWorkerTags: worker,
    removeWorkerTags: worker,
  },
);
const config = [
  { key: 'region', values: ['eu'] },
  { key: 'type', values: ['db', 'web'] },
];
const built = async (): Promise<{ id: string; version: number }> =>
  (
    await server.database.sql<{ id: string; version: number }>(
      `select id, version from worker where name = 'built-in'`,
    )
  )[0]!;
/** A worker that was last heard of so long ago. */
const silentWorker = async (id: string, silence: string): Promise<string> => {
  await server.database.sql(
    `insert into worker (id, name, address, thumbprint, boot_id, last_seen_at)
     values ($1::text, $1::text, '127.0.0.1:1', repeat('A', 43), 'boot_0000000000', postern_now() - $2::interval)`,
    [id, silence],
  );
  return id;
};
const read = async (id: string, fields: string, token = admin): Promise<any> =>
  (await server.ask(`query ($id: ID!) { worker(id: $id) { ${fields} } }`, { id }, token)).data?.['worker'];

describe('the built-in worker', () => {
  test('is shown with what it reports and the tags of its settings', async () => {
    const { id } = await built();
    const shown = await read(
      id,
      'name type address health releaseVersion lastSeenAt scopeId scope { id } activeConnectionCount configTags { key values } apiTags { key values } canonicalTags { key values } authorizedActions',
    );
    expect(shown).toEqual({
      ...{ name: 'built-in', type: 'BUILT_IN', address: server.workerAddress, health: 'READY' },
      ...{ releaseVersion: expect.stringMatching(/^\d+\.\d+/), scopeId: 'global', scope: { id: 'global' } },
      lastSeenAt: expect.stringMatching(/Z$/),
      ...{ activeConnectionCount: 0, configTags: config, apiTags: [], canonicalTags: config },
      authorizedActions: expect.arrayContaining(['READ', 'UPDATE', 'DELETE', 'ADD_WORKER_TAGS']),
    });
    const { data } = await server.ask(
      `query ($id: ID!) { node(id: $id) { __typename id } workers(scopeId: "global") { nodes { id health } } }`,
      { id },
      admin,
    );
    expect(data).toEqual({
      node: { __typename: 'Worker', id },
      workers: { nodes: [{ id, health: 'READY' }] },
    });
  });

  test('counts its open connections, and is linked from each', async () => {
    const { id } = await built();
    const session = await authorize(server, admin, await makeTarget(server, host.port));
    const { socket } = await session.open();
    const connections = async (token: string): Promise<any> =>
      (
        await server.ask(
          'query ($id: ID!) { session(id: $id) { connections { nodes { workerName worker { id name } } } } }',
          { id: session.id },
          token,
        )
      ).data?.['session'].connections.nodes;
    expect(await connections(admin)).toEqual([{ workerName: 'built-in', worker: { id, name: 'built-in' } }]);
    const { token } = await newUser(server, [
      { scope: 'p_1234567890', grants: ['ids=*;type=session;actions=read'] },
    ]);
    expect(await connections(token)).toEqual([{ workerName: 'built-in', worker: null }]);
    expect(await read(id, 'activeConnectionCount')).toEqual({ activeConnectionCount: 1 });
    socket.destroy();
  });

  test('is described, and not renamed', async () => {
    const { id, version } = await built();
    const changed = await made('updateWorker', {
      id,
      expectedVersion: version,
      description: 'in the cellar',
    });
    expect(changed).toMatchObject({ version: version + 1, name: 'built-in', description: 'in the cellar' });
    expect(await refusal('updateWorker', { id, expectedVersion: version + 1, name: 'north' })).toBe(
      'input.name: comes from --worker-name of its server; start that with another',
    );
    expect(await code('updateWorker', { id, expectedVersion: version, description: null })).toBe(
      'VERSION_CONFLICT',
    );
  });

  test('keeps its version while it reports, and what it was given over a new start', async () => {
    const database = await createTestDatabase();
    const first = await startTestServer({ workerTag: 'a=1,b=2' }, {}, database);
    const [before] = await database.sql<{ id: string }>('select id from worker');
    await database.sql(`insert into worker_tag values ($1, 'api', 'given', 'here')`, [before!.id]);
    await first.stop();
    const second = await startTestServer({ workerTag: 'b=2,c=3' }, {}, database);
    const [after] = await database.sql(
      `select id, version, (select array_agg(source || ' ' || key || '=' || value order by 1)
         from (select source, key, value from worker_tag order by 1, 2, 3) t) as tags from worker`,
    );
    expect(after).toEqual({
      id: before!.id,
      version: 1,
      tags: ['api given=here', 'config b=2', 'config c=3'],
    });
    await second.stop();
    await database.drop();
  });
});

describe('tags', () => {
  test('are added, set and taken away; those of the settings stay', async () => {
    const id = await silentWorker('w_tagged0000', '0 s');
    await server.database.sql(`insert into worker_tag values ($1, 'config', 'type', 'db')`, [id]);
    const [one, two, three] = ['one', 'two', 'three'].map((value) => ({ key: 'type', values: [value] }));
    const region = { key: 'region', values: ['eu', 'us'] };
    const steps: [string, object[], number, object[]][] = [
      ['addWorkerTags', [one!, region], 2, [region, one!]],
      ['addWorkerTags', [one!], 2, [region, one!]],
      [
        'addWorkerTags',
        [{ key: 'type', values: ['db'] }],
        3,
        [region, { key: 'type', values: ['db', 'one'] }],
      ],
      [
        'removeWorkerTags',
        [{ key: 'region', values: ['us'] }],
        4,
        [
          { key: 'region', values: ['eu'] },
          { key: 'type', values: ['db', 'one'] },
        ],
      ],
      ['setWorkerTags', [two!, three!], 5, [{ key: 'type', values: ['three', 'two'] }]],
      ['setWorkerTags', [], 6, []],
    ];
    let expectedVersion = 1;
    for (const [mutation, apiTags, version, after] of steps) {
      const changed = await made(mutation, { id, expectedVersion, apiTags });
      expect(changed).toMatchObject({
        version,
        apiTags: after,
        configTags: [{ key: 'type', values: ['db'] }],
      });
      expectedVersion = version;
    }
    const both = await made('addWorkerTags', {
      id,
      expectedVersion,
      apiTags: [one, { key: 'type', values: ['db'] }],
    });
    expect(both.canonicalTags).toEqual([{ key: 'type', values: ['db', 'one'] }]);
    expect(await code('addWorkerTags', { id, expectedVersion, apiTags: [two] })).toBe('VERSION_CONFLICT');
  });

  test.each([
    ['addWorkerTags', [], 'input.apiTags: is empty'],
    ['removeWorkerTags', [], 'input.apiTags: is empty'],
    ['addWorkerTags', [{ key: 'Type', values: ['db'] }], 'input.apiTags.0: the key must be in lower case'],
    ['addWorkerTags', [{ key: 'type', values: ['a,b'] }], 'input.apiTags.0: the value must not hold a comma'],
    ['addWorkerTags', [{ key: 'type', values: [] }], 'input.apiTags.0.values: is empty'],
    ['setWorkerTags', [{ key: 'boundary.cloud.hashicorp.com:managed', values: ['x'] }], 'is reserved'],
    ['removeWorkerTags', [{ key: 'region', values: ['eu'] }], 'the worker was not given region=eu here'],
    [
      'removeWorkerTags',
      [{ key: 'mine', values: ['yes', 'no'] }],
      'the worker was not given mine=no here; name tags that it was given',
    ],
    [
      'addWorkerTags',
      [{ key: 'many', values: Array.from({ length: 1001 }, (_, i) => String(i)) }],
      'holds more than 1000 entries',
    ],
  ])('%s %j is refused', async (mutation, apiTags, sentence) => {
    await server.database.sql(
      `insert into worker_tag select id, 'api', 'mine', 'yes' from worker where name = 'built-in' on conflict do nothing`,
    );
    const { id, version } = await built();
    expect(await refusal(mutation, { id, expectedVersion: version, apiTags })).toContain(sentence);
  });
});

describe('a worker that is not heard of', () => {
  test('is unreachable at first and dead later, by the clock of the database', async () => {
    const [silent, lost] = [
      await silentWorker('w_silent0000', '20 s'),
      await silentWorker('w_lost000000', '1 h'),
    ];
    expect(await read(silent, 'health')).toEqual({ health: 'UNREACHABLE' });
    expect(await read(lost, 'health')).toEqual({ health: 'DEAD' });
  });

  test('is deleted; its connections stay without it, and one that is live is not', async () => {
    const id = await silentWorker('w_gone000000', '20 s');
    const session = await authorize(server, admin, await makeTarget(server, host.port));
    const connection = 'sc_ofgone0000';
    await server.database.sql(
      `insert into session_connection (id, session_id, worker_id, worker_name, boot_id, status, client_address, closed_reason, closed_at)
       values ($1, $2, $3::text, $3::text, 'boot_0000000000', 'closed', '127.0.0.1:1', 'closed by client', postern_now())`,
      [connection, session.id, id],
    );
    const live = await built();
    expect((await run('deleteWorker', { id: live.id })).errors?.[0]).toMatchObject({
      message: 'the worker is live; stop its server first, then delete it',
      extensions: { code: 'INVALID_STATE', state: 'live' },
    });
    expect(await code('deleteWorker', { id, expectedVersion: 7 })).toBe('VERSION_CONFLICT');
    expect(await code('deleteWorker', { id })).toBeUndefined();
    expect(await code('deleteWorker', { id })).toBe('NOT_FOUND');
    const { data } = await server.ask(
      `query ($id: ID!) { node(id: $id) { ... on ConnectionRecord { id workerName worker { id } } } }`,
      { id: connection },
      admin,
    );
    expect(data?.['node']).toEqual({ id: connection, workerName: id, worker: null });
  });
});

describe('access', () => {
  test('each change needs its own action, and what is hidden is as what is missing', async () => {
    const { id, version } = await built();
    const apiTags = [{ key: 'a', values: ['b'] }];
    const tries: [string, object][] = [
      ['updateWorker', { id, expectedVersion: version, description: 'x' }],
      ['deleteWorker', { id }],
      ['addWorkerTags', { id, expectedVersion: version, apiTags }],
      ['setWorkerTags', { id, expectedVersion: version, apiTags }],
      ['removeWorkerTags', { id, expectedVersion: version, apiTags }],
    ];
    const reader = await newUser(server, [{ scope: 'global', grants: ['ids=*;type=worker;actions=read'] }]);
    const stranger = await newUser(server);
    for (const [mutation, input] of tries) {
      expect([mutation, await code(mutation, input, reader.token)]).toEqual([mutation, 'FORBIDDEN']);
      const hidden = await run(mutation, input, stranger.token);
      const missing = await run(mutation, { ...input, id: 'w_nowhere000' }, stranger.token);
      expect(hidden.errors?.[0]?.extensions['code']).toBe('NOT_FOUND');
      expect(masked(hidden)).toBe(masked(missing));
    }
  });

  test('output fields keep back what a worker is told apart by', async () => {
    const { id } = await built();
    const grants = ['ids=*;type=worker;actions=read;output_fields=id,name,canonical_tags'];
    const { token } = await newUser(server, [{ scope: 'global', grants }]);
    expect(
      await read(
        id,
        'name address health lastSeenAt activeConnectionCount apiTags { key } configTags { key } canonicalTags { key }',
        token,
      ),
    ).toEqual({
      ...{ name: 'built-in', address: null, health: null, lastSeenAt: null, activeConnectionCount: null },
      ...{ apiTags: null, configTags: null, canonicalTags: expect.arrayContaining([{ key: 'region' }]) },
    });
  });
});

test('every change is audited with what was there', async () => {
  const id = await silentWorker('w_audited000', '20 s');
  await made('addWorkerTags', { id, expectedVersion: 1, apiTags: [{ key: 'a', values: ['b'] }] });
  await made('updateWorker', { id, expectedVersion: 2, description: 'x' });
  await made('deleteWorker', { id });
  const audit = await server.database.sql(
    `select operation, before->>'description' as before, after->'apiTags' as tags from audit where resource_id = $1 order by id`,
    [id],
  );
  const tags = [{ key: 'a', values: ['b'] }];
  expect(audit).toEqual([
    { operation: 'addWorkerTags', before: null, tags },
    { operation: 'updateWorker', before: null, tags },
    { operation: 'deleteWorker', before: 'x', tags: null },
  ]);
});
