import { changesOf, codeOf, messageOf, type Changes } from '../support/changes';
import { newUser } from '../support/identities';
import { masked } from '../support/masked';
import { authorize, makeTarget } from '../support/session-client';
import { startTestServer, type Answer, type TestServer } from '../support/test-server';

let server: TestServer;
let admin: string;
let changes: Changes;
beforeAll(async () => {
  server = await startTestServer();
  admin = await server.signIn();
  const account = 'account { id version name description loginName userId authMethodId scopeId hasPassword }';
  changes = changesOf(
    () => server,
    () => admin,
    {
      createAuthMethod:
        'authMethod { id version name minLoginNameLength minPasswordLength isPrimary type scopeId }',
      updateAuthMethod: 'authMethod { id version name description minLoginNameLength minPasswordLength }',
      createAccount: account,
      updateAccount: account,
      setAccountPassword: account,
    },
  );
});
afterAll(() => server.stop());

const run: Changes['run'] = (...args) => changes.run(...args);
const made: Changes['made'] = (...args) => changes.made(...args);
let count = 0;
const newMethod = (more: object = {}): Promise<any> =>
  made('createAuthMethod', { scopeId: 'global', ...more });
const newAccount = (authMethodId: string, more: object = {}): Promise<any> =>
  made('createAccount', { authMethodId, loginName: `somebody-${(count += 1)}`, ...more });
const login = (authMethodId: string, loginName: string, password: string): Promise<Answer> =>
  server.ask(
    'mutation ($input: AuthenticateInput!) { authenticate(input: $input) { token authToken { userId } } }',
    { input: { authMethodId, loginName, password } },
  );

/** An account with a user of its own in the primary auth method, and its token. */
const person = async (): Promise<any> => {
  const password = `first-password-${(count += 1)}`;
  const account = await newAccount('ampw_1234567890', { password });
  const { data } = await login('ampw_1234567890', account.loginName, password);
  const { token, authToken } = data!['authenticate'];
  return { ...account, token, userId: authToken.userId };
};

describe('an auth method', () => {
  test('is made with the usual lengths, changed and deleted', async () => {
    const method = await newMethod({ name: 'Staff' });
    expect(method).toEqual({
      ...{ id: expect.stringMatching(/^ampw_\w{10}$/), version: 1, name: 'Staff', type: 'PASSWORD' },
      ...{ scopeId: 'global', isPrimary: false, minLoginNameLength: 3, minPasswordLength: 8 },
    });
    const { id } = method;
    const steps: [object, object][] = [
      [{ minPasswordLength: 12 }, { version: 2, minPasswordLength: 12, name: 'Staff' }],
      [
        { minLoginNameLength: 1, description: 'd' },
        { version: 3, minLoginNameLength: 1, description: 'd' },
      ],
      [
        { minPasswordLength: null, name: null },
        { version: 4, minPasswordLength: 8, name: null },
      ],
      [{ minPasswordLength: 8 }, { version: 4 }],
    ];
    let expectedVersion = 1;
    for (const [patch, after] of steps) {
      const changed = await made('updateAuthMethod', { id, expectedVersion, ...patch });
      expect(changed).toMatchObject(after);
      expectedVersion = changed.version;
    }
    expect(codeOf(await run('updateAuthMethod', { id, expectedVersion: 1, name: 'x' }))).toBe(
      'VERSION_CONFLICT',
    );
    expect(await made('deleteAuthMethod', { id })).toBe(id);
    expect(codeOf(await run('deleteAuthMethod', { id }))).toBe('NOT_FOUND');
  });

  test.each<[string, object, string, RegExp]>([
    ['in a project', { scopeId: 'p_1234567890' }, 'INVALID_INPUT', /must be global or an org/],
    ['in no scope', { scopeId: 'o_nowhere000' }, 'NOT_FOUND', /^no such scope/],
    [
      'with names of 0',
      { minLoginNameLength: 0 },
      'INVALID_INPUT',
      /^input.minLoginNameLength: must be 1 to 128$/,
    ],
    ['with names of 129', { minLoginNameLength: 129 }, 'INVALID_INPUT', /must be 1 to 128/],
    ['with passwords of 1025', { minPasswordLength: 1025 }, 'INVALID_INPUT', /must be 1 to 1024/],
    ['with passwords of -1', { minPasswordLength: -1 }, 'INVALID_INPUT', /must be 1 to 1024/],
  ])('is not made %s', async (_, input, code, message) => {
    const answer = await run('createAuthMethod', { scopeId: 'global', ...input });
    expect(codeOf(answer)).toBe(code);
    expect(messageOf(answer)).toMatch(message);
  });

  test('that one may sign in by is listed to who has no token, with no more than that needs', async () => {
    const { data } = await server.ask(
      `{ authMethods(scopeId: "global", filter: { idIn: ["ampw_1234567890"] }) { nodes {
        id name isPrimary type scopeId minPasswordLength minLoginNameLength authorizedActions scope { id }
      } } }`,
    );
    expect(data!['authMethods'].nodes).toEqual([
      {
        ...{ id: 'ampw_1234567890', isPrimary: true, type: 'PASSWORD', scopeId: 'global' },
        name: 'Generated global scope initial password auth method',
        ...{ minPasswordLength: null, minLoginNameLength: null },
        ...{ authorizedActions: ['AUTHENTICATE'], scope: { id: 'global' } },
      },
    ]);
    const { errors } = await server.ask('{ authMethod(id: "ampw_1234567890") { id } }');
    expect(codeOf({ errors })).toBe('UNAUTHENTICATED');
    const accounts = await server.ask('{ accounts(authMethodId: "ampw_1234567890") { nodes { id } } }');
    expect(codeOf(accounts)).toBe('UNAUTHENTICATED');
  });
});

describe('an account', () => {
  test('is made, changed and deleted; it has no user before its first login', async () => {
    const { id: authMethodId } = await newMethod();
    const account = await newAccount(authMethodId, { loginName: 'ada', name: 'Ada' });
    expect(account).toEqual({
      ...{ id: expect.stringMatching(/^acctpw_\w{10}$/), version: 1, name: 'Ada', description: null },
      ...{ loginName: 'ada', userId: null, authMethodId, scopeId: 'global', hasPassword: false },
    });
    const { id } = account;
    const steps: [object, object][] = [
      [{ loginName: 'ada.l' }, { version: 2, loginName: 'ada.l', name: 'Ada' }],
      [
        { name: null, description: 'd' },
        { version: 3, name: null, description: 'd' },
      ],
      [{ loginName: 'ada.l' }, { version: 3 }],
    ];
    let expectedVersion = 1;
    for (const [patch, after] of steps) {
      const changed = await made('updateAccount', { id, expectedVersion, ...patch });
      expect(changed).toMatchObject(after);
      expectedVersion = changed.version;
    }
    expect(codeOf(await run('updateAccount', { id, expectedVersion: 1, name: 'x' }))).toBe(
      'VERSION_CONFLICT',
    );
    expect(await made('deleteAccount', { id })).toBe(id);
    expect(codeOf(await run('deleteAccount', { id }))).toBe('NOT_FOUND');
  });

  test.each<[string, object, string, RegExp]>([
    ['in no auth method', { authMethodId: 'ampw_nowhere00' }, 'NOT_FOUND', /^no such auth-method/],
    ['with upper case', { loginName: 'Ada' }, 'INVALID_INPUT', /^input.loginName: may hold a to z/],
    ['with a space', { loginName: 'ada l' }, 'INVALID_INPUT', /may hold a to z/],
    ['with two letters', { loginName: 'al' }, 'INVALID_INPUT', /is shorter than 3 characters/],
    ['with 129 letters', { loginName: 'a'.repeat(129) }, 'INVALID_INPUT', /128 at most/],
    [
      'with a short password',
      { password: '2short4' },
      'INVALID_INPUT',
      /^input.password: is shorter than 8 bytes$/,
    ],
    ['with no password that is text', { password: '' }, 'INVALID_INPUT', /is shorter than 8 bytes/],
    ['with a long password', { password: 'x'.repeat(1025) }, 'INVALID_INPUT', /is longer than 1024 bytes/],
    ['with a name that is there', { loginName: 'admin' }, 'CONFLICT', /login name must be unique/],
  ])('is not made %s', async (_, input, code, message) => {
    const asked = { authMethodId: 'ampw_1234567890', loginName: 'newcomer', ...input };
    const answer = await run('createAccount', asked);
    expect(codeOf(answer)).toBe(code);
    expect(messageOf(answer)).toMatch(message);
  });

  test('keeps its login name, which is measured when it is set and not later', async () => {
    const { id: authMethodId } = await newMethod({ minLoginNameLength: 1 });
    const { id } = await newAccount(authMethodId, { loginName: 'b' });
    await made('updateAuthMethod', { id: authMethodId, expectedVersion: 1, minLoginNameLength: 5 });
    await made('updateAccount', { id, expectedVersion: 1, name: 'Bo' });
    const short = await run('updateAccount', { id, expectedVersion: 2, loginName: 'c' });
    expect(messageOf(short)).toBe('input.loginName: is shorter than 5 characters');
    const none = await run('updateAccount', { id, expectedVersion: 2, loginName: null });
    expect(messageOf(none)).toMatch(/^input.loginName: cannot be cleared/);
  });

  test('is found by its login name, and shown with its user and its auth method', async () => {
    const { id, loginName, userId } = await person();
    const { data } = await server.ask(
      `query ($names: [String!]) { accounts(authMethodId: "ampw_1234567890", filter: { loginNameIn: $names }) {
        nodes { id user { id name } authMethod { id isPrimary } }
      } }`,
      { names: [loginName, 'nobody'] },
      admin,
    );
    const user = { id: userId, name: loginName };
    expect(data!['accounts'].nodes).toEqual([
      { id, user, authMethod: { id: 'ampw_1234567890', isPrimary: true } },
    ]);
  });

  test('that is made again by the same request is one, whatever its password; the password counts by being there', async () => {
    const idempotencyKey = '5c8b4a90-7a13-4b7c-9f0e-2f6a3a1f0001';
    const input = { authMethodId: 'ampw_1234567890', loginName: 'repeated', idempotencyKey };
    const first = await made('createAccount', { ...input, password: 'the-first-one' });
    const again = await made('createAccount', { ...input, password: 'the-other-one' });
    expect(again.id).toBe(first.id);
    expect(codeOf(await login('ampw_1234567890', 'repeated', 'the-first-one'))).toBeUndefined();
    expect(codeOf(await login('ampw_1234567890', 'repeated', 'the-other-one'))).toBe('UNAUTHENTICATED');
    expect(codeOf(await run('createAccount', input))).toBe('IDEMPOTENCY_MISMATCH');
    expect(codeOf(await run('createAccount', { ...input, loginName: 'other' }))).toBe('IDEMPOTENCY_MISMATCH');
  });

  test('of an auth method is reached by a grant on that method, and no other is', async () => {
    const [one, other] = [await newMethod(), await newMethod()];
    const [mine, foreign] = [await newAccount(one.id), await newAccount(other.id)];
    const grants = [`ids=${one.id};type=account;actions=*`];
    const { token } = await newUser(server, [{ scope: 'global', grants }]);
    const read = (id: string) => server.ask(`{ account(id: "${id}") { id } }`, {}, token);
    expect((await read(mine.id)).data!['account']).toEqual({ id: mine.id });
    expect(codeOf(await read(foreign.id))).toBe('NOT_FOUND');
    expect(masked(await read(foreign.id))).toBe(masked(await read('acctpw_0000000000')));
    const list = (id: string) =>
      server.ask(`{ accounts(authMethodId: "${id}") { nodes { id } } }`, {}, token);
    expect((await list(one.id)).data!['accounts'].nodes).toEqual([{ id: mine.id }]);
    expect(codeOf(await list(other.id))).toBe('FORBIDDEN');
    const create = (authMethodId: string) =>
      run('createAccount', { authMethodId, loginName: 'by-pin', password: 'made-by-a-pin' }, token);
    expect(codeOf(await create(one.id))).toBeUndefined();
    expect(codeOf(await create(other.id))).toBe('FORBIDDEN');
    const set = (id: string) => run('setAccountPassword', { id, expectedVersion: 1, password: null }, token);
    expect(codeOf(await set(mine.id))).toBeUndefined();
    expect(masked(await set(foreign.id))).toBe(masked(await set('acctpw_0000000000')));
  });
});

describe('deleting', () => {
  test.each<[string, (account: any) => [string, string]]>([
    ['an account', ({ id }) => ['deleteAccount', id]],
    ['an auth method', ({ authMethodId }) => ['deleteAuthMethod', authMethodId]],
  ])('%s ends its tokens and the sessions made with them, and leaves the user', async (_, what) => {
    const { id: authMethodId } = await newMethod();
    const user = await newUser(server, [
      { scope: 'p_1234567890', grants: ['ids=*;type=target;actions=*', 'ids=*;type=session;actions=*'] },
    ]);
    const account = await newAccount(authMethodId, { password: 'ends-with-its-method' });
    await server.database.sql('update account set user_id = $1 where id = $2', [user.id, account.id]);
    const { data } = await login(authMethodId, account.loginName, 'ends-with-its-method');
    const { token } = data!['authenticate'];
    const session = await authorize(server, token, await makeTarget(server, 22));
    const [mutation, id] = what(account);
    await made(mutation, { id });
    expect((await server.ask('{ viewer { id } }', {}, token)).data!['viewer']).toBeNull();
    const after = await server.ask(
      `{ session(id: "${session.id}") { status terminationReason user { id } } }`,
      {},
      admin,
    );
    expect(after.data!['session']).toEqual({
      ...{ status: 'TERMINATED', terminationReason: 'PERMISSION_REVOKED', user: { id: user.id } },
    });
    expect((await server.ask('{ viewer { id } }', {}, user.token)).data!['viewer']).toEqual({ id: user.id });
  });
});
