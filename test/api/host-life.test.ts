import { Client } from 'pg';
import { newUser } from '../support/identities';
import { eventually } from '../support/session-client';
import { startTestServer, type Answer, type TestServer } from '../support/test-server';

let server: TestServer;
let admin: string;
beforeAll(async () => {
  server = await startTestServer();
  admin = await server.signIn();
});
afterAll(() => server.stop());

const project = 'p_1234567890';
const run = (mutation: string, input: object, token: string | null = admin): Promise<Answer> => {
  const name = mutation.charAt(0).toUpperCase() + mutation.slice(1);
  const selection = {
    createHostCatalog: 'hostCatalog { id version name description authorizedActions }',
    updateHostCatalog: 'hostCatalog { id version name description }',
    deleteHostCatalog: 'deletedId',
    createHost: 'host { id version name address hostCatalogId hostSetIds }',
    updateHost: 'host { id version name description address }',
    deleteHost: 'deletedId',
    createHostSet: 'hostSet { id version name hostIds }',
    addHostSetHosts: 'hostSet { id version hostIds }',
    setHostSetHosts: 'hostSet { id version hostIds }',
    removeHostSetHosts: 'hostSet { id version hostIds }',
  }[mutation];
  return server.ask(
    `mutation ($input: ${name}Input!) { ${mutation}(input: $input) { ${selection} } }`,
    { input },
    token,
  );
};
const codeOf = ({ errors }: Answer): string | undefined => errors?.[0]?.extensions['code'];
const made = async (mutation: string, input: object): Promise<any> => {
  const answer = await run(mutation, input);
  expect(answer.errors).toBeUndefined();
  return Object.values(answer.data?.[mutation])[0];
};
const newCatalog = (name?: string): Promise<any> => made('createHostCatalog', { scopeId: project, name });
const newHost = (hostCatalogId: string, address = '10.0.0.1'): Promise<any> =>
  made('createHost', { hostCatalogId, address });

describe('a host catalog', () => {
  test('is made, changed and deleted; what is left out stays, null clears', async () => {
    const catalog = await newCatalog('  Machines  ');
    expect(catalog).toMatchObject({ version: 1, name: 'Machines', description: null });
    expect(catalog.authorizedActions).toContain('UPDATE');
    const { id } = catalog;
    const changes: [object, object][] = [
      [{ description: 'racked' }, { version: 2, name: 'Machines', description: 'racked' }],
      [{ name: 'Boxes' }, { version: 3, name: 'Boxes', description: 'racked' }],
      [{ name: 'Boxes' }, { version: 3, name: 'Boxes' }],
      [{ name: null }, { version: 4, name: null, description: 'racked' }],
    ];
    let expectedVersion = 1;
    for (const [patch, after] of changes) {
      const changed = await made('updateHostCatalog', { id, expectedVersion, ...patch });
      expect(changed).toMatchObject(after);
      expectedVersion = changed.version;
    }
    expect(codeOf(await run('updateHostCatalog', { id, expectedVersion: 1, name: 'late' }))).toBe(
      'VERSION_CONFLICT',
    );
    expect(codeOf(await run('updateHostCatalog', { id, expectedVersion }))).toBe('INVALID_INPUT');
    expect(codeOf(await run('deleteHostCatalog', { id, expectedVersion: 1 }))).toBe('VERSION_CONFLICT');
    expect((await run('deleteHostCatalog', { id })).data).toEqual({ deleteHostCatalog: { deletedId: id } });
    expect(codeOf(await run('deleteHostCatalog', { id }))).toBe('NOT_FOUND');
  });

  test.each([
    ['an org', { scopeId: 'o_1234567890' }, 'INVALID_INPUT', 'input.scopeId: must be a project'],
    ['no scope there is', { scopeId: 'p_nowhere000' }, 'NOT_FOUND', /^no such scope/],
    ['an empty name', { scopeId: project, name: '  ' }, 'INVALID_INPUT', /^input.name: is empty/],
    ['a name too long', { scopeId: project, name: 'n'.repeat(129) }, 'INVALID_INPUT', /longer than 128/],
    [
      'a name of a letter that shows nothing',
      { scopeId: project, name: '\u3164' },
      'INVALID_INPUT',
      /cannot be seen/,
    ],
    [
      'a name that turns its writing round',
      { scopeId: project, name: 'a\u202Eb' },
      'INVALID_INPUT',
      /cannot be seen/,
    ],
    [
      'a key that is no UUID',
      { scopeId: project, idempotencyKey: 'once' },
      'INVALID_INPUT',
      /must be a UUID/,
    ],
  ])('in or with %s is refused', async (_, input, code, message) => {
    const answer = await run('createHostCatalog', input);
    expect(codeOf(answer)).toBe(code);
    expect(answer.errors?.[0]?.message).toMatch(message);
  });

  test('keeps its name to itself in its project, and names are compared as they are stored', async () => {
    await newCatalog('caf\u00e9');
    expect(codeOf(await run('createHostCatalog', { scopeId: project, name: 'cafe\u0301' }))).toBe('CONFLICT');
  });
});

describe('a request that is repeated', () => {
  const idempotencyKey = '0b8e5f1e-6d3c-4a56-9d5d-0a5a3f3f2c11';
  test('makes one thing, and is refused with other input', async () => {
    const input = { scopeId: project, name: 'once', idempotencyKey };
    const both = await Promise.all([made('createHostCatalog', input), made('createHostCatalog', input)]);
    expect(both[0].id).toBe(both[1].id);
    expect((await made('createHostCatalog', input)).id).toBe(both[0].id);
    expect(codeOf(await run('createHostCatalog', { ...input, name: 'twice' }))).toBe('IDEMPOTENCY_MISMATCH');
    const input2 = { hostCatalogId: both[0].id, address: '10.0.0.1', idempotencyKey };
    expect(codeOf(await run('createHost', input2))).toBe('IDEMPOTENCY_MISMATCH');
  });

  test('is each caller’s own', async () => {
    const grants = ['ids=*;type=host-catalog;actions=create,read', 'ids=*;type=scope;actions=read'];
    const other = await newUser(server, [{ scope: project, grants }]);
    const input = { scopeId: project, name: 'mine', idempotencyKey };
    const answer = await run('createHostCatalog', input, other.token);
    expect(answer.data?.['createHostCatalog'].hostCatalog).toMatchObject({ name: 'mine' });
  });
});

describe('hosts of a set', () => {
  test('are added, set and removed; the version moves when they do', async () => {
    const catalog = await newCatalog();
    const [a, b] = [await newHost(catalog.id), await newHost(catalog.id)];
    const { id } = await made('createHostSet', { hostCatalogId: catalog.id });
    const steps: [string, string[], number, string[]][] = [
      ['addHostSetHosts', [a.id], 2, [a.id]],
      ['addHostSetHosts', [a.id, a.id], 2, [a.id]],
      ['setHostSetHosts', [b.id], 3, [b.id]],
      ['removeHostSetHosts', [a.id], 3, [b.id]],
      ['setHostSetHosts', [], 4, []],
    ];
    let expectedVersion = 1;
    for (const [mutation, hostIds, version, after] of steps) {
      const set = await made(mutation, { id, expectedVersion, hostIds });
      expect(set).toEqual({ id, version, hostIds: after });
      expectedVersion = set.version;
    }
    expect(codeOf(await run('addHostSetHosts', { id, expectedVersion: 1, hostIds: [a.id] }))).toBe(
      'VERSION_CONFLICT',
    );
    expect(codeOf(await run('addHostSetHosts', { id, expectedVersion, hostIds: [] }))).toBe('INVALID_INPUT');
    expect(codeOf(await run('addHostSetHosts', { id, expectedVersion, hostIds: ['hst_nowhere00'] }))).toBe(
      'NOT_FOUND',
    );
    const foreign = await newHost((await newCatalog()).id);
    expect(codeOf(await run('addHostSetHosts', { id, expectedVersion, hostIds: [foreign.id] }))).toBe(
      'INVALID_INPUT',
    );
  });

  test('of two changes at once one wins', async () => {
    const catalog = await newCatalog();
    const hosts = await Promise.all([1, 2, 3, 4].map(() => newHost(catalog.id)));
    const { id } = await made('createHostSet', { hostCatalogId: catalog.id });
    const answers = await Promise.all(
      hosts.map((host) => run('addHostSetHosts', { id, expectedVersion: 1, hostIds: [host.id] })),
    );
    expect(answers.map(codeOf).sort()).toEqual([...Array<string>(3).fill('VERSION_CONFLICT'), undefined]);
  });
});

describe('a deletion', () => {
  const sessionByHost = async (): Promise<{ catalogId: string; hostId: string; sessionId: string }> => {
    const catalog = await newCatalog();
    const host = await newHost(catalog.id, '127.0.0.1');
    const set = await made('createHostSet', { hostCatalogId: catalog.id });
    await made('addHostSetHosts', { id: set.id, expectedVersion: 1, hostIds: [host.id] });
    const targetId = `ttcp_by${set.id.slice(5)}`;
    await server.database.sql(
      `insert into target (id, scope_id, name, default_port) values ($1, $2, 'by ' || $3, 22)`,
      [targetId, project, set.id],
    );
    await server.database.sql(
      'insert into target_host_source (target_id, host_set_id, scope_id) values ($1, $2, $3)',
      [targetId, set.id, project],
    );
    const { data } = await server.ask(
      'mutation ($input: AuthorizeSessionInput!) { authorizeSession(input: $input) { session { id hostId } } }',
      { input: { targetId } },
      admin,
    );
    const { id, hostId } = data!['authorizeSession'].session;
    expect(hostId).toBe(host.id);
    return { catalogId: catalog.id, hostId, sessionId: id };
  };
  const ends = async (ids: string[]): Promise<unknown[]> =>
    server.database.sql(
      'select id, status, termination_reason, host_ref from session where id = any($1) order by id',
      [ids],
    );
  const ended = (id: string): object => ({
    id,
    status: 'terminated',
    termination_reason: 'permission revoked',
    host_ref: null,
  });

  test('ends the sessions that hang on it, with the reason, and the session stays', async () => {
    const { hostId, sessionId } = await sessionByHost();
    await made('deleteHost', { id: hostId });
    expect(await ends([sessionId])).toEqual([ended(sessionId)]);
    const { data } = await server.ask(
      'query ($id: ID!) { session(id: $id) { hostId } }',
      { id: sessionId },
      admin,
    );
    expect(data).toEqual({ session: { hostId } });
  });

  test('ends a session that comes to hang on it while it is under way', async () => {
    const { catalogId, sessionId } = await sessionByHost();
    const other = new Client(server.database.place);
    await other.connect();
    await other.query('begin');
    const late = `s_late${sessionId.slice(2)}`;
    await other.query(
      `insert into session select (jsonb_populate_record(s, jsonb_build_object('id', $1::text))).* from session s where id = $2`,
      [late, sessionId],
    );
    const deletion = made('deleteHostCatalog', { id: catalogId });
    await eventually('the deletion to wait for the session', async () => {
      const rows = await server.database.sql(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
         and query like 'delete from host_catalog%'`,
      );
      return rows.length === 1;
    });
    await other.query('commit');
    await other.end();
    await deletion;
    expect(await ends([sessionId, late])).toEqual([sessionId, late].sort().map(ended));
  });

  test('is audited with what was there, and told to the log', async () => {
    const catalog = await newCatalog('gone soon');
    await made('deleteHostCatalog', { id: catalog.id });
    const [audit] = await server.database.sql(
      `select operation, outcome, before->>'name' as name, after from audit where resource_id = $1 order by id desc limit 1`,
      [catalog.id],
    );
    expect(audit).toEqual({
      operation: 'deleteHostCatalog',
      outcome: 'done',
      name: 'gone soon',
      after: null,
    });
    const kinds = await server.database.sql<{ kind: string }>(
      `select kind from (select seq as n, kind, subject_id from event_inbox union all select id, kind, subject_id from event) e
       where subject_id = $1 order by n`,
      [catalog.id],
    );
    expect(kinds.map(({ kind }) => kind).sort()).toEqual(['host-catalog.created', 'host-catalog.deleted']);
  });
});
