import { createHash, hkdfSync, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { StartFailure } from '../core/start-failure.js';
import { keepStaged, readKeyFile, readStaged, replaceKeys, stageKeys } from './root-key-file.js';

/** What the root key is used for. Each purpose has a key of its own, so that none opens another's. */
export type KeyPurpose = 'fingerprint' | 'page-cursor' | 'event-cursor' | 'column';

/** The one secret everything else is derived from. It never leaves this object. */
export interface RootKey {
  derive(purpose: KeyPurpose): Buffer;
  /** Tells which root key it is, and nothing about it. */
  readonly fingerprint: string;
}

/** The root keys of a server: the first seals, and each opens what it has sealed. */
export type RootKeys = readonly [RootKey, ...RootKey[]];

const keyBytes = 32;

export function rootKeyFrom(secret: Buffer): RootKey {
  const derive = (purpose: KeyPurpose): Buffer =>
    Buffer.from(hkdfSync('sha256', secret, 'postern root key 1', purpose, keyBytes));
  const fingerprint = createHash('sha256').update(derive('fingerprint')).digest('hex').slice(0, 16);
  return { derive, fingerprint };
}

export interface RootKeySource {
  /** 32 bytes as base64 or hex, from the environment; several with commas or line ends between. It wins over the file. */
  readonly fromEnvironment: string | null;
  /** A file of mode 0600 with the same. */
  readonly file: string;
  /** Makes a key when there is none: only for a database of our own. */
  readonly mayCreate: boolean;
}

export interface LoadedRootKeys {
  readonly keys: RootKeys;
  /** Writes a key that was made just now beside its place. To be called before the database is tied to it. */
  stage(): void;
  /** Moves it into its place. To be called when the database is tied to it. */
  keep(): void;
}

/**
 * The root keys. One that is made just now touches the disk in two steps: nothing is written before the
 * database has accepted it, so that a lost key file is never replaced by a key that fits nothing; and it is
 * safe on the disk, as `root.key.new`, before the database is tied to it, so that no key is ever lost. A
 * start that was stopped in between is made good by the next one, which finds the staged key.
 */
export function loadRootKeys(source: RootKeySource): LoadedRootKeys {
  const { file, fromEnvironment } = source;
  if (fromEnvironment !== null) return inPlace(decode(fromEnvironment, 'POSTERN_ROOT_KEY'));
  if (existsSync(file)) return inPlace(decode(readKeyFile(file), file));
  // Half a key was never anybody's: the database is tied to one only when all of it is on the disk.
  const staged = secretsIn(readStaged(file) ?? '');
  if (staged === null && !source.mayCreate) {
    throw new StartFailure(
      'no root key: set POSTERN_ROOT_KEY to 32 random bytes in base64 (openssl rand -base64 32), the same on every controller',
    );
  }
  const secrets = staged ?? [randomBytes(keyBytes)];
  return {
    keys: keysFrom(secrets),
    stage: () => {
      if (staged === null) stageKeys(file, secrets);
    },
    keep: () => keepStaged(file),
  };
}

/**
 * Puts a fresh key in front of the one in the file, and returns all keys that are in it now. Where there are
 * several, somebody was stopped who did this before: then nothing is made.
 */
export function addRootKey(file: string): RootKeys {
  const present = decode(readKeyFile(file), file);
  if (present.length > 1) return keysFrom(present);
  const secrets: Secrets = [randomBytes(keyBytes), present[0]];
  replaceKeys(file, secrets);
  return keysFrom(secrets);
}

/** Takes all keys but the first out of the file. To be called when they seal nothing any more. */
export function keepFirstRootKey(file: string): void {
  replaceKeys(file, decode(readKeyFile(file), file).slice(0, 1));
}

type Secrets = readonly [Buffer, ...Buffer[]];

function keysFrom([first, ...others]: Secrets): RootKeys {
  return [rootKeyFrom(first), ...others.map(rootKeyFrom)];
}

function inPlace(secrets: Secrets): LoadedRootKeys {
  return { keys: keysFrom(secrets), stage: () => {}, keep: () => {} };
}

function decode(text: string, origin: string): Secrets {
  const secrets = secretsIn(text);
  if (secrets === null) throw new StartFailure(`${origin} must hold 32 bytes in base64 or hex`);
  return secrets;
}

/** The keys in a text, each once; null when one of them is none. */
function secretsIn(text: string): Secrets | null {
  const [first, ...others] = text
    .split(/[\s,]+/)
    .filter(Boolean)
    .map(secretIn);
  if (!first || others.includes(null)) return null;
  const secrets = [first, ...(others as Buffer[])];
  const once = secrets.filter((secret, i) => secrets.findIndex((one) => one.equals(secret)) === i);
  return once as [Buffer, ...Buffer[]];
}

function secretIn(text: string): Buffer | null {
  const secret = /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64');
  return secret.length === keyBytes ? secret : null;
}
