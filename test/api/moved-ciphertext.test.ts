import { randomText } from '../../src/core/id';
import { rootKeyProvider } from '../../src/seal/key-provider';
import { rootKeyFrom } from '../../src/seal/root-key';
import { sealerUnder, type SealedPlace } from '../../src/seal/seal';
import { placeOf } from '../../src/seal/secret-keeper';
import { codeOf, messageOf } from '../support/changes';
import {
  newCredential,
  newCredentialStore,
  otherPassword,
  sealedPassword,
  targetWith,
} from '../support/credentials';
import { newUser } from '../support/identities';
import { keptLog } from '../support/kept-log';
import { testCluster } from '../support/test-database';
import type { Answer } from '../support/test-server';
import { org, project, startWorld, type World } from '../support/world';

let world: World;
const log = keptLog();
beforeAll(async () => {
  world = await startWorld({}, {}, log);
});
afterAll(() => world.server.stop());

interface Kept {
  readonly id: string;
  readonly sealed: string;
  readonly dataKeyId: string;
}
const kept = async (id: string): Promise<Kept> => {
  const [row] = await world.server.database.sql<Omit<Kept, 'id'>>(
    'select sealed, data_key_id as "dataKeyId" from credential_secret where credential_id = $1',
    [id],
  );
  return { id, ...row! };
};
const put = async (id: string, { sealed, dataKeyId }: Pick<Kept, 'sealed' | 'dataKeyId'>): Promise<void> => {
  await world.server.database.sql(
    'update credential_secret set sealed = $2, data_key_id = $3 where credential_id = $1',
    [id, sealed, dataKeyId],
  );
};
const authorize = (targetId: string, token = world.admin): Promise<Answer> =>
  world.server.ask(
    `mutation ($input: AuthorizeSessionInput!) { authorizeSession(input: $input) {
       session { id } authorization { credentials { password object } } } }`,
    { input: { targetId } },
    token,
  );

/** A credential of another project, which has keys of its own. */
async function elsewhere(): Promise<Kept> {
  const { id: scopeId } = await world.made('createScope', { scopeId: org, name: randomText(12) });
  return kept(await newCredential(world, await newCredentialStore(world, scopeId as string)));
}

/** The secret of a credential, sealed under its very key for a place that is its own but for what is said. */
async function sealedFor({ id, dataKeyId }: Kept, other: Partial<SealedPlace>): Promise<string> {
  const root = rootKeyProvider(rootKeyFrom(Buffer.from(testCluster().rootKey, 'base64')));
  const [row] = await world.server.database.sql<{ wrapped_key: string }>(
    'select wrapped_key from data_key where id = $1',
    [dataKeyId],
  );
  const bytes = await root.unwrap(row!.wrapped_key, placeOf(dataKeyId));
  const place = { table: 'credential_secret', column: 'sealed 1', id, ...other };
  return sealerUnder({ id: dataKeyId, bytes }).seal(JSON.stringify({ password: sealedPassword }), place);
}

type Damage = (own: Kept) => Promise<void>;

const damages: Record<string, Damage> = {
  'of another credential': async ({ id }) => put(id, await kept(await newCredential(world))),
  'of a credential of another project': async ({ id }) => put(id, await elsewhere()),
  'that it had before': async (own) => {
    await world.made('updateCredential', { id: own.id, expectedVersion: 1, password: otherPassword });
    expect((await kept(own.id)).sealed).not.toBe(own.sealed);
    await put(own.id, own);
  },
  'that was sealed for another column': async (own) => {
    await put(own.id, { ...own, sealed: await sealedFor(own, { column: 'password_hmac 1' }) });
  },
  'that was sealed for another table': async (own) => {
    await put(own.id, { ...own, sealed: await sealedFor(own, { table: 'credential' }) });
  },
  'of which one letter was changed': async ({ id, sealed, dataKeyId }) => {
    const at = sealed.length - 12;
    const letter = sealed[at] === 'A' ? 'B' : 'A';
    await put(id, { dataKeyId, sealed: sealed.slice(0, at) + letter + sealed.slice(at + 1) });
  },
  'that says that another key seals it': async ({ id, sealed }) => {
    const { dataKeyId } = await elsewhere();
    await put(id, { dataKeyId, sealed: `${dataKeyId}.${sealed.split('.')[1]}` });
  },
  'that names no key there is': async ({ id, sealed, dataKeyId }) =>
    put(id, { dataKeyId, sealed: `dk_nowhere000.${sealed.split('.')[1]}` }),
  'that is none': async ({ id, dataKeyId }) => put(id, { dataKeyId, sealed: sealedPassword }),
  'that is gone': async ({ id }) => {
    await world.server.database.sql('delete from credential_secret where credential_id = $1', [id]);
  },
};

describe('a sealed text', () => {
  test.each(Object.entries(damages))('%s does not open, and no session is made', async (_, damage) => {
    const { id } = await kept(await newCredential(world));
    const targetId = await targetWith(world, await newCredential(world), id);
    const { token } = await newUser(world.server, [
      { scope: project, grants: [`ids=${targetId};actions=authorize-session`] },
    ]);
    await damage(await kept(id));
    log.lines.length = 0;
    const answer = await authorize(targetId, token);
    expect(codeOf(answer)).toBe('INVALID_STATE');
    expect(messageOf(answer)).toBe(
      `the credential ${id} cannot be opened; whoever keeps it has to give its secret again`,
    );
    expect(answer.data).toBeNull();
    const { sql } = world.server.database;
    expect(await sql('select 1 from session where target_id = $1', [targetId])).toEqual([]);
    const [entry] = await sql(
      `select operation, outcome, error_code, resource_type, resource_id, comment from audit order by at desc limit 1`,
    );
    expect(entry).toEqual({
      ...{ operation: 'authorizeSession', outcome: 'refused', error_code: 'INVALID_STATE' },
      ...{ resource_type: 'target', resource_id: targetId, comment: messageOf(answer) },
    });
    const [line] = log.lines.filter(({ level }) => level === 'error');
    expect(line).toMatchObject({ message: 'a credential cannot be opened' });
    expect(line!.facts).toMatchObject({ credential: id, target: targetId, reason: expect.any(String) });
    const said = JSON.stringify([answer, log.lines, entry]);
    for (const secret of [sealedPassword, otherPassword]) expect(said).not.toContain(secret);
  });

  test('of an older key does not open as one of a newer, nor the other way round', async () => {
    const own = await kept(await newCredential(world));
    const { sql } = world.server.database;
    await sql('alter table data_key disable trigger data_key_immutable');
    await sql('update data_key set key_version = 7 where id = $1', [own.dataKeyId]);
    const answer = await authorize(await targetWith(world, own.id));
    await sql('update data_key set key_version = 1 where id = $1', [own.dataKeyId]);
    await sql('alter table data_key enable trigger data_key_immutable');
    expect(codeOf(answer)).toBe('INVALID_STATE');
    expect((await authorize(await targetWith(world, own.id))).errors).toBeUndefined();
  });

  test('opens where all of its place is its own', async () => {
    const own = await kept(await newCredential(world));
    await put(own.id, { ...own, sealed: await sealedFor(own, {}) });
    expect((await authorize(await targetWith(world, own.id))).errors).toBeUndefined();
  });

  test('that does not open is mended by giving the secret again, whichever it was', async () => {
    const { id } = await kept(await newCredential(world));
    const targetId = await targetWith(world, id);
    await put(id, await kept(await newCredential(world)));
    expect(codeOf(await authorize(targetId))).toBe('INVALID_STATE');
    await world.made('updateCredential', { id, expectedVersion: 1, password: sealedPassword });
    const { data } = await authorize(targetId);
    expect(data!['authorizeSession'].authorization.credentials).toEqual([
      { password: sealedPassword, object: null },
    ]);
  });
});
