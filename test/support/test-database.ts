import { Client } from 'pg';
import { randomText } from '../../src/core/id';
import type { ClusterAddress } from '../../src/db/postgres-cluster';

interface TestCluster {
  readonly address: ClusterAddress;
  readonly rootKey: string;
}

export function testCluster(): TestCluster {
  return JSON.parse(process.env['POSTERN_TEST_CLUSTER'] ?? '') as TestCluster;
}

export interface TestDatabase {
  /** As DATABASE_URL takes it. */
  readonly url: string;
  readonly place: ClusterAddress & { database: string };
  /** SQL as the superuser, past the program. */
  sql<R extends object>(text: string, params?: unknown[]): Promise<R[]>;
  drop(): Promise<void>;
}

/** A database of its own for a test file: the schema and the development resources (admin / password). */
export async function createTestDatabase(template = 'postern_template'): Promise<TestDatabase> {
  const { address } = testCluster();
  const database = `t_${randomText(10).toLowerCase()}`;
  await onCluster(address, `create database ${database} template ${template}`);
  const place = { ...address, database };
  const client = new Client(place);
  client.on('error', () => {});
  await client.connect();
  const { user, password, host, port } = address;
  return {
    url: `postgres://${user}:${password}@/${database}?host=${encodeURIComponent(host)}&port=${port}`,
    place,
    sql: async <R extends object>(text: string, params: unknown[] = []) =>
      (await client.query(text, params)).rows as R[],
    async drop() {
      await client.end();
      await onCluster(address, `drop database if exists ${database} with (force)`);
    },
  };
}

async function onCluster(address: ClusterAddress, sql: string): Promise<void> {
  const client = new Client({ ...address, database: 'postgres' });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
