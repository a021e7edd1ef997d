import { randomBytes } from 'node:crypto';
import type { ControlDatabase } from '../../src/control-database';
import { newId } from '../../src/core/id';
import { rootKeyProvider, type KeyProvider } from '../../src/seal/key-provider';
import { rootKeyFrom } from '../../src/seal/root-key';
import type { SealedPlace } from '../../src/seal/seal';
import { secretKeeper, type SecretKeeper } from '../../src/seal/secret-keeper';
import { underDataKeys, underRootKey } from '../../src/seal/sealed-columns';
import { openControl } from '../support/control';
import { sealedSecrets, type SealedSecrets } from '../support/sealed-secrets';
import { eventually } from '../support/session-client';
import { createTestDatabase, testCluster, type TestDatabase } from '../support/test-database';

const project = 'p_1234567890';
const org = 'o_1234567890';
const here: SealedPlace = { table: 'credential_secret', column: 'sealed', id: 'credp_0123456789' };

let database: TestDatabase;
let control: ControlDatabase;
let keeper: SecretKeeper;
let secrets: SealedSecrets;
beforeEach(async () => {
  database = await createTestDatabase();
  control = await openControl(database, testCluster().rootKey);
  keeper = freshKeeper();
  secrets = await sealedSecrets(database, control.database, keeper);
});
afterEach(async () => {
  await control.close();
  await database.drop();
});

/** One whose cache is empty. */
const freshKeeper = (provider?: KeyProvider): SecretKeeper =>
  secretKeeper(provider ?? rootKeyProvider(...control.rootKeys));
const seal = (plain: string, place = here, scopeId = project) =>
  control.database.transact((tx) => keeper.seal(tx, scopeId, plain, place));
const open = (sealed: string, place = here, by = keeper) => by.open(control.database.reader, sealed, place);
const nextVersion = (keyVersion: number, scopeId = project) =>
  control.database.transact((tx) => keeper.addKey(tx, { scopeId, purpose: 'seal', keyVersion }));
const keys = () =>
  database.sql<{ id: string; scope_id: string; purpose: string; key_version: number }>(
    'select id, scope_id, purpose, key_version from data_key order by scope_id, purpose, key_version',
  );

describe('the first key of a scope', () => {
  test('is made once, by whichever of many at once is first, and all seal under it', async () => {
    const ids = await Promise.all(Array.from({ length: 8 }, (_, i) => secrets.make(`secret ${i}`)));
    expect((await keys()).map(({ purpose, key_version: version }) => `${purpose} ${version}`)).toEqual([
      'hmac 1',
      'seal 1',
    ]);
    const used = await database.sql('select distinct data_key_id from credential_secret');
    expect(used).toHaveLength(1);
    expect(await Promise.all(ids.map((id) => secrets.open(id)))).toEqual(ids.map((_, i) => `secret ${i}`));
  });

  test('of which the maker is undone is made by the one who waited', async () => {
    let goOn: () => void = () => {};
    const stands = new Promise<void>((resolve) => (goOn = resolve));
    let made: () => void = () => {};
    const isMade = new Promise<void>((resolve) => (made = resolve));
    const undone = control.database.transact(async (tx) => {
      await keeper.seal(tx, project, 'first', here);
      made();
      await stands;
      throw new Error('undone');
    });
    await isMade;
    const second = seal('second');
    goOn();
    await expect(undone).rejects.toThrow('undone');
    expect(await open((await second).sealed)).toBe('second');
    expect(await keys()).toHaveLength(1);
  });

  test('is another in each scope', async () => {
    await seal('one');
    await seal('two', here, org);
    expect((await keys()).map((key) => key.scope_id)).toEqual([org, project]);
  });

  test('is not made anew by who finds that it was destroyed for a later one while it waited', async () => {
    const first = await nextVersion(1);
    const [lock, writer] = [await holding(), await holding()];
    await lock.query('select from data_key where id = $1 for update', [first!.id]);
    const sealing = writer.run(async (tx) => keeper.seal(tx, project, 'late', here));
    await eventually('the writer to wait for the first key', async () => {
      const rows = await database.sql(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      );
      return rows.length === 1;
    });
    await nextVersion(2);
    await lock.query('delete from data_key where id = $1', [first!.id]);
    await lock.commit();
    const { dataKeyId } = await sealing;
    await writer.commit();
    expect(await keys()).toEqual([expect.objectContaining({ id: dataKeyId, key_version: 2 })]);
  });
});

/** A transaction that is kept open. */
async function holding() {
  let finish: () => void = () => {};
  const finished = new Promise<void>((resolve) => (finish = resolve));
  let ready: (tx: any) => void = () => {};
  const isReady = new Promise<any>((resolve) => (ready = resolve));
  const done = control.database.transact(async (tx) => {
    ready(tx);
    await finished;
  });
  const tx = await isReady;
  return {
    query: (sql: string, params: unknown[]) => tx.query(sql, params) as Promise<unknown[]>,
    run: <R>(work: (inside: any) => Promise<R>) => work(tx),
    async commit() {
      finish();
      await done;
    },
  };
}

describe('a sealed text', () => {
  test.each<readonly [string, SealedPlace]>([
    ['another table', { ...here, table: 'totp_secret' }],
    ['another column', { ...here, column: 'other' }],
    ['another row', { ...here, id: 'credp_9876543210' }],
    ['the column of a later version', { ...here, column: 'sealed 1' }],
  ])('does not open in %s', async (_, place) => {
    const { sealed } = await seal('correct horse');
    expect(await open(sealed)).toBe('correct horse');
    await expect(open(sealed, place)).rejects.toThrow();
  });

  test.each([
    ['the key of another scope', org, 1],
    ['another version of its key', project, 2],
  ])('does not open under the name of %s', async (_, scopeId, keyVersion) => {
    const { sealed } = await seal('correct horse');
    const other = await nextVersion(keyVersion, scopeId);
    await expect(open(`${other!.id}.${sealed.split('.')[1]}`)).rejects.toThrow();
  });

  test('does not open when the version of its key is another in the database', async () => {
    const { sealed, dataKeyId } = await seal('correct horse');
    await database.sql('alter table data_key disable trigger data_key_immutable');
    await database.sql('update data_key set key_version = 7 where id = $1', [dataKeyId]);
    await expect(open(sealed, here, freshKeeper())).rejects.toThrow();
  });

  test('does not open when its key is gone, though the key was in use a moment before', async () => {
    const { sealed, dataKeyId } = await seal('correct horse');
    expect(await open(sealed)).toBe('correct horse');
    await database.sql('delete from data_key where id = $1', [dataKeyId]);
    await expect(open(sealed)).rejects.toThrow(
      `the data key ${dataKeyId} of credential_secret ${here.id} is gone`,
    );
  });

  test('opens under the older of two versions, and new ones are sealed under the newer', async () => {
    const old = await seal('old');
    await nextVersion(2);
    const fresh = await seal('fresh');
    expect(fresh.dataKeyId).not.toBe(old.dataKeyId);
    expect([await open(old.sealed), await open(fresh.sealed)]).toEqual(['old', 'fresh']);
  });
});

describe('a wrapped key', () => {
  test('does not unwrap in the row of another key', async () => {
    const [mine, other] = [await seal('mine'), await seal('other', here, org)];
    const wrapped = Object.fromEntries(
      (await database.sql<{ id: string; wrapped_key: string }>('select id, wrapped_key from data_key')).map(
        (row) => [row.id, row.wrapped_key],
      ),
    );
    await database.sql('update data_key set wrapped_key = $2 where id = $1', [
      mine.dataKeyId,
      wrapped[other.dataKeyId],
    ]);
    await expect(open(mine.sealed, here, freshKeeper())).rejects.toThrow();
  });

  test('does not unwrap under a root key that did not wrap it', async () => {
    const { sealed } = await seal('correct horse');
    const other = freshKeeper(rootKeyProvider(rootKeyFrom(randomBytes(32))));
    await expect(open(sealed, here, other)).rejects.toThrow(control.rootKeys[0].fingerprint);
  });

  test('unwraps under any of the root keys that are listed', async () => {
    const { sealed } = await seal('correct horse');
    const listed = rootKeyProvider(rootKeyFrom(randomBytes(32)), ...control.rootKeys);
    expect(await open(sealed, here, freshKeeper(listed))).toBe('correct horse');
  });

  test('is unwrapped once, and asked for each time', async () => {
    const provider = rootKeyProvider(...control.rootKeys);
    let unwrapped = 0;
    const counting = freshKeeper({
      ...provider,
      unwrap: (...given) => {
        unwrapped += 1;
        return provider.unwrap(...given);
      },
    });
    const { sealed } = await seal('correct horse');
    for (let i = 0; i < 5; i++) expect(await open(sealed, here, counting)).toBe('correct horse');
    expect(unwrapped).toBe(1);
  });
});

describe('a keyed hash', () => {
  const hmac = (plain: string, place = here, scopeId = project) =>
    control.database.transact((tx) => keeper.hmac(tx, scopeId, plain, place));

  test('is the same for the same text in the same place, also after the keys were rotated', async () => {
    const before = await hmac('correct horse');
    await seal('x');
    await nextVersion(2);
    expect(await hmac('correct horse')).toBe(before);
  });

  test.each<readonly [string, string, SealedPlace, string]>([
    ['another text', 'correct house', here, project],
    ['another row', 'correct horse', { ...here, id: 'credp_9876543210' }, project],
    ['another scope', 'correct horse', here, org],
  ])('is another for %s', async (_, plain, place, scopeId) => {
    expect(await hmac(plain, place, scopeId)).not.toBe(await hmac('correct horse'));
  });
});

describe('what is sealed', () => {
  test('is known to the rotation wherever a table names the data key of a text', async () => {
    const rows = await database.sql<{ name: string }>(
      `select c.conrelid::regclass || '.' || a.attname as name from pg_constraint c
       join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
       where c.contype = 'f' and c.confrelid = 'data_key'::regclass order by 1`,
    );
    expect(rows.map(({ name }) => name)).toEqual(
      underDataKeys.map(({ table, dataKeyColumn }) => `${table}.${dataKeyColumn}`).sort(),
    );
  });

  test('is in one of the lists, if the name of its column says that it is sealed or wrapped', async () => {
    const rows = await database.sql<{ name: string }>(
      `select table_name || '.' || column_name as name from information_schema.columns
       where table_schema = 'public' and column_name ~ 'sealed|wrapped' order by 1`,
    );
    const listed = [...underRootKey, ...underDataKeys].map(
      ({ table, sealedColumn }) => `${table}.${sealedColumn}`,
    );
    expect(rows.map(({ name }) => name)).toEqual(listed.sort());
  });

  test('leaves no trace of the plain text in its row', async () => {
    const plain = `secret-${newId('req')}`;
    const { sealed } = await secrets.row(await secrets.make(plain));
    const bytes = Buffer.from(sealed.split('.')[1]!, 'base64url').toString('latin1');
    expect(sealed + bytes).not.toContain(plain);
  });
});
