import type { DataSource, MigrationInterface, QueryRunner } from 'typeorm';
import { foundation } from './migrations/0001-foundation.js';
import { identity } from './migrations/0002-identity.js';
import { targets } from './migrations/0003-targets.js';
import { sessions } from './migrations/0004-sessions.js';
import { log } from './migrations/0005-log.js';
import { StartFailure } from '../core/start-failure.js';

// TypeORM takes a migration's order from the 13 digits that end its name. A released one never changes.
const steps = [
  ['foundation', foundation],
  ['identity', identity],
  ['targets', targets],
  ['sessions', sessions],
  ['log', log],
] as const;

/** The schema, step by step: literal SQL, each step in a transaction of its own. */
export const migrations = steps.map(([title, sql], index) => {
  const name = `${title}${String(index + 1).padStart(13, '0')}`;
  return class implements MigrationInterface {
    readonly name = name;
    async up(runner: QueryRunner): Promise<void> {
      await runner.query(sql);
    }
    down(): Promise<void> {
      return Promise.reject(new Error('migrations only go forward; restore a backup to go back'));
    }
  };
});

const knownNames = new Set(migrations.map((Step) => new Step().name));
const migrationLock = 7703415000;

/**
 * Brings the schema up to this release, one controller at a time, and returns how many steps ran.
 * Refuses, before any write, a database that a newer release has migrated.
 */
export async function migrate(source: DataSource): Promise<number> {
  const guard = source.createQueryRunner();
  try {
    await guard.query('select pg_advisory_lock($1)', [migrationLock]);
    const [found] = (await guard.query(`select to_regclass('schema_migration') is not null as present`)) as [
      { present: boolean },
    ];
    if (found.present) {
      const rows = (await guard.query('select name from schema_migration')) as { name: string }[];
      const unknown = rows.filter((row) => !knownNames.has(row.name));
      if (unknown.length > 0) {
        throw new StartFailure(
          `the database was migrated by a newer release of postern (step ${unknown[0]?.name}); start that release, or restore a backup`,
        );
      }
    }
    const done = await source.runMigrations({ transaction: 'each' });
    return done.length;
  } finally {
    await guard.query('select pg_advisory_unlock($1)', [migrationLock]).catch(() => {});
    await guard.release();
  }
}
