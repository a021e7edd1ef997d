import type { ControlDatabase } from '../../src/control-database';
import { rootKeyProvider } from '../../src/seal/key-provider';
import { secretKeeper } from '../../src/seal/secret-keeper';
import { openControl } from '../support/control';
import { HeardLog } from '../support/heard-log';
import { newUser } from '../support/identities';
import { sealedSecrets, type SealedSecrets } from '../support/sealed-secrets';
import { eventually } from '../support/session-client';
import { testCluster } from '../support/test-database';
import { startTestServer, type TestServer } from '../support/test-server';

const project = 'p_1234567890';
let server: TestServer;
let admin: string;
let log: HeardLog;
let control: ControlDatabase;
let secrets: SealedSecrets;
beforeEach(async () => {
  log = new HeardLog();
  server = await startTestServer({}, {}, undefined, log);
  admin = await server.signIn();
  control = await openControl(server.database, testCluster().rootKey);
  const keeper = secretKeeper(rootKeyProvider(...control.rootKeys));
  secrets = await sealedSecrets(server.database, control.database, keeper);
});
afterEach(async () => {
  await control.close();
  await server.stop();
});

const keyFields = 'id purpose version secretCount isCurrent';
async function ask(document: string, variables: object, token = admin): Promise<any> {
  const { data, errors } = await server.ask(document, variables, token);
  if (errors) return { code: errors[0]!.extensions['code'], message: errors[0]!.message };
  return Object.values(data!)[0];
}
const list = (scopeId = project, token = admin) =>
  ask(`query ($scopeId: ID!) { scopeKeys(scopeId: $scopeId) { ${keyFields} } }`, { scopeId }, token);
const rotate = (reseal = false, scopeId = project) =>
  ask(
    `mutation ($input: RotateScopeKeysInput!) { rotateScopeKeys(input: $input) { key { ${keyFields} } resealedCount remainingCount } }`,
    { input: { scopeId, reseal } },
  );
const reseal = () =>
  ask(
    'mutation ($input: ResealScopeSecretsInput!) { resealScopeSecrets(input: $input) { resealedCount remainingCount } }',
    { input: { scopeId: project } },
  );
const destroy = (keyVersionId: string, scopeId = project) =>
  ask(
    'mutation ($input: DestroyDataKeyVersionInput!) { destroyDataKeyVersion(input: $input) { deletedId } }',
    { input: { scopeId, keyVersionId } },
  );
const shortly = (keys: any[]): string[] =>
  keys.map(
    ({ purpose, version, secretCount, isCurrent }) =>
      `${purpose} ${version}: ${secretCount}${isCurrent ? ' current' : ''}`,
  );

test('the keys of a scope appear with its first secret, and their versions with each rotation', async () => {
  expect(await list()).toEqual([]);
  await secrets.make('one');
  await secrets.make('two');
  expect(shortly(await list())).toEqual(['SEAL 1: 2 current', 'HMAC 1: 0 current']);
  expect(await rotate()).toMatchObject({
    key: { purpose: 'SEAL', version: 2, secretCount: 0, isCurrent: true },
    resealedCount: 0,
    remainingCount: 2,
  });
  await secrets.make('three');
  expect(shortly(await list())).toEqual(['SEAL 2: 1 current', 'SEAL 1: 2', 'HMAC 1: 0 current']);
});

test('a scope without secrets gets its first key by a rotation', async () => {
  expect(await rotate(false, 'global')).toMatchObject({
    key: { version: 1, isCurrent: true },
    remainingCount: 0,
  });
  expect(shortly(await list('global'))).toEqual(['SEAL 1: 0 current']);
});

test('a rotation that seals again puts all under the new version, which open as before', async () => {
  const plains = Array.from({ length: 250 }, (_, i) => `secret ${i}`);
  const ids: string[] = [];
  for (const plain of plains) ids.push(await secrets.make(plain));
  expect(await rotate(true)).toMatchObject({ key: { version: 2 }, resealedCount: 250, remainingCount: 0 });
  expect(shortly(await list())).toEqual(['SEAL 2: 250 current', 'SEAL 1: 0', 'HMAC 1: 0 current']);
  const opened: string[] = [];
  for (const id of ids) opened.push(await secrets.open(id));
  expect(opened).toEqual(plains);
  expect(await reseal()).toEqual({ resealedCount: 0, remainingCount: 0 });
});

test('sealing again leaves other scopes alone', async () => {
  await secrets.make('mine');
  await server.database.sql(
    `insert into scope (id, type, parent_id) values ('p_another000', 'project', 'o_1234567890')`,
  );
  const keeper = secretKeeper(rootKeyProvider(...control.rootKeys));
  const others = await sealedSecrets(server.database, control.database, keeper, 'p_another000');
  const id = await others.make('theirs');
  const before = await others.row(id);
  await rotate(false, 'p_another000');
  expect(await rotate(true)).toMatchObject({ resealedCount: 1 });
  expect(await others.row(id)).toEqual(before);
});

test('what does not open stays under its version, is counted, and logged without the rest', async () => {
  const [good, bad] = [await secrets.make('good'), await secrets.make('bad')];
  await server.database.sql(
    `update credential_secret set sealed = sealed || 'AAAA' where credential_id = $1`,
    [bad],
  );
  expect(await rotate(true)).toMatchObject({ resealedCount: 1, remainingCount: 1 });
  expect(await secrets.open(good)).toBe('good');
  const line = log.lines.find((one) => one.startsWith('what is sealed does not open'));
  expect(line).toContain(bad);
});

test('a writer that seals under the older version meanwhile is waited for, and sealed again', async () => {
  await secrets.make('before');
  const { id, finish } = await slowWriter();
  const rotating = rotate(true);
  await waitsForLock();
  await finish();
  expect(await rotating).toMatchObject({ key: { version: 2 }, resealedCount: 2, remainingCount: 0 });
  expect(await secrets.open(id)).toBe('slow');
});

/** Somebody who has sealed a secret, and has not committed it yet. */
async function slowWriter(): Promise<{ id: string; finish(): Promise<void> }> {
  const keeper = secretKeeper(rootKeyProvider(...control.rootKeys));
  let goOn: () => void = () => {};
  const stands = new Promise<void>((resolve) => (goOn = resolve));
  let written: (id: string) => void = () => {};
  const isWritten = new Promise<string>((resolve) => (written = resolve));
  const done = control.database.transact(async (tx) => {
    const inside = { ...control.database, transact: <R>(work: (one: typeof tx) => Promise<R>) => work(tx) };
    written(await (await sealedSecrets(server.database, inside, keeper)).make('slow'));
    await stands;
  });
  const id = await isWritten;
  return {
    id,
    finish: () => {
      goOn();
      return done;
    },
  };
}

async function waitsForLock(): Promise<void> {
  await eventually('somebody to wait for a lock', async () => {
    const rows = await server.database.sql(
      `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    return rows.length > 0;
  });
}

describe('a version', () => {
  test('is destroyed when nothing is sealed under it, and is gone for good', async () => {
    const id = await secrets.make('one');
    const [old] = await list();
    expect(await destroy(old.id)).toMatchObject({ code: 'INVALID_STATE' });
    await rotate();
    expect(await destroy(old.id)).toEqual({
      code: 'CONFLICT',
      message: '1 secrets are sealed under it; seal them again with resealScopeSecrets first',
    });
    expect(await reseal()).toEqual({ resealedCount: 1, remainingCount: 0 });
    expect(await destroy(old.id)).toEqual({ deletedId: old.id });
    expect(await destroy(old.id)).toMatchObject({ code: 'NOT_FOUND' });
    expect(await secrets.open(id)).toBe('one');
  });

  test('for hashes is never destroyed', async () => {
    await secrets.make('one');
    const hmac = (await list()).find(({ purpose }: any) => purpose === 'HMAC');
    expect(await destroy(hmac.id)).toMatchObject({ code: 'INVALID_STATE' });
  });

  test('of another scope is missing', async () => {
    await secrets.make('one');
    await rotate(true);
    const old = (await list()).find(({ version }: any) => version === 1);
    await rotate(false, 'o_1234567890');
    expect(await destroy(old.id, 'o_1234567890')).toMatchObject({ code: 'NOT_FOUND' });
  });

  test('that somebody is sealing under is not destroyed: the writer is waited for', async () => {
    const before = await secrets.make('one');
    const [old] = await list();
    const { id, finish } = await slowWriter();
    await rotate();
    await server.database.sql('delete from credential where id = $1', [before]);
    const destroying = destroy(old.id);
    await waitsForLock();
    await finish();
    expect(await destroying).toMatchObject({ code: 'CONFLICT' });
    expect(await secrets.open(id)).toBe('slow');
  });
});

describe('who', () => {
  test.each([
    ['holds list-keys lists them', ['ids=*;type=scope;actions=list-keys'], 'listed'],
    ['may list scopes does not', ['ids=*;type=scope;actions=list,read'], 'FORBIDDEN'],
    ['sees nothing of the scope is told that it is missing', [], 'NOT_FOUND'],
  ])('%s', async (_, grants, outcome) => {
    await secrets.make('one');
    await server.database.sql(`delete from role_principal where principal_id in ('u_anon', 'u_auth')`);
    const { token } = await newUser(server, [
      { scope: project, grants },
      ...(outcome === 'FORBIDDEN'
        ? [{ scope: 'o_1234567890', grants: [`ids=${project};actions=read`] }]
        : []),
    ]);
    const answer = await list(project, token);
    expect(Array.isArray(answer) ? 'listed' : answer.code).toBe(outcome);
  });
});

test('rotation and destruction are in the audit and the log of events, with no key', async () => {
  await secrets.make('one');
  const [old] = await list();
  const { key } = await rotate(true);
  await destroy(old.id);
  const rows = await server.database.sql<{ operation: string; before: unknown; after: unknown }>(
    `select operation, before, after from audit where resource_id = $1 and operation ~ 'Key' order by id`,
    [project],
  );
  expect(rows).toEqual([
    {
      operation: 'rotateScopeKeys',
      before: { keyVersion: 1 },
      after: { keyVersionId: key.id, keyVersion: 2 },
    },
    { operation: 'destroyDataKeyVersion', before: { keyVersionId: old.id, keyVersion: 1 }, after: null },
  ]);
  const events = await server.database.sql<{ kind: string; subject_id: string }>(
    `select kind, subject_id from (select kind, subject_id from event union all select kind, subject_id from event_inbox) e
     where kind like 'scope-key%' order by kind`,
  );
  expect(events).toEqual([
    { kind: 'scope-key.created', subject_id: key.id },
    { kind: 'scope-key.deleted', subject_id: old.id },
  ]);
});
