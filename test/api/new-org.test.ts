import { changesOf, codeOf, type Changes } from '../support/changes';
import { makeTarget } from '../support/session-client';
import { startTestServer, type Answer, type TestServer } from '../support/test-server';

let server: TestServer;
let admin: string;
let made: Changes['made'];
let run: Changes['run'];
beforeAll(async () => {
  server = await startTestServer();
  // What the installation gives to everybody everywhere is taken away: what is left is the new org's own.
  await server.database.sql(`delete from role_grant_scope where grant_scope = 'descendants' and role_id in
    (select role_id from role_principal where principal_id in ('u_anon', 'u_auth'))`);
  admin = await server.signIn();
  ({ made, run } = changesOf(
    () => server,
    () => admin,
    {
      createScope: 'scope { id version }',
      updateScope: 'scope { id version }',
      createAuthMethod: 'authMethod { id }',
      createAccount: 'account { id version userId }',
      changeAccountPassword: 'account { version }',
    },
  ));
});
afterAll(() => server.stop());

const signIn = (input: object): Promise<Answer> =>
  server.ask(
    `mutation ($input: AuthenticateInput!) { authenticate(input: $input) {
      token authToken { id accountId user { id name scopeId loginName } }
    } }`,
    { input },
  );

test('an org made of nothing takes people in by an auth method of its own, who may then do the usual', async () => {
  const org = await made('createScope', { scopeId: 'global', name: 'New org' });
  const method = await made('createAuthMethod', { scopeId: org.id, name: 'Staff' });
  const password = 'correct horse';
  const login = { scopeId: org.id, loginName: 'ada', password };
  const account = await made('createAccount', { authMethodId: method.id, loginName: 'ada', password });
  expect(codeOf(await signIn(login))).toBe('NOT_FOUND');
  expect(codeOf(await signIn({ ...login, authMethodId: method.id }))).toBe('UNAUTHENTICATED');
  await made('updateScope', { id: org.id, expectedVersion: 1, primaryAuthMethodId: method.id });

  // What a stranger sees of the org is how to come in.
  const offered = await server.ask(
    `{ authMethods(scopeId: "${org.id}") { nodes { id name isPrimary authorizedActions } } }`,
  );
  expect(offered.data!['authMethods'].nodes).toEqual([
    { id: method.id, name: 'Staff', isPrimary: true, authorizedActions: ['AUTHENTICATE'] },
  ]);

  const { data } = await signIn(login);
  const { token, authToken } = data!['authenticate'];
  expect(authToken).toEqual({
    ...{ id: expect.stringMatching(/^at_/), accountId: account.id },
    user: { id: expect.stringMatching(/^u_/), name: 'ada', scopeId: org.id, loginName: 'ada' },
  });
  const ask = async (query: string): Promise<any> => {
    const answer = await server.ask(query, {}, token);
    expect(answer.errors).toBeUndefined();
    return Object.values(answer.data as object)[0];
  };
  expect(await ask('{ viewer { id } }')).toEqual({ id: authToken.user.id });
  expect(await ask(`{ account(id: "${account.id}") { loginName userId } }`)).toEqual({
    loginName: 'ada',
    userId: authToken.user.id,
  });
  expect((await ask(`{ authTokens(scopeId: "${org.id}") { nodes { id } } }`)).nodes).toEqual([
    { id: authToken.id },
  ]);
  const change = {
    id: account.id,
    expectedVersion: 2,
    currentPassword: password,
    newPassword: 'battery staple',
  };
  expect(await made('changeAccountPassword', change, token)).toEqual({ version: 3 });
  expect(codeOf(await signIn(login))).toBe('UNAUTHENTICATED');

  const project = await made('createScope', { scopeId: org.id, name: 'New project' });
  await makeTarget(server, 22, { scope_id: project.id });
  expect((await ask(`{ scopes(scopeId: "${org.id}") { nodes { id } } }`)).nodes).toEqual([
    { id: project.id },
  ]);
  expect((await ask(`{ targets(scopeId: "${project.id}") { nodes { id } } }`)).nodes).toEqual([]);
  expect((await ask(`{ sessions(scopeId: "${project.id}") { nodes { id } } }`)).nodes).toEqual([]);
  const others = await server.ask(`{ users(scopeId: "${org.id}") { nodes { id } } }`, {}, token);
  expect(codeOf(others)).toBe('FORBIDDEN');
  expect(codeOf(await run('createAccount', { authMethodId: method.id, loginName: 'bob' }, token))).toBe(
    'FORBIDDEN',
  );

  expect(await made('deleteAuthToken', { id: authToken.id }, token)).toBe(authToken.id);
  expect((await server.ask('{ viewer { id } }', {}, token)).data!['viewer']).toBeNull();
});
