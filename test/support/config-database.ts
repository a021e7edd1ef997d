import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { applyMissing } from '../../src/config/apply-missing';
import { graphOf } from '../../src/config/graph';
import { readConfig } from '../../src/config/read-config';
import { openDataSource } from '../../src/db/data-source';
import { openDatabase } from '../../src/db/database';
import { entities } from '../../src/entities';
import { rootKeyProvider } from '../../src/seal/key-provider';
import { rootKeyFrom } from '../../src/seal/root-key';
import { secretKeeper } from '../../src/seal/secret-keeper';
import { createTestDatabase, testCluster } from './test-database';

export const demo = join(__dirname, '..', '..', 'config', 'demo.hcl');

/** The address of every resource of the demo, in order. */
export const demoAddresses: readonly string[] = graphOf(demo, readConfig(demo))
  .map((node) => node.address)
  .sort();

/** Tables that a configuration may write. */
const tables = [
  ...['scope', 'auth_method', 'iam_user', 'account', 'account_password'],
  ...['role', 'role_principal', 'role_grant', 'role_grant_scope'],
  ...['host_catalog', 'host', 'host_set', 'host_set_member', 'target', 'target_host_source'],
  ...['credential_store', 'credential', 'credential_secret', 'target_credential_source'],
  ...['config_address', 'audit', 'event_inbox'],
];

/** Rows by table, as text. */
export type Everything = Readonly<Record<string, readonly string[]>>;

export interface ConfigDatabase {
  /** Applies a configuration, the demo when none is named; how many resources it created. */
  apply(file?: string, env?: NodeJS.ProcessEnv): Promise<number>;
  /** A copy of the demo, secrets and all, with a part of its text replaced. */
  changedDemo(from: string, to: string): string;
  sql<R extends object>(text: string, params?: unknown[]): Promise<R[]>;
  /** The one row that the query must find. */
  one<R extends object>(text: string, params?: unknown[]): Promise<R>;
  /** Every row of every table that a configuration may write. */
  everything(): Promise<Everything>;
  close(): Promise<void>;
}

/** A database of its own, and what is needed to apply configurations to it. */
export async function openConfigDatabase(): Promise<ConfigDatabase> {
  const { place, sql, drop } = await createTestDatabase();
  const source = await openDataSource(
    {
      url: place,
      poolSize: 4,
      statementTimeoutMs: 10_000,
      applicationName: 'postern test',
      clockShift: null,
    },
    entities,
  );
  const guard = { check: () => Promise.resolve() };
  const database = openDatabase({ source, guard, reactors: [], onFacts: () => {} });
  const secrets = secretKeeper(rootKeyProvider(rootKeyFrom(Buffer.from(testCluster().rootKey, 'base64'))));
  const folder = mkdtempSync(join(tmpdir(), 'postern-apply-'));
  cpSync(join(demo, '..'), folder, { recursive: true });
  return {
    apply: (file = demo, env = {}) => applyMissing(database, secrets, file, readConfig(file), env),
    changedDemo(from, to) {
      const text = readFileSync(demo, 'utf8');
      if (text.split(from).length !== 2) throw new Error(`the demo has not ${from} once`);
      const file = join(folder, 'demo.hcl');
      writeFileSync(
        file,
        text.replace(from, () => to),
      );
      return file;
    },
    sql,
    async one<R extends object>(text: string, params?: unknown[]) {
      const rows = await sql<R>(text, params);
      if (rows.length !== 1) throw new Error(`there are ${rows.length} rows of: ${text}`);
      return rows[0]!;
    },
    async everything() {
      const all: Record<string, readonly string[]> = {};
      for (const table of tables) {
        const rows = await sql<{ row: string }>(`select t::text as row from ${table} t order by 1`);
        all[table] = rows.map(({ row }) => row);
      }
      return all;
    },
    async close() {
      await source.destroy();
      await drop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** How many rows each table has more, where it has. */
export function growth(before: Everything, after: Everything): Record<string, number> {
  return Object.fromEntries(
    tables
      .map((table): [string, number] => [table, (after[table] ?? []).length - (before[table] ?? []).length])
      .filter(([, more]) => more !== 0),
  );
}

/** The text as a pattern that means it letter by letter. */
export function literally(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
