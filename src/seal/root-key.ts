import { createHash, hkdfSync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
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

/**
 * The root key and, when it was made just now, how to keep it: nothing is written before the database has
 * accepted the key, so that a lost key file is never replaced by one that fits nothing.
 */
export function loadRootKey(source: RootKeySource): { key: RootKey; keep: () => void } {
  if (source.fromEnvironment !== null) {
    return { key: rootKeyFrom(decode(source.fromEnvironment, 'POSTERN_ROOT_KEY')), keep: () => {} };
  }
  if (existsSync(source.file)) {
    if ((statSync(source.file).mode & 0o077) !== 0) {
      throw new StartFailure(`${source.file} holds the root key and others may read it; chmod 600 it`);
    }
    return { key: rootKeyFrom(decode(readFileSync(source.file, 'utf8'), source.file)), keep: () => {} };
  }
  if (!source.mayCreate) {
    throw new StartFailure(
      'no root key: set POSTERN_ROOT_KEY to 32 random bytes in base64 (openssl rand -base64 32), the same on every controller',
    );
  }
  const secret = randomBytes(keyBytes);
  const keep = (): void => {
    mkdirSync(dirname(source.file), { recursive: true });
    writeFileSync(source.file, `${secret.toString('base64')}\n`, { mode: 0o600, flag: 'wx' });
  };
  return { key: rootKeyFrom(secret), keep };
}

function decode(text: string, origin: string): Buffer {
  const trimmed = text.trim();
  const secret = /^[0-9a-f]{64}$/i.test(trimmed)
    ? Buffer.from(trimmed, 'hex')
    : Buffer.from(trimmed, 'base64');
  if (secret.length !== keyBytes) throw new StartFailure(`${origin} must hold 32 bytes in base64 or hex`);
  return secret;
}
