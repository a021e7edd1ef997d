import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { StartFailure } from '../core/start-failure.js';

/** The text of a file of keys. Refuses one that others may read. */
export function readKeyFile(file: string): string {
  if ((statSync(file).mode & 0o077) !== 0) {
    throw new StartFailure(`${file} holds the root key and others may read it; chmod 600 it`);
  }
  return readFileSync(file, 'utf8');
}

/** The text beside the place of the file, where a start was stopped that made it; null when there is none. */
export function readStaged(file: string): string | null {
  return existsSync(stagedName(file)) ? readKeyFile(stagedName(file)) : null;
}

/** Writes keys beside their place, one a line, and returns when they are safe on the disk. */
export function stageKeys(file: string, secrets: readonly Buffer[]): void {
  orRefuse(file, () => {
    mkdirSync(dirname(file), { recursive: true });
    rmSync(stagedName(file), { force: true });
    const descriptor = openSync(stagedName(file), 'wx', 0o600);
    try {
      writeSync(descriptor, secrets.map((secret) => `${secret.toString('base64')}\n`).join(''));
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    syncFolder(dirname(file));
  });
}

/** Moves staged keys into their place, where nothing may be yet. */
export function keepStaged(file: string): void {
  orRefuse(file, () => {
    if (existsSync(file)) throw new Error('there is another one meanwhile');
    moveIntoPlace(file);
  });
}

/** Puts keys in the place of those in the file: a reader finds the former or the latter, whole. */
export function replaceKeys(file: string, secrets: readonly Buffer[]): void {
  stageKeys(file, secrets);
  orRefuse(file, () => moveIntoPlace(file));
}

function stagedName(file: string): string {
  return `${file}.new`;
}

function moveIntoPlace(file: string): void {
  renameSync(stagedName(file), file);
  syncFolder(dirname(file));
}

function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function orRefuse(file: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    throw new StartFailure(`the root key cannot be written to ${file}: ${(error as Error).message}`);
  }
}
