import type { Reader } from '../../src/core/tx';
import { openDataSource } from '../../src/db/data-source';
import { openDatabase } from '../../src/db/database';
import { entities } from '../../src/entities';
import { findTarget } from '../../src/target/target.store';
import { changesOf } from '../support/changes';
import { newUser } from '../support/identities';
import { masked } from '../support/masked';
import { startTestServer, type Answer, type TestServer } from '../support/test-server';

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
const alias = 'alias { id version name value destinationId hostId destination { id } authorizedActions }';
const { run, made, code, refusal } = changesOf(
  () => server,
  () => admin,
  {
    ...{ createAlias: alias, updateAlias: alias, deleteAlias: 'deletedId' },
    createTarget: 'target { id aliases { id value } }',
    updateTarget: 'target { id version description }',
    deleteTarget: 'deletedId',
    setTargetHostSources: 'target { id }',
    createHostCatalog: 'hostCatalog { id }',
    createHost: 'host { id }',
    createHostSet: 'hostSet { id }',
    setHostSetHosts: 'hostSet { id version }',
    deleteHost: 'deletedId',
    authorizeSession: 'session { targetId hostId }',
  },
);
let count = 0;
const fresh = (what: string): string => `${what}${(count += 1)}.corp`;
const newTarget = async (more: object = {}): Promise<string> =>
  (
    await made('createTarget', {
      scopeId: project,
      name: fresh('t'),
      defaultPort: 22,
      address: '10.0.0.1',
      ...more,
    })
  ).id;
/** A target that goes by a set of two hosts. */
const hostedTarget = async (): Promise<{ id: string; hosts: string[]; set: string }> => {
  const { id: hostCatalogId } = await made('createHostCatalog', { scopeId: project });
  const hosts: string[] = [];
  for (const address of ['10.0.0.1', '10.0.0.2'])
    hosts.push((await made('createHost', { hostCatalogId, address })).id);
  const { id: set } = await made('createHostSet', { hostCatalogId });
  await made('setHostSetHosts', { id: set, expectedVersion: 1, hostIds: hosts });
  const id = await newTarget({ address: null });
  await made('setTargetHostSources', { id, expectedVersion: 1, hostSourceIds: [set] });
  return { id, hosts, set };
};
const read = (id: string, token = admin): Promise<Answer> =>
  server.ask('query ($id: ID!) { target(id: $id) { id aliases { value } } }', { id }, token);
const aliasNow = async (id: string): Promise<any> =>
  (await server.ask('query ($id: ID!) { alias(id: $id) { version destinationId hostId } }', { id }, admin))
    .data?.['alias'];

describe('an alias', () => {
  test('is made in global, changed and deleted; its target stays', async () => {
    const [one, two] = [await newTarget(), await newTarget()];
    const made1 = await made('createAlias', { value: 'Db.Corp', name: 'the db' });
    expect(made1).toMatchObject({
      version: 1,
      value: 'Db.Corp',
      name: 'the db',
      destinationId: null,
      hostId: null,
    });
    const { id } = made1;
    const changes: [object, object][] = [
      [
        { destinationId: one },
        { version: 2, destinationId: one, destination: { id: one }, value: 'Db.Corp' },
      ],
      [{ value: 'db2.corp' }, { version: 3, value: 'db2.corp', destinationId: one }],
      [{ destinationId: one }, { version: 3 }],
      [
        { destinationId: two, name: null },
        { version: 4, destinationId: two, name: null },
      ],
      [{ destinationId: null }, { version: 5, destinationId: null, destination: null }],
    ];
    let expectedVersion = 1;
    for (const [patch, after] of changes) {
      const changed = await made('updateAlias', { id, expectedVersion, ...patch });
      expect(changed).toMatchObject(after);
      expectedVersion = changed.version;
    }
    expect(await code('updateAlias', { id, expectedVersion: 1, name: 'late' })).toBe('VERSION_CONFLICT');
    expect(await code('deleteAlias', { id })).toBeUndefined();
    expect(await code('deleteAlias', { id })).toBe('NOT_FOUND');
    expect((await read(two)).data?.['target'].id).toBe(two);
  });

  test('keeps its value to itself, in any case', async () => {
    await made('createAlias', { value: 'Unique.corp' });
    expect(await code('createAlias', { value: 'unique.CORP' })).toBe('CONFLICT');
    const { id } = await made('createAlias', { value: fresh('a') });
    expect(await code('updateAlias', { id, expectedVersion: 1, value: 'UNIQUE.corp' })).toBe('CONFLICT');
    expect(
      await code('createTarget', {
        ...{ scopeId: project, name: fresh('t'), defaultPort: 22, withAliases: [{ value: 'UNIQUE.corp' }] },
      }),
    ).toBe('CONFLICT');
  });

  test.each([
    ['in an org', { scopeId: 'o_1234567890' }, 'input.scopeId: must be global'],
    ['that looks like an id', { value: 'ttcp_1234567890' }, 'input.value: holds "_"'],
    ['of no target', { destinationId: 'ttcp_nowhere000' }, 'no such target'],
    ['of a host and no target', { hostId: 'hst_1234567890' }, 'input.hostId: goes with destinationId'],
    [
      'of a host there is none of',
      { destinationId: 'ttcp_0987654321', hostId: 'hst_nowhere000' },
      'no such host',
    ],
    [
      'of a host that the target does not go to',
      { destinationId: 'ttcp_1234567890', hostId: 'hst_1234567890' },
      'input.hostId: is no host of that target',
    ],
  ])('%s is refused', async (_, input, sentence) => {
    expect(await refusal('createAlias', { value: fresh('a'), ...input })).toContain(sentence);
  });

  test('leads only to a target and a host that its maker sees', async () => {
    const { id: destinationId, hosts } = await hostedTarget();
    const grants = ['ids=*;type=alias;actions=create,read,update'];
    const blind = await newUser(server, [{ scope: 'global', grants }]);
    const answers = [
      await run('createAlias', { value: fresh('a'), destinationId }, blind.token),
      await run('createAlias', { value: fresh('a'), destinationId: 'ttcp_nowhere000' }, blind.token),
    ];
    expect(answers[0]!.errors?.[0]?.extensions['code']).toBe('NOT_FOUND');
    expect(masked(answers[0]!)).toBe(masked(answers[1]!));
    const seer = await newUser(server, [
      { scope: 'global', grants },
      { scope: project, grants: [`ids=${destinationId};actions=read`] },
    ]);
    const { id } = await made('createAlias', { value: fresh('a'), destinationId }, seer.token);
    const patch = { id, expectedVersion: 1, hostId: hosts[0] };
    expect(await code('updateAlias', patch, seer.token)).toBe('NOT_FOUND');
    expect(await made('updateAlias', patch)).toMatchObject({ hostId: hosts[0] });
  });

  test('loses its host with its destination, and names another with another', async () => {
    const [one, two] = [await hostedTarget(), await hostedTarget()];
    const { id } = await made('createAlias', {
      value: fresh('a'),
      destinationId: one.id,
      hostId: one.hosts[0],
    });
    const change = (expectedVersion: number, patch: object) =>
      made('updateAlias', { id, expectedVersion, ...patch });
    expect(await change(1, { hostId: one.hosts[1] })).toMatchObject({ hostId: one.hosts[1] });
    expect(await change(2, { destinationId: two.id })).toMatchObject({ destinationId: two.id, hostId: null });
    expect(await change(3, { destinationId: one.id, hostId: one.hosts[0] })).toMatchObject({
      hostId: one.hosts[0],
    });
    expect(
      await refusal('updateAlias', { id, expectedVersion: 4, destinationId: null, hostId: one.hosts[0] }),
    ).toBe('input.hostId: goes with destinationId');
    expect(await change(4, { destinationId: null })).toMatchObject({ destinationId: null, hostId: null });
  });

  test('leads nowhere once its target is gone, and to any host once its host is gone', async () => {
    const { id: destinationId, hosts } = await hostedTarget();
    const { id } = await made('createAlias', { value: fresh('a'), destinationId, hostId: hosts[0] });
    await made('deleteHost', { id: hosts[0] });
    expect(await aliasNow(id)).toEqual({ version: 2, destinationId, hostId: null });
    await made('deleteTarget', { id: destinationId });
    expect(await aliasNow(id)).toEqual({ version: 3, destinationId: null, hostId: null });
  });
});

test('who does not see the target of an alias is not told which hosts it has', async () => {
  const { id: destinationId, hosts } = await hostedTarget();
  const { id } = await made('createAlias', { value: fresh('a'), destinationId });
  const { token } = await newUser(server, [
    { scope: 'global', grants: ['ids=*;type=alias;actions=read,update'] },
    { scope: project, grants: ['ids=*;type=host;actions=read'] },
  ]);
  const ask = (hostId: string): Promise<Answer> =>
    run('updateAlias', { id, expectedVersion: 1, hostId }, token);
  const answers = [await ask(hosts[0]!), await ask('hst_1234567890')];
  expect(answers.map(({ errors }) => errors?.[0]?.extensions['code'])).toEqual(['NOT_FOUND', 'NOT_FOUND']);
  expect(masked(answers[0]!)).toEqual(masked(answers[1]!));
});

describe('an alias that is made with its target', () => {
  const target = (withAliases: object[], more: object = {}) => ({
    ...{ scopeId: project, name: fresh('t'), defaultPort: 22, withAliases },
    ...more,
  });

  test('is shown on it, and needs to be allowed by itself', async () => {
    const [a, b] = [fresh('b'), fresh('a')];
    const { aliases } = await made('createTarget', target([{ value: a }, { value: b }]));
    expect(aliases.map(({ value }: { value: string }) => value)).toEqual([b, a].sort());
    const grants = ['ids=*;type=target;actions=create,read'];
    const { token } = await newUser(server, [{ scope: project, grants }]);
    expect(await code('createTarget', target([]), token)).toBeUndefined();
    expect(await code('createTarget', target([{ value: fresh('a') }]), token)).toBe('FORBIDDEN');
  });

  test('may name a host of the project, and no other', async () => {
    const { id } = await made('createTarget', target([{ value: fresh('a'), hostId: 'hst_1234567890' }]));
    expect(id).toMatch(/^ttcp_/);
    const { id: hostCatalogId } = await made('createHostCatalog', { scopeId: 'p_other00000' });
    const { id: hostId } = await made('createHost', { hostCatalogId, address: '10.0.0.1' });
    const refused: [object, string][] = [
      [target([{ value: fresh('a'), hostId }]), 'input.withAliases.0.hostId: is of another project'],
      [
        target([{ value: fresh('a'), hostId: 'hst_1234567890' }], { address: '10.0.0.1' }),
        'input.withAliases.0.hostId: does not go with an address',
      ],
      [target([{ value: fresh('a') }, { value: 'a b' }]), 'input.withAliases.1.value: holds " "'],
      [target(Array(21).fill({ value: 'a' })), 'input.withAliases: holds more than 20'],
    ];
    for (const [input, sentence] of refused) expect(await refusal('createTarget', input)).toContain(sentence);
  });

  test('is audited with the target and told to the log by itself', async () => {
    const { aliases } = await made('createTarget', target([{ value: fresh('a') }]));
    const kinds = await server.database.sql<{ kind: string }>(
      `select kind from (select kind, subject_id from event_inbox union all select kind, subject_id from event) e
       where subject_id = $1`,
      [aliases[0].id],
    );
    expect(kinds).toEqual([{ kind: 'alias.created' }]);
  });
});

describe('wherever the id of a target is taken', () => {
  test('an alias may be written, in any case', async () => {
    const [id, value] = [await newTarget(), fresh('a')];
    await made('createAlias', { value, destinationId: id });
    expect((await read(value.toUpperCase())).data?.['target']).toEqual({ id, aliases: [{ value }] });
    const input = { id: value, expectedVersion: 1, description: 'by alias' };
    expect(await made('updateTarget', input)).toEqual({ id, version: 2, description: 'by alias' });
    expect(await made('authorizeSession', { targetId: value })).toMatchObject({ targetId: id });
    expect((await run('deleteTarget', { id: value })).data).toEqual({ deleteTarget: { deletedId: id } });
    expect(await code('authorizeSession', { targetId: value })).toBe('NOT_FOUND');
  });

  test('one that leads nowhere, one that leads to what is hidden and one that is none are one answer', async () => {
    const [id, value, nowhere] = [await newTarget(), fresh('a'), fresh('a')];
    await made('createAlias', { value, destinationId: id });
    await made('createAlias', { value: nowhere });
    const { token } = await newUser(server);
    const asked = [value, nowhere, fresh('a'), 'ttcp_nowhere000', id];
    const asks: ((one: string) => Promise<Answer>)[] = [
      (one) => read(one, token),
      (one) => run('authorizeSession', { targetId: one }, token),
      (one) => run('updateTarget', { id: one, expectedVersion: 1, description: 'x' }, token),
      (one) => run('deleteTarget', { id: one }, token),
    ];
    for (const ask of asks) {
      const answers: string[] = [];
      for (const one of asked) answers.push(masked(await ask(one)));
      expect(answers[0]).toContain('NOT_FOUND');
      expect(new Set(answers).size).toBe(1);
    }
  });

  test('all of them are looked up in one statement', async () => {
    const value = fresh('a');
    await made('createAlias', { value, destinationId: await newTarget() });
    const source = await openDataSource(
      {
        ...{ url: server.database.url, poolSize: 1, statementTimeoutMs: 5000 },
        ...{ applicationName: 'test', clockShift: null },
      },
      entities,
    );
    const guard = { check: () => Promise.resolve() };
    const { reader } = openDatabase({ source, guard, reactors: [], onFacts: () => {} });
    let statements = 0;
    const counted: Reader = {
      query: (...asked) => ((statements += 1), reader.query(...asked)),
      rows: (...asked) => ((statements += 1), reader.rows(...asked)),
    };
    for (const one of [value, fresh('a'), 'ttcp_1234567890', 'ttcp_nowhere000']) {
      statements = 0;
      await findTarget(counted, one);
      expect([one, statements]).toEqual([one, 1]);
    }
    await source.destroy();
  });

  test('what may be done is judged by the target and not by the alias', async () => {
    const [id, value] = [await newTarget(), fresh('a')];
    await made('createAlias', { value, destinationId: id });
    const grants = [`ids=${id};actions=authorize-session`];
    const { token } = await newUser(server, [{ scope: project, grants }]);
    expect(await made('authorizeSession', { targetId: value }, token)).toMatchObject({ targetId: id });
    expect((await read(value, token)).errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' });
    expect(await code('createAlias', { value: fresh('a') }, token)).toBe('FORBIDDEN');
  });
});

describe('a session by an alias that demands a host', () => {
  test('goes to that host, however many the target has', async () => {
    const { id: destinationId, hosts } = await hostedTarget();
    const value = fresh('a');
    await made('createAlias', { value, destinationId, hostId: hosts[1] });
    for (let i = 0; i < 6; i += 1)
      expect((await made('authorizeSession', { targetId: value })).hostId).toBe(hosts[1]);
    expect(await made('authorizeSession', { targetId: value, hostId: hosts[1] })).toMatchObject({
      hostId: hosts[1],
    });
    expect(await refusal('authorizeSession', { targetId: value, hostId: hosts[0] })).toBe(
      'input.hostId: is another host than the alias demands; leave it out',
    );
  });

  test('is refused when that is no host of the target any more, or the target has an address by now', async () => {
    const { id, hosts, set } = await hostedTarget();
    const value = fresh('a');
    await made('createAlias', { value, destinationId: id, hostId: hosts[1] });
    await made('setHostSetHosts', { id: set, expectedVersion: 2, hostIds: [hosts[0]] });
    expect(await refusal('authorizeSession', { targetId: value })).toContain('none of its target (any more)');
    await made('setTargetHostSources', { id, expectedVersion: 2, hostSourceIds: [] });
    await made('updateTarget', { id, expectedVersion: 3, address: '10.0.0.1' });
    expect(await refusal('authorizeSession', { targetId: value })).toContain('its target goes to an address');
  });
});

describe('the aliases that resolve for a user', () => {
  const resolved = async (userId: string, token: string, window = 'first: 100'): Promise<Answer> =>
    server.ask(
      `query ($id: ID!) { user(id: $id) { resolvableAliases(${window}) {
        nodes { value destinationId authorizedActions } pageInfo { hasNextPage endCursor }
      } } }`,
      { id: userId },
      token,
    );
  const valuesOf = ({ data, errors }: Answer): string[] => {
    expect(errors).toBeUndefined();
    return data?.['user'].resolvableAliases.nodes.map(({ value }: { value: string }) => value);
  };

  test('are those of targets on which it holds any right, in the order of their values, page by page', async () => {
    const targets = await Promise.all([1, 2, 3, 4].map(() => newTarget()));
    const other = await newTarget({ scopeId: 'p_other00000' });
    const wanted = ['zebra.res', 'Ant.res', 'bee.res'];
    await made('createAlias', { value: wanted[0], destinationId: targets[0] });
    await made('createAlias', { value: wanted[1], destinationId: targets[1] });
    await made('createAlias', { value: wanted[2], destinationId: other });
    await made('createAlias', { value: 'hidden.res', destinationId: targets[2] });
    await made('createAlias', { value: 'nowhere.res' });
    const { id, token } = await newUser(server, [
      { scope: project, grants: [`ids=${targets[0]};actions=no-op`, `ids=${targets[1]};actions=read`] },
      {
        scope: 'o_1234567890',
        grants: [`ids=${other};actions=authorize-session`],
        grantScopes: ['children'],
      },
    ]);
    // By the right that everybody has on oneself.
    await server.database.sql(
      `insert into role_grant (role_id, canonical, raw) select role_id, g, g from role_principal,
       (values ('ids={{.User.Id}};type=user;actions=read')) v (g) where principal_id = 'u_auth'`,
    );
    const order = ['Ant.res', 'bee.res', 'zebra.res'];
    expect(valuesOf(await resolved(id, token))).toEqual(order);
    expect(valuesOf(await resolved(id, admin))).toEqual(order);
    const first = await resolved(id, token, 'first: 2');
    expect(valuesOf(first)).toEqual(order.slice(0, 2));
    const { endCursor, hasNextPage } = first.data!['user'].resolvableAliases.pageInfo;
    expect(hasNextPage).toBe(true);
    expect(valuesOf(await resolved(id, token, `first: 2, after: "${endCursor}"`))).toEqual(order.slice(2));
    expect(valuesOf(await resolved('u_1234567890', admin))).toContain('hidden.res');
    expect(valuesOf(await resolved('u_1234567890', admin))).not.toContain('nowhere.res');
    expect(valuesOf(await resolved('u_anon', admin))).toEqual([]);
  });

  test('are for those who may ask, and show what their grants show', async () => {
    const { id } = await newUser(server, [{ scope: project, grants: ['ids=ttcp_1234567890;actions=read'] }]);
    await made('createAlias', { value: 'shown.res', destinationId: 'ttcp_1234567890' });
    const reader = await newUser(server, [{ scope: 'global', grants: ['ids=*;type=user;actions=read'] }]);
    expect((await resolved(id, reader.token)).data?.['user']).toEqual({ resolvableAliases: null });
    const asker = await newUser(server, [
      {
        scope: 'global',
        grants: [
          'ids=*;type=user;actions=read',
          'ids=*;type=user;actions=list-resolvable-aliases;output_fields=id,value',
        ],
      },
    ]);
    const { data } = await resolved(id, asker.token);
    expect(data?.['user'].resolvableAliases.nodes).toEqual([
      { value: 'shown.res', destinationId: null, authorizedActions: [] },
    ]);
  });
});

describe('a list of aliases', () => {
  test('is narrowed by value and destination, unless these are hidden', async () => {
    const destinationId = await newTarget();
    await made('createAlias', { value: 'one.listed', destinationId });
    await made('createAlias', { value: 'two.listed' });
    const list = (filter: string, token = admin) =>
      server.ask(`{ aliases(scopeId: "global", filter: { ${filter} }) { nodes { value } } }`, {}, token);
    const values = async (filter: string) => (await list(filter)).data?.['aliases'].nodes;
    expect(await values('valueContains: ".LISTED"')).toEqual([
      { value: 'one.listed' },
      { value: 'two.listed' },
    ]);
    expect(await values(`destinationIdIn: ["${destinationId}"]`)).toEqual([{ value: 'one.listed' }]);
    const grants = ['ids=*;type=alias;actions=list,read;output_fields=id,name'];
    const { token } = await newUser(server, [{ scope: 'global', grants }]);
    for (const [filter, field] of [
      ['valueContains: "a"', 'value'],
      [`destinationIdIn: ["${destinationId}"]`, 'destination_id'],
    ] as const) {
      const { errors } = await list(filter, token);
      expect(errors?.[0]?.message).toContain(`${field} is hidden from you`);
    }
  });
});
