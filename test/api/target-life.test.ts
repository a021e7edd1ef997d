import { changesOf } from '../support/changes';
import { newUser } from '../support/identities';
import { masked } from '../support/masked';
import { startTestServer, type TestServer } from '../support/test-server';

let server: TestServer;
let admin: string;
beforeAll(async () => {
  server = await startTestServer();
  admin = await server.signIn();
  await server.database.sql(
    `insert into scope (id, type, parent_id) values ('p_other00000', 'project', 'o_1234567890')`,
  );
  // What everybody may do on targets is taken away, so that each test grants what it means.
  await server.database.sql(`delete from role_grant where canonical like '%type=target%'`);
});
afterAll(() => server.stop());

const project = 'p_1234567890';
const target = `target {
  id version name description address defaultPort defaultClientPort sessionMaxSeconds sessionConnectionLimit
  onPermissionLoss hostSourceIds aliases { value } authorizedActions
}`;
const { run, made, code, refusal } = changesOf(
  () => server,
  () => admin,
  {
    ...Object.fromEntries(['create', 'update'].map((verb) => [`${verb}Target`, target])),
    ...Object.fromEntries(['add', 'set', 'remove'].map((verb) => [`${verb}TargetHostSources`, target])),
    deleteTarget: 'deletedId',
    createHostCatalog: 'hostCatalog { id }',
    createHostSet: 'hostSet { id }',
    createHost: 'host { id }',
    addHostSetHosts: 'hostSet { id }',
    deleteHostSet: 'deletedId',
    authorizeSession: 'session { id endpoint hostId expiresAt createdAt connectionLimit }',
  },
);
let count = 0;
const newName = (): string => `target ${(count += 1)}`;
const newTarget = (more: object = {}): Promise<any> =>
  made('createTarget', { scopeId: project, name: newName(), defaultPort: 22, ...more });
const newSet = async (scopeId = project): Promise<string> => {
  const { id: hostCatalogId } = await made('createHostCatalog', { scopeId });
  return (await made('createHostSet', { hostCatalogId })).id;
};

describe('a target', () => {
  test('is made with what is usual where nothing is said', async () => {
    expect(await newTarget({ name: '  Tests  ', description: 'of the shop' })).toMatchObject({
      ...{ version: 1, name: 'Tests', description: 'of the shop', address: null, defaultPort: 22 },
      ...{ defaultClientPort: null, sessionMaxSeconds: 28_800, sessionConnectionLimit: -1 },
      ...{ hostSourceIds: [], aliases: [], onPermissionLoss: 'CANCEL' },
    });
  });

  test('is made with all that can be said', async () => {
    const said = {
      ...{ name: 'Said', address: 'db.example', defaultPort: 5432, defaultClientPort: 15_432 },
      ...{ sessionMaxSeconds: 60, sessionConnectionLimit: 3, onPermissionLoss: 'KEEP' },
    };
    expect(await newTarget(said)).toMatchObject(said);
  });

  test('is changed; what is left out stays, null clears or goes back to what is usual', async () => {
    const { id } = await newTarget({ address: '10.0.0.1', sessionMaxSeconds: 60, sessionConnectionLimit: 3 });
    const changes: [object, object][] = [
      [{ description: 'moved' }, { version: 2, description: 'moved', address: '10.0.0.1' }],
      [
        { address: '10.0.0.2', defaultPort: 23 },
        { version: 3, address: '10.0.0.2', defaultPort: 23 },
      ],
      [{ address: '10.0.0.2' }, { version: 3 }],
      [{ defaultClientPort: 2323 }, { version: 4, defaultClientPort: 2323, sessionMaxSeconds: 60 }],
      [{ sessionMaxSeconds: null }, { version: 5, sessionMaxSeconds: 28_800, sessionConnectionLimit: 3 }],
      [{ sessionConnectionLimit: null }, { version: 6, sessionConnectionLimit: -1 }],
      [
        { defaultClientPort: null, address: null },
        { version: 7, defaultClientPort: null, address: null },
      ],
      [{ onPermissionLoss: 'KEEP' }, { version: 8, onPermissionLoss: 'KEEP' }],
      [{ onPermissionLoss: null }, { version: 9, onPermissionLoss: 'CANCEL' }],
    ];
    let expectedVersion = 1;
    for (const [patch, after] of changes) {
      const changed = await made('updateTarget', { id, expectedVersion, ...patch });
      expect(changed).toMatchObject(after);
      expectedVersion = changed.version;
    }
    expect(await code('updateTarget', { id, expectedVersion: 1, name: 'late' })).toBe('VERSION_CONFLICT');
    expect(await code('deleteTarget', { id, expectedVersion: 1 })).toBe('VERSION_CONFLICT');
    expect(await code('deleteTarget', { id })).toBeUndefined();
    expect(await code('deleteTarget', { id })).toBe('NOT_FOUND');
  });

  test.each([
    ['in an org', { scopeId: 'o_1234567890' }, 'input.scopeId: must be a project'],
    ['without a name', { name: '  ' }, 'input.name: is empty'],
    ['with a port in its address', { address: 'db.example:22' }, 'must not carry a port'],
    ['with half an address', { address: 'db example' }, 'must be a host name or an IP address'],
    ['at port 0', { defaultPort: 0 }, 'input.defaultPort: must be 1 to 65535'],
    ['at a port too high', { defaultPort: 65_536 }, 'input.defaultPort: must be 1 to 65535'],
    ['at a local port 0', { defaultClientPort: 0 }, 'input.defaultClientPort: must be 1 to 65535'],
    ['with sessions of no time', { sessionMaxSeconds: 0 }, 'input.sessionMaxSeconds: must be 1 to'],
    ['with sessions of over a year', { sessionMaxSeconds: 31_536_001 }, 'which is a year'],
    ['with sessions of no connection', { sessionConnectionLimit: 0 }, 'must be 1 or more, or -1'],
    ['with less than any number', { sessionConnectionLimit: -2 }, 'must be 1 or more, or -1'],
  ])('%s is refused', async (_, input, sentence) => {
    const asked = { scopeId: project, name: newName(), defaultPort: 22, ...input };
    expect(await refusal('createTarget', asked)).toContain(sentence);
  });

  test.each([
    ['its name', { name: null }, 'input.name: cannot be cleared'],
    ['its port', { defaultPort: null }, 'input.defaultPort: cannot be cleared'],
  ])('cannot lose %s', async (_, patch, sentence) => {
    const { id } = await newTarget();
    expect(await refusal('updateTarget', { id, expectedVersion: 1, ...patch })).toContain(sentence);
  });

  test('keeps its name to itself in its project, and is made once by a repeated request', async () => {
    const input = {
      ...{ scopeId: project, name: 'once', defaultPort: 22 },
      ...{ idempotencyKey: '0b8e5f1e-6d3c-4a56-9d5d-0a5a3f3f2c12', withAliases: [{ value: 'once.corp' }] },
    };
    const both = await Promise.all([made('createTarget', input), made('createTarget', input)]);
    expect(both[0].id).toBe(both[1].id);
    expect(await code('createTarget', { ...input, idempotencyKey: null, withAliases: null })).toBe(
      'CONFLICT',
    );
    expect(await code('createTarget', { ...input, scopeId: 'p_other00000' })).toBe('IDEMPOTENCY_MISMATCH');
  });

  test('is for those who are granted it, each change by its own action', async () => {
    const { id } = await newTarget({ address: '10.0.0.1' });
    const set = await newSet();
    const { token } = await newUser(server, [{ scope: project, grants: ['ids=*;type=target;actions=read'] }]);
    const tries: [string, object][] = [
      ['createTarget', { scopeId: project, name: 'not mine', defaultPort: 22 }],
      ['updateTarget', { id, expectedVersion: 1, description: 'mine' }],
      ['deleteTarget', { id }],
      ['addTargetHostSources', { id, expectedVersion: 1, hostSourceIds: [set] }],
      ['setTargetHostSources', { id, expectedVersion: 1, hostSourceIds: [] }],
      ['removeTargetHostSources', { id, expectedVersion: 1, hostSourceIds: [set] }],
    ];
    const stranger = await newUser(server);
    for (const [mutation, input] of tries) {
      expect([mutation, await code(mutation, input, token)]).toEqual([mutation, 'FORBIDDEN']);
      if (mutation === 'createTarget') continue;
      const hidden = await run(mutation, input, stranger.token);
      const missing = await run(mutation, { ...input, id: 'ttcp_nowhere000' }, stranger.token);
      expect(hidden.errors?.[0]?.extensions['code']).toBe('NOT_FOUND');
      expect(masked(hidden)).toBe(masked(missing));
    }
  });

  test('that its maker may not see is made, and nothing of it is told', async () => {
    const grants = ['type=target;actions=create'];
    const { token } = await newUser(server, [{ scope: project, grants }]);
    expect(await newTargetAs(token)).toBeNull();
  });

  const newTargetAs = (token: string): Promise<any> =>
    made('createTarget', { scopeId: project, name: newName(), defaultPort: 22 }, token);
});

describe('host sources', () => {
  test('are attached, set and detached; the version moves when they do', async () => {
    const [a, b] = [await newSet(), await newSet()];
    const { id } = await newTarget();
    const steps: [string, string[], number, string[]][] = [
      ['addTargetHostSources', [a, a], 2, [a]],
      ['addTargetHostSources', [a], 2, [a]],
      ['setTargetHostSources', [b], 3, [b]],
      ['removeTargetHostSources', [a], 3, [b]],
      ['setTargetHostSources', [], 4, []],
      ['addTargetHostSources', [a, b], 5, [a, b].sort()],
    ];
    let expectedVersion = 1;
    for (const [mutation, hostSourceIds, version, after] of steps) {
      const changed = await made(mutation, { id, expectedVersion, hostSourceIds });
      expect(changed).toMatchObject({ id, version, hostSourceIds: after });
      expectedVersion = version;
    }
    expect(await code('addTargetHostSources', { id, expectedVersion: 1, hostSourceIds: [a] })).toBe(
      'VERSION_CONFLICT',
    );
    expect(await code('removeTargetHostSources', { id, expectedVersion, hostSourceIds: [] })).toBe(
      'INVALID_INPUT',
    );
    await made('deleteHostSet', { id: a });
    const { data } = await server.ask(
      'query ($id: ID!) { target(id: $id) { hostSourceIds } }',
      { id },
      admin,
    );
    expect(data?.['target']).toEqual({ hostSourceIds: [b] });
  });

  test('and an address exclude each other, whichever came first', async () => {
    const set = await newSet();
    const addressed = await newTarget({ address: '10.0.0.1' });
    expect(
      await refusal('addTargetHostSources', { id: addressed.id, expectedVersion: 1, hostSourceIds: [set] }),
    ).toBe('input.hostSourceIds: do not go with an address; clear that of the target first');
    const { id } = await newTarget();
    await made('addTargetHostSources', { id, expectedVersion: 1, hostSourceIds: [set] });
    expect(await refusal('updateTarget', { id, expectedVersion: 2, address: '10.0.0.1' })).toBe(
      'input.address: does not go with host sources; remove those of the target first',
    );
    expect(await made('setTargetHostSources', { id, expectedVersion: 2, hostSourceIds: [] })).toMatchObject({
      version: 3,
    });
    expect(await made('updateTarget', { id, expectedVersion: 3, address: '10.0.0.1' })).toMatchObject({
      address: '10.0.0.1',
    });
  });

  test('of two changes at once, one of an address and one of sources, only one is kept', async () => {
    const set = await newSet();
    for (let i = 0; i < 5; i += 1) {
      const { id } = await newTarget();
      const codes = await Promise.all([
        code('updateTarget', { id, expectedVersion: 1, address: '10.0.0.1' }),
        code('addTargetHostSources', { id, expectedVersion: 1, hostSourceIds: [set] }),
      ]);
      expect(codes.filter((one) => one === undefined)).toHaveLength(1);
    }
  });

  test('are of the same project, and seen by who attaches them', async () => {
    const foreign = await newSet('p_other00000');
    const { id } = await newTarget();
    const input = { id, expectedVersion: 1, hostSourceIds: [foreign] };
    expect(await refusal('addTargetHostSources', input)).toBe(
      `input.hostSourceIds: ${foreign} is of another project`,
    );
    const grants = ['ids=*;type=target;actions=read,add-host-sources'];
    const { token } = await newUser(server, [{ scope: project, grants }]);
    const missing = { ...input, hostSourceIds: ['hsst_nowhere00'] };
    const own = { ...input, hostSourceIds: [await newSet()] };
    const answers = [];
    for (const one of [input, missing, own]) answers.push(await run('addTargetHostSources', one, token));
    expect(answers[0]!.errors?.[0]?.extensions['code']).toBe('NOT_FOUND');
    expect(new Set(answers.map((answer) => masked(answer))).size).toBe(1);
  });
});

describe('a session', () => {
  test('goes by the target as it was when it was authorized', async () => {
    const { id } = await newTarget({ address: '10.0.0.1', sessionMaxSeconds: 60, sessionConnectionLimit: 2 });
    const before = await made('authorizeSession', { targetId: id });
    await made('updateTarget', { id, expectedVersion: 1, address: '10.0.0.2', sessionConnectionLimit: 5 });
    const after = await made('authorizeSession', { targetId: id });
    expect(before).toMatchObject({ endpoint: 'tcp://10.0.0.1:22', connectionLimit: 2 });
    expect(Date.parse(before.expiresAt) - Date.parse(before.createdAt)).toBe(60_000);
    expect(after).toMatchObject({ endpoint: 'tcp://10.0.0.2:22', connectionLimit: 5 });
  });

  test('ends when its target is deleted, and stays as history', async () => {
    const { id: targetId } = await newTarget({ address: '10.0.0.1' });
    const { id } = await made('authorizeSession', { targetId });
    await made('deleteTarget', { id: targetId });
    const { data } = await server.ask(
      'query ($id: ID!) { session(id: $id) { status terminationReason targetId target { id } } }',
      { id },
      admin,
    );
    expect(data?.['session']).toEqual({
      ...{ status: 'TERMINATED', terminationReason: 'PERMISSION_REVOKED', targetId, target: null },
    });
  });
});

test('every change is audited with what was there, and told to the log', async () => {
  const { id } = await newTarget({ name: 'audited', address: '10.0.0.1' });
  await made('updateTarget', { id, expectedVersion: 1, address: '10.0.0.2' });
  await made('deleteTarget', { id });
  const audit = await server.database.sql(
    `select operation, before->>'address' as before, after->>'address' as after from audit where resource_id = $1 order by id`,
    [id],
  );
  expect(audit).toEqual([
    { operation: 'createTarget', before: null, after: '10.0.0.1' },
    { operation: 'updateTarget', before: '10.0.0.1', after: '10.0.0.2' },
    { operation: 'deleteTarget', before: '10.0.0.2', after: null },
  ]);
  const kinds = await server.database.sql<{ kind: string }>(
    `select kind from (select kind, subject_id from event_inbox union all select kind, subject_id from event) e
     where subject_id = $1`,
    [id],
  );
  expect(kinds.map(({ kind }) => kind).sort()).toEqual([
    'target.changed',
    'target.created',
    'target.deleted',
  ]);
});
