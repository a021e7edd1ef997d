import { Client } from 'pg';
import { randomBytes } from 'node:crypto';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StartFailure } from '../../src/core/start-failure';
import { openDataSource } from '../../src/db/data-source';
import { migrate, migrations } from '../../src/db/migrate';
import { entities } from '../../src/entities';
import { openControl } from '../support/control';
import { HeardLog } from '../support/heard-log';
import { temporaryFolder } from '../support/program';
import { eventually } from '../support/session-client';
import { createTestDatabase, testCluster, type TestDatabase } from '../support/test-database';

const settings = { poolSize: 3, statementTimeoutMs: 30_000, applicationName: 'test', clockShift: null };
const openings: TestDatabase[] = [];
const fresh = async (template?: string): Promise<TestDatabase> => {
  const database = await createTestDatabase(template);
  openings.push(database);
  return database;
};
afterAll(async () => {
  for (const database of openings) await database.drop();
});

describe('migrations', () => {
  test('two controllers that start at once migrate once', async () => {
    const database = await fresh('template0');
    const sources = await Promise.all(
      [1, 2, 3].map(() => openDataSource({ ...settings, url: database.url }, entities)),
    );
    const ran = await Promise.all(sources.map((source) => migrate(source)));
    expect(ran.sort()).toEqual([0, 0, migrations.length]);
    for (const source of sources) await source.destroy();
  });

  test('a controller waits for another that migrates, longer than any request may take, and says so once', async () => {
    const database = await fresh('template0');
    const [first, second] = [new Client(database.place), new HeardLog()];
    await first.connect();
    await first.query('select pg_advisory_lock(7703415000)');
    const source = await openDataSource(
      { ...settings, url: database.url, poolSize: 1, statementTimeoutMs: 50 },
      entities,
    );
    const migrating = migrate(source, second);
    await second.until('another server migrates the database; waiting for it');
    await eventually('the wait to be longer than a statement may take', async () => {
      const rows = await database.sql(
        `select from pg_stat_activity where application_name = 'test' and wait_event = 'advisory'
         and datname = current_database() and now() - query_start > interval '200 ms'`,
      );
      return rows.length === 1;
    });
    await first.end();
    expect(await migrating).toBe(migrations.length);
    expect(second.lines).toHaveLength(1);
    expect(await source.query('show statement_timeout')).toEqual([{ statement_timeout: '50ms' }]);
    expect(await source.query('show lock_timeout')).toEqual([{ lock_timeout: '10s' }]);
    await source.destroy();
  });

  test('a step that fails is told by its name, and leaves nothing behind', async () => {
    const database = await fresh('template0');
    await database.sql('create table auth_method (mine text)');
    const source = await openDataSource({ ...settings, url: database.url }, entities);
    const failing = migrate(source);
    await expect(failing).rejects.toThrow(StartFailure);
    await expect(failing).rejects.toThrow(
      'step identity of the migration failed and was undone: relation "auth_method" already exists',
    );
    await database.sql('drop table auth_method');
    expect(await migrate(source)).toBe(migrations.length - 1);
    await source.destroy();
  });

  test('a role that may not create tables is told in one sentence', async () => {
    const database = await fresh('template0');
    const role = `r${randomBytes(6).toString('hex')}`;
    await database.sql(`create role ${role} login password 'x'`);
    const url = database.url.replace(/\/\/[^@]*@/, `//${role}:x@`);
    const source = await openDataSource({ ...settings, url }, entities);
    await expect(migrate(source)).rejects.toThrow(
      /^the database could not be migrated: permission denied for schema public$/,
    );
    await source.destroy();
    await database.sql(`drop role ${role}`);
  });

  test('a database that a newer release has migrated is refused before anything is written', async () => {
    const database = await fresh();
    await database.sql(
      `insert into schema_migration (timestamp, name) values (99, 'fromTheFuture0000000000099')`,
    );
    const source = await openDataSource({ ...settings, url: database.url }, entities);
    await expect(migrate(source)).rejects.toThrow(
      'was migrated by a newer release of postern (step fromTheFuture',
    );
    await source.destroy();
  });

  test('every column that the code knows of a table is there, with and without null as the code has it', async () => {
    const database = await fresh();
    const source = await openDataSource({ ...settings, url: database.url }, entities);
    for (const { tableName, columns } of source.entityMetadatas) {
      const rows = await database.sql<{ column_name: string; is_nullable: string }>(
        'select column_name, is_nullable from information_schema.columns where table_name = $1',
        [tableName],
      );
      const nullable = new Map(rows.map((row) => [row.column_name, row.is_nullable === 'YES']));
      for (const column of columns) {
        expect({
          table: tableName,
          column: column.databaseName,
          isNullable: nullable.get(column.databaseName),
        }).toEqual({
          table: tableName,
          column: column.databaseName,
          isNullable: column.isNullable,
        });
      }
    }
    await source.destroy();
  });

  test('a prepared statement survives a column that a newer release adds under it', async () => {
    const database = await fresh();
    const control = await openControl(database, testCluster().rootKey);
    const read = () => control.database.reader.query('select * from target');
    const write = () => control.database.transact((tx) => tx.query('select * from target for update'));
    expect(await Promise.all([read(), write()])).toHaveLength(2);
    await database.sql('alter table target add column later text');
    expect(await read()).toEqual(expect.arrayContaining([expect.objectContaining({ later: null })]));
    expect(await write()).toHaveLength(2);
    await control.close();
  });
});

describe('the root key', () => {
  test('of another database is refused before anything is written', async () => {
    const database = await fresh();
    await expect(openControl(database, randomBytes(32).toString('base64'))).rejects.toThrow(
      /^the root key is not this database's/,
    );
    const [{ n }] = (await database.sql<{ n: number }>('select count(*)::int as n from root_key')) as [
      { n: number },
    ];
    expect(n).toBe(1);
  });

  test('that a first start has staged and not kept is found by the next one', async () => {
    const database = await fresh();
    const folder = temporaryFolder();
    writeFileSync(join(folder.path, 'root.key.new'), testCluster().rootKey, { mode: 0o600 });
    await (await openControl(database, '', folder.path)).close();
    expect(readdirSync(folder.path)).toEqual(['root.key']);
    await (await openControl(database, '', folder.path)).close();
    folder.remove();
  });

  test('that a first start has staged for another database is refused, and left alone', async () => {
    const database = await fresh();
    const folder = temporaryFolder();
    writeFileSync(join(folder.path, 'root.key.new'), randomBytes(32).toString('base64'), { mode: 0o600 });
    await expect(openControl(database, '', folder.path)).rejects.toThrow(
      /^the root key is not this database's/,
    );
    expect(readdirSync(folder.path)).toEqual(['root.key.new']);
    folder.remove();
  });

  test('of two controllers that start at once with keys of their own, one is refused', async () => {
    const database = await fresh('template0');
    const starts = await Promise.allSettled(
      [1, 2].map(() => openControl(database, randomBytes(32).toString('base64'))),
    );
    const reasons = starts.map((start) => (start.status === 'rejected' ? String(start.reason) : 'started'));
    expect(reasons.sort()).toEqual([
      expect.stringContaining("the root key is not this database's"),
      'started',
    ]);
    for (const start of starts) if (start.status === 'fulfilled') await start.value.close();
  });

  test('is needed where the database is not our own', async () => {
    const database = await fresh();
    const opening = openControl(database, '');
    await expect(opening).rejects.toThrow('no root key: set POSTERN_ROOT_KEY');
  });
});

describe('a database that cannot be used', () => {
  test.each([
    [
      'a port where nobody listens',
      'postgres://x:y@127.0.0.1:1/z',
      'the database cannot be reached: connect ECONNREFUSED',
    ],
    [
      'a name that does not resolve',
      'postgres://x:y@nowhere.invalid/z',
      'the database cannot be reached: getaddrinfo',
    ],
    ['a URL that is none', 'postgres://[', 'the database cannot be reached'],
  ])('%s is told in one sentence', async (_, url, sentence) => {
    await expect(openDataSource({ ...settings, url }, entities)).rejects.toThrow(sentence);
  });

  test('a wrong password is told in one sentence, without the password', async () => {
    const { address } = testCluster();
    const url = `postgres://${address.user}:not-the-password@/postgres?host=${encodeURIComponent(address.host)}&port=${address.port}`;
    const error = await openDataSource({ ...settings, url }, entities).catch((one: unknown) => one);
    expect((error as Error).message).toMatch(
      /^the database cannot be reached: password authentication failed/,
    );
    expect((error as Error).message).not.toContain('not-the-password');
  });

  test('the time that is stored follows a setting of the connection, for tests of expiry', async () => {
    const database = await fresh();
    const client = new Client({ ...database.place, options: '-c postern.clock_shift=1\\ hour' });
    await client.connect();
    const { rows } = await client.query<{ ahead: string }>(
      `select extract(epoch from postern_now() - now())::int as ahead`,
    );
    expect(Number(rows[0]!.ahead)).toBeGreaterThanOrEqual(3599);
    await client.end();
  });
});
