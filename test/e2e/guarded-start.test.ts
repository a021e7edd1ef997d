import { existsSync, readFileSync, renameSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { hashPassword } from '../../src/auth/password-hash';
import { cutHolder, standInLine } from '../support/lock-holder';
import {
  freePort,
  killPrograms,
  newInstallation,
  refused,
  runProgram,
  temporaryFolder,
  type Program,
} from '../support/program';
import { createTestDatabase, testCluster } from '../support/test-database';

const removals: (() => void)[] = [];
afterAll(() => {
  killPrograms();
  for (const remove of removals) remove();
});
const folder = (): string => {
  const { path, remove } = temporaryFolder();
  removals.push(remove);
  return path;
};
const listeners = async (): Promise<string[]> => [
  ...['--api-listen-address', `127.0.0.1:${await freePort()}`],
  ...['--proxy-listen-address', `127.0.0.1:${await freePort()}`],
];
const away = ['--behind-proxy', '--public-url', 'https://postern.example'];

async function ready(args: readonly string[], env: Record<string, string> = {}): Promise<Program> {
  const server = runProgram(['server', ...args], { env });
  await server.says(/Ctrl-C stops everything/, 60_000);
  return server;
}

async function stop(server: Program): Promise<void> {
  server.kill('SIGINT');
  expect((await server.ended).code).toBe(0);
}

/** The embedded database of a running installation, past the program. */
async function onEmbedded(dataDir: string, sql: string, params: unknown[]): Promise<void> {
  const root = join(dataDir, 'database');
  const [, , , port, host] = readFileSync(join(root, 'pg', 'postmaster.pid'), 'utf8').split('\n');
  const password = readFileSync(join(root, 'password'), 'utf8');
  const client = new Client({
    host: host!,
    port: Number(port),
    user: 'postern',
    password,
    database: 'postgres',
  });
  await client.connect();
  await client.query(sql, params);
  await client.end();
}

describe('the development login', () => {
  test('does not become public when its data directory is served beyond this machine', async () => {
    const installation = await newInstallation();
    removals.push(() => installation.remove());
    const data = join(installation.folder, 'data');
    const first = await installation.start();
    expect(first.stdout()).toContain('admin / password');
    await stop(first);
    const publicly = ['--data-dir', data, '--config', 'none', ...(await listeners()), ...away];
    expect(await refused(publicly)).toMatch(
      /^the development login admin \/ password works in this database/,
    );

    const second = await installation.start();
    await onEmbedded(data, 'update account_password set hash = $1', [await hashPassword('correct horse')]);
    await stop(second);
    const third = await installation.start();
    expect(third.stdout()).not.toContain('admin / password');
    await stop(third);
    await stop(await ready(publicly));
  }, 120_000);
});

describe('the demo database', () => {
  test('does not start where the demo does not apply', async () => {
    const data = ['--data-dir', join(folder(), 'data')];
    expect((await runProgram(['init', ...data]).ended).code).toBe(0);
    for (const where of [[], away]) {
      const server = await ready([...data, ...(await listeners()), ...where]);
      expect(server.stdout()).not.toMatch(/Demo database|admin \/ password/);
      await stop(server);
    }
  }, 120_000);

  test('is refused beside DATABASE_URL, and beyond this machine', async () => {
    const port = ['--demo-database-port', String(await freePort())];
    const base = ['--data-dir', join(folder(), 'data'), ...port, ...(await listeners())];
    expect(await refused(base, { DATABASE_URL: 'postgres://x@127.0.0.1:1/x' })).toBe(
      'the demo database stands beside an embedded database only; leave out --demo-database-port or DATABASE_URL',
    );
    expect(await refused([...base, ...away])).toMatch(/^the demo database has a password that anybody knows/);
  });
});

describe('the embedded database', () => {
  test('is not started through links that its user could have put there', async () => {
    const path = folder();
    const base = ['--data-dir', join(path, 'data'), '--config', 'none', ...(await listeners())];
    await stop(await ready(base));
    const precious = join(path, 'precious');
    writeFileSync(precious, 'precious');
    const [log, rules] = ['postgres.log', 'pg/pg_hba.conf'].map((name) =>
      join(path, 'data', 'database', name),
    );
    for (const file of [rules!, log!]) {
      unlinkSync(file);
      symlinkSync(precious, file);
      expect(await refused(base)).toBe(
        `${file} is a link or not what belongs there; remove it, or name another --data-dir`,
      );
      expect(readFileSync(precious, 'utf8')).toBe('precious');
      unlinkSync(file);
    }
    await stop(await ready(base));
  }, 60_000);

  test('keeps its root key when its first start stopped before the key was in its place', async () => {
    const path = folder();
    const base = ['--data-dir', join(path, 'data'), '--config', 'none', ...(await listeners())];
    const key = join(path, 'data', 'root.key');
    await stop(await ready(base));
    const made = readFileSync(key, 'utf8');
    renameSync(key, `${key}.new`);
    await stop(await ready(base));
    expect(readFileSync(key, 'utf8')).toBe(made);
    unlinkSync(key);
    expect(await refused(base)).toMatch(/^the root key is not this database's/);
    expect(existsSync(`${key}.new`)).toBe(false);
  }, 60_000);
});

test('a server that has lost its worker to another stops in order, and its process fails', async () => {
  const database = await createTestDatabase();
  const env = { DATABASE_URL: database.url, POSTERN_ROOT_KEY: testCluster().rootKey, HOME: '/nonexistent' };
  const server = await ready(['--config', 'none', ...(await listeners())], env);
  const other = await standInLine(database, 'worker built-in');
  await cutHolder(database, 'worker built-in');
  const why = 'another server has taken the worker named built-in';
  const { code, stderr } = await server.ended;
  expect(code).toBe(1);
  expect(stderr).toContain(`postern has stopped: ${why}\n`);
  expect(stderr).toMatch(/"level":"error".*this server must not go on and stops/);
  await other.leave();
  await database.drop();
}, 60_000);
