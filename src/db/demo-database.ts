import { Client } from 'pg';
import { startCluster, type Cluster, type ClusterOptions } from './postgres-cluster.js';

export interface DemoDatabase {
  readonly port: number;
  stop(): Promise<void>;
}

/**
 * A PostgreSQL for the demo's targets to lead to: `sampledb` on 127.0.0.1 for user `postgres`, password
 * `secret`. That user is no superuser and may neither run programs nor touch files; the superuser is
 * reachable by the socket alone.
 */
export async function startDemoDatabase(
  options: Omit<ClusterOptions, 'tcpPort' | 'hostRules'>,
  port: number,
): Promise<DemoDatabase> {
  const hostRules = ['host all postgres 127.0.0.1/32 scram-sha-256'];
  const cluster = await startCluster({ ...options, tcpPort: port, hostRules });
  try {
    await fill(cluster);
  } catch (error) {
    await cluster.stop();
    throw error;
  }
  return { port, stop: () => cluster.stop() };
}

// The database gets its name when it is whole, so that a start that was killed half-way is made good by the next
// one, and whatever people have done to it since is left alone.
async function fill({ address }: Cluster): Promise<void> {
  await withClient({ ...address, database: 'postgres' }, async (client) => {
    const done = await client.query(`select from pg_database where datname = 'sampledb'`);
    if (done.rowCount) return;
    const role = await client.query(`select from pg_roles where rolname = 'postgres'`);
    if (!role.rowCount) {
      await client.query(
        `create role postgres login password 'secret' nosuperuser nocreatedb nocreaterole noreplication nobypassrls`,
      );
    }
    await client.query('drop database if exists sampledb_unfinished');
    await client.query('create database sampledb_unfinished owner postgres');
    await withClient({ ...address, database: 'sampledb_unfinished' }, (inside) =>
      inside.query(`
        create table machine (id integer primary key, name text not null, rack text not null, is_healthy boolean not null);
        alter table machine owner to postgres;
        insert into machine values
          (1, 'qa-web-1', 'A1', true), (2, 'qa-web-2', 'A2', true), (3, 'qa-db-1', 'B1', true),
          (4, 'qa-db-2', 'B2', false), (5, 'qa-batch-1', 'C1', true);
      `),
    );
    await client.query('alter database sampledb_unfinished rename to sampledb');
  });
}

async function withClient(place: object, work: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new Client(place);
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
