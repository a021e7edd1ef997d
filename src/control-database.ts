import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock, type Clock } from './core/clock.js';
import type { Log } from './core/log.js';
import { StartFailure } from './core/start-failure.js';
import type { ChangeGuard, Reactor } from './core/tx.js';
import { openDataSource } from './db/data-source.js';
import { openDatabase, type Database } from './db/database.js';
import { migrate } from './db/migrate.js';
import { startCluster } from './db/postgres-cluster.js';
import { entities } from './entities.js';
import { loadRootKeys, type RootKeys } from './seal/root-key.js';
import { claimFingerprint } from './seal/root-key.store.js';
import { refuseOtherKeys } from './seal/refuse-other-keys.js';
import type { Settings } from './settings.js';

/** Where a data directory goes whose parent the database's system user cannot enter. */
export const shelter = '/var/lib/postern';

export interface ControlDatabase {
  readonly database: Database;
  readonly rootKeys: RootKeys;
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
 * Checks that the root keys are this database's before anything is written, then migrates.
 */
export async function openControlDatabase(parts: ControlDatabaseParts): Promise<ControlDatabase> {
  const { settings, guard, reactors, onFacts, log } = parts;
  const isEmbedded = settings.databaseUrl === null;
  refuseForeignKeyFile(settings);
  const loaded = loadRootKeys({
    fromEnvironment: settings.rootKey,
    file: rootKeyFile(settings),
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
        password: settings.databasePassword,
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
    await refuseOtherKeys(database.reader, loaded.keys);
    await migrate(source, log);
    loaded.stage();
    await claimFingerprint(database.reader, loaded.keys[0].fingerprint);
    await refuseOtherKeys(database.reader, loaded.keys);
    loaded.keep();
    return { database, rootKeys: loaded.keys, isEmbedded, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The same for a command of an operator, which serves nobody. */
export function openForCommand(settings: Settings, log: Log): Promise<ControlDatabase> {
  return openControlDatabase({
    settings,
    clock: systemClock,
    log,
    onLost: (why) => log.error(why),
    guard: { check: () => Promise.resolve() },
    reactors: [],
    onFacts: () => {},
  });
}

/** Where the root key of an embedded database is kept. */
export function rootKeyFile({ dataDir }: Settings): string {
  return join(dataDir, 'root.key');
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
