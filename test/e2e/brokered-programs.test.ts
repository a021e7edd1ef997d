import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import {
  describeWithCurl,
  describeWithRedis,
  describeWithSsh,
  describeWithSshpass,
  killPrograms,
  runProgram,
  temporaryFolder,
  type Ended,
  type Program,
} from '../support/program';
import { randomText } from '../../src/core/id';
import { mutationDocument } from '../support/schema-walk';
import { eventually, makeTarget } from '../support/session-client';
import { filesWith, watch } from '../support/sightings';
import { startSshHost, type SshHost } from '../support/ssh-host';
import { startTestServer, type TestServer } from '../support/test-server';
import { startWebHost, type WebHost } from '../support/web-host';

let server: TestServer;
let admin: string;
let folder: ReturnType<typeof temporaryFolder>;
let runtime: string;
let env: Record<string, string>;
beforeEach(async () => {
  folder = temporaryFolder();
  runtime = join(folder.path, 'runtime');
  mkdirSync(runtime, { mode: 0o700 });
  server = await startTestServer();
  admin = await server.signIn();
  const home = join(folder.path, 'home');
  env = { HOME: home, XDG_RUNTIME_DIR: runtime, POSTERN_ADDR: server.url, POSTERN_TOKEN: admin };
});
afterEach(async () => {
  killPrograms();
  await server.stop();
  folder.remove();
});

async function made(mutation: string, input: object): Promise<any> {
  const { data, errors } = await server.ask(mutationDocument(mutation), { input }, admin);
  expect({ mutation, errors }).toEqual({ mutation, errors: undefined });
  return Object.values(data![mutation] as object)[0];
}

/** A target on a port of this machine that hands out those credentials, each made of the parts given. */
async function targetWith(port: number, ...credentials: Record<string, unknown>[]): Promise<string> {
  const id = await makeTarget(server, port);
  const { id: credentialStoreId } = await made('createCredentialStore', { scopeId: 'p_1234567890' });
  const ids: string[] = [];
  for (const parts of credentials) {
    const kind = 'object' in parts ? 'Json' : 'privateKey' in parts ? 'SshPrivateKey' : 'UsernamePassword';
    ids.push((await made(`create${kind}Credential`, { credentialStoreId, ...parts })).id as string);
  }
  await made('addTargetCredentialSources', { id, expectedVersion: 1, brokeredCredentialSourceIds: ids });
  return id;
}

const connect = (args: readonly string[], more: Record<string, string> = {}): Program =>
  runProgram(['connect', ...args], { env: { ...env, ...more } });
const run = (args: readonly string[], more: Record<string, string> = {}): Promise<Ended> => {
  const program = connect(args, more);
  program.child.stdin?.end();
  return program.ended;
};
const isClean = async (...secrets: string[]): Promise<void> => {
  await eventually('the private folder to be gone', () => Promise.resolve(readdirSync(runtime).length === 0));
  for (const secret of secrets) expect(filesWith(secret, folder.path)).toEqual([]);
};

const wrong = randomText(20);

describeWithSsh('connect ssh, with a real ssh and a real sshd', () => {
  let host: SshHost;
  let hosts: ReturnType<typeof temporaryFolder>;
  let options: string[];
  beforeEach(async () => {
    hosts = temporaryFolder();
    host = await startSshHost(hosts.path);
    const known = join(hosts.path, 'known-hosts');
    options = ['-F', 'none', '-o', `UserKnownHostsFile=${known}`, '-o', 'StrictHostKeyChecking=accept-new'];
  });
  afterEach(() => {
    host.close();
    hosts.remove();
  });
  const ssh = (target: string, command: string, ...more: string[]): Promise<Ended> =>
    run(['ssh', `-target-id=${target}`, `-remote-command=${command}`, '--', ...options, ...more]);

  test('logs in with a private key that nobody sees', async () => {
    const line = host.loginKey.split('\n')[2]!;
    const target = await targetWith(host.port, { username: host.user, privateKey: host.loginKey.trimEnd() });
    const looking = watch(line);
    const { code, stdout, stderr } = await ssh(target, 'echo "$(whoami) is in"', '-o', 'BatchMode=yes');
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${host.user} is in\n` });
    expect(stderr).not.toContain('Credentials');
    expect((await looking.stop()).seen).toEqual([]);
    await isClean(line);
  });

  test('logs in with a private key that has a passphrase, and asks for none', async () => {
    const file = join(hosts.path, 'encrypted');
    writeFileSync(file, host.loginKey, { mode: 0o600 });
    const passphrase = `open "sesame" $(id) \\ 'x'`;
    execFileSync('ssh-keygen', ['-q', '-p', '-P', '', '-N', passphrase, '-f', file]);
    const privateKey = execFileSync('cat', [file], { encoding: 'utf8' });
    const parts = { username: host.user, privateKey, privateKeyPassphrase: passphrase };
    const target = await targetWith(host.port, parts);
    const looking = watch(passphrase);
    const { code, stdout } = await ssh(target, 'echo in');
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'in\n' });
    expect((await looking.stop()).seen).toEqual([]);
    await isClean(passphrase);
  });

  test('gives a password when the host asks for it, once, and asks nobody else', async () => {
    host.askForPasswords();
    const target = await targetWith(host.port, { username: host.user, password: wrong });
    const looking = watch(wrong);
    const { code, stderr } = await ssh(target, 'echo in');
    expect(code).toBe(255);
    expect(stderr).toContain('Permission denied');
    expect(host.log().match(new RegExp(`Failed password for ${host.user}`, 'g'))).toHaveLength(1);
    expect((await looking.stop()).seen).toEqual([]);
    await isClean(wrong);
  });

  test('takes the user that a flag names, and lets options of the caller win', async () => {
    const target = await targetWith(host.port, {
      username: 'nobody-of-that-name',
      privateKey: host.loginKey,
    });
    const args = ['ssh', `-target-id=${target}`, '-remote-command=echo in', '--', ...options];
    expect(await run([...args.slice(0, 2), '-l', host.user, ...args.slice(2)])).toMatchObject({ code: 0 });
    expect(await run(args)).toMatchObject({ code: 255 });
    expect(await run([...args, '-l', host.user])).toMatchObject({ code: 0, stdout: 'in\n' });
  });

  describeWithSshpass('with sshpass', () => {
    test('the password goes through a file', async () => {
      host.askForPasswords();
      const target = await targetWith(host.port, { username: host.user, password: wrong });
      const looking = watch(wrong);
      const args = [
        'ssh',
        `-target-id=${target}`,
        '-style=sshpass',
        '-remote-command=true',
        '--',
        ...options,
      ];
      expect((await run(args)).code).not.toBe(0);
      expect(host.log()).toMatch(new RegExp(`Failed password for ${host.user}`));
      expect((await looking.stop()).seen).toEqual([]);
      await isClean(wrong);
    });

    test('the session is ended again where there is no password', async () => {
      const target = await targetWith(host.port, { username: host.user, privateKey: host.loginKey });
      const { code, stderr } = await run(['ssh', `-target-id=${target}`, '-style=sshpass', '--', ...options]);
      expect({ code, stderr }).toEqual({
        code: 1,
        stderr: expect.stringMatching(/^sshpass takes the password of/),
      });
      expect(await server.database.sql('select status, termination_reason from session')).toEqual([
        { status: 'terminated', termination_reason: 'closed by user' },
      ]);
    });
  });
});

describeWithCurl('connect http, with a real curl', () => {
  let site: WebHost;
  let trust: string[];
  beforeEach(async () => {
    site = await startWebHost('shop.test');
    const authority = join(folder.path, 'authority.pem');
    writeFileSync(authority, site.authority);
    trust = ['-host=shop.test', '--', '-sS', '--cacert', authority];
  });
  afterEach(() => site.close());
  const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

  test('sends the login with each request to the site, and nobody sees it', async () => {
    const password = `Pa"ss\\word: 'ü'`;
    const target = await targetWith(site.port, { username: 'ann', password });
    const looking = watch(password);
    const ended = await run(['http', `-target-id=${target}`, '-path=/old', ...trust, '-L']);
    expect(ended).toEqual({ code: 0, stdout: 'this is /new\n', stderr: '' });
    expect(site.logins).toEqual([basic(`ann:${password}`), basic(`ann:${password}`)]);
    expect((await looking.stop()).seen).toEqual([]);
    await isClean(password);
  });

  test('lets a login of the caller win', async () => {
    const target = await targetWith(site.port, { username: 'ann', password: 'brokered' });
    await run(['http', `-target-id=${target}`, ...trust, '-u', 'eve:own']);
    expect(site.logins).toEqual([basic('eve:own')]);
  });
});

describeWithRedis('connect redis, with a real redis-cli', () => {
  let heard = '';
  let host: Server;
  beforeEach(async () => {
    host = createServer((socket) => {
      socket.on('error', () => {});
      socket.on('data', (chunk: Buffer) => {
        heard += chunk.toString();
        socket.write('+OK\r\n');
      });
    });
    await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => host.close());

  test('logs in with the password, which is no argument', async () => {
    const password = randomText(20);
    const target = await targetWith((host.address() as AddressInfo).port, { username: 'ann', password });
    const looking = watch(password);
    await run(['redis', `-target-id=${target}`, '--', 'ping']);
    expect(heard).toContain(`\r\nAUTH\r\n$3\r\nann\r\n$20\r\n${password}\r\n`);
    const { seen } = await looking.stop();
    expect(seen.filter((place) => place.includes('cmdline'))).toEqual([]);
  });
});

describe('credentials that no program takes', () => {
  const password = 'shown-horse';
  let target: string;
  beforeEach(async () => {
    target = await targetWith(9, { username: 'ann', password }, { object: { token: 'shown-token' } });
  });
  const node = (code: string): string[] => ['-exec', process.execPath, '--', '-e', code];

  test('are shown by plain connect, below where it listens', async () => {
    const program = connect([`-target-id=${target}`]);
    await program.says(/Session ID:[^]*(shown-token[^]*shown-horse|shown-horse[^]*shown-token)/);
    expect(program.stdout()).toMatch(
      /Proxy listening information:\n[^]*\n {2}Credentials:\n {4}Credential Source ID: [^]*Secret:\n {6}username: +ann\n {6}password: +shown-horse\n/,
    );
    expect(program.stderr()).toBe('');
    program.kill('SIGINT');
    await program.ended;
  });

  test('are in its JSON, in the ancestor’s words', async () => {
    const program = connect([`-target-id=${target}`, '-format=json']);
    const said = JSON.parse((await program.says(/\{.*\}/))[0]) as { credentials: any[] };
    const ofAnn = said.credentials.find((one) => one.credential.username === 'ann');
    expect(ofAnn).toEqual({
      credential_source: {
        ...{ id: expect.stringMatching(/^credup_/), name: null, description: null, type: 'static' },
        ...{ credential_store_id: expect.any(String), credential_type: 'username_password' },
      },
      secret: {
        raw: Buffer.from(JSON.stringify(ofAnn.credential)).toString('base64'),
        decoded: { username: 'ann', password },
      },
      credential: { username: 'ann', password },
    });
    program.kill('SIGINT');
    await program.ended;
  });

  test('are shown on standard error before a program of the caller’s runs, which gets none of them', async () => {
    const more = { OWN: 'kept' };
    const code = 'console.log(JSON.stringify([process.argv, process.env]))';
    const { code: status, stdout, stderr } = await run([`-target-id=${target}`, ...node(code)], more);
    expect(status).toBe(0);
    expect(stderr).toContain('Credentials:');
    for (const secret of [password, 'shown-token']) expect(stderr).toContain(secret);
    expect(stdout).not.toMatch(/shown-|POSTERN_TOKEN/);
    expect(stdout).not.toContain(admin);
    expect(JSON.parse(stdout)[1]).toMatchObject({ OWN: 'kept', POSTERN_PROXIED_IP: '127.0.0.1' });
    const json = await run([`-target-id=${target}`, '-format=json', ...node('')]);
    expect(JSON.parse(json.stderr).credentials).toHaveLength(2);
  });

  test('are shown without the one that the program takes', async () => {
    const bin = join(folder.path, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'psql'), '#!/bin/sh\ncat "$PGPASSFILE"\n', { mode: 0o755 });
    const { stdout, stderr } = await run(['postgres', `-target-id=${target}`], {
      PATH: `${bin}:${process.env['PATH']}`,
    });
    expect(stdout).toMatch(/^127\.0\.0\.1:\d+:\*:\*:shown-horse\n$/);
    expect(stderr).toContain('shown-token');
    expect(stderr).not.toContain(password);
  });

  test('are not shown with -listen=stdio, which says so', async () => {
    const { stdout, stderr } = await run([`-target-id=${target}`, '-listen=stdio']);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^the target hands out credentials, which are not shown with -listen=stdio/);
    expect(stderr).not.toContain('shown-');
  });

  test('are not given to who has a token, who is told so', async () => {
    const authorized = await runProgram(['targets', 'authorize-session', `-id=${target}`, '-format=json'], {
      env,
    }).ended;
    expect(authorized.stdout).toContain('shown-horse');
    const { authorizationToken } = JSON.parse(authorized.stdout).item;
    const args = ['-authz-token=env://TOKEN', ...node('console.log(process.env.TOKEN ?? "none")')];
    const { stdout, stderr } = await run(args, { TOKEN: authorizationToken });
    expect({ stdout, stderr }).toEqual({
      stdout: 'none\n',
      stderr:
        'credentials of the target, if it has any, were shown when the session was authorized and are not given again\n',
    });
  });
});
