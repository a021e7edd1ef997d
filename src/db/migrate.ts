import { MigrationExecutor, type DataSource, type MigrationInterface, type QueryRunner } from 'typeorm';
import { silentLog, type Log } from '../core/log.js';
import { foundation } from './migrations/0001-foundation.js';
import { identity } from './migrations/0002-identity.js';
import { targets } from './migrations/0003-targets.js';
import { sessions } from './migrations/0004-sessions.js';
import { log } from './migrations/0005-log.js';
import { listIndexes } from './migrations/0006-list-indexes.js';
import { lifeCycles } from './migrations/0007-life-cycles.js';
import { credentials } from './migrations/0008-credentials.js';
import { denials } from './migrations/0009-denials.js';
import { secondFactor } from './migrations/0010-second-factor.js';
import { machineIdentity } from './migrations/0011-machine-identity.js';
import { permissionLoss } from './migrations/0012-permission-loss.js';
import { userQuotas } from './migrations/0013-user-quotas.js';
import { StartFailure } from '../core/start-failure.js';

// TypeORM takes a migration's order from the 13 digits that end its name. A released one never changes.
const steps = [
  ['foundation', foundation],
  ['identity', identity],
  ['targets', targets],
  ['sessions', sessions],
  ['log', log],
  ['listIndexes', listIndexes],
  ['lifeCycles', lifeCycles],
  ['credentials', credentials],
  ['denials', denials],
  ['secondFactor', secondFactor],
  ['machineIdentity', machineIdentity],
  ['permissionLoss', permissionLoss],
  ['userQuotas', userQuotas],
] as const;

/** The schema, step by step: literal SQL, each step in a transaction of its own. */
export const migrations = steps.map(([title, sql], index) => {
  const name = `${title}${String(index + 1).padStart(13, '0')}`;
  return class implements MigrationInterface {
    readonly name = name;
    async up(runner: QueryRunner): Promise<void> {
      try {
        await runner.query(sql);
      } catch (error) {
        throw new StartFailure(
          `step ${title} of the migration failed and was undone: ${(error as Error).message}`,
          { cause: error },
        );
      }
    }
    down(): Promise<void> {
      return Promise.reject(new Error('migrations only go forward; restore a backup to go back'));
    }
  };
});

const knownNames = new Set(migrations.map((Step) => new Step().name));
const migrationLock = 7703415000;

/**
 * Brings the schema up to this release, one controller at a time, and returns how many steps ran. Waits for
 * another that migrates as long as it takes. Refuses, before any write, a database that a newer release has
 * migrated.
 */
export async function migrate(source: DataSource, log: Log = silentLog): Promise<number> {
  const runner = source.createQueryRunner();
  try {
    // The time-outs are made for requests; a step over a large table, or the wait for another's, takes longer.
    await runner.query('set statement_timeout = 0');
    await runner.query('set lock_timeout = 0');
    await lockOut(runner, log);
    await refuseNewer(runner);
    const executor = new MigrationExecutor(source, runner);
    executor.transaction = 'each';
    return (await executor.executePendingMigrations()).length;
  } catch (error) {
    if (error instanceof StartFailure) throw error;
    throw new StartFailure(`the database could not be migrated: ${(error as Error).message}`, {
      cause: error,
    });
  } finally {
    // The connection goes back to the pool and serves requests.
    await runner
      .query(`select pg_advisory_unlock(${migrationLock})`)
      .then(() => runner.query('reset statement_timeout'))
      .then(() => runner.query('reset lock_timeout'))
      .catch(() => {}); // it is broken, and the lock fell with it
    await runner.release();
  }
}

async function lockOut(runner: QueryRunner, log: Log): Promise<void> {
  const [attempt] = (await runner.query('select pg_try_advisory_lock($1) as got', [migrationLock])) as [
    { got: boolean },
  ];
  if (attempt.got) return;
  log.info('another server migrates the database; waiting for it');
  await runner.query('select pg_advisory_lock($1)', [migrationLock]);
}

async function refuseNewer(runner: QueryRunner): Promise<void> {
  const [found] = (await runner.query(`select to_regclass('schema_migration') is not null as present`)) as [
    { present: boolean },
  ];
  if (!found.present) return;
  const rows = (await runner.query('select name from schema_migration')) as { name: string }[];
  const unknown = rows.find((row) => !knownNames.has(row.name));
  if (!unknown) return;
  throw new StartFailure(
    `the database was migrated by a newer release of postern (step ${unknown.name}); start that release, or restore a backup`,
  );
}
