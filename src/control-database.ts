import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from './core/clock.js';
import type { Log } from './core/log.js';
import { StartFailure } from './core/start-failure.js';
import type { ChangeGuard, Reactor } from './core/tx.js';
import { openDataSource } from './db/data-source.js';
import { openDatabase, type Database } from './db/database.js';
import { migrate } from './db/migrate.js';
import { startCluster } from './db/postgres-cluster.js';
import { entities } from './entities.js';
import { claimFingerprint, fingerprintOf } from './seal/root-key.store.js';
import { loadRootKey, type RootKey } from './seal/root-key.js';
import type { Settings } from './settings.js';

/** Where a data directory goes whose parent the database's system user cannot enter. */
export const shelter = '/var/lib/postern';

export interface ControlDatabase {
  readonly database: Database;
  readonly rootKey: RootKey;
  /** True for a PostgreSQL of our own. */
  readonly isEmbedded: boolean;
  close(): Promise<void>;
}

export interface ControlDatabaseParts {
  readonly settings: Settings;
  readonly guard: ChangeGuard;
  readonly reactors: readonly Reactor[];
  readonly onFacts: () => void;
  readonly clock: Clock;
  readonly log: Log;
  /** Told when another process has taken the data directory: this one must not go on. */
  readonly onLost: (why: string) => void;
}

/**
 * Opens the database everything is kept in: that of DATABASE_URL, or one of our own in the data directory.
 * Checks that the root key is this database's before anything is written, then migrates.
 */
export async function openControlDatabase(parts: ControlDatabaseParts): Promise<ControlDatabase> {
  const { settings, guard, reactors, onFacts, log } = parts;
  const isEmbedded = settings.databaseUrl === null;
  refuseForeignKeyFile(settings);
  const loaded = loadRootKey({
    fromEnvironment: settings.rootKey,
    file: join(settings.dataDir, 'root.key'),
    mayCreate: isEmbedded,
  });
  const cluster = isEmbedded
    ? await startCluster({
        folder: join(settings.dataDir, 'database'),
        shelter,
        binFolder: settings.postgresBin,
      })
    : null;
  // One that ran already may be another server's, until the lock says that it is ours.
  let isOurs = cluster?.wasRunning === false;
  const closers: (() => Promise<unknown>)[] = [async () => isOurs && (await cluster?.stop())];
  const close = async (): Promise<void> => {
    for (const one of closers.reverse()) await one();
  };
  try {
    const source = await openDataSource(
      {
        url: cluster ? { ...cluster.address, database: 'postgres' } : (settings.databaseUrl as string),
        poolSize: settings.poolSize,
        statementTimeoutMs: 10_000,
        applicationName: 'postern',
        clockShift: settings.clockShift,
      },
      entities,
    );
    closers.push(() => source.destroy());
    const database = openDatabase({ source, guard, reactors, onFacts });
    if (isEmbedded) closers.push(await ownAlone(database, parts, () => (isOurs = false)));
    isOurs = isEmbedded;
    refuseOtherKey(loaded.key, await fingerprintOf(database.reader));
    await migrate(source, log);
    loaded.stage();
    refuseOtherKey(loaded.key, await claimFingerprint(database.reader, loaded.key.fingerprint));
    loaded.keep();
    return { database, rootKey: loaded.key, isEmbedded, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function refuseOtherKey({ fingerprint }: RootKey, expected: string | null): void {
  if (expected === null || expected === fingerprint) return;
  throw new StartFailure(
    `the root key is not this database's (${fingerprint}, it was made with ${expected}); ` +
      'restore the key file or set POSTERN_ROOT_KEY to the key it was made with',
  );
}

async function ownAlone(
  database: Database,
  parts: ControlDatabaseParts,
  disown: () => void,
): Promise<() => Promise<void>> {
  const { dataDir, limits } = parts.settings;
  const { clock, log } = parts;
  const lock = await database.holdLock('data directory', {
    clock,
    log,
    checkMs: limits.lockCheckMs,
    onLost: () => {
      disown(); // the other one works with this PostgreSQL now
      parts.onLost(`another postern server has taken ${dataDir}`);
    },
  });
  if (!lock)
    throw new StartFailure(`another postern server uses ${dataDir}; stop it, or name another --data-dir`);
  return () => lock.release();
}

// The key file beside an embedded database is that database's. Taken for another one in silence, it would be
// missed as soon as POSTERN_ROOT_KEY is set to what it should have been.
function refuseForeignKeyFile({ databaseUrl, rootKey, dataDir }: Settings): void {
  if (databaseUrl === null || rootKey !== null || !existsSync(join(dataDir, 'database'))) return;
  throw new StartFailure(
    `no root key: that in ${dataDir} belongs to the embedded database there; set POSTERN_ROOT_KEY to 32 random ` +
      'bytes in base64 (openssl rand -base64 32), or name another --data-dir',
  );
}
