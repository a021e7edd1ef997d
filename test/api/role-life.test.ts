import { newUser } from '../support/identities';
import { changesOf, codeOf, messageOf, type Changes } from '../support/changes';
import { startTestServer, type Answer, type TestServer } from '../support/test-server';

let server: TestServer;
let admin: string;
let run: Changes['run'];
let made: Changes['made'];
beforeAll(async () => {
  server = await startTestServer();
  admin = await server.signIn();
  const changed = 'role { id version grantScopeIds principalIds grantStrings }';
  const members = ['Principals', 'Grants', 'GrantScopes'].flatMap((what) =>
    ['add', 'set', 'remove'].map((verb): [string, string] => [`${verb}Role${what}`, changed]),
  );
  ({ run, made } = changesOf(
    () => server,
    () => admin,
    {
      createRole: `role { id version scopeId name description grantScopeIds principalIds grantStrings
      principals { id } grants { raw } authorizedActions }`,
      updateRole: 'role { id version name description }',
      deleteRole: 'deletedId',
      createGroup: 'group { id }',
      ...Object.fromEntries(members),
    },
  ));
  await server.database.sql(`insert into scope (id, type, parent_id, name) values
    ('o_otherorg00', 'org', 'global', 'other org'), ('p_secondone0', 'project', 'o_1234567890', 'second'),
    ('p_foreign000', 'project', 'o_otherorg00', 'foreign')`);
  await server.database.sql(
    `insert into iam_user (id, scope_id, name) values ('u_ofanorg000', 'o_otherorg00', 'org user')`,
  );
});
afterAll(() => server.stop());

const newRole = (scopeId = 'global'): Promise<any> => made('createRole', { scopeId });
const masked = (answer: Answer): string => JSON.stringify(answer).replaceAll(/(denial|req)_\w+/g, '');
const grant = 'ids=*;type=host-catalog;actions=read';

/** Runs changes one after the other, each at the version of the one before. */
async function follow(
  id: string,
  field: string,
  answer: string,
  steps: readonly [string, string[], number, string[]][],
): Promise<void> {
  let expectedVersion = 1;
  for (const [mutation, values, version, after] of steps) {
    const role = await made(mutation, { id, expectedVersion, [field]: values });
    expect([mutation, values, role.version, role[answer]]).toEqual([mutation, values, version, after]);
    expectedVersion = version;
  }
}

/** That each of these values is refused with a code and words, and nothing changes. */
async function refuses(
  mutation: string,
  input: { id: string; expectedVersion: number },
  field: string,
  cases: readonly [string[], string, RegExp][],
): Promise<void> {
  for (const [values, code, message] of cases) {
    const answer = await run(mutation, { ...input, [field]: values });
    expect([values, codeOf(answer), messageOf(answer)]).toEqual([
      values,
      code,
      expect.stringMatching(message),
    ]);
  }
  const late = await run(mutation, { ...input, expectedVersion: input.expectedVersion + 7, [field]: ['x'] });
  expect(codeOf(late)).toBe('VERSION_CONFLICT');
}

describe('a role', () => {
  test.each(['global', 'o_1234567890', 'p_1234567890'])(
    'is made, changed and deleted in %s; what is left out stays, null clears',
    async (scopeId) => {
      const role = await made('createRole', { scopeId, name: ' Readers ', description: 'look' });
      expect(role).toMatchObject({
        ...{ version: 1, scopeId, name: 'Readers', description: 'look', grantScopeIds: ['this'] },
        ...{ principalIds: [], principals: [], grantStrings: [], grants: [] },
        authorizedActions: expect.arrayContaining(['UPDATE', 'ADD_GRANTS', 'SET_GRANT_SCOPES']),
      });
      const { id } = role;
      expect(codeOf(await run('createRole', { scopeId, name: 'Readers' }))).toBe('CONFLICT');
      const changes: [object, object][] = [
        [{ description: null }, { version: 2, name: 'Readers', description: null }],
        [{ name: 'Readers' }, { version: 2 }],
        [{ name: null }, { version: 3, name: null }],
      ];
      let expectedVersion = 1;
      for (const [patch, after] of changes) {
        const changed = await made('updateRole', { id, expectedVersion, ...patch });
        expect(changed).toMatchObject(after);
        expectedVersion = changed.version;
      }
      const refused: [string, object, string][] = [
        ['updateRole', { id, expectedVersion: 1, name: 'late' }, 'VERSION_CONFLICT'],
        ['updateRole', { id, expectedVersion }, 'INVALID_INPUT'],
        ['deleteRole', { id, expectedVersion: 1 }, 'VERSION_CONFLICT'],
      ];
      for (const [mutation, input, code] of refused) expect(codeOf(await run(mutation, input))).toBe(code);
      expect((await run('deleteRole', { id })).data).toEqual({ deleteRole: { deletedId: id } });
      expect(codeOf(await run('deleteRole', { id }))).toBe('NOT_FOUND');
    },
  );

  test('is read whole, with principals as far as one may see them, and found by its id', async () => {
    const { id } = await newRole();
    const group = await made('createGroup', { scopeId: 'o_1234567890' });
    const principalIds = ['u_ofanorg000', 'u_1234567890', group.id];
    await made('addRolePrincipals', { id, expectedVersion: 1, principalIds });
    const raw = '{"type":"host-catalog","ids":["*"],"actions":["update","read"],"output_fields":["name"]}';
    await made('addRoleGrants', { id, expectedVersion: 2, grantStrings: [raw] });
    const unreadable = 'ids=*;type=spaceship;actions=fly';
    await server.database.sql('insert into role_grant values ($1, $2, $2)', [id, unreadable]);
    const { token } = await newUser(server, [
      { scope: 'global', grants: [`ids=${id};actions=read`, 'ids=u_1234567890;actions=read'] },
    ]);
    const answer = await server.ask(
      `{ node(id: "${id}") { id } role(id: "${id}") {
        grantStrings grants { raw canonical parsed { ids type actions outputFields } }
        principals { id type scopeId user { name } group { id } } } }`,
      {},
      token,
    );
    const canonical = 'ids=*;type=host-catalog;actions=read,update;output_fields=name';
    const parsed = { ids: ['*'], type: 'host-catalog', actions: ['read', 'update'], outputFields: ['name'] };
    expect(answer.data).toEqual({
      node: { id },
      role: {
        grantStrings: [canonical, unreadable],
        grants: [
          { raw, canonical, parsed },
          { raw: unreadable, canonical: unreadable, parsed: null },
        ],
        principals: [
          { id: group.id, type: 'GROUP', scopeId: 'o_1234567890', user: null, group: null },
          { id: 'u_1234567890', type: 'USER', scopeId: 'global', user: { name: 'admin' }, group: null },
          { id: 'u_ofanorg000', type: 'USER', scopeId: 'o_otherorg00', user: null, group: null },
        ],
      },
    });
  });

  test('hides each of its parts where grants do', async () => {
    const { id } = await newRole();
    await made('addRoleGrants', { id, expectedVersion: 1, grantStrings: [grant] });
    const { token } = await newUser(server, [
      { scope: 'global', grants: [`ids=${id};actions=read;output_fields=id,grant_strings`] },
    ]);
    const fields = 'scopeId name grantScopeIds principalIds principals { id } grantStrings grants { raw }';
    expect((await server.ask(`{ role(id: "${id}") { ${fields} } }`, {}, token)).data).toEqual({
      role: {
        ...{ scopeId: null, name: null, grantScopeIds: null, principalIds: null, principals: null },
        ...{ grantStrings: [grant], grants: null },
      },
    });
  });
});

describe('principals of a role', () => {
  test('are added, set and taken away; the version moves when they do', async () => {
    const { id } = await newRole('p_1234567890');
    const { id: group } = await made('createGroup', { scopeId: 'global' });
    await follow(id, 'principalIds', 'principalIds', [
      ['addRolePrincipals', ['u_ofanorg000', group], 2, [group, 'u_ofanorg000']],
      ['addRolePrincipals', [group, group], 2, [group, 'u_ofanorg000']],
      ['setRolePrincipals', ['u_anon', group], 3, [group, 'u_anon']],
      ['removeRolePrincipals', ['u_ofanorg000'], 3, [group, 'u_anon']],
      ['removeRolePrincipals', [group], 4, ['u_anon']],
      ['setRolePrincipals', [], 5, []],
      ['addRolePrincipals', ['u_auth'], 6, ['u_auth']],
    ]);
  });

  test('are refused with a reason', async () => {
    const { id } = await newRole();
    await refuses('addRolePrincipals', { id, expectedVersion: 1 }, 'principalIds', [
      [['u_recovery'], 'INVALID_INPUT', /^input.principalIds: u_recovery can hold no role/],
      [['r_1234567890'], 'INVALID_INPUT', /r_1234567890 is neither a user nor a group/],
      [['nonsense'], 'INVALID_INPUT', /nonsense is neither a user nor a group/],
      [['u_anon', 'u_nowhere000'], 'NOT_FOUND', /^no such user/],
      [['g_nowhere000'], 'NOT_FOUND', /^no such group/],
      [[], 'INVALID_INPUT', /is empty/],
    ]);
  });

  test('must be seen by who gives the role; what is hidden is told as what is missing', async () => {
    const { id } = await newRole('p_1234567890');
    const group = await made('createGroup', { scopeId: 'o_otherorg00' });
    const { token } = await newUser(server, [
      { scope: 'p_1234567890', grants: [`ids=${id};actions=read,add-principals,set-principals`] },
    ]);
    const give = (mutation: string, principalId: string) =>
      run(mutation, { id, expectedVersion: 1, principalIds: [principalId] }, token);
    for (const mutation of ['addRolePrincipals', 'setRolePrincipals']) {
      for (const [hidden, missing] of [
        ['u_ofanorg000', 'u_nowhere000'],
        [group.id, 'g_nowhere000'],
      ] as const) {
        const answer = await give(mutation, hidden);
        expect(codeOf(answer)).toBe('NOT_FOUND');
        expect(masked(answer)).toBe(masked(await give(mutation, missing)));
      }
    }
    expect(codeOf(await give('removeRolePrincipals', 'u_anon'))).toBe('FORBIDDEN');
  });
});

describe('grants of a role', () => {
  const target = 'ids=*;type=target;actions=list,read';
  test('are added, set and taken away, and known by their one text', async () => {
    const { id } = await newRole();
    const other = 'type=role;actions=create';
    await follow(id, 'grantStrings', 'grantStrings', [
      ['addRoleGrants', ['ids=*;type=target;actions=read,list,read', target], 2, [target]],
      ['setRoleGrants', ['actions=list,read;type=target;ids=*'], 2, [target]],
      ['addRoleGrants', [other], 3, [target, other]],
      ['setRoleGrants', [grant, other], 4, [grant, other]],
      ['removeRoleGrants', [target], 5, [grant, other]],
      ['removeRoleGrants', ['{"type":"role","actions":["create"]}'], 6, [grant]],
      ['setRoleGrants', [], 7, []],
    ]);
  });

  test('are refused with a reason, each by its path, and none is given then', async () => {
    const { id } = await newRole();
    await made('addRoleGrants', { id, expectedVersion: 1, grantStrings: [grant] });
    await refuses('addRoleGrants', { id, expectedVersion: 2 }, 'grantStrings', [
      [[target, 'ids=*;type=target;actions=fly'], 'INVALID_INPUT', /^input.grantStrings.1: unknown action/],
      [['id=*;type=target;actions=read'], 'INVALID_INPUT', /^input.grantStrings.0: id is the old key/],
      [['ids=*;type=target;actions=add-host-sets'], 'INVALID_INPUT', /is called add-host-sources now/],
      [['ids=*;type=target;output_fields='], 'INVALID_INPUT', /output_fields names nothing/],
      [['', 'nonsense'], 'INVALID_INPUT', /grantStrings.0: .*; input.grantStrings.1: /],
      [[target, 'ids=*;type=host-catalog;actions=read'], 'CONFLICT', /^the role has the grant .* already/],
      [[`ids=ttcp_${'x'.repeat(2100)};actions=read`], 'INVALID_INPUT', /at most 2048 bytes/],
      [[], 'INVALID_INPUT', /is empty/],
      [Array<string>(1001).fill(target), 'INVALID_INPUT', /more than 1000/],
    ]);
    const read = await server.ask(`{ role(id: "${id}") { version grantStrings } }`, {}, admin);
    expect(read.data?.['role']).toEqual({ version: 2, grantStrings: [grant] });
  });

  test('that no release would take any more can still go', async () => {
    const { id } = await newRole();
    const old = 'ids=*;type=target;actions=add-host-sets';
    await server.database.sql('insert into role_grant values ($1, $2, $2), ($1, $3, $3)', [
      id,
      old,
      'what=ever',
    ]);
    const role = await made('removeRoleGrants', { id, expectedVersion: 1, grantStrings: [old, 'what=ever'] });
    expect(role).toMatchObject({ version: 2, grantStrings: [] });
  });

  test('open and close at the next request of who holds the role', async () => {
    const { id } = await newRole('p_1234567890');
    const { id: user, token } = await newUser(server);
    const mayRead = async (): Promise<boolean> =>
      codeOf(await server.ask('{ hostCatalog(id: "hcst_1234567890") { id } }', {}, token)) === undefined;
    const steps: [string, object, boolean][] = [
      ['addRolePrincipals', { principalIds: [user] }, false],
      ['addRoleGrants', { grantStrings: [grant] }, true],
      ['setRoleGrantScopes', { grantScopeIds: [] }, false],
      ['addRoleGrantScopes', { grantScopeIds: ['p_1234567890'] }, true],
      ['removeRoleGrants', { grantStrings: [grant] }, false],
      ['setRoleGrants', { grantStrings: [grant] }, true],
      ['removeRolePrincipals', { principalIds: [user] }, false],
      ['setRolePrincipals', { principalIds: [user] }, true],
    ];
    for (const [index, [mutation, input, isOpen]] of steps.entries()) {
      await made(mutation, { id, expectedVersion: index + 1, ...input });
      expect([mutation, await mayRead()]).toEqual([mutation, isOpen]);
    }
    await made('deleteRole', { id });
    expect(await mayRead()).toBe(false);
  });
});

describe('grant scopes of a role', () => {
  test('are added, set and taken away; its own scope is `this`', async () => {
    const { id } = await newRole();
    const org = 'o_1234567890';
    await follow(id, 'grantScopeIds', 'grantScopeIds', [
      ['addRoleGrantScopes', ['global', 'this'], 1, ['this']],
      ['addRoleGrantScopes', [org, 'p_foreign000'], 2, ['this', org, 'p_foreign000']],
      ['setRoleGrantScopes', ['p_foreign000', 'children'], 3, ['children', 'p_foreign000']],
      ['removeRoleGrantScopes', [org], 3, ['children', 'p_foreign000']],
      ['setRoleGrantScopes', ['descendants', 'global'], 4, ['this', 'descendants']],
      ['removeRoleGrantScopes', ['global'], 5, ['descendants']],
      ['setRoleGrantScopes', [], 6, []],
    ]);
  });

  test.each<[string, string, [string[], string, RegExp][]]>([
    [
      ...(['global', 'any scope'] as const),
      [
        [['children', 'descendants'], 'INVALID_INPUT', /keep one of them/],
        [['descendants', 'p_1234567890'], 'INVALID_INPUT', /leave out one or the other/],
        [['children', 'o_1234567890'], 'INVALID_INPUT', /children take in o_1234567890/],
        [['o_nowhere000'], 'INVALID_INPUT', /^input.grantScopeIds.0: there is no scope o_nowhere000/],
        [['', 'x'], 'INVALID_INPUT', /a grant scope is empty/],
        [['everywhere'], 'INVALID_INPUT', /write this, children, descendants or the id of a scope/],
        [[], 'INVALID_INPUT', /is empty/],
      ],
    ],
    [
      ...(['o_1234567890', 'its projects'] as const),
      [
        [['descendants'], 'INVALID_INPUT', /a role of an org speaks for its org/],
        [['p_foreign000'], 'INVALID_INPUT', /is no project of the org/],
        [['o_otherorg00'], 'INVALID_INPUT', /a role of an org speaks for its org/],
        [['children', 'p_1234567890'], 'INVALID_INPUT', /children take in p_1234567890/],
      ],
    ],
    [
      ...(['p_1234567890', 'itself'] as const),
      [
        [['children'], 'INVALID_INPUT', /write this/],
        [['p_secondone0'], 'INVALID_INPUT', /write this/],
      ],
    ],
  ])('of a role in %s are %s, and others are refused', async (scopeId, _, cases) => {
    const { id } = await newRole(scopeId);
    await refuses('addRoleGrantScopes', { id, expectedVersion: 1 }, 'grantScopeIds', cases);
  });

  test('that are hidden are told as those that are missing, unless the role speaks for them', async () => {
    await server.database.sql(`delete from role_grant where canonical like 'ids=*;type=scope;%'`);
    const { id } = await newRole();
    await made('addRoleGrantScopes', { id, expectedVersion: 1, grantScopeIds: ['o_otherorg00'] });
    const { token } = await newUser(server, [
      { scope: 'global', grants: [`ids=${id};actions=read,add-grant-scopes,set-grant-scopes`] },
    ]);
    const speak = (mutation: string, ...grantScopeIds: string[]) =>
      run(mutation, { id, expectedVersion: 2, grantScopeIds }, token);
    const withoutId = (answer: Answer) => masked(answer).replaceAll(/[op]_\w+/g, '');
    for (const mutation of ['addRoleGrantScopes', 'setRoleGrantScopes']) {
      for (const hidden of ['o_1234567890', 'p_foreign000']) {
        const answer = await speak(mutation, hidden);
        expect(codeOf(answer)).toBe('INVALID_INPUT');
        expect(withoutId(answer)).toBe(withoutId(await speak(mutation, 'o_nowhere000')));
      }
    }
    const kept = await speak('setRoleGrantScopes', 'this', 'o_otherorg00');
    expect(kept.data?.['setRoleGrantScopes'].role.grantScopeIds).toEqual(['this', 'o_otherorg00']);
  });

  test('lose a scope that is deleted', async () => {
    await server.database.sql(
      `insert into scope (id, type, parent_id) values ('p_passing000', 'project', 'o_1234567890')`,
    );
    const { id } = await newRole();
    await made('addRoleGrantScopes', { id, expectedVersion: 1, grantScopeIds: ['p_passing000'] });
    await server.database.sql(`delete from scope where id = 'p_passing000'`);
    const { data } = await server.ask(`{ role(id: "${id}") { grantScopeIds } }`, {}, admin);
    expect(data?.['role'].grantScopeIds).toEqual(['this']);
  });
});

test('of two changes of a role at once one wins', async () => {
  const { id } = await newRole();
  const types = ['target', 'session', 'host-catalog', 'role'];
  const answers = await Promise.all(
    types.map((type) =>
      run('addRoleGrants', { id, expectedVersion: 1, grantStrings: [`ids=*;type=${type};actions=read`] }),
    ),
  );
  expect(answers.map(codeOf).sort()).toEqual([...Array<string>(3).fill('VERSION_CONFLICT'), undefined]);
});

test('a change of grants is audited with those before and after, and told to the log', async () => {
  const { id } = await newRole();
  await made('addRoleGrants', { id, expectedVersion: 1, grantStrings: [grant] });
  const [audit] = await server.database.sql(
    `select operation, before->'grantStrings' as before, after->'grantStrings' as after from audit
     where resource_id = $1 order by id desc limit 1`,
    [id],
  );
  expect(audit).toEqual({ operation: 'addRoleGrants', before: [], after: [grant] });
  const kinds = await server.database.sql<{ kind: string }>(
    `select kind from (select kind, subject_id from event_inbox union all select kind, subject_id from event) e
     where subject_id = $1`,
    [id],
  );
  expect(kinds.map(({ kind }) => kind).sort()).toEqual(['role.changed', 'role.created']);
});
