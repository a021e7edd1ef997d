import { inputRules } from '../../src/db/input-rules';
import { failureOf } from '../../src/db/sql-failure';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** What only a fault of ours can break: what it is about, or what it says. */
const invariants = [
  /^(root_key|account_password|auth_token|worker|session|connection|event|audit|denial)_/,
  /^(account_totp|login_challenge|recovery_code)_/,
  /^(data_key|target_credential_source)_/,
  /^credential_hmacs_must_go_with_its_type$/,
  /_(type|on_permission_loss)_must_be_known$/,
  /^scope_(must_have_a_parent_unless_global|global_must_be_one)$/,
];

async function checks(): Promise<string[]> {
  const rows = await database.sql<{ name: string }>(
    `select conname as name from pg_constraint
     where contype = 'c' and connamespace = 'public'::regnamespace order by 1`,
  );
  return rows.map(({ name }) => name);
}

/** The names that triggers raise, also those that are made of a table and a column. */
async function raised(): Promise<string[]> {
  const functions = await database.sql<{ source: string }>(
    `select prosrc as source from pg_proc where pronamespace = 'public'::regnamespace`,
  );
  const literal = functions.flatMap(({ source }) =>
    [...source.matchAll(/constraint = '(\w+)'/g)].map(([, name]) => name!),
  );
  const triggers = await database.sql<{ name: string; columns: string }>(
    `select tgrelid::regclass::text as name, pg_get_triggerdef(oid) as columns from pg_trigger
     where tgfoid = 'refuse_change_of_immutable_columns'::regproc`,
  );
  const immutable = triggers.flatMap(({ name, columns }) =>
    [...columns.matchAll(/'(\w+)'/g)].map(([, column]) => `${name}_${column}_is_immutable`),
  );
  return [...literal, ...immutable];
}

test('each rule for input is one of the schema', async () => {
  const known = new Set([...(await checks()), ...(await raised())]);
  expect([...inputRules].filter((name) => !known.has(name))).toEqual([]);
});

test('each check of the schema is a rule for input or an invariant of ours, and not both', async () => {
  const isInvariant = (name: string): boolean => invariants.some((one) => one.test(name));
  expect((await checks()).filter((name) => inputRules.has(name) === isInvariant(name))).toEqual([]);
});

test('a broken invariant is not told to be the client’s fault', async () => {
  const broken = await database
    .sql(`insert into event_log (is_present, epoch) values (false, 'x')`)
    .catch((error: unknown) => error);
  expect(broken).toMatchObject({ code: '23514', constraint: 'event_log_is_present' });
  expect(failureOf(broken)).toBe(broken);
});
