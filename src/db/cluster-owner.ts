import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { handOver, takePrivately } from './owned-file.js';
import { StartFailure } from '../core/start-failure.js';

/** The system user a PostgreSQL of ours runs as: ourselves, or an unprivileged one when we are root. */
export interface ClusterOwner {
  /** For child_process: empty when the child is to run as we do. */
  readonly identity: { uid?: number; gid?: number };
}

/** PostgreSQL refuses to run as root, so root hands it to `postgres` or `nobody`. Nobody is created. */
export function clusterOwner(): ClusterOwner {
  if (process.getuid?.() !== 0) return { identity: {} };
  const entries = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  for (const name of ['postgres', 'nobody']) {
    const entry = entries.find(([user]) => user === name);
    if (entry) return { identity: { uid: Number(entry[2]), gid: Number(entry[3]) } };
  }
  throw new StartFailure(
    'PostgreSQL does not run as root and there is no user `postgres` or `nobody` to run it as; ' +
      'start postern as an ordinary user, or set DATABASE_URL',
  );
}

/**
 * A folder the owner can reach and write, private to it: the wished one, or, when a closed parent keeps
 * the owner out, one of the same name below `shelter`.
 */
export function ownedFolder(wished: string, owner: ClusterOwner, shelter: string): string {
  // The folders above may be passed through; what is private in them is private by itself.
  mkdirSync(dirname(wished), { recursive: true, mode: 0o755 });
  mkdirSync(wished, { recursive: true, mode: 0o700 });
  handOver(wished, owner);
  if (canEnter(wished, owner)) return wished;
  const sheltered = join(shelter, shortHash(wished));
  mkdirSync(sheltered, { recursive: true, mode: 0o755 });
  const folder = join(sheltered, 'data');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  handOver(folder, owner);
  if (canEnter(folder, owner)) return folder;
  throw new StartFailure(
    `the user that PostgreSQL runs as can enter neither ${wished} nor ${folder}; name another --data-dir`,
  );
}

/**
 * A private folder for a socket. Its path stays short, because a socket's path ends at 107 bytes and a
 * data directory may lie deep. Refuses a folder that somebody else made.
 */
export function socketFolder(dataFolder: string, owner: ClusterOwner): string {
  const folder = join(tmpdir().length > 60 ? '/tmp' : tmpdir(), `postern-${shortHash(dataFolder)}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  takePrivately(folder, owner);
  return folder;
}

export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 10);
}

function canEnter(folder: string, owner: ClusterOwner): boolean {
  const probe = spawnSync('/bin/sh', ['-c', 'cd "$1" && [ -w . ]', 'sh', folder], {
    cwd: '/',
    ...owner.identity,
  });
  return probe.status === 0;
}
