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
  const changed = 'user { id version name accountIds }';
  ({ run, made } = changesOf(
    () => server,
    () => admin,
    {
      createUser: 'user { id version scopeId name description accountIds authorizedActions }',
      updateUser: 'user { id version name description }',
      deleteUser: 'deletedId',
      addUserAccounts: changed,
      setUserAccounts: changed,
      removeUserAccounts: changed,
      authorizeSession: 'session { id }',
    },
  ));
  await server.database.sql(
    `insert into auth_method (id, scope_id) values ('ampw_second0000', 'global'), ('ampw_oforg00000', 'o_1234567890')`,
  );
});
afterAll(() => server.stop());

let count = 0;
/** An account by SQL; its id. */
async function newAccount(authMethodId = 'ampw_1234567890', scopeId = 'global'): Promise<string> {
  const id = `acctpw_life${(count += 1).toString().padStart(6, '0')}`;
  await server.database.sql(
    'insert into account (id, auth_method_id, scope_id, login_name) values ($1, $2, $3, $4)',
    [id, authMethodId, scopeId, id.replace('_', '-')],
  );
  return id;
}
const newOne = (): Promise<any> => made('createUser', { scopeId: 'global' });
const read = async (id: string, fields: string, token = admin): Promise<any> =>
  (await server.ask(`query ($id: ID!) { user(id: $id) { ${fields} } }`, { id }, token)).data?.['user'];
const viewer = (token: string): Promise<Answer> => server.ask('{ viewer { id } }', {}, token);

describe('a user', () => {
  test('is made, changed and deleted; what is left out stays, null clears', async () => {
    const user = await made('createUser', { scopeId: 'o_1234567890', name: ' Ada ', description: 'Math' });
    expect(user).toMatchObject({
      ...{ version: 1, scopeId: 'o_1234567890', name: 'Ada', description: 'Math', accountIds: [] },
      authorizedActions: expect.arrayContaining(['UPDATE', 'DELETE', 'ADD_ACCOUNTS']),
    });
    const { id } = user;
    const changes: [object, object][] = [
      [{ description: null }, { version: 2, name: 'Ada', description: null }],
      [{ name: 'Ada' }, { version: 2, name: 'Ada', description: null }],
      [{ name: 'Grace' }, { version: 3, name: 'Grace' }],
    ];
    let expectedVersion = 1;
    for (const [patch, after] of changes) {
      const changed = await made('updateUser', { id, expectedVersion, ...patch });
      expect(changed).toMatchObject(after);
      expectedVersion = changed.version;
    }
    const refused: [string, object, string][] = [
      ['updateUser', { id, expectedVersion: 1, name: 'late' }, 'VERSION_CONFLICT'],
      ['updateUser', { id, expectedVersion }, 'INVALID_INPUT'],
      ['deleteUser', { id, expectedVersion: 1 }, 'VERSION_CONFLICT'],
    ];
    for (const [mutation, input, code] of refused) expect(codeOf(await run(mutation, input))).toBe(code);
    expect((await run('deleteUser', { id, expectedVersion })).data).toEqual({
      deleteUser: { deletedId: id },
    });
    expect(codeOf(await run('deleteUser', { id }))).toBe('NOT_FOUND');
  });

  test.each([
    ['in a project', { scopeId: 'p_1234567890' }, 'INVALID_INPUT', 'input.scopeId: must be global or an org'],
    ['in no scope there is', { scopeId: 'o_nowhere000' }, 'NOT_FOUND', /^no such scope/],
    ['with a name that is taken', { scopeId: 'global', name: 'admin' }, 'CONFLICT', /^user name must be/],
  ])('is not made %s', async (_, input, code, message) => {
    const answer = await run('createUser', input);
    expect(codeOf(answer)).toBe(code);
    expect(messageOf(answer)).toMatch(message);
  });

  test('that is built in is not deleted, and nobody signs in as it', async () => {
    for (const id of ['u_anon', 'u_auth', 'u_recovery']) {
      expect(messageOf(await run('deleteUser', { id }))).toBe('input.id: is built in; it cannot be deleted');
      expect(messageOf(await run('updateUser', { id, expectedVersion: 1, name: 'root' }))).toBe(
        'input.id: is built in; it stays as it is',
      );
      const accountIds = [await newAccount()];
      const answer = await run('addUserAccounts', { id, expectedVersion: 1, accountIds });
      expect(messageOf(answer)).toBe('input.id: is built in; nobody signs in as it');
    }
  });

  test('is made once by a request that is repeated', async () => {
    const input = { scopeId: 'global', name: 'once', idempotencyKey: '6a0f7a0e-3a2c-4a56-9d5d-0a5a3f3f2c11' };
    const [one, other] = [await made('createUser', input), await made('createUser', input)];
    expect(other.id).toBe(one.id);
  });
});

describe('accounts of a user', () => {
  test('are added, set and taken away; the versions of both move when they do', async () => {
    const [a, b, second] = [await newAccount(), await newAccount(), await newAccount('ampw_second0000')];
    const { id } = await newOne();
    const steps: [string, string[], number, string[]][] = [
      ['addUserAccounts', [a], 2, [a]],
      ['addUserAccounts', [a], 2, [a]],
      ['addUserAccounts', [second], 3, [a, second]],
      ['setUserAccounts', [b, second], 4, [b, second]],
      ['removeUserAccounts', [a], 4, [b, second]],
      ['removeUserAccounts', [second], 5, [b]],
      ['setUserAccounts', [], 6, []],
    ];
    let expectedVersion = 1;
    for (const [mutation, accountIds, version, after] of steps) {
      const user = await made(mutation, { id, expectedVersion, accountIds });
      expect(user).toMatchObject({ version, accountIds: after });
      expectedVersion = version;
    }
    expect(await server.database.sql('select version, user_id from account where id = $1', [a])).toEqual([
      { version: 3, user_id: null },
    ]);
  });

  test('show who signs in, by the primary auth method of its scope alone', async () => {
    const [first, second] = [await newAccount(), await newAccount('ampw_second0000')];
    const { id } = await newOne();
    const fields = 'loginName primaryAccountId accountIds';
    await made('addUserAccounts', { id, expectedVersion: 1, accountIds: [second] });
    expect(await read(id, fields)).toEqual({ loginName: null, primaryAccountId: null, accountIds: [second] });
    await made('addUserAccounts', { id, expectedVersion: 2, accountIds: [first] });
    expect(await read(id, fields)).toEqual({
      loginName: first.replace('_', '-'),
      primaryAccountId: first,
      accountIds: [first, second],
    });
  });

  test('are refused with a reason, and none is given then', async () => {
    const free = await newAccount();
    const { id } = await newOne();
    const held = await newAccount('ampw_second0000');
    await made('addUserAccounts', { id, expectedVersion: 1, accountIds: [held] });
    const foreign = await newAccount('ampw_oforg00000', 'o_1234567890');
    const cases: [string[], string, RegExp][] = [
      [['acctpw_1234567890'], 'CONFLICT', /acctpw_1234567890 has a user already; take it from that user/],
      [[foreign], 'INVALID_INPUT', /is of another scope/],
      [[await newAccount()], 'CONFLICT', /^a user has one account of an auth method/],
      [[await newAccount('ampw_second0000')], 'CONFLICT', /are both of ampw_second0000/],
      [['acctpw_nowhere000'], 'NOT_FOUND', /^no such account/],
      [[], 'INVALID_INPUT', /is empty/],
    ];
    for (const [accountIds, code, message] of cases) {
      const named = accountIds.length === 0 ? [] : [free, ...accountIds];
      const answer = await run('addUserAccounts', { id, expectedVersion: 2, accountIds: named });
      expect([codeOf(answer), messageOf(answer)]).toEqual([code, expect.stringMatching(message)]);
    }
    expect(await read(id, 'version accountIds')).toEqual({ version: 2, accountIds: [held] });
    const late = await run('addUserAccounts', { id, expectedVersion: 1, accountIds: [free] });
    expect(codeOf(late)).toBe('VERSION_CONFLICT');
  });

  test('must be seen by who gives them; what is hidden is told as what is missing', async () => {
    const { id } = await newOne();
    const { token } = await newUser(server, [
      { scope: 'global', grants: ['ids=*;type=user;actions=read,add-accounts'] },
    ]);
    const give = (accountId: string) =>
      run('addUserAccounts', { id, expectedVersion: 1, accountIds: [accountId] }, token);
    const masked = (answer: Answer) => JSON.stringify(answer).replaceAll(/(denial|req)_\w+/g, '');
    const hidden = await give(await newAccount());
    expect(codeOf(hidden)).toBe('NOT_FOUND');
    expect(masked(hidden)).toBe(masked(await give('acctpw_nowhere000')));
    const taken = await run('removeUserAccounts', { id, expectedVersion: 1, accountIds: ['x'] }, token);
    expect(codeOf(taken)).toBe('FORBIDDEN');
  });

  test('are hidden where grants hide them', async () => {
    const fields = 'name accountIds primaryAccountId loginName';
    const { token } = await newUser(server, [
      { scope: 'global', grants: ['ids=*;type=user;actions=read;output_fields=id,name'] },
    ]);
    expect(await read('u_1234567890', fields, token)).toEqual({
      ...{ name: 'admin', accountIds: null, primaryAccountId: null, loginName: null },
    });
  });

  test('are shown as far as one may see them', async () => {
    const [first, second] = [await newAccount(), await newAccount('ampw_second0000')];
    const { id } = await newOne();
    await made('addUserAccounts', { id, expectedVersion: 1, accountIds: [first, second] });
    const { token } = await newUser(server, [
      { scope: 'global', grants: ['ids=*;type=user;actions=read', `ids=${first};actions=no-op`] },
    ]);
    expect(await read(id, 'accountIds accounts { id }', token)).toEqual({
      accountIds: [first, second],
      accounts: [{ id: first }],
    });
    const { token: other } = await newUser(server, [
      { scope: 'global', grants: ['ids=*;type=user;actions=read;output_fields=id'] },
    ]);
    expect(await read(id, 'accounts { id }', other)).toEqual({ accounts: null });
  });

  test('that leave are signed out for good: what their tokens began ends, and they speak for nobody', async () => {
    const user = await newUser(server);
    const [accountId] = (await read(user.id, 'accountIds')).accountIds;
    const session = await made('authorizeSession', { targetId: 'ttcp_1234567890' }, user.token);
    await made('removeUserAccounts', { id: user.id, expectedVersion: 1, accountIds: [accountId] });
    expect((await viewer(user.token)).data).toEqual({ viewer: null });
    const [ended] = await server.database.sql(
      'select status, termination_reason as reason from session where id = $1',
      [session.id],
    );
    expect(ended).toEqual({ status: 'terminated', reason: 'permission revoked' });
    const { id } = await newOne();
    await made('addUserAccounts', { id, expectedVersion: 1, accountIds: [accountId] });
    expect((await viewer(user.token)).data).toEqual({ viewer: null });
  });
});

describe('the deletion of a user', () => {
  test('ends its sessions, keeps its accounts without it, and empties groups and roles of it', async () => {
    const { sql } = server.database;
    const user = await newUser(server, [{ scope: 'global', grants: ['ids=*;type=user;actions=read'] }]);
    await sql(`insert into iam_group (id, scope_id) values ('g_userlife00', 'global')`);
    await sql(`insert into group_member values ('g_userlife00', $1)`, [user.id]);
    const session = await made('authorizeSession', { targetId: 'ttcp_1234567890' }, user.token);
    await made('deleteUser', { id: user.id });
    const ask = `{ session(id: "${session.id}") { status terminationReason userId userName } }`;
    expect((await server.ask(ask, {}, admin)).data?.['session']).toEqual({
      ...{ status: 'TERMINATED', terminationReason: 'PERMISSION_REVOKED' },
      ...{ userId: user.id, userName: user.name },
    });
    expect((await viewer(user.token)).data).toEqual({ viewer: null });
    expect(await sql('select user_id from account where login_name = $1', [user.name])).toEqual([
      { user_id: null },
    ]);
    for (const table of ['group_member', 'role_principal'])
      expect(await sql(`select * from ${table} where user_id = $1`, [user.id])).toEqual([]);
  });

  test('is audited with what was there, and told to the log with what befell its accounts', async () => {
    const user = await newUser(server);
    await made('deleteUser', { id: user.id });
    const [audit] = await server.database.sql(
      `select outcome, before->>'name' as name, after from audit where resource_id = $1 order by id desc limit 1`,
      [user.id],
    );
    expect(audit).toEqual({ outcome: 'done', name: user.name, after: null });
    const account = user.id.replace('u_', 'acctpw_');
    const kinds = await server.database.sql<{ kind: string }>(
      `select kind from (select kind, subject_id from event_inbox union all select kind, subject_id from event) e
       where subject_id in ($1, $2)`,
      [user.id, account],
    );
    expect(kinds.map(({ kind }) => kind).sort()).toEqual(['account.changed', 'user.deleted']);
  });
});
