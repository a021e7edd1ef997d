import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandsOf, killPrograms, type Commands } from '../support/commands';
import { runProgram, type Ended } from '../support/program';
import { startTestServer, type TestServer } from '../support/test-server';

let server: TestServer;
let postern: Commands;
let home: string;
beforeAll(async () => {
  server = await startTestServer();
  postern = commandsOf(server, await server.signIn());
  home = mkdtempSync(join(tmpdir(), 'postern-identity-'));
});
afterAll(async () => {
  killPrograms();
  await server.stop();
  rmSync(home, { recursive: true, force: true });
});

/** As somebody whose token is kept in a file. */
const asMe = (args: readonly string[], more: Record<string, string> = {}, input = ''): Promise<Ended> =>
  runProgram(args, { env: { HOME: home, POSTERN_ADDR: server.url, ...more }, input }).ended;

test('an org is made ready from the command line, and a person signs in, changes the password and signs out', async () => {
  const org = await postern.item('scopes', 'create', '-name=Walk', '-skip-admin-role-creation');
  expect(org).toMatchObject({ id: expect.stringMatching(/^o_/), type: 'ORG', parentId: 'global' });
  const method = await postern.item(
    ...['auth-methods', 'create', 'password', `-scope-id=${org.id}`, '-min-password-length=10'],
  );
  expect(
    await postern.table('scopes', 'update', `-id=${org.id}`, `-primary-auth-method-id=${method.id}`),
  ).toMatch(new RegExp(`Primary Auth Method ID: +${method.id}`));
  const create = ['accounts', 'create', 'password', `-auth-method-id=${method.id}`, '-login-name=ada'];
  const account = await postern.item(...create);
  expect(account).toMatchObject({ loginName: 'ada', hasPassword: false });
  const { code } = await postern.run(['accounts', 'set-password', `-id=${account.id}`], 'first password\n');
  expect(code).toBe(0);
  expect(await postern.table('auth-methods', 'list', `-scope-id=${org.id}`)).toMatch(
    /Is Primary For Scope: +true/,
  );
  expect(await postern.table('accounts', 'list', `-auth-method-id=${method.id}`)).toMatch(/Login Name: +ada/);

  const signIn = (password: string): Promise<Ended> =>
    asMe(['authenticate', 'password', `-scope-id=${org.id}`, '-login-name=ada'], {}, `${password}\n`);
  expect(await signIn('first password')).toMatchObject({ code: 0 });
  const change = ['accounts', 'change-password', `-id=${account.id}`];
  expect(await asMe(change, {}, 'wrong password\nsecond password\n')).toMatchObject({
    code: 3,
    stderr: expect.stringMatching(/^the current password is wrong/),
  });
  const changed = await asMe(
    [...change, '-new-password=env://NEXT'],
    { NEXT: 'second password' },
    'first password\n',
  );
  expect(changed).toMatchObject({ code: 0, stdout: expect.stringMatching(/Has Password: +true/) });
  expect(await signIn('first password')).toMatchObject({ code: 3 });
  expect(await signIn('second password')).toMatchObject({ code: 0 });

  const own = await asMe(['auth-tokens', 'read', '-id=self', '-format=json']);
  const { item } = JSON.parse(own.stdout) as { item: { id: string; accountId: string } };
  expect(item).toMatchObject({ id: expect.stringMatching(/^at_\w{10}$/), accountId: account.id });
  expect((await asMe(['auth-tokens', 'list', `-scope-id=${org.id}`])).stdout).toContain(item.id);
  expect((await asMe(['logout'])).stdout).toMatch(
    /^\nYou are signed out: the token is deleted\. It was removed from .*tokens\.json\.\n$/,
  );
  expect(await asMe(['logout'])).toMatchObject({
    code: 1,
    stderr: `you are not signed in to ${server.url}; there is nothing to end\n`,
  });
  expect(await asMe(['auth-tokens', 'read', '-id=self'])).toMatchObject({
    code: 3,
    stderr: expect.stringMatching(/^there is no token in use/),
  });
  expect(await postern.table('scopes', 'delete', `-id=${org.id}`)).toContain('completed successfully');
});

test('signing out with a token that is over forgets it, and says so', async () => {
  const login = ['authenticate', 'password', '-login-name=user', '-password=env://P'];
  expect(await asMe(login, { P: 'password' })).toMatchObject({ code: 0 });
  expect(await asMe(['auth-tokens', 'delete', '-id=self'])).toMatchObject({ code: 0 });
  const { code, stdout } = await asMe(['logout']);
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: expect.stringMatching(/^\nThe token was not good any more\. It was removed from /),
  });
});

test.each([
  ['a password as an argument', ['accounts', 'set-password', '-id=x', '-password=horse'], 1, 'process list'],
  [
    'no current password',
    ['accounts', 'change-password', '-id=acctpw_1234567890', '-current-password=null'],
    1,
    '-current-password takes env://NAME, file://PATH or -',
  ],
  ['the global scope', ['scopes', 'delete', '-id=global'], 1, 'the global scope cannot be deleted'],
  ['a scope in a project', ['scopes', 'create', '-scope-id=p_1234567890'], 1, 'must be global or an org'],
])('%s is refused with a sentence', async (_, args, code, sentence) => {
  expect(await postern.refusal(...args)).toEqual([code, expect.stringContaining(sentence)]);
});

test('a password is taken away with a word', async () => {
  const account = await postern.item(
    ...['accounts', 'create', '-auth-method-id=ampw_1234567890', '-login-name=no-more'],
  );
  const set = ['accounts', 'set-password', `-id=${account.id}`];
  const { stdout } = await postern.run([...set, '-format=json'], 'once there was one\n');
  expect(JSON.parse(stdout)).toMatchObject({ item: { hasPassword: true, version: 2 } });
  expect(await postern.item(...set, '-password=null')).toMatchObject({ hasPassword: false, version: 3 });
});
