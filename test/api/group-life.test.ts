import { newUser } from '../support/identities';
import { changesOf, codeOf, messageOf, type Changes } from '../support/changes';
import { authorize, eventually } from '../support/session-client';
import { collect, startTestServer, type Answer, type TestServer } from '../support/test-server';

let server: TestServer;
let admin: string;
let run: Changes['run'];
let made: Changes['made'];
beforeAll(async () => {
  server = await startTestServer({}, {}, undefined, undefined, { beatMs: 100 });
  admin = await server.signIn();
  const changed = 'group { id version name memberIds }';
  ({ run, made } = changesOf(
    () => server,
    () => admin,
    {
      createGroup: 'group { id version scopeId name description memberIds authorizedActions }',
      updateGroup: 'group { id version name description }',
      deleteGroup: 'deletedId',
      addGroupMembers: changed,
      setGroupMembers: changed,
      removeGroupMembers: changed,
    },
  ));
  await server.database.sql(
    `insert into iam_user (id, scope_id, name) values ('u_ofanorg000', 'o_1234567890', 'org user')`,
  );
});
afterAll(() => server.stop());

const newGroup = (scopeId = 'global'): Promise<any> => made('createGroup', { scopeId });

describe('a group', () => {
  test.each(['global', 'o_1234567890', 'p_1234567890'])(
    'is made, changed and deleted in %s; what is left out stays, null clears',
    async (scopeId) => {
      const group = await made('createGroup', { scopeId, name: ' Crew ', description: 'on call' });
      expect(group).toMatchObject({
        ...{ version: 1, scopeId, name: 'Crew', description: 'on call', memberIds: [] },
        authorizedActions: expect.arrayContaining(['UPDATE', 'DELETE', 'SET_MEMBERS']),
      });
      const { id } = group;
      expect(codeOf(await run('createGroup', { scopeId, name: 'Crew' }))).toBe('CONFLICT');
      const changes: [object, object][] = [
        [{ description: null }, { version: 2, name: 'Crew', description: null }],
        [{ name: 'Crew' }, { version: 2 }],
        [{ name: null }, { version: 3, name: null }],
      ];
      let expectedVersion = 1;
      for (const [patch, after] of changes) {
        const changed = await made('updateGroup', { id, expectedVersion, ...patch });
        expect(changed).toMatchObject(after);
        expectedVersion = changed.version;
      }
      const refused: [string, object, string][] = [
        ['updateGroup', { id, expectedVersion: 1, name: 'late' }, 'VERSION_CONFLICT'],
        ['updateGroup', { id, expectedVersion }, 'INVALID_INPUT'],
        ['deleteGroup', { id, expectedVersion: 1 }, 'VERSION_CONFLICT'],
      ];
      for (const [mutation, input, code] of refused) expect(codeOf(await run(mutation, input))).toBe(code);
      expect((await run('deleteGroup', { id })).data).toEqual({ deleteGroup: { deletedId: id } });
      expect(codeOf(await run('deleteGroup', { id }))).toBe('NOT_FOUND');
    },
  );

  test('is read, found by its id, and lists who is in it as far as one may see them', async () => {
    const { id } = await newGroup();
    await made('addGroupMembers', { id, expectedVersion: 1, memberIds: ['u_1234567890', 'u_ofanorg000'] });
    const { token } = await newUser(server, [
      { scope: 'global', grants: [`ids=${id};actions=read`, 'ids=u_1234567890;actions=read'] },
    ]);
    const ask = (fields: string): Promise<Answer> =>
      server.ask(`{ group(id: "${id}") { ${fields} } node(id: "${id}") { id } }`, {}, token);
    expect((await ask('memberIds members { id }')).data).toEqual({
      group: { memberIds: ['u_1234567890', 'u_ofanorg000'], members: [{ id: 'u_1234567890' }] },
      node: { id },
    });
  });

  test('hides who is in it where grants do', async () => {
    const { id } = await newGroup();
    await made('addGroupMembers', { id, expectedVersion: 1, memberIds: ['u_1234567890'] });
    const { token } = await newUser(server, [
      {
        scope: 'global',
        grants: [`ids=${id};actions=read;output_fields=id,name`, 'ids=*;type=user;actions=read'],
      },
    ]);
    const answer = await server.ask(`{ group(id: "${id}") { memberIds members { id } } }`, {}, token);
    expect(answer.data).toEqual({ group: { memberIds: null, members: null } });
  });
});

describe('members of a group', () => {
  test('are added, set and taken out; the version moves when they do', async () => {
    const [a, b] = [(await newUser(server)).id, (await newUser(server)).id].sort() as [string, string];
    const { id } = await newGroup('p_1234567890');
    const steps: [string, string[], number, string[]][] = [
      ['addGroupMembers', [b, 'u_ofanorg000'], 2, [b, 'u_ofanorg000']],
      ['addGroupMembers', [b, b], 2, [b, 'u_ofanorg000']],
      ['setGroupMembers', [a, b], 3, [a, b]],
      ['removeGroupMembers', ['u_ofanorg000'], 3, [a, b]],
      ['removeGroupMembers', [a], 4, [b]],
      ['setGroupMembers', [], 5, []],
      ['addGroupMembers', ['u_anon', 'u_auth'], 6, ['u_anon', 'u_auth']],
    ];
    let expectedVersion = 1;
    for (const [mutation, memberIds, version, after] of steps) {
      const group = await made(mutation, { id, expectedVersion, memberIds });
      expect([mutation, group.version, group.memberIds]).toEqual([mutation, version, after]);
      expectedVersion = version;
    }
  });

  test('are refused with a reason', async () => {
    const { id } = await newGroup();
    const cases: [string[], string, RegExp][] = [
      [['u_recovery'], 'INVALID_INPUT', /^input.memberIds: u_recovery can be in no group/],
      [['u_nowhere000'], 'NOT_FOUND', /^no such user/],
      [['g_1234567890'], 'NOT_FOUND', /^no such user/],
      [[], 'INVALID_INPUT', /is empty/],
    ];
    for (const [memberIds, code, message] of cases) {
      const answer = await run('addGroupMembers', { id, expectedVersion: 1, memberIds });
      expect([codeOf(answer), messageOf(answer)]).toEqual([code, expect.stringMatching(message)]);
    }
    const late = await run('addGroupMembers', { id, expectedVersion: 9, memberIds: ['u_anon'] });
    expect(codeOf(late)).toBe('VERSION_CONFLICT');
  });

  test('must be seen by who adds them; what is hidden is told as what is missing', async () => {
    const { id } = await newGroup();
    const { token } = await newUser(server, [
      {
        scope: 'global',
        grants: [`ids=${id};actions=read,add-members,set-members`, 'ids=*;type=user;actions=no-op'],
      },
    ]);
    const masked = (answer: Answer) => JSON.stringify(answer).replaceAll(/(denial|req)_\w+/g, '');
    for (const mutation of ['addGroupMembers', 'setGroupMembers']) {
      const put = (memberId: string) =>
        run(mutation, { id, expectedVersion: 1, memberIds: [memberId] }, token);
      const hidden = await put('u_ofanorg000');
      expect(codeOf(hidden)).toBe('NOT_FOUND');
      expect(masked(hidden)).toBe(masked(await put('u_nowhere000')));
    }
    const own = await run('removeGroupMembers', { id, expectedVersion: 1, memberIds: ['u_anon'] }, token);
    expect(codeOf(own)).toBe('FORBIDDEN');
    const seen = await run('addGroupMembers', { id, expectedVersion: 1, memberIds: ['u_1234567890'] }, token);
    expect(seen.data?.['addGroupMembers'].group.memberIds).toEqual(['u_1234567890']);
  });
});

describe('a role that a group holds', () => {
  /** A group that may read and list sessions of the project. */
  async function readers(): Promise<string> {
    const { sql } = server.database;
    const { id } = await newGroup('p_1234567890');
    const roleId = id.replace('g_', 'r_');
    await sql(`insert into role (id, scope_id) values ($1, 'p_1234567890')`, [roleId]);
    await sql('insert into role_principal (role_id, principal_id) values ($1, $2)', [roleId, id]);
    await sql(`insert into role_grant_scope values ($1, 'this')`, [roleId]);
    await sql(`insert into role_grant values ($1, $2, $2)`, [roleId, 'ids=*;type=host-catalog;actions=read']);
    await sql(`insert into role_grant values ($1, $2, $2)`, [roleId, 'ids=*;type=session;actions=list,read']);
    return id;
  }
  const mayRead = async (token: string): Promise<boolean> =>
    codeOf(await server.ask('{ hostCatalog(id: "hcst_1234567890") { id } }', {}, token)) === undefined;

  test('is its members’ from the next request on, and no longer', async () => {
    const { id: user, token } = await newUser(server);
    const id = await readers();
    expect(await mayRead(token)).toBe(false);
    await made('addGroupMembers', { id, expectedVersion: 1, memberIds: [user] });
    expect(await mayRead(token)).toBe(true);
    await made('removeGroupMembers', { id, expectedVersion: 2, memberIds: [user] });
    expect(await mayRead(token)).toBe(false);
  });

  test('is everybody’s who is signed in, by u_auth in it, and lost with the group', async () => {
    const { token } = await newUser(server);
    const id = await readers();
    await made('setGroupMembers', { id, expectedVersion: 1, memberIds: ['u_auth'] });
    expect(await mayRead(token)).toBe(true);
    await made('deleteGroup', { id });
    expect(await mayRead(token)).toBe(false);
  });

  test('opens nothing more to who is not signed in, though u_anon is in it', async () => {
    const id = await readers();
    await made('setGroupMembers', { id, expectedVersion: 1, memberIds: ['u_anon'] });
    const { errors } = await server.ask('{ hostCatalog(id: "hcst_1234567890") { id } }');
    expect(errors?.[0]!.extensions['code']).toBe('UNAUTHENTICATED');
    await made('deleteGroup', { id });
  });

  test('opens and shrinks a running stream with the membership', async () => {
    const { id: user, token } = await newUser(server, [
      { scope: 'p_1234567890', grants: ['ids=*;type=session;actions=list,read:self'] },
    ]);
    const id = await readers();
    const query = `subscription { sessionEvents(scopeId: "p_1234567890") {
      __typename ... on SessionEvent { session { id } } ... on StreamReset { reason } } }`;
    const stream = collect(server.live(token), { query }, 'sessionEvents');
    await stream.until('the checkpoint', (item) => item.__typename === 'StreamCheckpoint');
    const sees = (sessionId: string) => stream.items.some((item) => item.session?.id === sessionId);
    const resets = () => stream.items.filter((item) => item.__typename === 'StreamReset').length;
    const before = await authorize(server, admin, 'ttcp_1234567890');
    await made('addGroupMembers', { id, expectedVersion: 1, memberIds: [user] });
    await eventually('a session of somebody else', () => Promise.resolve(sees(before.id)));
    expect(resets()).toBe(1);
    await made('removeGroupMembers', { id, expectedVersion: 2, memberIds: [user] });
    await eventually('a second reset', () => Promise.resolve(resets() === 2));
    const after = await authorize(server, admin, 'ttcp_1234567890');
    const own = await authorize(server, token, 'ttcp_1234567890');
    await stream.until('its own session', (item) => item.session?.id === own.id);
    expect(sees(after.id)).toBe(false);
    stream.stop();
  });
});

test('a change of members is audited with those before and after, and told to the log', async () => {
  const { id } = await newGroup();
  await made('addGroupMembers', { id, expectedVersion: 1, memberIds: ['u_1234567890'] });
  const [audit] = await server.database.sql(
    `select operation, before->'memberIds' as before, after->'memberIds' as after from audit
     where resource_id = $1 order by id desc limit 1`,
    [id],
  );
  expect(audit).toEqual({ operation: 'addGroupMembers', before: [], after: ['u_1234567890'] });
  const kinds = await server.database.sql<{ kind: string }>(
    `select kind from (select kind, subject_id from event_inbox union all select kind, subject_id from event) e
     where subject_id = $1`,
    [id],
  );
  expect(kinds.map(({ kind }) => kind).sort()).toEqual(['group.changed', 'group.created']);
});
