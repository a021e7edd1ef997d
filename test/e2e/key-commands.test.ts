import { randomBytes } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandsOf, killPrograms, type Commands } from '../support/commands';
import { freePort, runProgram, temporaryFolder, type Ended, type Program } from '../support/program';
import { createTestDatabase, testCluster } from '../support/test-database';
import { startTestServer, type TestServer } from '../support/test-server';

afterAll(killPrograms);

const freshKey = (): string => randomBytes(32).toString('base64');
const postern = (args: readonly string[], env: Record<string, string> = {}): Promise<Ended> =>
  runProgram(args, { env }).ended;
const listeners = async (): Promise<string[]> => [
  ...['--api-listen-address', `127.0.0.1:${await freePort()}`],
  ...['--proxy-listen-address', `127.0.0.1:${await freePort()}`],
];

async function ready(args: readonly string[], env: Record<string, string> = {}): Promise<Program> {
  const server = runProgram(['server', ...args, ...(await listeners())], { env });
  await server.says(/Ctrl-C stops everything/, 60_000);
  return server;
}

async function stop(server: Program): Promise<void> {
  server.kill('SIGINT');
  expect((await server.ended).code).toBe(0);
}

describe('keys new-root', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let data: string[];
  let file: string;
  beforeEach(() => {
    folder = temporaryFolder();
    data = ['--data-dir', join(folder.path, 'data'), '--config', 'none'];
    file = join(folder.path, 'data', 'root.key');
  });
  afterEach(() => folder.remove());
  const newRoot = (): Promise<Ended> =>
    postern(['keys', 'new-root', '--data-dir', join(folder.path, 'data')]);
  const keys = (): string[] => readFileSync(file, 'utf8').trim().split('\n');

  test('puts a fresh key in the place of that of an embedded database, which starts with it', async () => {
    await stop(await ready(data));
    const [before] = keys();
    const { code, stdout } = await newRoot();
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(
        /^Root key [0-9a-f]{16}:\n {2}Data keys wrapped again: 0\n {2}Keys of workers sealed again: 1\n {2}Second factors sealed again: 0\nNothing is sealed under another one\.\n$/,
      ),
    });
    expect(keys()).toEqual([expect.not.stringContaining(before!)]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    await stop(await ready(data));
  }, 90_000);

  test('that was stopped half-way leaves a server that starts, and is finished by the next run', async () => {
    await stop(await ready(data));
    const [old] = keys();
    const added = freshKey();
    writeFileSync(file, `${added}\n${old}\n`);
    await stop(await ready(data));
    expect((await newRoot()).code).toBe(0);
    expect(keys()).toEqual([added]);
    await stop(await ready(data));
  }, 90_000);

  test('is refused while the server runs, and changes nothing', async () => {
    const server = await ready(data);
    const before = readFileSync(file, 'utf8');
    const { code, stderr } = await newRoot();
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/^another postern server uses /m),
    });
    expect(readFileSync(file, 'utf8')).toBe(before);
    await stop(server);
  }, 60_000);

  test('is refused where the key is in the environment', async () => {
    const { code, stderr } = await postern(['keys', 'new-root'], { POSTERN_ROOT_KEY: freshKey() });
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/^keys new-root is for root\.key beside an embedded database; /m),
    });
  });
});

test('keys rewrap puts all under the new key while a server runs, and again does nothing', async () => {
  const database = await createTestDatabase();
  const [old, fresh] = [testCluster().rootKey, freshKey()];
  const env = (keys: string): Record<string, string> => ({
    DATABASE_URL: database.url,
    POSTERN_ROOT_KEY: keys,
    HOME: '/nonexistent',
  });
  const server = await ready(['--config', 'none'], env(`${old},${fresh}`));
  const refused = await postern(['server', ...(await listeners())], env(fresh));
  expect(refused.stderr).toMatch(/the root key is not this database's .* run `postern keys rewrap`\n$/);
  const first = await postern(['keys', 'rewrap'], env(`${fresh},${old}`));
  expect(first).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('Keys of workers sealed again: 1\n'),
  });
  const second = await postern(['keys', 'rewrap'], env(`${fresh},${old}`));
  expect(second).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('Keys of workers sealed again: 0\n'),
  });
  await stop(server);
  const late = await postern(['server', ...(await listeners())], env(old));
  expect(late.stderr).toMatch(/the root key is not this database's/);
  const [, password] = /\/\/[^:]*:([^@]*)@/.exec(database.url)!;
  const withoutPassword = { DATABASE_URL: database.url.replace(`:${password}@`, '@'), PGPASSWORD: password! };
  await stop(await ready(['--config', 'none'], { ...env(fresh), ...withoutPassword }));
  const [entry] = await database.sql(
    `select actor_id, outcome, after from audit where operation = 'rewrapRootKey' order by id limit 1`,
  );
  expect(entry).toEqual({
    actor_id: 'postern keys',
    outcome: 'done',
    after: { data_key: 0, worker: 1, account_totp: 0, hasMoved: true, remainingCount: 0 },
  });
  await database.drop();
}, 90_000);

describe('the keys of a scope', () => {
  let server: TestServer;
  let commands: Commands;
  beforeAll(async () => {
    server = await startTestServer();
    commands = commandsOf(server, await server.signIn());
  });
  afterAll(() => server.stop());
  const scope = '-scope-id=p_1234567890';

  test('are listed, rotated and destroyed', async () => {
    expect(await commands.table('scopes', 'list-keys', scope)).toContain(
      'No secret of this scope was sealed yet',
    );
    const first = await commands.item('scopes', 'rotate-keys', scope);
    expect(first).toMatchObject({ version: 1, isCurrent: true, remainingCount: 0 });
    const table = await commands.table('scopes', 'rotate-keys', scope, '-reseal');
    expect(table).toMatch(/ID: +dk_\w{10}\n/);
    expect(table).toMatch(/Version: +2 \(in use\)\n/);
    expect(table).toMatch(/Sealed Again: +0\n/);
    const [code, why] = await commands.refusal(
      ...['scopes', 'destroy-key-version', scope, '-key-version-id=dk_0000000000'],
    );
    expect({ code, why }).toEqual({
      code: expect.any(Number),
      why: expect.stringMatching(/^no such key version/),
    });
    await commands.table('scopes', 'destroy-key-version', scope, `-key-version-id=${first.id}`);
    const { stdout } = await commands.run(['scopes', 'list-keys', scope, '-format=json']);
    expect(JSON.parse(stdout)).toMatchObject({ items: [{ version: 2, secretCount: 0, isCurrent: true }] });
  });
});
