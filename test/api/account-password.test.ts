import { changesOf, codeOf, messageOf, type Changes } from '../support/changes';
import { keptLog } from '../support/kept-log';
import { collect, startTestServer, type Answer, type TestServer } from '../support/test-server';

const log = keptLog();
let server: TestServer;
let admin: string;
let changes: Changes;
beforeAll(async () => {
  server = await startTestServer({}, {}, undefined, log);
  admin = await server.signIn();
  const account = 'account { id version loginName hasPassword }';
  changes = changesOf(
    () => server,
    () => admin,
    {
      createAuthMethod: 'authMethod { id }',
      updateAuthMethod: 'authMethod { id }',
      createAccount: account,
      setAccountPassword: account,
      changeAccountPassword: account,
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

/** Every secret of this file, looked for at its end in everything that is kept. */
const secrets = new Set<string>();
const secret = (text: string): string => {
  secrets.add(text);
  return text;
};

interface Person {
  readonly id: string;
  readonly version: number;
  readonly loginName: string;
  readonly password: string;
  readonly token: string;
  readonly userId: string;
}

/** An account with a user of its own in the primary auth method, and its token. */
const person = async (): Promise<Person> => {
  const password = secret(`first-password-${(count += 1)}`);
  const account = await newAccount('ampw_1234567890', { password });
  const { data } = await login('ampw_1234567890', account.loginName, password);
  const { token, authToken } = data!['authenticate'];
  return { ...account, version: 2, password, token, userId: authToken.userId };
};

describe('one’s own account', () => {
  test('is read, and its password changed, by what everybody is granted; nothing else, and no other', async () => {
    const me = await person();
    const other = await person();
    const { data } = await server.ask(
      `{ account(id: "${me.id}") { loginName authorizedActions } }`,
      {},
      me.token,
    );
    expect(data!['account']).toEqual({
      loginName: me.loginName,
      authorizedActions: ['READ', 'CHANGE_PASSWORD'],
    });
    const newPassword = secret('another-password');
    const change = { id: me.id, expectedVersion: me.version, currentPassword: me.password, newPassword };
    expect(codeOf(await run('changeAccountPassword', { ...change, id: other.id }, me.token))).toBe(
      'NOT_FOUND',
    );
    const changed = await made('changeAccountPassword', change, me.token);
    expect(changed).toMatchObject({ version: me.version + 1, hasPassword: true });
    expect(codeOf(await login('ampw_1234567890', me.loginName, me.password))).toBe('UNAUTHENTICATED');
    expect(codeOf(await login('ampw_1234567890', me.loginName, newPassword))).toBeUndefined();
    const set = { id: me.id, expectedVersion: changed.version, password: secret('set-without-right') };
    expect(codeOf(await run('setAccountPassword', set, me.token))).toBe('FORBIDDEN');
    expect(codeOf(await run('deleteAccount', { id: me.id }, me.token))).toBe('FORBIDDEN');
  });

  test.each<[string, object, string, RegExp]>([
    [
      'a wrong current password',
      { currentPassword: secret('wrong-current-password') },
      'FORBIDDEN',
      /^the current password is wrong \(denial denial_\w+\)$/,
    ],
    [
      'a short new one',
      { newPassword: secret('short!7') },
      'INVALID_INPUT',
      /^input.newPassword: is shorter than 8 bytes$/,
    ],
    ['a new one beyond all measure', { newPassword: 'x'.repeat(1025) }, 'INVALID_INPUT', /longer than 1024/],
    [
      'a current one beyond all measure',
      { currentPassword: 'x'.repeat(1025) },
      'INVALID_INPUT',
      /longer than 1024/,
    ],
    ['an old version', { expectedVersion: 1 }, 'VERSION_CONFLICT', /^the version is 2 now/],
  ])('keeps its password when it is to be changed with %s', async (_, more, code, message) => {
    const { id, version, password, token, loginName } = await person();
    const newPassword = secret('never-comes-to-be');
    const input = { id, expectedVersion: version, currentPassword: password, newPassword, ...more };
    const answer = await run('changeAccountPassword', input, token);
    expect(codeOf(answer)).toBe(code);
    expect(messageOf(answer)).toMatch(message);
    expect(codeOf(await login('ampw_1234567890', loginName, password))).toBeUndefined();
  });

  test('keeps its password when the new one is the same', async () => {
    const { id, version, password, token } = await person();
    const answer = await run(
      'changeAccountPassword',
      { id, expectedVersion: version, currentPassword: password, newPassword: password },
      token,
    );
    expect(messageOf(answer)).toBe('input.newPassword: is the same as the current one; choose another');
  });

  test('with a wrong current password is refused with its reason, and audited under its denial', async () => {
    const { id, version, token, userId } = await person();
    const input = { id, expectedVersion: version, currentPassword: 'x', newPassword: 'does-not-matter' };
    const { errors } = await run('changeAccountPassword', input, token);
    const { denialId, ...facts } = errors![0]!.extensions;
    expect(facts).toMatchObject({ action: 'change-password', reason: 'the current password is wrong' });
    expect(
      await server.database.sql(
        'select operation, outcome, error_code, actor_id, resource_id from audit where denial_id = $1',
        [denialId],
      ),
    ).toEqual([
      {
        ...{ operation: 'changeAccountPassword', outcome: 'refused', error_code: 'FORBIDDEN' },
        ...{ actor_id: userId, resource_id: id },
      },
    ]);
  });

  test('is tried in the line of its logins: who floods it waits behind himself, and others get through', async () => {
    const { id, version, token, loginName } = await person();
    const input = { id, expectedVersion: version, currentPassword: 'guess', newPassword: 'does-not-matter' };
    const flood = Array.from({ length: 12 }, () => run('changeAccountPassword', input, token));
    expect(await server.signIn()).toMatch(/^at_/);
    const codes = (await Promise.all(flood)).map(codeOf);
    expect(new Set(codes)).toEqual(new Set(['FORBIDDEN', 'RATE_LIMITED']));
    expect(codeOf(await login('ampw_1234567890', loginName, 'guess'))).toBe('UNAUTHENTICATED');
  });
});

describe('a password that somebody else sets', () => {
  test('takes the place of the one before, may be taken away, and moves the version when it does', async () => {
    const { id: authMethodId } = await newMethod();
    const { id, loginName } = await newAccount(authMethodId);
    const set = (expectedVersion: number, password: string | null) =>
      made('setAccountPassword', { id, expectedVersion, password });
    expect(await set(1, null)).toMatchObject({ version: 1, hasPassword: false });
    expect(await set(1, secret('set-by-admin-1'))).toMatchObject({ version: 2, hasPassword: true });
    expect(await set(2, secret('set-by-admin-2'))).toMatchObject({ version: 3, hasPassword: true });
    const { rows } = await stored(id);
    expect(rows).toEqual([{ hash: expect.stringMatching(/^\$argon2id\$v=19\$m=65536,t=3,p=1\$/) }]);
    expect(await set(3, null)).toMatchObject({ version: 4, hasPassword: false });
    expect((await stored(id)).rows).toEqual([]);
    expect(codeOf(await login(authMethodId, loginName, 'set-by-admin-2'))).toBe('UNAUTHENTICATED');
    const late = await run('setAccountPassword', { id, expectedVersion: 1, password: 'does-not-matter' });
    expect(codeOf(late)).toBe('VERSION_CONFLICT');
  });
  const stored = async (id: string): Promise<{ rows: object[] }> => ({
    rows: await server.database.sql('select hash from account_password where account_id = $1', [id]),
  });

  test('is as long as its auth method asks for now, and must be given', async () => {
    const { id: authMethodId } = await newMethod({ minPasswordLength: 4 });
    const { id } = await newAccount(authMethodId, { password: secret('4our') });
    await made('updateAuthMethod', { id: authMethodId, expectedVersion: 1, minPasswordLength: 20 });
    const short = { id, expectedVersion: 1, password: secret('nineteen-characters') };
    expect(messageOf(await run('setAccountPassword', short))).toBe(
      'input.password: is shorter than 20 bytes',
    );
    expect(messageOf(await run('setAccountPassword', { id, expectedVersion: 1 }))).toMatch(
      /^input.password: is missing; give the new one, or null for none$/,
    );
  });

  test('of two at once one wins', async () => {
    const { id: authMethodId } = await newMethod();
    const { id } = await newAccount(authMethodId);
    const answers = await Promise.all(
      ['both-at-once-1', 'both-at-once-2'].map((password) =>
        run('setAccountPassword', { id, expectedVersion: 1, password: secret(password) }),
      ),
    );
    expect(answers.map(codeOf).sort()).toEqual(['VERSION_CONFLICT', undefined]);
  });

  test.each([null, 'another-password'])('signs the account out everywhere: %j', async (password) => {
    const { id, version, token } = await person();
    await made('setAccountPassword', { id, expectedVersion: version, password });
    const { data } = await server.ask('{ viewer { id } }', {}, token);
    expect(data!['viewer']).toBeNull();
  });

  test('leaves everybody signed in where there was none to take away', async () => {
    const { id: authMethodId } = await newMethod();
    const { id } = await newAccount(authMethodId);
    const { token, userId } = await person();
    await made('setAccountPassword', { id, expectedVersion: 1, password: null });
    expect((await server.ask('{ viewer { id } }', {}, token)).data!['viewer']).toEqual({ id: userId });
  });
});

describe('what is kept of passwords', () => {
  test.each<[string, object]>([
    ['a field too many', { loginName: 'x', password: secret('beside-too-much'), shoeSize: 42 }],
    ['a field too few', { password: secret('beside-too-little') }],
    ['a password that is no text', { loginName: 'x', password: Number(secret('1234567890123')) }],
  ])('an error about %s does not repeat it, over HTTP and over WebSocket', async (_, more) => {
    const input = { authMethodId: 'ampw_1234567890', ...more };
    const { errors, status } = await run('createAccount', input);
    expect({ status, code: codeOf({ errors }) }).toEqual({ status: 400, code: 'INVALID_INPUT' });
    const query =
      'mutation ($input: CreateAccountInput!) { createAccount(input: $input) { account { id } } }';
    const stream = collect(server.live(admin), { query, variables: { input } }, 'createAccount');
    await stream.ended;
    for (const said of [JSON.stringify(errors), JSON.stringify(stream.errors)]) {
      expect(said).toMatch(/Variable \\"\$input[\w.]*\\" has an invalid value; .*"INVALID_INPUT"/);
      expect(said).not.toMatch(/beside-too|1234567890123/);
    }
  });

  test('is nothing but their hashes: not in the audit, the events, the keys of requests, or the log', async () => {
    const kept = await server.database.sql<{ row: string }>(
      `select a::text as row from audit a union all select e::text from event e union all
       select i::text from event_inbox i union all select m::text from made_once m union all
       select c::text from account c union all select p::text from account_password p`,
    );
    const text = JSON.stringify([...kept, ...log.lines]);
    expect(kept.length).toBeGreaterThan(50);
    expect(log.lines.length).toBeGreaterThan(50);
    expect(secrets.size).toBeGreaterThan(20);
    expect([...secrets].filter((one) => text.includes(one))).toEqual([]);
  });

  test('tells the audit that there is one, and that it is gone', async () => {
    const { id } = await newAccount((await newMethod()).id);
    await made('setAccountPassword', { id, expectedVersion: 1, password: secret('told-to-be-there') });
    await made('setAccountPassword', { id, expectedVersion: 2, password: null });
    const rows = await server.database.sql(
      `select operation, before->>'hasPassword' as before, after->>'hasPassword' as after from audit
       where resource_id = $1 order by id`,
      [id],
    );
    expect(rows).toEqual([
      { operation: 'createAccount', before: null, after: 'false' },
      { operation: 'setAccountPassword', before: 'false', after: 'true' },
      { operation: 'setAccountPassword', before: 'true', after: 'false' },
    ]);
  });
});
