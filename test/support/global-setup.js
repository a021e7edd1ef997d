// One PostgreSQL for the whole run, with a template database that has the schema and the development
// resources: a test file takes a copy of it in some 30 ms. Runs the built program, because jest transforms
// no imports of its setup.
const { randomBytes } = require('node:crypto');
const { mkdtempSync } = require('node:fs');
const { tmpdir } = require('node:os');
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

module.exports = async function setUp() {
  const folder = mkdtempSync(join(tmpdir(), 'postern-test-'));
  const cluster = await startCluster({ folder, shelter: '/var/lib/postern', binFolder: null });
  globalThis.posternTestCluster = cluster;
  const rootKey = randomBytes(32).toString('base64');
  await onCluster(cluster, 'create database postern_template');
  const source = await openDataSource(
    {
      url: { ...cluster.address, database: 'postern_template' },
      poolSize: 5,
      statementTimeoutMs: 30_000,
      applicationName: 'postern test setup',
      clockShift: null,
    },
    entities,
  );
  const guard = { check: () => Promise.resolve() };
  const database = openDatabase({ source, guard, reactors: [], onFacts: () => {} });
  await migrate(source);
  await claimFingerprint(database.reader, rootKeyFrom(Buffer.from(rootKey, 'base64')).fingerprint);
  await createDevelopmentResources(database);
  await source.destroy();
  process.env.POSTERN_TEST_CLUSTER = JSON.stringify({ address: cluster.address, rootKey, folder });
};

async function onCluster(cluster, sql) {
  const client = new Client({ ...cluster.address, database: 'postgres' });
  await client.connect();
  await client.query(sql);
  await client.end();
}
