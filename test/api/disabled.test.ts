import { changesOf, codeOf, messageOf, type Changes } from '../support/changes';
import { grantTo, newUser } from '../support/identities';
import { masked } from '../support/masked';
import { startTestServer, type Answer, type TestServer } from '../support/test-server';

let server: TestServer;
let admin: string;
let run: Changes['run'];
let made: Changes['made'];
beforeAll(async () => {
  server = await startTestServer();
  admin = await server.signIn();
  const [user, account] = ['user { id version name isDisabled }', 'account { id version isDisabled }'];
  ({ run, made } = changesOf(
    () => server,
    () => admin,
    {
      ...{ createUser: user, updateUser: user, createAccount: account, updateAccount: account },
      ...{ addUserAccounts: 'user { id version }', authorizeSession: 'session { id }' },
    },
  ));
});
afterAll(() => server.stop());

let count = 0;
const password = 'correct-horse-battery';
const login = (loginName: string, given = password): Promise<Answer> =>
  server.ask('mutation ($input: AuthenticateInput!) { authenticate(input: $input) { token } }', {
    input: { loginName, password: given },
  });
const viewerOf = async (token: string): Promise<unknown> =>
  (await server.ask('{ viewer { id } }', {}, token)).data!['viewer'];

interface Person {
  readonly id: string;
  readonly accountId: string;
  readonly loginName: string;
  readonly token: string;
}

/** Somebody who has signed in, with the token of it. */
async function newPerson(): Promise<Person> {
  const loginName = `person-${(count += 1)}`;
  const input = { authMethodId: 'ampw_1234567890', loginName, password };
  const { id: accountId } = await made('createAccount', input);
  const { data } = await login(loginName);
  const token = data!['authenticate'].token as string;
  const { id } = (await viewerOf(token)) as { id: string };
  return { id, accountId, loginName, token };
}
const factsOf = async (subject: string): Promise<string[]> =>
  (
    await server.database.sql<{ kind: string }>(
      `select kind from (select seq as at, kind, subject_id from event_inbox union all select id, kind, subject_id from event) e
       where subject_id = $1 order by at`,
      [subject],
    )
  ).map(({ kind }) => kind);
const idOf = (token: string): string => token.split('_').slice(0, 2).join('_');

/** Disables a person by one of the two ways. */
const ways: readonly {
  what: string;
  disable: (person: Person, isDisabled: unknown, by?: string) => Promise<Answer>;
}[] = [
  {
    what: 'a user',
    disable: async ({ id }, isDisabled, by) => {
      const { data } = await server.ask(`{ user(id: "${id}") { version } }`, {}, admin);
      return run('updateUser', { id, expectedVersion: data!['user'].version, isDisabled }, by);
    },
  },
  {
    what: 'an account',
    disable: async ({ accountId: id }, isDisabled, by) => {
      const { data } = await server.ask(`{ account(id: "${id}") { version } }`, {}, admin);
      return run('updateAccount', { id, expectedVersion: data!['account'].version, isDisabled }, by);
    },
  },
];

describe.each(ways)('$what that is disabled', ({ what, disable }) => {
  const subjectOf = (person: Person): string => (what === 'a user' ? person.id : person.accountId);

  test('loses its tokens and its sessions in the same moment, and does not get them back', async () => {
    const person = await newPerson();
    const other = (await login(person.loginName)).data!['authenticate'].token as string;
    const session = await made('authorizeSession', { targetId: 'ttcp_1234567890' }, person.token);
    const disabled = await disable(person, true);
    expect(Object.values(disabled.data!)[0]).toMatchObject({
      [what === 'a user' ? 'user' : 'account']: { isDisabled: true },
    });
    for (const token of [person.token, other]) {
      expect(await viewerOf(token)).toBeNull();
      expect(await factsOf(idOf(token))).toEqual(['auth-token.deleted']);
    }
    expect(
      await server.database.sql('select status, termination_reason as reason from session where id = $1', [
        session.id,
      ]),
    ).toEqual([{ status: 'terminated', reason: 'permission revoked' }]);
    expect((await disable(person, false)).errors).toBeUndefined();
    expect(await viewerOf(person.token)).toBeNull();
    expect(codeOf(await login(person.loginName))).toBeUndefined();
  });

  test('is told the same as one with a wrong password, to the byte', async () => {
    const person = await newPerson();
    await disable(person, true);
    const answers = [await login(person.loginName), await login(person.loginName, 'wrong-horse-battery')];
    expect(messageOf(answers[0]!)).toBe('login name or password is wrong');
    expect(codeOf(answers[0]!)).toBe('UNAUTHENTICATED');
    expect(masked(answers[0])).toBe(masked(answers[1]));
    expect(JSON.stringify(answers[0])).toHaveLength(JSON.stringify(answers[1]).length);
    const rows = await server.database.sql(
      `select outcome, error_code, comment, resource_id, after from audit where after->>'loginName' = $1 and outcome = 'refused'`,
      [person.loginName],
    );
    expect(rows).toHaveLength(2);
    expect(rows[0]).toEqual(rows[1]);
  });

  test('is disabled and let in again by one who may update it, and changes nothing twice', async () => {
    const person = await newPerson();
    const steps: [unknown, boolean, boolean][] = [
      [true, true, true],
      [true, true, false],
      [null, false, true],
      [false, false, false],
    ];
    let version = what === 'a user' ? 1 : 2;
    for (const [given, isDisabled, isChange] of steps) {
      const { data, errors } = await disable(person, given);
      expect(errors).toBeUndefined();
      version += isChange ? 1 : 0;
      const [payload] = Object.values(data!) as Record<string, object>[];
      expect(Object.values(payload!)[0]).toMatchObject({ isDisabled, version });
    }
    expect(codeOf(await disable(person, true, (await newUser(server)).token))).toBe('NOT_FOUND');
    const [entry] = await server.database.sql(
      `select before->'isDisabled' as before, after->'isDisabled' as after from audit
       where resource_id = $1 and operation like 'update%' order by id limit 1`,
      [subjectOf(person)],
    );
    expect(entry).toEqual({ before: false, after: true });
  });

  test('cannot be who disables it: that is a mistake that one could not undo', async () => {
    const person = await newPerson();
    await grantTo(server, person.id, { scope: 'global', grants: ['ids=*;type=*;actions=*'] });
    const answer = await disable(person, true, person.token);
    expect(codeOf(answer)).toBe('LOCKOUT_REFUSED');
    expect(messageOf(answer)).toBe(
      `you would lock yourself out; let somebody else disable ${what === 'a user' ? 'you' : 'the account in use'}`,
    );
    expect(await viewerOf(person.token)).toEqual({ id: person.id });
    expect((await disable(person, false, person.token)).errors).toBeUndefined();
  });
});

describe('what is made disabled', () => {
  test('is an account with which nobody signs in until it is let in', async () => {
    const input = { authMethodId: 'ampw_1234567890', loginName: 'not-yet', password, isDisabled: true };
    const account = await made('createAccount', input);
    expect(account).toMatchObject({ isDisabled: true, version: 1 });
    expect(codeOf(await login('not-yet'))).toBe('UNAUTHENTICATED');
    expect(await server.database.sql('select user_id from account where id = $1', [account.id])).toEqual([
      { user_id: null },
    ]);
    await made('updateAccount', { id: account.id, expectedVersion: 1, isDisabled: false });
    expect(codeOf(await login('not-yet'))).toBeUndefined();
  });

  test('is a user as which nobody signs in until it is let in', async () => {
    const user = await made('createUser', { scopeId: 'global', isDisabled: true });
    expect(user).toMatchObject({ isDisabled: true, version: 1 });
    const loginName = 'of-a-disabled-one';
    const account = await made('createAccount', { authMethodId: 'ampw_1234567890', loginName, password });
    await made('addUserAccounts', { id: user.id, expectedVersion: 1, accountIds: [account.id] });
    expect(codeOf(await login(loginName))).toBe('UNAUTHENTICATED');
    await made('updateUser', { id: user.id, expectedVersion: 2, isDisabled: false });
    expect(codeOf(await login(loginName))).toBeUndefined();
  });
});

test.each(['u_anon', 'u_auth', 'u_recovery'])('the built-in user %s cannot be disabled', async (id) => {
  const answer = await run('updateUser', { id, expectedVersion: 1, isDisabled: true });
  expect(messageOf(answer)).toBe('input.id: is built in; it stays as it is');
  await expect(
    server.database.sql('update iam_user set is_disabled = true where id = $1', [id]),
  ).rejects.toMatchObject({ constraint: 'user_built_in_cannot_be_disabled' });
});

test('no token is written for one who is disabled, whoever writes it', async () => {
  const person = await newPerson();
  const insert = () =>
    server.database.sql(
      `insert into auth_token (id, account_id, auth_method_id, scope_id, secret_hash, expires_at, idle_limit_seconds)
       values ('at_disabled00', $1, 'ampw_1234567890', 'global', sha256('x'), postern_now() + interval '1 hour', 3600)`,
      [person.accountId],
    );
  await server.database.sql('update iam_user set is_disabled = true where id = $1', [person.id]);
  await expect(insert()).rejects.toMatchObject({ constraint: 'auth_token_bearer_must_not_be_disabled' });
  // A token that is there all the same makes nobody.
  expect(await viewerOf(person.token)).toBeNull();
});

test.each([
  ['user', 'user', (person: Person) => person.id],
  ['account', 'account', (person: Person) => person.accountId],
])('whether a %s is disabled can be kept back', async (type, field, subjectOf) => {
  const person = await newPerson();
  const isDisabledTo = async (fields: string): Promise<unknown> => {
    const grants = [`ids=*;type=${type};actions=read;output_fields=${fields}`];
    const { token } = await newUser(server, [{ scope: 'global', grants }]);
    const { data } = await server.ask(`{ ${field}(id: "${subjectOf(person)}") { isDisabled } }`, {}, token);
    return data![field].isDisabled;
  };
  expect([await isDisabledTo('id'), await isDisabledTo('id,is_disabled')]).toEqual([null, false]);
});
