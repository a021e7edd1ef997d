import { eventually } from '../support/session-client';
import { startTestServer, type TestServer } from '../support/test-server';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const login =
  'mutation ($input: AuthenticateInput!) { authenticate(input: $input) { token authToken { id userId expiresAt } } }';

describe('authenticate', () => {
  test('a right password gives a token that says who one is', async () => {
    const { data } = await server.ask(login, { input: { loginName: 'admin', password: 'password' } });
    expect(data!['authenticate'].token).toMatch(/^at_[A-Za-z0-9]{10}_[A-Za-z0-9]{32}$/);
    const viewer = await server.ask('{ viewer { id name loginName } }', {}, data!['authenticate'].token);
    expect(viewer.data!['viewer']).toEqual({ id: 'u_1234567890', name: 'admin', loginName: 'admin' });
  });

  test('the viewer of an ordinary user is not empty: it shows all that one is', async () => {
    const token = await server.signIn('user');
    const { data } = await server.ask(
      '{ viewer { id scopeId name description loginName authorizedActions } }',
      {},
      token,
    );
    expect(data!['viewer']).toEqual({
      id: 'u_0987654321',
      scopeId: 'global',
      name: 'user',
      description: 'Initial unprivileged user',
      loginName: 'user',
      authorizedActions: ['LIST_RESOLVABLE_ALIASES'],
    });
  });

  test('says at once whom the token acts as', async () => {
    const { data, errors } = await server.ask(
      `mutation { authenticate(input: { loginName: "user", password: "password" }) {
        authToken { userId user { id name loginName authorizedActions } }
      } }`,
    );
    expect(errors).toBeUndefined();
    expect(data!['authenticate'].authToken).toEqual({
      userId: 'u_0987654321',
      user: {
        id: 'u_0987654321',
        name: 'user',
        loginName: 'user',
        authorizedActions: ['LIST_RESOLVABLE_ALIASES'],
      },
    });
  });

  test.each([
    ['a wrong password', { loginName: 'admin', password: 'wrong' }],
    ['an unknown name', { loginName: 'nobody', password: 'password' }],
    ['a name in the wrong case', { loginName: 'Admin', password: 'password' }],
  ])('%s is refused with one and the same answer', async (_, input) => {
    const { data, errors } = await server.ask(login, { input });
    expect(data).toBeNull();
    expect(errors).toHaveLength(1);
    expect(errors![0]).toMatchObject({
      message: 'login name or password is wrong',
      extensions: { code: 'UNAUTHENTICATED' },
    });
  });

  test('the token is stored as a hash alone', async () => {
    const token = await server.signIn();
    const secret = token.split('_')[2]!;
    const rows = await server.database.sql<{ row: string }>('select t::text as row from auth_token t');
    expect(rows.length).toBeGreaterThan(0);
    for (const { row } of rows) expect(row).not.toContain(secret);
  });

  test.each([
    [
      'a token past its expiry',
      `update auth_token set expires_at = postern_now() where id = $1`,
      'the token has expired',
    ],
    [
      'a token that lay idle too long',
      `update auth_token set last_used_at = postern_now() - interval '2 days' where id = $1`,
      'the token has expired',
    ],
    ['a deleted token', 'delete from auth_token where id = $1', 'the token is not valid'],
  ])('%s makes nobody', async (_, sql, message) => {
    const token = await server.signIn();
    await server.database.sql('alter table auth_token disable trigger auth_token_immutable');
    await server.database.sql(sql, [token.split('_').slice(0, 2).join('_')]);
    await server.database.sql('alter table auth_token enable trigger auth_token_immutable');
    const viewer = await server.ask('{ viewer { id } }', {}, token);
    expect(viewer.data!['viewer']).toBeNull();
    const { errors } = await server.ask('{ session(id: "s_0000000000") { id } }', {}, token);
    expect(errors![0]!.extensions['code']).toBe('UNAUTHENTICATED');
    expect(errors![0]!.message).toContain(message);
  });

  test('a token in use is not idle, however short its idle limit is', async () => {
    const server2 = await startTestServer({ tokenIdle: '8s' });
    const token = await server2.signIn();
    const id = token.split('_').slice(0, 2).join('_');
    const idleFor = async (): Promise<number> => {
      const [row] = await server2.database.sql<{ secs: number }>(
        `select extract(epoch from postern_now() - last_used_at)::float8 as secs from auth_token where id = $1`,
        [id],
      );
      return row!.secs;
    };
    for (let turn = 0; turn < 3; turn++) {
      await server2.database.sql(
        `update auth_token set last_used_at = postern_now() - interval '7 s' where id = $1`,
        [id],
      );
      const { data } = await server2.ask('{ viewer { id } }', {}, token);
      expect(data!['viewer']).toEqual({ id: 'u_1234567890' });
      await eventually('its use to be noted', async () => (await idleFor()) < 5);
    }
    await server2.stop();
  });

  test.each(['a\ud800', 'a\u0000b', '\u0000'])(
    'a name that cannot be stored is tried, refused and audited: %j',
    async (name) => {
      await server.database.sql('delete from audit');
      const { errors } = await server.ask(login, { input: { loginName: name, password: 'guess' } });
      expect(errors![0]!.extensions['code']).toMatch(/UNAUTHENTICATED|INVALID_INPUT/);
      const rows = await server.database.sql<{ after: { loginName: string } }>('select after from audit');
      expect(rows.map(({ after }) => after.loginName)).toEqual([name.replace(/[\0\ud800]/g, '\uFFFD')]);
    },
  );

  test('one who floods with wrong passwords keeps nobody else out', async () => {
    const flood = Array.from({ length: 100 }, (_, i) =>
      server.ask(login, { input: { loginName: `guess-${i % 3}`, password: 'wrong' } }),
    );
    const token = await server.signIn();
    expect(token).toMatch(/^at_/);
    const codes = (await Promise.all(flood)).map(({ errors }) => errors![0]!.extensions['code'] as string);
    expect(new Set(codes)).toEqual(new Set(['UNAUTHENTICATED', 'RATE_LIMITED']));
  });

  test('every login and every refusal leaves one audit row, with the name that was tried', async () => {
    await server.database.sql('delete from audit');
    await server.signIn();
    await server.ask(login, { input: { loginName: 'mallory', password: 'guess' } });
    const rows = await server.database.sql(
      'select operation, outcome, actor_id, error_code, resource_id, after from audit order by id',
    );
    expect(rows).toEqual([
      expect.objectContaining({
        operation: 'authenticate',
        outcome: 'done',
        actor_id: 'u_1234567890',
        error_code: null,
      }),
      expect.objectContaining({
        operation: 'authenticate',
        outcome: 'refused',
        actor_id: 'anonymous',
        error_code: 'UNAUTHENTICATED',
        resource_id: 'ampw_1234567890',
        after: { loginName: 'mallory' },
      }),
    ]);
    expect(JSON.stringify(rows)).not.toContain('guess');
  });
});

describe('a first login', () => {
  // Accounts without a user, with the password of admin.
  const addAccount = async (
    id: string,
    loginName: string,
    authMethodId = 'ampw_1234567890',
  ): Promise<void> => {
    await server.database.sql(
      `insert into account (id, auth_method_id, scope_id, login_name) values ($1, $2, 'global', $3)`,
      [id, authMethodId, loginName],
    );
    await server.database.sql(
      `insert into account_password (account_id, hash)
       select $1, hash from account_password where account_id = 'acctpw_1234567890'`,
      [id],
    );
  };
  const signIn = (loginName: string, authMethodId?: string) =>
    server.ask(
      `mutation ($input: AuthenticateInput!) { authenticate(input: $input) {
        token authToken { id accountId userId user { id name scopeId loginName } }
      } }`,
      { input: { loginName, password: 'password', authMethodId } },
    );
  const eventsOf = (subject: string) =>
    server.database.sql<{ kind: string; body: object }>(
      `select kind, body from event where subject_id = $1
       union all select kind, body from event_inbox where subject_id = $1`,
      [subject],
    );

  test('through the primary auth method makes the user, with its facts and its audit', async () => {
    await addAccount('acctpw_first00000', 'newcomer');
    const { data, errors } = await signIn('newcomer');
    expect(errors).toBeUndefined();
    const { token, authToken } = data!['authenticate'];
    const { userId } = authToken;
    expect(authToken.user).toEqual({
      id: userId,
      name: 'newcomer',
      scopeId: 'global',
      loginName: 'newcomer',
    });
    const viewer = await server.ask('{ viewer { id name } }', {}, token);
    expect(viewer.data!['viewer']).toEqual({ id: userId, name: 'newcomer' });
    expect(await eventsOf(userId)).toMatchObject([
      { kind: 'user.created', body: { name: 'newcomer', scopeId: 'global', accountIds: [] } },
    ]);
    expect(await eventsOf('acctpw_first00000')).toMatchObject([
      { kind: 'account.changed', body: { loginName: 'newcomer', hasPassword: true, userId } },
    ]);
    expect(
      await server.database.sql('select operation, outcome, after from audit where actor_id = $1', [userId]),
    ).toEqual([
      {
        operation: 'authenticate',
        outcome: 'done',
        after: { authTokenId: authToken.id, accountId: 'acctpw_first00000', createdUserId: userId },
      },
    ]);
    expect((await signIn('newcomer')).data!['authenticate'].authToken.userId).toBe(userId);
  });

  test('makes a user without a name where the login name is taken', async () => {
    await server.database.sql(
      `insert into iam_user (id, scope_id, name) values ('u_taken000000', 'global', 'taken')`,
    );
    await addAccount('acctpw_taken00000', 'taken');
    const { user } = (await signIn('taken')).data!['authenticate'].authToken;
    expect(user).toMatchObject({ name: null, loginName: 'taken' });
    expect(user.id).not.toBe('u_taken000000');
  });

  test('of one account at once from several places makes one user', async () => {
    await addAccount('acctpw_crowd00000', 'crowd');
    const answers = await Promise.all(Array.from({ length: 4 }, () => signIn('crowd')));
    const users = answers.map(({ data }) => data!['authenticate'].authToken.userId as string);
    expect(new Set(users).size).toBe(1);
    expect(await eventsOf(users[0]!)).toHaveLength(1);
  });

  test.each([
    ['is refused in another auth method', 'password'],
    ['with a wrong password makes nobody', 'wrong'],
  ])('%s, with the answer of every wrong login', async (_, password) => {
    const isOther = password === 'password';
    const authMethodId = isOther ? 'ampw_other00000' : 'ampw_1234567890';
    if (isOther)
      await server.database.sql(
        `insert into auth_method (id, scope_id, name) values ('ampw_other00000', 'global', 'other')`,
      );
    const [id, loginName] = [`acctpw_${isOther ? 'other' : 'wrong'}00000`, isOther ? 'other' : 'wrong'];
    await addAccount(id, loginName, authMethodId);
    const { errors } = await server.ask(login, { input: { loginName, password, authMethodId } });
    expect(errors![0]).toMatchObject({
      message: 'login name or password is wrong',
      extensions: { code: 'UNAUTHENTICATED' },
    });
    expect(await server.database.sql('select user_id from account where id = $1', [id])).toEqual([
      { user_id: null },
    ]);
  });
});
