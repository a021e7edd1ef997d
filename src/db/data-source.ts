import 'reflect-metadata';
import pg from 'pg';
import { DataSource, DefaultNamingStrategy, type Logger } from 'typeorm';
import { migrations } from './migrate.js';
import { StartFailure } from '../core/start-failure.js';

/** Property `camelCase` is column `snake_case`, in every table. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

class SnakeNames extends DefaultNamingStrategy {
  override columnName(property: string, custom: string | undefined): string {
    return custom ?? snakeCase(property);
  }
}

// Without one of its own, TypeORM prints what fails.
const silence: Logger = {
  logQuery: () => {},
  logQueryError: () => {},
  logQuerySlow: () => {},
  logSchemaBuild: () => {},
  logMigration: () => {},
  log: () => {},
};

export interface DatabaseSettings {
  /** A URL, or the address of a cluster of ours. */
  readonly url: string | { host: string; port: number; user: string; password: string; database: string };
  /** For a URL without one. */
  readonly password?: string | null;
  readonly poolSize: number;
  readonly statementTimeoutMs: number;
  readonly applicationName: string;
  /** Tests shift the time that is stored and that expiry is tested by, `1 hour` for instance. */
  readonly clockShift: string | null;
}

// Times leave the database as RFC 3339 in UTC with milliseconds, which is what the API shows.
pg.types.setTypeParser(pg.types.builtins.TIMESTAMPTZ, (text: string) => {
  if (!text.endsWith('+00') || text.charAt(10) !== ' ') return new Date(text).toISOString();
  const fraction = text.slice(20, -3).padEnd(3, '0').slice(0, 3);
  return `${text.slice(0, 10)}T${text.slice(11, 19)}.${fraction}Z`;
});

/** Connects and checks the server. Fails with one sentence when it cannot. */
export async function openDataSource(
  settings: DatabaseSettings,
  entities: readonly (abstract new () => object)[],
): Promise<DataSource> {
  const place =
    typeof settings.url === 'string'
      ? { url: settings.url }
      : {
          host: settings.url.host,
          port: settings.url.port,
          username: settings.url.user,
          password: settings.url.password,
          database: settings.url.database,
        };
  // The environment has it no more, where pg would look last.
  if (settings.password) pg.defaults.password = settings.password;
  const options = [
    '-c TimeZone=UTC',
    settings.clockShift === null ? '' : `-c postern.clock_shift=${settings.clockShift.replace(/ /g, '\\ ')}`,
  ];
  const source = new DataSource({
    type: 'postgres',
    ...place,
    entities: [...entities] as (new () => object)[],
    migrations,
    migrationsTableName: 'schema_migration',
    namingStrategy: new SnakeNames(),
    synchronize: false,
    logger: silence,
    applicationName: settings.applicationName,
    poolSize: settings.poolSize,
    connectTimeoutMS: 5000,
    installExtensions: false,
    extra: {
      options: options.join(' ').trim(),
      statement_timeout: settings.statementTimeoutMs,
      idle_in_transaction_session_timeout: 30_000,
      lock_timeout: 10_000,
    },
  });
  try {
    await source.initialize();
  } catch (error) {
    throw new StartFailure(`the database cannot be reached: ${reason(error)}`);
  }
  const [server] = await source.query<[{ server_version_num: string }]>('show server_version_num');
  if (Number(server.server_version_num) < 150_000) {
    await source.destroy();
    throw new StartFailure(`PostgreSQL 15 or newer is needed, the server is ${server.server_version_num}`);
  }
  return source;
}

function reason(error: unknown): string {
  const { errors, message } = (error ?? {}) as { errors?: unknown[]; message?: string };
  if (errors?.[0] !== undefined) return reason(errors[0]);
  return message ?? String(error);
}
