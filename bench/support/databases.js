const { randomBytes } = require('node:crypto');
const { join } = require('node:path');
const { Client } = require('pg');
const { createDevelopmentResources } = require('../../dist/config/initial-resources.js');
const { openDataSource } = require('../../dist/db/data-source.js');
const { openDatabase } = require('../../dist/db/database.js');
const { migrate } = require('../../dist/db/migrate.js');
const { startCluster } = require('../../dist/db/postgres-cluster.js');
const { entities } = require('../../dist/entities.js');
const { rootKeyFrom } = require('../../dist/seal/root-key.js');
const { claimFingerprint } = require('../../dist/seal/root-key.store.js');

/** One PostgreSQL of Postern's own, and databases in it that servers can be started on. */
exports.startDatabases = async function startDatabases(folder) {
  const cluster = await startCluster({
    folder: join(folder, 'databases'),
    shelter: '/var/lib/postern',
    binFolder: null,
  });
  const { user, password, host, port } = cluster.address;
  const rootKey = randomBytes(32).toString('base64');
  return {
    rootKey,
    /** A database with the schema and the development resources, and a way to speak SQL to it. */
    async create(name) {
      const admin = await connect({ ...cluster.address, database: 'postgres' });
      await admin.query(`create database ${name}`);
      await admin.end();
      const address = { ...cluster.address, database: name };
      await prepare(address, rootKey);
      const client = await connect(address);
      return {
        url: `postgres://${user}:${password}@/${name}?host=${encodeURIComponent(host)}&port=${port}`,
        sql: async (text, values) => (await client.query(text, values)).rows,
        close: () => client.end(),
      };
    },
    stop: () => cluster.stop(),
  };
};

async function connect(address) {
  const client = new Client(address);
  await client.connect();
  return client;
}

async function prepare(address, rootKey) {
  const source = await openDataSource(
    { url: address, poolSize: 2, statementTimeoutMs: 60_000, applicationName: 'bench', clockShift: null },
    entities,
  );
  const guard = { check: () => Promise.resolve() };
  const database = openDatabase({ source, guard, reactors: [], onFacts: () => {} });
  await migrate(source);
  await claimFingerprint(database.reader, rootKeyFrom(Buffer.from(rootKey, 'base64')).fingerprint);
  await createDevelopmentResources(database);
  await source.destroy();
}
