import { createHash, hkdfSync, randomBytes } from 'node:crypto';
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

/** What the root key is used for. Each purpose has a key of its own, so that none opens another's. */
export type KeyPurpose = 'fingerprint' | 'page-cursor' | 'event-cursor' | 'column';

/** The one secret everything else is derived from. It never leaves this object. */
export interface RootKey {
  derive(purpose: KeyPurpose): Buffer;
  /** Tells which root key it is, and nothing about it. */
  readonly fingerprint: string;
}

const keyBytes = 32;

export function rootKeyFrom(secret: Buffer): RootKey {
  const derive = (purpose: KeyPurpose): Buffer =>
    Buffer.from(hkdfSync('sha256', secret, 'postern root key 1', purpose, keyBytes));
  const fingerprint = createHash('sha256').update(derive('fingerprint')).digest('hex').slice(0, 16);
  return { derive, fingerprint };
}

export interface RootKeySource {
  /** 32 bytes as base64 or hex, from the environment; it wins over the file. */
  readonly fromEnvironment: string | null;
  /** A file of mode 0600 with the same. */
  readonly file: string;
  /** Makes a key when there is none: only for a database of our own. */
  readonly mayCreate: boolean;
}

export interface LoadedRootKey {
  readonly key: RootKey;
  /** Writes a key that was made just now beside its place. To be called before the database is tied to it. */
  stage(): void;
  /** Moves it into its place. To be called when the database is tied to it. */
  keep(): void;
}

/**
 * The root key. One that is made just now touches the disk in two steps: nothing is written before the
 * database has accepted it, so that a lost key file is never replaced by a key that fits nothing; and it is
 * safe on the disk, as `root.key.new`, before the database is tied to it, so that no key is ever lost. A
 * start that was stopped in between is made good by the next one, which finds the staged key.
 */
export function loadRootKey(source: RootKeySource): LoadedRootKey {
  if (source.fromEnvironment !== null)
    return inPlace(rootKeyFrom(decode(source.fromEnvironment, 'POSTERN_ROOT_KEY')));
  if (existsSync(source.file)) return inPlace(rootKeyFrom(decode(readPrivate(source.file), source.file)));
  const staged = stagedSecret(source.file);
  if (staged === null && !source.mayCreate) {
    throw new StartFailure(
      'no root key: set POSTERN_ROOT_KEY to 32 random bytes in base64 (openssl rand -base64 32), the same on every controller',
    );
  }
  const secret = staged ?? randomBytes(keyBytes);
  return {
    key: rootKeyFrom(secret),
    stage: () => {
      if (staged === null) orRefuse(source.file, () => writeStaged(source.file, secret));
    },
    keep: () => orRefuse(source.file, () => moveIntoPlace(source.file)),
  };
}

function inPlace(key: RootKey): LoadedRootKey {
  return { key, stage: () => {}, keep: () => {} };
}

function readPrivate(file: string): string {
  if ((statSync(file).mode & 0o077) !== 0) {
    throw new StartFailure(`${file} holds the root key and others may read it; chmod 600 it`);
  }
  return readFileSync(file, 'utf8');
}

// Half a key was never anybody's: the database is tied to one only when all of it is on the disk.
function stagedSecret(file: string): Buffer | null {
  return existsSync(stagedName(file)) ? secretIn(readPrivate(stagedName(file))) : null;
}

function stagedName(file: string): string {
  return `${file}.new`;
}

function writeStaged(file: string, secret: Buffer): void {
  mkdirSync(dirname(file), { recursive: true });
  rmSync(stagedName(file), { force: true });
  const descriptor = openSync(stagedName(file), 'wx', 0o600);
  try {
    writeSync(descriptor, `${secret.toString('base64')}\n`);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  syncFolder(dirname(file));
}

function moveIntoPlace(file: string): void {
  if (existsSync(file)) throw new Error('there is another one meanwhile');
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

function decode(text: string, origin: string): Buffer {
  const secret = secretIn(text);
  if (secret === null) throw new StartFailure(`${origin} must hold 32 bytes in base64 or hex`);
  return secret;
}

function secretIn(text: string): Buffer | null {
  const trimmed = text.trim();
  const secret = /^[0-9a-f]{64}$/i.test(trimmed)
    ? Buffer.from(trimmed, 'hex')
    : Buffer.from(trimmed, 'base64');
  return secret.length === keyBytes ? secret : null;
}
