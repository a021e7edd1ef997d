import {
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { ClusterOwner } from './cluster-owner.js';
import { StartFailure } from '../core/start-failure.js';

// What lies in a folder of the database's system user may have been put there by that user. Root must not
// be led elsewhere by it: nothing is followed, and what is changed is what was opened.
const { O_APPEND, O_CREAT, O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY } = constants;

/** Writes a file of mode 0600 that belongs to the owner. Refuses a link in its place or in that of its folder. */
export function writeOwned(file: string, text: string, owner: ClusterOwner): void {
  const descriptor = openOwned(file, O_WRONLY, owner);
  try {
    ftruncateSync(descriptor);
    writeFileSync(descriptor, text);
  } finally {
    closeSync(descriptor);
  }
}

/** Opens a file of the owner's to write at its end; made when missing. Refuses links as `writeOwned` does. */
export function openToAppend(file: string, owner: ClusterOwner): number {
  return openOwned(file, O_WRONLY | O_APPEND, owner);
}

/** What a file of the owner's holds. Refuses links as `writeOwned` does. */
export function readOwned(file: string): string {
  const descriptor = openInside(file, O_RDONLY);
  try {
    return readFileSync(descriptor, 'utf8');
  } finally {
    closeSync(descriptor);
  }
}

/** Gives a folder to the owner. Refuses a link in its place. */
export function handOver(folder: string, owner: ClusterOwner): void {
  const descriptor = openFolder(folder);
  try {
    give(descriptor, owner);
  } finally {
    closeSync(descriptor);
  }
}

/** Makes a folder that is the owner's, or ours, private to the owner. Refuses a link, and one of anybody else. */
export function takePrivately(folder: string, owner: ClusterOwner): void {
  const descriptor = openFolder(folder);
  try {
    if (![owner.identity.uid, process.getuid?.()].includes(fstatSync(descriptor).uid))
      throw refusalOf(folder);
    fchmodSync(descriptor, 0o700);
    give(descriptor, owner);
  } finally {
    closeSync(descriptor);
  }
}

function openOwned(file: string, flags: number, owner: ClusterOwner): number {
  const descriptor = openInside(file, flags | O_CREAT);
  try {
    fchmodSync(descriptor, 0o600);
    give(descriptor, owner);
    return descriptor;
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

// By way of the folder that was looked at, where the system can say so: another may have its name by now.
function openInside(file: string, flags: number): number {
  const folder = openFolder(dirname(file));
  try {
    const looked = `/proc/self/fd/${folder}`;
    const place = join(existsSync(looked) ? looked : dirname(file), basename(file));
    const descriptor = openPlainly(file, place, flags);
    const { nlink } = fstatSync(descriptor);
    if (fstatSync(descriptor).isFile() && nlink === 1) return descriptor;
    closeSync(descriptor);
    throw refusalOf(file);
  } finally {
    closeSync(folder);
  }
}

function openFolder(folder: string): number {
  return openPlainly(folder, folder, O_RDONLY | O_DIRECTORY);
}

function openPlainly(name: string, place: string, flags: number): number {
  try {
    return openSync(place, flags | O_NOFOLLOW | O_NONBLOCK, 0o600);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    throw ['ELOOP', 'ENOTDIR', 'EMLINK', 'EISDIR', 'ENXIO'].includes(code) ? refusalOf(name) : error;
  }
}

function give(descriptor: number, { identity }: ClusterOwner): void {
  if (identity.uid !== undefined) fchownSync(descriptor, identity.uid, identity.gid ?? 0);
}

function refusalOf(name: string): StartFailure {
  return new StartFailure(
    `${name} is a link or not what belongs there; remove it, or name another --data-dir`,
  );
}
