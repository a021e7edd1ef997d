import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandsOf, killPrograms, type Commands } from '../support/commands';
import { newProgram } from '../support/identities';
import { runProgram, type Ended } from '../support/program';
import { startTestServer, type TestServer } from '../support/test-server';

let server: TestServer;
let postern: Commands;
let home: string;
beforeAll(async () => {
  server = await startTestServer();
  postern = commandsOf(server, await server.signIn());
  home = mkdtempSync(join(tmpdir(), 'postern-service-'));
});
afterAll(async () => {
  killPrograms();
  await server.stop();
  rmSync(home, { recursive: true, force: true });
});

const asProgram = (args: readonly string[], env: Record<string, string> = {}): Promise<Ended> =>
  runProgram(args, { env: { HOME: home, POSTERN_ADDR: server.url, ...env } }).ended;

test('a service user is made, gets a token that is shown once, and is seen with it', async () => {
  const user = await postern.item('users', 'create', '-type=service', '-name=wall');
  expect(user).toMatchObject({ type: 'SERVICE', isDisabled: false, accountIds: [] });
  const issue = ['users', 'issue-api-token', `-id=${user.id}`, '-name=wall screen', '-expires-in=720h'];
  const shown = await postern.table(...issue, '-read-only');
  const [, token] = /^ {2}Token: +(postern_at_\w{10}_\w{32})$/m.exec(shown) ?? [];
  expect(shown).toMatch(/^ {2}Is Read Only: +true$/m);
  expect(shown).toMatch(
    /The token is shown this once and kept nowhere\. Give it to the program as POSTERN_TOKEN/,
  );
  const list = await postern.table('auth-tokens', 'list', '-scope-id=global');
  const block = list.split('\n\n').find((one) => one.includes('wall screen'))!;
  for (const line of [/Name: +wall screen/, /Type: +api/, /Is Read Only: +true/, /Expiration Time: +\w/])
    expect(block).toMatch(line);
  expect(block).not.toMatch(/Approximate Last Used Time/);
  const { stdout } = await asProgram(['auth-tokens', 'read', '-id=self', '-format=json'], {
    POSTERN_TOKEN: token!,
  });
  const { item } = JSON.parse(stdout) as { item: object };
  expect(item).toMatchObject({ type: 'API', name: 'wall screen', isReadOnly: true, accountId: null });
  expect(await postern.table('auth-tokens', 'list', '-scope-id=global')).toMatch(
    /Approximate Last Used Time/,
  );
  expect(await postern.table('users', 'list')).toMatch(/Type: +service\n/);
  expect(readdirSync(home)).toEqual([]);
});

test('a token is taken from the environment, a variable or a file, and nothing is kept of it', async () => {
  const { token, id } = await newProgram(server, [
    { scope: 'global', grants: ['ids=*;type=user;actions=read'] },
  ]);
  const file = join(home, '..', `${id}.token`);
  writeFileSync(file, `${token}\n`);
  const read = ['users', 'read', `-id=${id}`];
  const ways: [string[], Record<string, string>][] = [
    [[], { POSTERN_TOKEN: token }],
    [[], { POSTERN_TOKEN: `${token}\n` }],
    [['-token=env://CI_SECRET'], { CI_SECRET: token }],
    [[`-token=file://${file}`], {}],
    [['-token=env://CI_SECRET'], { CI_SECRET: token, POSTERN_TOKEN: 'another' }],
  ];
  for (const [flags, env] of ways)
    expect(await asProgram([...read, ...flags], env)).toMatchObject({ code: 0, stderr: '' });
  rmSync(file);
  expect(readdirSync(home)).toEqual([]);
  expect(await asProgram(read, { POSTERN_TOKEN: '' })).toEqual({
    ...{ code: 1, stdout: '', stderr: 'POSTERN_TOKEN is empty; give it a token, or unset it\n' },
  });
  expect(await asProgram([...read, `-token=${token}`])).toMatchObject({
    ...{ code: 1, stderr: expect.stringContaining('an argument would show in the process list') },
  });
});

test('a program asks for sessions, looks around and signs itself out as anybody', async () => {
  const { token, id, tokenId } = await newProgram(server);
  const env = { POSTERN_TOKEN: token };
  const authorized = await asProgram(
    ['targets', 'authorize-session', '-id=ttcp_1234567890', '-format=json'],
    env,
  );
  const { item } = JSON.parse(authorized.stdout) as { item: { userId: string } };
  expect(item.userId).toBe(id);
  for (const args of [
    ['scopes', 'list', '-recursive'],
    ['sessions', 'list', '-recursive'],
    ['targets', 'list', '-recursive'],
  ])
    expect(await asProgram(args, env)).toMatchObject({ code: 0, stderr: '' });
  const { code, stdout } = await asProgram(['logout'], env);
  expect([code, stdout]).toEqual([0, '\nYou are signed out: the token is deleted.\n']);
  expect(await asProgram(['auth-tokens', 'read', `-id=${tokenId}`], env)).toEqual({
    ...{ code: 3, stdout: '' },
    stderr: 'the API token is not valid (any more); have another one issued: postern users issue-api-token\n',
  });
  expect(existsSync(join(home, '.config'))).toBe(false);
});

test('a token for reading lists and is refused changes with a sentence', async () => {
  const all = { scope: 'global', grantScopes: ['this', 'descendants'], grants: ['ids=*;type=*;actions=*'] };
  const { token } = await newProgram(server, [all], true);
  const env = { POSTERN_TOKEN: token };
  const list = await asProgram(['targets', 'list', '-recursive'], env);
  expect(list).toMatchObject({ code: 0, stdout: expect.stringContaining('ttcp_1234567890') });
  expect(list.stdout).not.toMatch(/authorize-session|update|delete/);
  for (const args of [
    ['targets', 'authorize-session', '-id=ttcp_1234567890'],
    ['users', 'create', '-name=x'],
    ['connect', '-target-id=ttcp_1234567890'],
  ])
    expect(await asProgram(args, env)).toEqual({
      ...{ code: 3, stdout: '' },
      stderr: expect.stringMatching(
        /^the token in use is read-only: it changes nothing \(denial denial_\w+\)\n/,
      ),
    });
});

test('a wall screen watches until its token is deleted, and says why it ends', async () => {
  const { token, tokenId } = await newProgram(server, [], true);
  const watch = runProgram(['sessions', 'watch', '-format=json'], {
    env: { HOME: home, POSTERN_ADDR: server.url, POSTERN_TOKEN: token },
  });
  await watch.says(/StreamCheckpoint/);
  await postern.run(['auth-tokens', 'delete', `-id=${tokenId}`]);
  const { code, stderr } = await watch.ended;
  expect([code, stderr]).toEqual([
    ...[3, 'the stream was ended: the token is over, or may not watch there any more\n'],
  ]);
});

test('users and accounts are disabled and let in again by a word', async () => {
  const user = await postern.item('users', 'create', '-name=grace');
  const disable = (noun: string, id: string, word: string) =>
    postern.item(noun, 'update', `-id=${id}`, `-disabled=${word}`);
  expect(await disable('users', user.id, 'true')).toMatchObject({ isDisabled: true, version: 2 });
  expect(await postern.table('users', 'read', `-id=${user.id}`)).toMatch(/Is Disabled: +true/);
  expect(await disable('users', user.id, 'false')).toMatchObject({ isDisabled: false, version: 3 });
  const account = await postern.item(
    ...['accounts', 'create', '-auth-method-id=ampw_1234567890', '-login-name=grace', '-disabled=true'],
  );
  expect(account).toMatchObject({ isDisabled: true });
  expect(await postern.table('accounts', 'list', '-auth-method-id=ampw_1234567890')).toMatch(
    /Is Disabled: +true/,
  );
  expect(await disable('accounts', account.id, 'null')).toMatchObject({ isDisabled: false });
});

test.each<[string, string[], number, string]>([
  ['a user of another kind', ['users', 'create', '-type=robot'], 1, '-type must be person or service'],
  [
    'disabling by half',
    ['users', 'update', '-id=u_0987654321', '-disabled=maybe'],
    1,
    '-disabled must be true or false',
  ],
  [
    'disabling oneself',
    ['users', 'update', '-id=u_1234567890', '-disabled=true'],
    3,
    'you would lock yourself out',
  ],
  [
    'a token of a person',
    ['users', 'issue-api-token', '-id=u_0987654321', '-name=x'],
    1,
    'is a person, who signs in',
  ],
  [
    'a life in words',
    ['users', 'issue-api-token', '-id=u_0987654321', '-name=x', '-expires-in=soon'],
    1,
    '-expires-in must be',
  ],
])('%s is refused with a sentence', async (_, args, code, sentence) => {
  expect(await postern.refusal(...args)).toEqual([code, expect.stringContaining(sentence)]);
});
