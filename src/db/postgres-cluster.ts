import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, lstatSync, readFileSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { clusterOwner, ownedFolder, socketFolder, type ClusterOwner } from './cluster-owner.js';
import { openToAppend, readOwned, writeOwned } from './owned-file.js';
import { findPostgresBinaries, type PostgresBinaries } from './postgres-binaries.js';
import { StartFailure } from '../core/start-failure.js';

/** What pg needs to connect as the superuser of a cluster of ours, over its socket. */
export interface ClusterAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

export interface Cluster {
  readonly address: ClusterAddress;
  /** True when this start created it. */
  readonly isNew: boolean;
  /** True when it ran already: left by a start that was killed, or in use by another one. */
  readonly wasRunning: boolean;
  stop(): Promise<void>;
}

export interface ClusterOptions {
  /** Where its files live; made when missing. */
  readonly folder: string;
  /** Where to go when the system user cannot reach that folder (root with a closed home). */
  readonly shelter: string;
  readonly binFolder: string | null;
  /** Listens on 127.0.0.1 too; without it the cluster is reachable by its socket alone. */
  readonly tcpPort?: number;
  /** Lines of pg_hba.conf for TCP; the socket always asks for the superuser's password. */
  readonly hostRules?: readonly string[];
}

const superuser = 'postern';
const defaultPort = 5432;
const startLimitMs = 30_000;

/**
 * Starts a PostgreSQL of our own, making it first when the folder is empty. It ends with `stop()`, and
 * also when this process dies without a word. A cluster that still runs from before is taken over.
 */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const owner = clusterOwner();
  const binaries = findPostgresBinaries(owner, options.shelter, options.binFolder);
  const root = ownedFolder(options.folder, owner, options.shelter);
  const data = join(root, 'pg');
  const passwordFile = join(root, 'password');
  const isNew = !existsSync(join(data, 'PG_VERSION'));
  if (isNew) initCluster(binaries, owner, data, passwordFile);
  refuseOtherMajor(data, binaries);
  writeOwned(
    join(data, 'pg_hba.conf'),
    ['local all all scram-sha-256', ...(options.hostRules ?? []), ''].join('\n'),
    owner,
  );
  const address: ClusterAddress = {
    host: socketFolder(data, owner),
    port: options.tcpPort ?? defaultPort,
    user: superuser,
    password: readOwned(passwordFile).trim(),
  };
  const running = await takeOver(data, address);
  if (running !== null)
    return {
      address,
      isNew,
      wasRunning: true,
      stop: () => stopPid(running).then(() => forgetSocket(address)),
    };
  const child = await launch({
    binaries,
    owner,
    data,
    logFile: join(root, 'postgres.log'),
    address,
    tcpPort: options.tcpPort ?? null,
  });
  return {
    address,
    isNew,
    wasRunning: false,
    stop: () => stopChild(child, data).then(() => forgetSocket(address)),
  };
}

function initCluster(
  binaries: PostgresBinaries,
  owner: ClusterOwner,
  data: string,
  passwordFile: string,
): void {
  // A start that was killed half-way leaves a folder without PG_VERSION or one initdb did not finish.
  const fresh = `${data}.new`;
  rmSync(fresh, { recursive: true, force: true });
  rmSync(data, { recursive: true, force: true });
  writeOwned(passwordFile, randomBytes(24).toString('base64url'), owner);
  const run = spawnSync(
    join(binaries.folder, 'initdb'),
    [
      ...['-D', fresh, '-U', superuser, '--pwfile', passwordFile, '--auth', 'scram-sha-256'],
      ...['--encoding', 'UTF8', '--locale', 'C', '--data-checksums', '--no-instructions'],
    ],
    { encoding: 'utf8', cwd: '/', env: { PATH: '/usr/bin:/bin', TZ: 'UTC' }, ...owner.identity },
  );
  if (run.status !== 0) {
    const reason = (run.stderr || run.error?.message || '').trim().split('\n').at(-1);
    throw new StartFailure(`initdb could not make a database in ${data}: ${reason}`);
  }
  renameSync(fresh, data);
}

function refuseOtherMajor(data: string, binaries: PostgresBinaries): void {
  const made = Number(readFileSync(join(data, 'PG_VERSION'), 'utf8'));
  if (made !== binaries.major) {
    throw new StartFailure(
      `${data} was made by PostgreSQL ${made}, but the binaries found are ${binaries.major}; ` +
        `name the bin folder of a PostgreSQL ${made} in POSTERN_POSTGRES_BIN, or another --data-dir`,
    );
  }
}

/** The pid of a cluster that still runs on this folder and answers; waits for one that is shutting down. */
async function takeOver(data: string, address: ClusterAddress): Promise<number | null> {
  const deadline = Date.now() + startLimitMs;
  while (Date.now() < deadline) {
    const pid = livePid(data);
    if (pid === null) return null;
    if (await answers(address)) return pid;
    await sleep(50);
  }
  throw new StartFailure(`a PostgreSQL holds ${data} but does not answer; stop it, then start again`);
}

function livePid(data: string): number | null {
  const file = join(data, 'postmaster.pid');
  if (!existsSync(file)) return null;
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
  if (!Number.isInteger(pid) || pid <= 0) return null;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? pid : null;
  }
  // After a reboot the number may belong to another program.
  const commandLine = `/proc/${pid}/cmdline`;
  if (
    existsSync('/proc/self') &&
    existsSync(commandLine) &&
    !readFileSync(commandLine, 'utf8').includes(data)
  )
    return null;
  return pid;
}

async function answers(address: ClusterAddress): Promise<boolean> {
  const client = new Client({ ...address, database: 'postgres', connectionTimeoutMillis: 2000 });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

interface Launch {
  readonly binaries: PostgresBinaries;
  readonly owner: ClusterOwner;
  readonly data: string;
  readonly logFile: string;
  readonly address: ClusterAddress;
  readonly tcpPort: number | null;
}

async function launch(wanted: Launch): Promise<ChildProcess> {
  const deadline = Date.now() + startLimitMs;
  for (;;) {
    const logStart = lstatSync(wanted.logFile, { throwIfNoEntry: false })?.size ?? 0;
    const child = spawnGuarded(wanted);
    const outcome = await reachable(child, wanted.address, deadline);
    if (outcome === 'up') return child;
    const said = readOwned(wanted.logFile).slice(logStart);
    // A dead postmaster that nobody has reaped yet still holds its lock file for a second or two.
    if (
      outcome === 'exited' &&
      /lock file "postmaster.pid" already exists/.test(said) &&
      Date.now() < deadline
    ) {
      await sleep(200);
      continue;
    }
    child.stdin?.end();
    throw new StartFailure(
      explain(said, wanted.tcpPort) ?? `PostgreSQL did not start; see ${wanted.logFile}`,
    );
  }
}

// The shell outlives us for a moment: when our end of its stdin closes, however we died, it stops
// PostgreSQL. (A background job's own stdin is /dev/null, hence descriptor 3.)
const guard = [
  'exec 3<&0',
  '"$@" </dev/null 3<&- & server=$!',
  '(cat <&3 >/dev/null; kill -INT $server 2>/dev/null) & guard=$!',
  'wait $server; code=$?; kill $guard 2>/dev/null; exit $code',
].join('\n');

function spawnGuarded({ binaries, owner, data, logFile, address, tcpPort }: Launch): ChildProcess {
  const settings: Record<string, string> = {
    listen_addresses: tcpPort === null ? '' : '127.0.0.1',
    port: String(address.port),
    unix_socket_directories: address.host,
    unix_socket_permissions: '0700',
    max_connections: '100',
    timezone: 'UTC',
    log_timezone: 'UTC',
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const log = openToAppend(logFile, owner);
  try {
    // Detached, so that Ctrl-C in a terminal reaches us alone and we stop things in order.
    const child = spawn(
      '/bin/sh',
      ['-c', guard, 'sh', join(binaries.folder, 'postgres'), '-D', data, ...flags],
      {
        cwd: '/',
        detached: true,
        stdio: ['pipe', log, log],
        env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
        ...owner.identity,
      },
    );
    child.stdin?.on('error', () => {}); // the shell ended first
    return child;
  } finally {
    closeSync(log);
  }
}

function explain(said: string, tcpPort: number | null): string | null {
  if (tcpPort !== null && /Address already in use/.test(said)) {
    return `port ${tcpPort} on 127.0.0.1 is busy; stop what listens there, or choose another --demo-database-port`;
  }
  const fatal = /FATAL: {2}(.*)/.exec(said);
  return fatal ? `PostgreSQL did not start: ${fatal[1]}` : null;
}

async function reachable(
  child: ChildProcess,
  address: ClusterAddress,
  deadline: number,
): Promise<'up' | 'exited' | 'late'> {
  while (Date.now() < deadline) {
    if (await answers(address)) return 'up';
    if (child.exitCode !== null || child.signalCode !== null) return 'exited';
    await sleep(20);
  }
  return 'late';
}

async function stopChild(child: ChildProcess, data: string): Promise<void> {
  const pid = livePid(data);
  const exited = new Promise<void>((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    else child.once('exit', () => resolve());
  });
  if (pid !== null) await stopPid(pid);
  child.stdin?.end();
  await Promise.race([exited, sleep(5000, undefined, { ref: false })]);
}

/** The folder goes when PostgreSQL has taken its socket away; one that still holds anything stays. */
function forgetSocket({ host }: ClusterAddress): void {
  try {
    rmdirSync(host);
  } catch {
    // PostgreSQL was killed, and the next start will find its socket
  }
}

/** Fast shutdown: open transactions are rolled back, nothing committed is lost. */
async function stopPid(pid: number): Promise<void> {
  signal(pid, 'SIGINT');
  const deadline = Date.now() + 15_000;
  while (isAlive(pid) && Date.now() < deadline) await sleep(20);
  if (isAlive(pid)) signal(pid, 'SIGQUIT');
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // it is gone already
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
