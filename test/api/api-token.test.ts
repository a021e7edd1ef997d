import { changesOf, codeOf, messageOf, type Changes } from '../support/changes';
import { newProgram, newUser } from '../support/identities';
import { authorize, makeTarget } from '../support/session-client';
import { startTestServer, type TestServer } from '../support/test-server';

let server: TestServer;
let admin: string;
let run: Changes['run'];
let made: Changes['made'];
const token =
  'authToken { id type userId accountId authMethodId scopeId name description isReadOnly expiresAt lastUsedAt }';
beforeAll(async () => {
  server = await startTestServer();
  admin = await server.signIn();
  ({ run, made } = changesOf(
    () => server,
    () => admin,
    {
      ...{ createUser: 'user { id version type name accountIds }', updateUser: 'user { id version type }' },
      ...{
        addUserAccounts: 'user { id }',
        setUserAccounts: 'user { id version }',
        createAccount: 'account { id }',
      },
      ...{ addGroupMembers: 'group { memberIds }', createGroup: 'group { id }' },
      ...{ createRole: 'role { id }', addRolePrincipals: 'role { principalIds }' },
      issueApiToken: `token ${token}`,
    },
  ));
});
afterAll(() => server.stop());

let count = 0;
const newService = (more: object = {}): Promise<any> =>
  made('createUser', { scopeId: 'global', type: 'SERVICE', name: `service-${(count += 1)}`, ...more });
const issue = async (userId: string, more: object = {}): Promise<any> => {
  const { data, errors } = await run('issueApiToken', { userId, name: 'ci', ...more });
  expect(errors).toBeUndefined();
  return data!['issueApiToken'];
};
const viewerOf = async (given: string): Promise<unknown> =>
  (await server.ask('{ viewer { id type loginName accountIds } }', {}, given)).data!['viewer'];

describe('a service user', () => {
  test('is a user that has no accounts and never becomes a person', async () => {
    const { id, type } = await newService();
    expect(type).toBe('SERVICE');
    expect(await made('createUser', { scopeId: 'global' })).toMatchObject({ type: 'PERSON' });
    const input = { authMethodId: 'ampw_1234567890', loginName: `of-${(count += 1)}` };
    const { id: accountId } = await made('createAccount', input);
    for (const mutation of ['addUserAccounts', 'setUserAccounts']) {
      const answer = await run(mutation, { id, expectedVersion: 1, accountIds: [accountId] });
      expect([codeOf(answer), messageOf(answer)]).toEqual([
        'INVALID_INPUT',
        'input.id: is a service user, which has no accounts; issue an API token for it',
      ]);
    }
    expect(await made('setUserAccounts', { id, expectedVersion: 1, accountIds: [] })).toEqual({
      id,
      version: 1,
    });
    const { sql } = server.database;
    await expect(sql('update account set user_id = $1 where id = $2', [id, accountId])).rejects.toMatchObject(
      {
        constraint: 'account_user_must_be_a_person',
      },
    );
    await expect(sql(`update iam_user set type = 'person' where id = $1`, [id])).rejects.toMatchObject({
      constraint: 'iam_user_type_is_immutable',
    });
  });

  test('is in groups and holds roles as any user', async () => {
    const { id } = await newService();
    const { id: groupId } = await made('createGroup', { scopeId: 'global' });
    const { id: roleId } = await made('createRole', { scopeId: 'global' });
    expect(await made('addGroupMembers', { id: groupId, expectedVersion: 1, memberIds: [id] })).toEqual({
      memberIds: [id],
    });
    expect(await made('addRolePrincipals', { id: roleId, expectedVersion: 1, principalIds: [id] })).toEqual({
      principalIds: [id],
    });
  });
});

describe('an API token', () => {
  test('makes a program a user, and is kept as a hash alone', async () => {
    const { id } = await newService();
    const { token: text, authToken } = await issue(id, { description: 'of the pipeline' });
    expect(text).toMatch(/^postern_at_[A-Za-z0-9]{10}_[A-Za-z0-9]{32}$/);
    expect(authToken).toMatchObject({
      ...{ type: 'API', userId: id, accountId: null, authMethodId: null, scopeId: 'global', name: 'ci' },
      ...{ description: 'of the pipeline', isReadOnly: false, lastUsedAt: null },
    });
    expect(text).toContain(authToken.id);
    const days = (Date.parse(authToken.expiresAt) - Date.now()) / 86_400_000;
    expect(Math.round(days)).toBe(90);
    expect(await viewerOf(text)).toEqual({ id, type: 'SERVICE', loginName: null, accountIds: [] });
    const { data } = await server.ask(
      `{ authToken(id: "${authToken.id}") { lastUsedAt account { id } user { id } } }`,
      {},
      text,
    );
    expect(data!['authToken']).toEqual({ lastUsedAt: expect.any(String), account: null, user: { id } });
    const secret = text.slice(-32);
    for (const table of ['auth_token', 'audit', 'event', 'event_inbox', 'made_once'])
      expect([
        table,
        await server.database.sql(`select t::text from ${table} t where t::text like '%' || $1 || '%'`, [
          secret,
        ]),
      ]).toEqual([table, []]);
  });

  test('is told to the audit and the log when it is issued', async () => {
    const { id } = await newService();
    const { authToken } = await issue(id);
    const [entry] = await server.database.sql(
      `select operation, outcome, resource_type as type, before, after->>'userId' as "user", after->>'name' as name
       from audit where resource_id = $1`,
      [authToken.id],
    );
    expect(entry).toEqual({
      ...{
        operation: 'issueApiToken',
        outcome: 'done',
        type: 'auth-token',
        before: null,
        user: id,
        name: 'ci',
      },
    });
    const facts = await server.database.sql<{ kind: string }>(
      `select kind from event where subject_id = $1 union all select kind from event_inbox where subject_id = $1`,
      [authToken.id],
    );
    expect(facts.map(({ kind }) => kind)).toEqual(['auth-token.created']);
  });

  test('is not good under the beginning of the other kind', async () => {
    const { token: text } = await issue((await newService()).id);
    const person = await server.signIn('user');
    for (const one of [text.replace('postern_', ''), `postern_${person}`])
      expect(await viewerOf(one)).toBeNull();
  });

  test.each<[string, object, string, RegExp]>([
    [
      'a person',
      { userId: 'u_0987654321' },
      'INVALID_INPUT',
      /^input.userId: is a person, who signs in; API tokens/,
    ],
    ['everybody', { userId: 'u_auth' }, 'INVALID_INPUT', /^input.userId: is a person/],
    ['nobody', { userId: 'u_0000000000' }, 'NOT_FOUND', /^no such user/],
    [
      'a year and two days',
      { lifetimeSeconds: 367 * 86_400 },
      'INVALID_INPUT',
      /^input.lifetimeSeconds: must be/,
    ],
    ['the past', { expiresAt: '2020-01-01T00:00:00Z' }, 'INVALID_INPUT', /^input.expiresAt: must be/],
    [
      'two ends',
      { expiresAt: '2099-01-01T00:00:00Z', lifetimeSeconds: 3600 },
      'INVALID_INPUT',
      /^input.lifetimeSeconds: goes without expiresAt/,
    ],
    ['no name', { name: ' ' }, 'INVALID_INPUT', /^input.name: is empty/],
  ])('is not issued for %s', async (_, more, code, message) => {
    const { id } = await newService();
    const answer = await run('issueApiToken', { userId: id, name: 'ci', ...more });
    expect(codeOf(answer)).toBe(code);
    expect(messageOf(answer)).toMatch(message);
  });

  test('is not issued for who is disabled, and goes with it', async () => {
    const { id } = await newService();
    const { token: text } = await issue(id);
    await made('updateUser', { id, expectedVersion: 1, isDisabled: true });
    expect(await viewerOf(text)).toBeNull();
    const answer = await run('issueApiToken', { userId: id, name: 'ci' });
    expect([codeOf(answer), messageOf(answer)]).toEqual([
      'INVALID_STATE',
      'the user is disabled; let it in again first',
    ]);
  });

  test('is issued by one who may do that, and who needs not see it', async () => {
    const { id } = await newService();
    const grants = ['ids=*;type=user;actions=issue-api-token'];
    const issuer = await newUser(server, [{ scope: 'global', grants }]);
    const { data } = await run('issueApiToken', { userId: id, name: 'ci' }, issuer.token);
    expect(data!['issueApiToken']).toEqual({ token: expect.stringMatching(/^postern_at_/), authToken: null });
    const other = await newUser(server, [
      { scope: 'global', grants: ['ids=*;type=user;actions=update,delete'] },
    ]);
    expect(codeOf(await run('issueApiToken', { userId: id, name: 'ci' }, other.token))).toBe('FORBIDDEN');
  });

  test('is issued once by a request that is repeated, and shown once', async () => {
    const { id } = await newService();
    const key = { idempotencyKey: '0b8f7a0e-3a2c-4a56-9d5d-0a5a3f3f2c22' };
    const [first, again] = [await issue(id, key), await issue(id, key)];
    expect(again.authToken.id).toBe(first.authToken.id);
    expect([first.token === null, again.token]).toEqual([false, null]);
  });

  test('may have a successor of the same name while both are good', async () => {
    const { id } = await newService();
    const [old, fresh] = [await issue(id), await issue(id)];
    for (const { token: text } of [old, fresh]) expect(await viewerOf(text)).toMatchObject({ id });
    await made('deleteAuthToken', { id: old.authToken.id });
    expect([await viewerOf(old.token), await viewerOf(fresh.token)]).toEqual([
      null,
      expect.objectContaining({ id }),
    ]);
  });

  test('lies idle as long as it likes, and ends at its time', async () => {
    const { id, tokenId, token: text } = await newProgram(server);
    const { sql } = server.database;
    await sql(`update auth_token set last_used_at = postern_now() - interval '80 days' where id = $1`, [
      tokenId,
    ]);
    expect(await viewerOf(text)).toMatchObject({ id });
    await sql('alter table auth_token disable trigger auth_token_immutable');
    await sql('update auth_token set expires_at = postern_now() where id = $1', [tokenId]);
    await sql('alter table auth_token enable trigger auth_token_immutable');
    const ask = (given: string) => server.ask('{ host(id: "hst_0000000000") { id } }', {}, given);
    expect(messageOf(await ask(text))).toBe(
      'the API token has expired; have another one issued: postern users issue-api-token',
    );
    await made('deleteAuthToken', { id: tokenId });
    expect(messageOf(await ask(text))).toBe(
      'the API token is not valid (any more); have another one issued: postern users issue-api-token',
    );
  });

  test('makes sessions, which end with it', async () => {
    const { tokenId, token: text, id: userId } = await newProgram(server);
    const session = await authorize(server, text, await makeTarget(server, 22));
    const ask = `{ session(id: "${session.id}") { userId userName status terminationReason } }`;
    const { data } = await server.ask(ask, {}, text);
    expect(data!['session']).toMatchObject({ userId, status: 'PENDING' });
    await made('deleteAuthToken', { id: tokenId });
    expect((await server.ask(ask, {}, admin)).data!['session']).toMatchObject({
      ...{ status: 'TERMINATED', terminationReason: 'PERMISSION_REVOKED' },
    });
  });

  test('has no account that a grant could speak of', async () => {
    const { token: text } = await newProgram(server);
    const { data } = await server.ask(
      '{ accounts(authMethodId: "ampw_1234567890") { nodes { id } } }',
      {},
      text,
    );
    expect(data?.['accounts']?.nodes ?? []).toEqual([]);
  });

  test('is listed, read and deleted by itself, with what everybody is granted', async () => {
    const { id, tokenId, token: text } = await newProgram(server);
    const { data } = await server.ask(
      `{ authTokens(scopeId: "global") { nodes { id type name userId authorizedActions } } }`,
      {},
      text,
    );
    expect(data!['authTokens'].nodes).toEqual([
      { id: tokenId, type: 'API', name: 'ci', userId: id, authorizedActions: ['READ_SELF', 'DELETE_SELF'] },
    ]);
    await made('deleteAuthToken', { id: tokenId }, text);
    expect(await viewerOf(text)).toBeNull();
  });

  test('shows no more of itself than a grant does', async () => {
    const { tokenId } = await newProgram(server);
    const grants = ['ids=*;type=auth-token;actions=read;output_fields=id,is_read_only'];
    const { token: text } = await newUser(server, [{ scope: 'global', grants }]);
    const ask = `{ authToken(id: "${tokenId}") { id type name description isReadOnly userId expiresAt lastUsedAt } }`;
    const { data } = await server.ask(ask, {}, text);
    expect(data!['authToken']).toEqual({
      ...{ id: tokenId, type: 'API', isReadOnly: false },
      ...{ name: null, description: null, userId: null, expiresAt: null, lastUsedAt: null },
    });
  });
});

test.each<[string, string, string]>([
  [
    'an API token of a person',
    `insert into auth_token (id, type, user_id, scope_id, name, secret_hash, expires_at)
     values ('at_wrong00000', 'api', 'u_0987654321', 'global', 'x', sha256('x'), postern_now() + interval '1 h')`,
    'auth_token_api_must_be_of_a_service_user',
  ],
  [
    'one without a name',
    `insert into auth_token (id, type, user_id, scope_id, secret_hash, expires_at)
     select 'at_wrong00000', 'api', id, 'global', sha256('x'), postern_now() + interval '1 h'
     from iam_user where type = 'service' and not is_disabled limit 1`,
    'auth_token_must_be_of_an_account_or_have_a_name',
  ],
  [
    'one for ever',
    `insert into auth_token (id, type, user_id, scope_id, name, secret_hash, expires_at)
     select 'at_wrong00000', 'api', id, 'global', 'x', sha256('x'), postern_now() + interval '367 days'
     from iam_user where type = 'service' and not is_disabled limit 1`,
    'auth_token_api_must_expire_within_366_days',
  ],
  [
    'one that says it is of another',
    `update auth_token set user_id = 'u_0987654321' where type = 'api'`,
    'auth_token_user_id_is_immutable',
  ],
  [
    'one that may do more than before',
    `update auth_token set is_read_only = not is_read_only`,
    'auth_token_is_read_only_is_immutable',
  ],
])('the schema does not take %s', async (_, sql, constraint) => {
  await newProgram(server);
  await expect(server.database.sql(sql)).rejects.toMatchObject({ constraint });
});
