import { randomBytes } from 'node:crypto';
import { statSync, writeFileSync } from 'node:fs';
import { get as httpsGet } from 'node:https';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import {
  freePort,
  killPrograms,
  newInstallation,
  refused,
  runProgram,
  temporaryFolder,
  type Installation,
} from '../support/program';
import { createTestDatabase, testCluster } from '../support/test-database';
import { makeWebCertificate } from '../support/web-certificate';

const installations: Installation[] = [];
const fresh = async (): Promise<Installation> => {
  const installation = await newInstallation();
  installations.push(installation);
  return installation;
};
afterAll(() => {
  killPrograms();
  for (const installation of installations) installation.remove();
});

describe('a start', () => {
  test('serves from an empty home, finds its data again, and stops cleanly on Ctrl-C', async () => {
    const installation = await fresh();
    const first = await installation.start();
    await installation.postern(['authenticate', 'password', '-login-name=admin'], { input: 'password\n' });
    const listed = (await installation.postern(['scopes', 'list', '-recursive'])).stdout;
    expect(listed).toContain('QA_Tests');
    for (const path of ['/healthz', '/readyz']) expect((await fetch(`${first.url}${path}`)).status).toBe(200);
    const home = await fetch(first.url, { redirect: 'manual' });
    expect([home.status, home.headers.get('location')]).toEqual([302, '/playground']);
    first.kill('SIGINT');
    expect(await first.ended).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/Stopping … stopped\.\n$/),
    });

    const second = await installation.start();
    expect((await installation.postern(['scopes', 'list', '-recursive'])).stdout).toBe(listed);
    second.kill('SIGTERM');
    expect((await second.ended).code).toBe(0);
  }, 60_000);

  test('keeps its secrets to itself: files of mode 0600, folders of mode 0700', async () => {
    const installation = await fresh();
    const server = await installation.start();
    await installation.postern(['authenticate', 'password', '-login-name=admin'], { input: 'password\n' });
    const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);
    expect(mode(join(installation.folder, 'data', 'root.key'))).toBe('600');
    expect(mode(join(installation.folder, 'data', 'database'))).toBe('700');
    expect(mode(join(installation.folder, 'data', 'database', 'password'))).toBe('600');
    expect(mode(join(installation.home, '.config', 'postern', 'tokens.json'))).toBe('600');
    expect(mode(join(installation.home, '.config', 'postern'))).toBe('700');
    server.kill('SIGINT');
    await server.ended;
  }, 60_000);

  test('says which port is busy', async () => {
    const busy = createServer();
    await new Promise<void>((resolve) => busy.listen(0, '127.0.0.1', resolve));
    const address = `127.0.0.1:${(busy.address() as AddressInfo).port}`;
    const { path, remove } = temporaryFolder();
    const base = ['--data-dir', join(path, 'data'), '--config', 'none'];
    const free = `127.0.0.1:${await freePort()}`;
    expect(await refused([...base, '--api-listen-address', address, '--proxy-listen-address', free])).toBe(
      `${address} is busy; stop what listens there, or choose another --api-listen-address`,
    );
    expect(await refused([...base, '--api-listen-address', free, '--proxy-listen-address', address])).toBe(
      `${address} is busy; choose another --proxy-listen-address`,
    );
    expect(
      await refused([
        ...base,
        '--api-listen-address',
        free,
        '--proxy-listen-address',
        free,
        '--demo-database-port',
        address.split(':')[1]!,
      ]),
    ).toBe(
      `port ${address.split(':')[1]} on 127.0.0.1 is busy; stop what listens there, or choose another --demo-database-port`,
    );
    busy.close();
    remove();
  }, 60_000);

  test('says that another server has the data directory, and leaves that one alone', async () => {
    const installation = await fresh();
    const first = await installation.start();
    const other = [
      '--api-listen-address',
      `127.0.0.1:${await freePort()}`,
      '--proxy-listen-address',
      `127.0.0.1:${await freePort()}`,
    ];
    const data = join(installation.folder, 'data');
    expect(await refused(['--data-dir', data, '--config', 'none', ...other])).toBe(
      `another postern server uses ${data}; stop it, or name another --data-dir`,
    );
    expect((await fetch(`${first.url}/readyz`)).status).toBe(200);
    first.kill('SIGINT');
    await first.ended;
  }, 60_000);

  test('says where a configuration is broken, before it opens a port', async () => {
    const { path, remove } = temporaryFolder();
    const base = ['--data-dir', join(path, 'data'), '--api-listen-address', `127.0.0.1:${await freePort()}`];
    const file = (name: string, text: string): string => {
      writeFileSync(join(path, name), text);
      return join(path, name);
    };
    const yaml = file('broken.yaml', 'format: 1\nmanager: x\norgs:\n  a: [\n');
    expect(await refused([...base, '--config', yaml])).toMatch(/broken\.yaml:\d+:\d+: not valid YAML: /);
    const hcl = file('broken.hcl', 'config {\n');
    expect(await refused([...base, '--config', hcl])).toBe(`${hcl}: not valid HCL`);
    expect(await refused([...base, '--config', join(path, 'missing.hcl')])).toBe(
      `${path}/missing.hcl: it cannot be read (ENOENT)`,
    );
    remove();
  }, 60_000);

  test.each<[string, string[], RegExp]>([
    [
      'a plain listener that others can reach',
      ['--api-listen-address', '0.0.0.0:9200'],
      /has no TLS; give --tls-cert-file and --tls-key-file/,
    ],
    [
      'a listener on all addresses that has no name',
      ['--api-listen-address', '0.0.0.0:9200', '--behind-proxy'],
      /0\.0\.0\.0 is no name that people can use; say in --public-url how they reach the API/,
    ],
    [
      'an address that is none',
      ['--api-listen-address', 'nonsense'],
      /--api-listen-address .* must be HOST:PORT, not "nonsense"/,
    ],
    ['half of a certificate', ['--tls-cert-file', '/x'], /--tls-cert-file and --tls-key-file go together/],
    [
      'a certificate that is not there',
      ['--tls-cert-file', '/nonexistent', '--tls-key-file', '/nonexistent'],
      /certificate or key cannot be read/,
    ],
    ['a range that is none', ['--worker-deny', 'nonsense'], /"nonsense" is no address range/],
    [
      'a sign-in that lasts half a second more',
      ['--auth-token-time-to-stale', '1500ms'],
      /--auth-token-time-to-stale .* must be whole seconds/,
    ],
    [
      'a worker on all addresses that has no name',
      ['--proxy-listen-address', '0.0.0.0:9202'],
      /^0\.0\.0\.0 is no address that clients can dial; say in --proxy-public-address/,
    ],
  ])(
    'refuses %s',
    async (_, args, sentence) => {
      const { path, remove } = temporaryFolder();
      const ports = args.includes('--proxy-listen-address')
        ? []
        : ['--proxy-listen-address', `127.0.0.1:${await freePort()}`];
      const base = ['--data-dir', join(path, 'data'), '--config', 'none', ...ports];
      const api = args.includes('--api-listen-address')
        ? []
        : ['--api-listen-address', `127.0.0.1:${await freePort()}`];
      expect(await refused([...base, ...api, ...args])).toMatch(sentence);
      remove();
    },
    60_000,
  );

  test('does not take the root key of an embedded database for another one', async () => {
    const installation = await fresh();
    const server = await installation.start();
    server.kill('SIGINT');
    await server.ended;
    const data = join(installation.folder, 'data');
    const env = { DATABASE_URL: 'postgres://postern@127.0.0.1:1/x' };
    const sentence = `no root key: that in ${data} belongs to the embedded database there; set POSTERN_ROOT_KEY`;
    expect(await refused(['--data-dir', data], env)).toContain(sentence);
  }, 60_000);

  test('refuses a database that is not there, in one sentence', async () => {
    const env = {
      DATABASE_URL: 'postgres://postern:hidden@127.0.0.1:1/x',
      POSTERN_ROOT_KEY: randomBytes(32).toString('base64'),
    };
    const sentence = await refused([], env);
    expect(sentence).toBe('the database cannot be reached: connect ECONNREFUSED 127.0.0.1:1');
  });

  test('serves the API with TLS, to clients that trust its certificate and to no others', async () => {
    const installation = await fresh();
    const { cert, key } = makeWebCertificate();
    const [certFile, keyFile] = [join(installation.folder, 'cert.pem'), join(installation.folder, 'key.pem')];
    writeFileSync(certFile, cert);
    writeFileSync(keyFile, key);
    const server = await installation.start(['--tls-cert-file', certFile, '--tls-key-file', keyFile]);
    expect(server.url).toMatch(/^https:/);
    const login = ['authenticate', 'password', '-login-name=admin'];
    const trusted = await installation.postern([...login, `-ca-cert=${certFile}`], { input: 'password\n' });
    expect(trusted.code).toBe(0);
    const stranger = await installation.postern(login, { input: 'password\n' });
    expect(stranger.code).toBe(1);
    expect(stranger.stderr).toMatch(/cannot be reached: .*certificate/);
    const watch = runProgram(['sessions', 'watch', `-ca-cert=${certFile}`, '-format=json'], {
      env: installation.env,
    });
    await watch.says(/StreamCheckpoint/);
    watch.kill('SIGINT');
    await expect(
      new Promise((_, reject) =>
        httpsGet(server.url, { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1' }).once('error', reject),
      ),
    ).rejects.toThrow();
    server.kill('SIGINT');
    await server.ended;
  }, 60_000);
});

describe('postern init', () => {
  test('gives an empty database one administrator, whose password it prints once', async () => {
    const database = await createTestDatabase('template0');
    const env = {
      DATABASE_URL: database.url,
      POSTERN_ROOT_KEY: randomBytes(32).toString('base64'),
      HOME: '/nonexistent',
    };
    const ports = [
      '--api-listen-address',
      `127.0.0.1:${await freePort()}`,
      '--proxy-listen-address',
      `127.0.0.1:${await freePort()}`,
    ];
    expect(await refused(ports, env)).toMatch(
      /nobody can sign in to this database yet; run `postern init` once/,
    );
    const first = await runProgram(['init'], { env }).ended;
    expect(first).toMatchObject({ code: 0, stderr: '' });
    const password = /Password: +(\w{20})/.exec(first.stdout)?.[1];
    const second = await runProgram(['init'], { env }).ended;
    expect(second).toMatchObject({
      code: 1,
      stderr: 'this database has its administrator already; nothing was changed\n',
    });

    const server = runProgram(['server', ...ports], { env });
    await server.says(/Ctrl-C stops everything/);
    expect(server.stdout()).not.toMatch(/admin \/|Demo database/);
    const { path, remove } = temporaryFolder();
    const client = { HOME: path, POSTERN_ADDR: `http://${ports[1]}` };
    const login = await runProgram(['authenticate', 'password', '-login-name=admin', '-password=env://PW'], {
      env: { ...client, PW: password! },
    }).ended;
    expect(login.code).toBe(0);
    const demo = await runProgram(['authenticate', 'password', '-login-name=admin'], {
      env: client,
      input: 'password\n',
    }).ended;
    expect(demo).toMatchObject({ code: 3, stderr: 'login name or password is wrong\n' });
    server.kill('SIGINT');
    await server.ended;
    remove();
    await database.drop();
  }, 60_000);

  test('a second server on the same database needs a worker of another name', async () => {
    const database = await createTestDatabase();
    const env = { DATABASE_URL: database.url, POSTERN_ROOT_KEY: testCluster().rootKey, HOME: '/nonexistent' };
    const start = async (...more: string[]) => [
      ...['--config', 'none', '--api-listen-address', `127.0.0.1:${await freePort()}`],
      ...['--proxy-listen-address', `127.0.0.1:${await freePort()}`, ...more],
    ];
    const first = runProgram(['server', ...(await start())], { env });
    await first.says(/Ctrl-C stops everything/);
    expect(await refused(await start(), env)).toBe(
      'a worker named built-in is running already; give this one another --worker-name',
    );
    const second = runProgram(['server', ...(await start('--worker-name', 'second'))], { env });
    await second.says(/Ctrl-C stops everything/);
    for (const server of [first, second]) {
      server.kill('SIGINT');
      expect((await server.ended).code).toBe(0);
    }
    await database.drop();
  }, 60_000);
});
