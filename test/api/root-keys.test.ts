import { randomBytes } from 'node:crypto';
import type { ControlDatabase } from '../../src/control-database';
import { registerBoot, workerKeyOf } from '../../src/worker/register-worker';
import { rootKeyProvider } from '../../src/seal/key-provider';
import { rewrapRootKey } from '../../src/seal/rewrap-root-key';
import { rootKeyFrom } from '../../src/seal/root-key';
import { sealer } from '../../src/seal/seal';
import { secretKeeper } from '../../src/seal/secret-keeper';
import { openControl } from '../support/control';
import { dumpDatabase } from '../support/database-dump';
import { sealedSecrets } from '../support/sealed-secrets';
import { startTestServer } from '../support/test-server';
import { createTestDatabase, testCluster, type TestDatabase } from '../support/test-database';

const old = testCluster().rootKey;
const fresh = randomBytes(32).toString('base64');
const third = randomBytes(32).toString('base64');
const nameOf = (key: string): string => rootKeyFrom(Buffer.from(key, 'base64')).fingerprint;

let database: TestDatabase;
const controls: ControlDatabase[] = [];
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  for (const control of controls.splice(0)) await control.close();
  await database.drop();
});

/** The database with a list of root keys, as a server with them has it. */
async function start(...keys: string[]) {
  const control = await openControl(database, keys.join(','));
  controls.push(control);
  const keeper = secretKeeper(rootKeyProvider(...control.rootKeys));
  const secrets = await sealedSecrets(database, control.database, keeper);
  return { control, secrets };
}

/** A worker with a key of its own, as a server registers it; its private key. */
async function worker({ database: into, rootKeys }: ControlDatabase, name: string): Promise<string> {
  const registration = {
    ...{ name, releaseVersion: '1', tags: [] },
    makeKey: (kept: string | undefined) => ({
      privateKeyPem: kept ?? `key ${name}`,
      thumbprint: 'A'.repeat(43),
    }),
  };
  const seal = sealer(...rootKeys);
  const { id, key } = await workerKeyOf(into, seal, registration);
  await registerBoot(into, seal, {
    ...registration,
    id,
    key,
    address: '127.0.0.1:1',
    bootId: 'boot_0000000000',
  });
  return key.privateKeyPem;
}

const sealedUnder = async (): Promise<string[]> =>
  (
    await database.sql<{ name: string }>(
      `select distinct split_part(sealed, '.', 1) as name from (select wrapped_key as sealed from data_key
       union all select sealed_private_key from worker union all select sealed_secret from account_totp) s
       where sealed is not null`,
    )
  ).map(({ name }) => name);
const tiedTo = async (): Promise<string[]> =>
  (await database.sql<{ fingerprint: string }>('select fingerprint from root_key')).map(
    (row) => row.fingerprint,
  );

test('the root key is changed in four steps, at each of which servers of the step before go on', async () => {
  const before = await start(old);
  const id = await before.secrets.make('correct horse');
  await worker(before.control, 'one');
  const account = 'acctpw_1234567890';
  const factor = { table: 'account_totp', column: 'sealed_secret', id: account };
  await database.sql('insert into account_totp (account_id, sealed_secret) values ($1, $2)', [
    account,
    sealer(...before.control.rootKeys).seal('second factor', factor),
  ]);

  const second = await start(old, fresh);
  const secondId = await second.secrets.make('second');

  const front = await start(fresh, old);
  const org = await sealedSecrets(
    database,
    front.control.database,
    secretKeeper(rootKeyProvider(...front.control.rootKeys)),
    await newProject(),
  );
  const thirdId = await org.make('third');
  expect((await sealedUnder()).sort()).toEqual([nameOf(old), nameOf(fresh)].sort());
  for (const { secrets } of [second, front])
    expect([await secrets.open(id), await secrets.open(secondId), await secrets.open(thirdId)]).toEqual([
      ...['correct horse', 'second', 'third'],
    ]);

  const { rootKeys } = front.control;
  expect(await rewrapRootKey(front.control.database, rootKeys)).toEqual({
    ...{
      doneCounts: { data_key: 2, worker: 1, account_totp: 1 },
      remainingCount: 0,
      unopened: [],
      hasMoved: true,
    },
  });
  expect(await sealedUnder()).toEqual([nameOf(fresh)]);
  expect(await tiedTo()).toEqual([nameOf(fresh)]);

  const last = await start(fresh);
  for (const { secrets } of [second, front, last]) expect(await secrets.open(id)).toBe('correct horse');
  expect(await last.secrets.open(thirdId)).toBe('third');
  expect(await worker(last.control, 'one')).toBe('key one');
  const [row] = await database.sql<{ sealed: string }>('select sealed_secret as sealed from account_totp');
  expect(sealer(...last.control.rootKeys).open(row!.sealed, factor)).toBe('second factor');
});

async function newProject(): Promise<string> {
  const id = 'p_another000';
  await database.sql(`insert into scope (id, type, parent_id) values ($1, 'project', 'o_1234567890')`, [id]);
  return id;
}

describe('a change that is run again', () => {
  test('changes nothing the second time', async () => {
    const { control, secrets } = await start(fresh, old);
    await secrets.make('x');
    await rewrapRootKey(control.database, control.rootKeys);
    const dump = await dumpDatabase(database);
    expect(await rewrapRootKey(control.database, control.rootKeys)).toEqual({
      ...{
        doneCounts: { data_key: 0, worker: 0, account_totp: 0 },
        remainingCount: 0,
        unopened: [],
        hasMoved: false,
      },
    });
    expect(await dumpDatabase(database)).toEqual(dump);
  });

  test('goes on where it was stopped', async () => {
    const { control, secrets } = await start(old);
    const ids = [await secrets.make('one')];
    for (const name of ['a', 'b', 'c']) await worker(control, name);
    const { database: into } = control;
    let written = 0;
    const stopping = {
      ...into,
      transact: (work: Parameters<typeof into.transact>[0]) => {
        if (written++ === 1) throw new Error('stopped');
        return into.transact(work);
      },
    } as typeof into;
    const keys = (await start(fresh, old)).control.rootKeys;
    await expect(rewrapRootKey(stopping, keys)).rejects.toThrow('stopped');
    expect((await sealedUnder()).sort()).toEqual([nameOf(old), nameOf(fresh)].sort());
    expect(await tiedTo()).toEqual([nameOf(old)]);
    expect(await rewrapRootKey(into, keys)).toMatchObject({
      doneCounts: { data_key: 0, worker: 3 },
      hasMoved: true,
    });
    const { secrets: last } = await start(fresh);
    expect(await last.open(ids[0]!)).toBe('one');
  });

  test('takes what two older keys have sealed, and tells how far it is', async () => {
    const first = await start(old);
    await worker(first.control, 'a');
    const both = await start(fresh, old);
    await worker(both.control, 'b');
    const all = await start(third, fresh, old);
    const seen: unknown[] = [];
    const outcome = await rewrapRootKey(all.control.database, all.control.rootKeys, (one) => seen.push(one));
    expect(outcome).toMatchObject({ doneCounts: { data_key: 0, worker: 2 }, remainingCount: 0 });
    expect(seen).toEqual([{ table: 'worker', doneCount: 2 }]);
    await start(third);
  });
});

test('what does not open is named, and the database stays with the key it has', async () => {
  const { control, secrets } = await start(old);
  await secrets.make('x');
  await database.sql(
    `update data_key set wrapped_key = left(wrapped_key, 30) || 'AAAA' where purpose = 'hmac'`,
  );
  const [key] = await database.sql<{ id: string }>(`select id from data_key where purpose = 'hmac'`);
  const { rootKeys } = (await start(fresh, old)).control;
  expect(await rewrapRootKey(control.database, rootKeys)).toEqual({
    doneCounts: { data_key: 1, worker: 0, account_totp: 0 },
    remainingCount: 1,
    unopened: [`data_key ${key!.id}`],
    hasMoved: false,
  });
  expect(await tiedTo()).toEqual([nameOf(old)]);
});

test('a cursor of a page opens under an older key that is listed, and no longer', async () => {
  const list = async (workerName: string, after: string | null, ...keys: string[]) => {
    const server = await startTestServer({ workerName }, { POSTERN_ROOT_KEY: keys.join(',') }, database);
    const admin = await server.signIn();
    const { data, errors } = await server.ask(
      `query ($after: String) { users(scopeId: "global", first: 1, after: $after) {
        nodes { id } pageInfo { endCursor } } }`,
      { after },
      admin,
    );
    await server.stop();
    return { page: data?.['users'], code: errors?.[0]?.extensions['code'] as string | undefined };
  };
  const { page } = await list('one', null, old);
  const next = await list('one', page.pageInfo.endCursor, fresh, old);
  expect(next.page.nodes[0].id).not.toBe(page.nodes[0].id);
  const { control } = await start(fresh, old);
  await rewrapRootKey(control.database, control.rootKeys);
  expect((await list('one', next.page.pageInfo.endCursor, fresh)).code).toBeUndefined();
  expect(await list('one', page.pageInfo.endCursor, fresh)).toMatchObject({ code: 'INVALID_INPUT' });
});

describe('a start', () => {
  const refusal = (...keys: string[]) =>
    start(...keys).then(
      () => 'started',
      (error: unknown) => (error as Error).message,
    );

  test.each<readonly [string, readonly string[], RegExp]>([
    ['with another key alone', [fresh], /^the root key is not this database's .* run `postern keys rewrap`$/],
    ['with two others', [fresh, third], /^the root key is not this database's/],
    ['with the key in front', [old], /^started$/],
    ['with the key behind others', [fresh, third, old], /^started$/],
    ['with the key twice', [old, old], /^started$/],
    [
      'with something that is no key',
      [old, 'secret'],
      /^POSTERN_ROOT_KEY must hold 32 bytes in base64 or hex$/,
    ],
  ])('%s', async (_, keys, answer) => {
    expect(await refusal(...keys)).toMatch(answer);
  });

  test('without the new key is refused while that has sealed something, before anything is written', async () => {
    const { secrets } = await start(fresh, old);
    await secrets.make('x');
    const dump = await dumpDatabase(database);
    expect(await refusal(old)).toBe(
      `the root key ${nameOf(fresh)} is missing, under which 2 keys of this database are still sealed; ` +
        'list it behind the new one (POSTERN_ROOT_KEY=NEW,OLD), run `postern keys rewrap`, then leave it out',
    );
    expect(await dumpDatabase(database)).toEqual(dump);
  });

  test('without the old key is refused while that has sealed something', async () => {
    const first = await start(old);
    await first.secrets.make('x');
    await worker((await start(fresh, old)).control, 'one');
    expect(await refusal(fresh)).toMatch(
      new RegExp(
        `^the root key ${nameOf(old)} is missing, under which 2 keys of this database are still sealed`,
      ),
    );
  });

  test('without the old key is refused while the database belongs to it, though it seals nothing', async () => {
    await worker((await start(fresh, old)).control, 'one');
    expect(await refusal(fresh)).toMatch(
      new RegExp(`^the root key ${nameOf(old)} is missing, to which this database still belongs`),
    );
  });
});
