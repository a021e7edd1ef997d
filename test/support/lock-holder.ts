import { createHash } from 'node:crypto';
import { Client } from 'pg';
import { eventually } from './session-client';
import type { TestDatabase } from './test-database';

const keyOf = (lock: string): string =>
  createHash('sha256').update(lock).digest().readBigInt64BE().toString();

const ofLock = (lock: string): string =>
  `locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())
   and (classid::bigint << 32 | objid::bigint) = ${keyOf(lock)}`;

/** The database's process that has the lock, when there is one. */
export async function holderOf(database: TestDatabase, lock: string): Promise<number | undefined> {
  const [row] = await database.sql<{ pid: number }>(
    `select pid from pg_locks where granted and ${ofLock(lock)}`,
  );
  return row?.pid;
}

/** Ends the connection that the lock stands on, as a failover or an administrator does. */
export async function cutHolder(database: TestDatabase, lock: string): Promise<void> {
  const rows = await database.sql(
    `select pg_terminate_backend(pid) from pg_locks where granted and ${ofLock(lock)}`,
  );
  if (rows.length !== 1) throw new Error(`${rows.length} processes have the lock`);
}

/** Another process that stands in line for a lock, so that it has it as soon as it is free. */
export async function standInLine(
  database: TestDatabase,
  lock: string,
): Promise<{ hasIt: Promise<unknown>; leave(): Promise<void> }> {
  const client = new Client(database.place);
  client.on('error', () => {});
  await client.connect();
  const hasIt = client.query('select pg_advisory_lock($1)', [keyOf(lock)]);
  hasIt.catch(() => {});
  await eventually('the other to stand in line', async () => {
    const rows = await database.sql(`select from pg_locks where not granted and ${ofLock(lock)}`);
    return rows.length === 1;
  });
  return { hasIt, leave: () => client.end() };
}
