import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { knownPrograms } from '../../src/cli/commands/connect-program';
import {
  describeWithCurl,
  describeWithSsh,
  freePort,
  killPrograms,
  runProgram,
  temporaryFolder,
  type Ended,
  type Program,
} from '../support/program';
import { makeTarget, startHost, type TestHost } from '../support/session-client';
import { startSshHost, type SshHost } from '../support/ssh-host';
import { startTestServer, type TestServer } from '../support/test-server';
import { startWebHost, type WebHost } from '../support/web-host';

const { path: folder, remove } = temporaryFolder();
let server: TestServer;
let stop = (): Promise<void> => Promise.resolve();
let env: Record<string, string>;

/** Starts the server with targets declared for it, and signs in. */
async function serve(declared: string): Promise<void> {
  const config = join(folder, 'targets.hcl');
  writeFileSync(
    config,
    `config {
      format  = 1
      manager = "machines"
    }
    org "ops" {
      name = "Ops"
      project "machines" {
        name = "Machines"
        ${declared}
      }
    }`,
  );
  server = await startTestServer({ config });
  stop = () => server.stop();
  env = { HOME: join(folder, 'home'), POSTERN_ADDR: server.url };
  const login = runProgram(['authenticate', 'password', '-login-name=admin'], { env, input: 'password\n' });
  expect(await login.ended).toMatchObject({ code: 0 });
}

const connect = (program: string, target: string, ...args: string[]): Program =>
  runProgram(
    [
      'connect',
      ...(program === '' ? [] : [program]),
      `-target-name=${target}`,
      '-target-scope-name=Machines',
      ...args,
    ],
    {
      env,
    },
  );
const run = (program: string, target: string, ...args: string[]): Promise<Ended> => {
  const started = connect(program, target, ...args);
  started.child.stdin?.end();
  return started.ended;
};

afterEach(async () => {
  killPrograms();
  await stop();
});
afterAll(remove);

test('a program that is not installed is named before a session is made, whichever it is', async () => {
  await serve('');
  const target = await makeTarget(server, 9);
  for (const { name, styles } of knownPrograms) {
    const given = ['connect', name, `-target-id=${target}`, '--', '-v'];
    const { code, stdout, stderr } = await runProgram(given, { env: { ...env, PATH: '/nonexistent' } }).ended;
    const [needed = ''] = Object.keys(Object.values(styles)[0]!.needs);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(new RegExp(`^${needed} is not installed or not on the PATH; install .*\\n$`));
  }
  expect(await server.database.sql('select id from session')).toEqual([]);
}, 60_000);

describe('connect -listen=stdio', () => {
  let host: TestHost;
  beforeEach(async () => {
    host = await startHost((socket) => void socket.write('hello\n'));
    await serve(`
      target "tcp" "talker" {
        name         = "talker"
        address      = "127.0.0.1"
        default_port = ${host.port}
      }`);
  });
  afterEach(() => host.close());

  test('passes on one connection and nothing else, and ends the session with it', async () => {
    const stdio = connect('', 'talker', '-listen=stdio');
    await stdio.says(/hello/);
    for (const socket of host.sockets) socket.pipe(socket);
    stdio.child.stdin?.end('there and back\n');
    expect(await stdio.ended).toEqual({ code: 0, stdout: 'hello\nthere and back\n', stderr: '' });
    expect(await server.database.sql('select status, termination_reason from session')).toEqual([
      { status: 'terminated', termination_reason: 'closed by user' },
    ]);
  });

  test('ends when the host hangs up, though more could be typed', async () => {
    const stdio = connect('', 'talker', '-listen=stdio');
    await stdio.says(/hello/);
    for (const socket of host.sockets) socket.end('goodbye\n');
    expect(await stdio.ended).toEqual({ code: 0, stdout: 'hello\ngoodbye\n', stderr: '' });
  });

  test('is quiet about the signal with which ssh ends it', async () => {
    const stdio = connect('', 'talker', '-listen=stdio');
    await stdio.says(/hello/);
    stdio.kill('SIGHUP');
    expect(await stdio.ended).toEqual({ code: 0, stdout: 'hello\n', stderr: '' });
  });

  test('says on standard error why it was cut', async () => {
    const stdio = connect('', 'talker', '-listen=stdio');
    await stdio.says(/hello/);
    const [session] = await server.database.sql<{ id: string }>('select id from session');
    const canceled = runProgram(['sessions', 'cancel', `-id=${session!.id}`], { env });
    expect((await canceled.ended).code).toBe(0);
    const { code, stdout, stderr } = await stdio.ended;
    expect({ code, stdout, stderr }).toEqual({
      ...{ code: 1, stdout: 'hello\n', stderr: 'Session was canceled by admin\n' },
    });
  });

  test('fails when the host cannot be reached', async () => {
    await host.close();
    const { code, stdout, stderr } = await connect('', 'talker', '-listen=stdio').ended;
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^a connection could not be made: .*\n$/);
  });
});

describeWithSsh('connect ssh, with a real ssh and a real sshd', () => {
  let host: SshHost;
  let files: { path: string; remove(): void };
  let known: string;
  let ids: Record<string, string>;
  beforeEach(async () => {
    files = temporaryFolder();
    host = await startSshHost(files.path);
    known = join(files.path, 'known-hosts');
    await serve(`
      host_catalog "static" "racks" {
        name = "racks"
        host "left" {
          name    = "left"
          address = "127.0.0.1"
        }
        host "right" {
          name    = "right"
          address = "127.0.0.1"
        }
        host_set "both" {
          name  = "both"
          hosts = [host.left, host.right]
        }
      }
      target "tcp" "web1" {
        name         = "web1"
        address      = "127.0.0.1"
        default_port = ${host.port}
      }
      target "tcp" "racks" {
        name         = "racks"
        default_port = ${host.port}
        host_sources = [host_catalog.racks.host_set.both]
      }`);
    const rows = await server.database.sql<{ name: string; id: string }>(
      'select name, id from host union all select name, id from target',
    );
    ids = Object.fromEntries(rows.map(({ name, id }) => [name, id]));
  });
  afterEach(() => {
    host.close();
    files.remove();
  });
  // ssh writes names in lower case, whatever they are made of.
  const keyName = (name: string): string => ids[name]!.toLowerCase();
  const knownNames = (): string[] =>
    readFileSync(known, 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(' ')[0]!);

  test('runs a command there: its output and its status come back', async () => {
    const { code, stdout } = await run(
      ...['ssh', 'web1', '-l', host.user, `-remote-command=echo "$(whoami):"$((6*7)); exit 9`],
      ...['--', ...host.options(known, false)],
    );
    expect({ code, stdout }).toEqual({ code: 9, stdout: `${host.user}:42\n` });
  });

  test('without a command opens a shell, which reads what is typed', async () => {
    const shell = connect('ssh', 'web1', '-username', host.user, '--', ...host.options(known, false));
    shell.child.stdin?.end('echo "$SSH_CONNECTION" && exit 4\n');
    const { code, stdout } = await shell.ended;
    expect(code).toBe(4);
    expect(stdout).toMatch(new RegExp(` 127\\.0\\.0\\.1 ${host.port}$`, 'm'));
  });

  test('knows the key of a host again, whichever local port leads to it', async () => {
    for (const isStrict of [false, true, true]) {
      const port = await freePort();
      const { code, stdout } = await run(
        ...['ssh', 'web1', '-l', host.user, '-remote-command=echo in', `-listen-port=${port}`],
        ...['--', ...host.options(known, isStrict)],
      );
      expect({ code, stdout }).toEqual({ code: 0, stdout: 'in\n' });
    }
    expect(knownNames()).toEqual([keyName('web1')]);
  });

  test('keeps the keys of the hosts of one target apart', async () => {
    for (const name of ['left', 'right']) {
      const { code } = await run(
        ...['ssh', 'racks', `-host-id=${ids[name]}`, '-l', host.user, '-remote-command=true'],
        ...['--', ...host.options(known, false)],
      );
      expect(code).toBe(0);
    }
    expect(knownNames()).toEqual([keyName('left'), keyName('right')]);
  });

  test('refuses a host that shows another key, and one that is not known yet where that is asked for', async () => {
    const once = (isStrict: boolean): Promise<Ended> =>
      run(
        ...['ssh', 'web1', '-l', host.user, '-remote-command=echo in'],
        ...['--', ...host.options(known, isStrict)],
      );
    expect(await once(true)).toMatchObject({ code: 255, stdout: '' });
    expect(await once(false)).toMatchObject({ code: 0, stdout: 'in\n' });
    host.changeKey();
    const { code, stdout, stderr } = await once(false);
    expect({ code, stdout }).toEqual({ code: 255, stdout: '' });
    expect(stderr).toContain('REMOTE HOST IDENTIFICATION HAS CHANGED');
  });

  test('gives the host what looks like an option of ssh', async () => {
    const { code, stderr } = await run(
      ...['ssh', 'web1', '-l', host.user, '-remote-command=-V', '--', ...host.options(known, false)],
    );
    expect(code).not.toBe(0); // the shell there can do nothing with it
    expect(stderr).not.toContain('OpenSSH_');
  });

  test('-exec=scp copies a file, with a name for the key that stays', async () => {
    const [from, to] = [join(files.path, 'from'), join(files.path, 'to')];
    writeFileSync(from, 'a file\n');
    for (const isStrict of [false, true]) {
      const { code } = await run(
        ...['', 'web1', '-exec=scp', '--', ...host.options(known, isStrict), '-q', '-P', '{{postern.port}}'],
        ...['-o', 'HostKeyAlias=web1', from, `${host.user}@{{postern.ip}}:${to}`],
      );
      expect(code).toBe(0);
      expect(readFileSync(to, 'utf8')).toBe('a file\n');
    }
    expect(knownNames()).toEqual(['web1']);
  });

  test('-listen=stdio is a ProxyCommand: ssh and scp go by the name that was typed', async () => {
    const main = join(__dirname, '..', '..', 'dist', 'main.js');
    const listen = '-target-name=%n -target-scope-name=Machines -listen=stdio';
    const proxy = ['-o', `ProxyCommand=${process.execPath} ${main} connect ${listen}`];
    const options = { env: { PATH: process.env['PATH'], ...env } };
    const [from, to] = [join(files.path, 'from'), join(files.path, 'to')];
    writeFileSync(from, 'x'.repeat(3_000_000));
    const execute = promisify(execFile);
    const login = [...host.options(known, false), ...proxy];
    const there = await execute('ssh', [...login, '-l', host.user, 'web1', 'echo in'], options);
    expect(there).toEqual({
      stdout: 'in\n',
      stderr: expect.stringMatching(/^Warning: Permanently added .*\r?\n$/),
    });
    await execute(
      'scp',
      [...host.options(known, true), ...proxy, '-q', from, `${host.user}@web1:${to}`],
      options,
    );
    expect(readFileSync(to, 'utf8')).toBe(readFileSync(from, 'utf8'));
    expect(knownNames()).toEqual(['web1']);
  });
});

describeWithCurl('connect http, with a real curl and a site with TLS', () => {
  let site: WebHost;
  let trust: string[];
  beforeEach(async () => {
    site = await startWebHost('shop.test');
    await serve(`
      target "tcp" "shop" {
        name         = "shop"
        address      = "127.0.0.1"
        default_port = ${site.port}
      }`);
    const authority = join(folder, 'authority.pem');
    writeFileSync(authority, site.authority);
    trust = ['--', '-sS', '--cacert', authority];
  });
  afterEach(() => site.close());

  test('asks for the site by its name: in the address, in the Host header, and of the certificate', async () => {
    const ended = await run('http', 'shop', '-host=shop.test', '-path=/a b?q=[1-2]', ...trust);
    expect(ended).toEqual({ code: 0, stdout: 'this is /a%20b?q=[1-2]\n', stderr: '' });
    expect(site.seen).toEqual([
      { method: 'GET', path: '/a%20b?q=[1-2]', host: 'shop.test', serverName: 'shop.test', body: '' },
    ]);
  });

  test('without a name asks for the address of the target', async () => {
    const ended = await run('http', 'shop', ...trust);
    expect(ended).toEqual({ code: 0, stdout: 'this is /\n', stderr: '' });
    const host = `127.0.0.1:${site.port}`;
    expect(site.seen).toEqual([{ method: 'GET', path: '/', host, serverName: null, body: '' }]);
  });

  test('listens where it is told to, IPv6 as well', async () => {
    const ended = await run('http', 'shop', '-host=shop.test:444', '-listen-addr=::1', ...trust);
    expect(ended).toEqual({ code: 0, stdout: 'this is /\n', stderr: '' });
    expect(site.seen).toMatchObject([{ host: 'shop.test:444', serverName: 'shop.test' }]);
  });

  test('sends a method and what curl is given', async () => {
    await run('http', 'shop', '-host=shop.test', '-method=PUT', ...trust, '-d', '{"a": 1}');
    await run('http', 'shop', '-host=shop.test', '-method=HEAD', ...trust);
    expect(site.seen).toMatchObject([{ method: 'PUT', body: '{"a": 1}' }, { method: 'HEAD' }]);
  });

  test('follows a redirect within the site through the session', async () => {
    const ended = await run('http', 'shop', '-host=shop.test', '-path=/old', ...trust, '-L');
    expect(ended).toMatchObject({ code: 0, stdout: 'this is /new\n' });
    expect(site.seen.map(({ path, host }) => `${host}${path}`)).toEqual(['shop.test/old', 'shop.test/new']);
  });

  test('ends with the status of curl: a name that the certificate has not, and a page that is not there', async () => {
    expect(await run('http', 'shop', '-host=other.test', ...trust)).toMatchObject({ code: 60, stdout: '' });
    expect(site.seen).toEqual([]);
    expect(await run('http', 'shop', '-host=shop.test', '-path=/missing', ...trust, '-f')).toMatchObject({
      code: 22,
    });
  });

  test('passes over a proxy of the environment', async () => {
    env['https_proxy'] = `http://127.0.0.1:${await freePort()}`;
    const ended = await run('http', 'shop', '-host=shop.test', ...trust);
    expect(ended).toMatchObject({ code: 0, stdout: 'this is /\n' });
  });
});
