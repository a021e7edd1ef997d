import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(__dirname, '..', '..');
const main = join(root, 'dist', 'main.js');

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A run of the built program. */
export interface Program {
  readonly child: ChildProcess;
  stdout(): string;
  stderr(): string;
  /** Waits until the output has it; fails with all that was said when the process ends or the time is over. */
  says(pattern: RegExp, timeoutMs?: number): Promise<RegExpExecArray>;
  readonly ended: Promise<Ended>;
  kill(signal?: NodeJS.Signals): void;
}

const running = new Set<ChildProcess>();

/** Runs the built program with an environment of its own: nothing of the tester's home is seen. */
export function runProgram(
  args: readonly string[],
  options: { env?: Record<string, string>; input?: string } = {},
): Program {
  const child = spawn(process.execPath, [main, ...args], {
    env: { PATH: process.env['PATH'] ?? '', NODE_ENV: 'test', TZ: 'UTC', ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  running.add(child);
  let stdout = '';
  let stderr = '';
  let hasEnded = false;
  const checks = new Set<() => void>();
  const hear = (): void => checks.forEach((check) => check());
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
    hear();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
    hear();
  });
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code) => {
      running.delete(child);
      hasEnded = true;
      hear();
      resolve({ code, stdout, stderr });
    });
  });
  child.stdin.on('error', () => {});
  if (options.input !== undefined) child.stdin.end(options.input);
  return {
    child,
    stdout: () => stdout,
    stderr: () => stderr,
    ended,
    kill: (signal = 'SIGKILL') => child.kill(signal),
    says: (pattern, timeoutMs = 20_000) =>
      new Promise((resolve, reject) => {
        const fail = (why: string): void => {
          clearTimeout(late);
          checks.delete(check);
          reject(new Error(`${args.join(' ')}: ${why} before ${String(pattern)}\n${stdout}\n${stderr}`));
        };
        const late = setTimeout(() => fail('the time was over'), timeoutMs);
        const check = (): void => {
          const match = pattern.exec(stdout) ?? pattern.exec(stderr);
          if (match) {
            clearTimeout(late);
            checks.delete(check);
            resolve(match);
          } else if (hasEnded) fail('it ended');
        };
        checks.add(check);
        check();
      }),
  };
}

/** A start that must fail: its one sentence. */
export async function refused(args: readonly string[], env: Record<string, string> = {}): Promise<string> {
  const { code, stdout, stderr } = await runProgram(['server', '--log-level', 'error', ...args], { env })
    .ended;
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  const said = stderr.split('\n').filter((line) => line !== '' && !line.startsWith('Node '));
  expect(said).toHaveLength(1);
  expect(said[0]).not.toMatch(/\bat \S+ \(|Error:/);
  return said[0]!;
}

/** Kills whatever a failed test has left behind. */
export function killPrograms(): void {
  for (const child of running) child.kill('SIGKILL');
}

/** A folder of a test's own, which the system user of an embedded database may pass through. */
export function temporaryFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'postern-test-'));
  chmodSync(path, 0o755);
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export interface Installation {
  readonly folder: string;
  readonly home: string;
  readonly demoPort: number;
  /** Flags that start the server of this installation. */
  readonly serverArgs: readonly string[];
  /** Environment in which clients find it. Set once it has been started. */
  env: Record<string, string>;
  start(
    more?: readonly string[],
    env?: Record<string, string>,
  ): Promise<Program & { url: string; worker: string }>;
  /** Runs a client command to its end. */
  postern(
    args: readonly string[],
    options?: { input?: string; env?: Record<string, string> },
  ): Promise<Ended>;
  remove(): void;
}

/** A fresh installation with the demo, on free ports: an empty home, an empty data directory. */
export async function newInstallation(spelling: 'hcl' | 'yaml' = 'hcl'): Promise<Installation> {
  const { path: folder, remove } = temporaryFolder();
  const demoPort = await freePort();
  const config = join(folder, 'config');
  cpSync(join(root, 'config'), config, { recursive: true });
  const file = join(config, `demo.${spelling}`);
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll('16001', String(demoPort)));
  const home = join(folder, 'home');
  const ports = { api: await freePort(), proxy: await freePort() };
  const serverArgs = [
    'server',
    ...['--data-dir', join(folder, 'data'), '--config', file, '--demo-database-port', String(demoPort)],
    ...[
      '--api-listen-address',
      `127.0.0.1:${ports.api}`,
      '--proxy-listen-address',
      `127.0.0.1:${ports.proxy}`,
    ],
  ];
  const installation: Installation = {
    folder,
    home,
    demoPort,
    serverArgs,
    env: { HOME: home },
    async start(more = [], env = {}) {
      const server = runProgram([...serverArgs, ...more], { env: { HOME: home, ...env } });
      await server.says(/Ctrl-C stops everything/, 60_000);
      const url = /API\s+(\S+)\/graphql/.exec(server.stdout())?.[1] ?? '';
      const worker = /Worker\s+(\S+)/.exec(server.stdout())?.[1] ?? '';
      installation.env = { HOME: home, POSTERN_ADDR: url };
      return Object.assign(server, { url, worker });
    },
    postern: (args, options = {}) =>
      runProgram(args, { input: '', ...options, env: { ...installation.env, ...options.env } }).ended,
    remove,
  };
  return installation;
}

/** The path of a program, or null where it is not installed. Those of the system are looked for as well. */
export function installed(name: string): string | null {
  const env = { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` };
  const found = spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8', env });
  return found.status === 0 ? found.stdout.trim() : null;
}

interface Needed {
  readonly programs: readonly string[];
  /** Set to 1 where they have to be there. */
  readonly variable: string;
  readonly hint: string;
}

/**
 * `describe` for tests that need programs which npm does not bring. Where one is missing they are left out,
 * and the run says so; where they have to be there, that is a failure.
 */
function describeWith({ programs, variable, hint }: Needed, title: string, body: () => void): void {
  const missing = programs.filter((name) => installed(name) === null);
  if (missing.length === 0) return describe(title, body);
  const lack = `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not installed`;
  if (process.env[variable] === '1') {
    return test(`${title}: what they need is required`, () => {
      throw new Error(`${lack}; ${hint}`);
    });
  }
  process.stderr.write(`left out, because ${lack}: ${title}\n`);
}

const psql = {
  programs: ['psql'],
  variable: 'POSTERN_REQUIRE_PSQL',
  hint: 'install the PostgreSQL client (Debian: apt install postgresql-client)',
};
const openssh = {
  programs: ['ssh', 'scp', 'ssh-keygen', 'sshd'],
  variable: 'POSTERN_REQUIRE_SSH',
  hint: 'install OpenSSH (Debian: apt install openssh-client openssh-server)',
};
const curl = {
  programs: ['curl'],
  variable: 'POSTERN_REQUIRE_CURL',
  hint: 'install it (Debian: apt install curl)',
};
const mysql = {
  programs: ['mysql', 'my_print_defaults'],
  variable: 'POSTERN_REQUIRE_MYSQL',
  hint: 'install the client of MySQL or MariaDB (Debian: apt install default-mysql-client)',
};
const sshpass = {
  programs: [...openssh.programs, 'sshpass'],
  variable: 'POSTERN_REQUIRE_SSH',
  hint: 'install OpenSSH and sshpass (Debian: apt install openssh-client openssh-server sshpass)',
};
const redis = {
  programs: ['redis-cli'],
  variable: 'POSTERN_REQUIRE_REDIS',
  hint: 'install it (Debian: apt install redis-tools)',
};

/** `describe` for tests with a real psql. */
export const describeWithPsql = describeWith.bind(null, psql);
/** `describe` for tests with a real ssh and a real sshd. */
export const describeWithSsh = describeWith.bind(null, openssh);
/** `describe` for tests with a real curl. */
export const describeWithCurl = describeWith.bind(null, curl);
/** `describe` for tests with a real client of MySQL. */
export const describeWithMysql = describeWith.bind(null, mysql);
/** `describe` for tests with a real sshpass, ssh and sshd. */
export const describeWithSshpass = describeWith.bind(null, sshpass);
/** `describe` for tests with a real redis-cli. */
export const describeWithRedis = describeWith.bind(null, redis);
