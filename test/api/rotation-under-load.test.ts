import { randomBytes } from 'node:crypto';
import { randomText } from '../../src/core/id';
import { rewrapRootKey } from '../../src/seal/rewrap-root-key';
import { openControl } from '../support/control';
import { testCluster } from '../support/test-database';
import { startTestServer, type TestServer } from '../support/test-server';
import { eventually } from '../support/session-client';

const project = 'p_1234567890';
const [old, fresh] = [testCluster().rootKey, randomBytes(32).toString('base64')];
const writerCount = 6;
const roundCount = 4;

const servers: TestServer[] = [];
afterAll(async () => {
  for (const server of servers.reverse()) await server.stop();
});

async function serve(name: string, ...keys: string[]): Promise<TestServer> {
  const [first] = servers;
  const env = { POSTERN_ROOT_KEY: keys.join(',') };
  const server = await startTestServer({ workerName: name }, env, first?.database);
  servers.push(server);
  return server;
}

async function ask(server: TestServer, token: string, document: string, input: object): Promise<any> {
  const { data, errors } = await server.ask(document, { input }, token);
  if (errors) throw new Error(`${JSON.stringify(input)}: ${JSON.stringify(errors)}`);
  return Object.values(data!)[0];
}

const create = `mutation ($input: CreateUsernamePasswordCredentialInput!) {
  createUsernamePasswordCredential(input: $input) { credential { id version } } }`;
const update = `mutation ($input: UpdateCredentialInput!) { updateCredential(input: $input) { credential { version } } }`;
const attach = `mutation ($input: SetTargetCredentialSourcesInput!) {
  setTargetCredentialSources(input: $input) { target { version } } }`;
const broker = `mutation ($input: AuthorizeSessionInput!) { authorizeSession(input: $input) {
  authorization { credentials { source { id } password } } } }`;

async function newTarget(server: TestServer, admin: string): Promise<string> {
  const { target } = await ask(
    server,
    admin,
    'mutation ($input: CreateTargetInput!) { createTarget(input: $input) { target { id } } }',
    { scopeId: project, name: randomText(12), defaultPort: 22, address: '127.0.0.1' },
  );
  return target.id as string;
}

interface Kept {
  readonly targetId: string;
  readonly id: string;
  password: string;
}

/** One that makes credentials, changes them and asks for them, on one server after the other, until it is told to stop. */
async function write(
  admin: string,
  store: string,
  turn: number,
  isOver: () => boolean,
): Promise<{ kept: Kept[]; count: number }> {
  const kept: Kept[] = [];
  let count = 0;
  const server = (): TestServer => servers[(turn + count) % 2]!;
  const handedOut = async ({ targetId }: Kept): Promise<string> => {
    const { authorization } = await ask(server(), admin, broker, { targetId });
    return authorization.credentials[0].password as string;
  };
  while (!isOver()) {
    const password = randomText(24);
    const { credential } = await ask(server(), admin, create, {
      credentialStoreId: store,
      username: 'ann',
      password,
    });
    const targetId = await newTarget(server(), admin);
    const one: Kept = { targetId, id: credential.id, password };
    await ask(server(), admin, attach, {
      id: targetId,
      expectedVersion: 1,
      brokeredCredentialSourceIds: [one.id],
    });
    kept.push(one);
    expect(await handedOut(one)).toBe(password);
    one.password = randomText(24);
    await ask(server(), admin, update, {
      id: one.id,
      expectedVersion: credential.version,
      password: one.password,
    });
    const any = kept[Math.floor(Math.random() * kept.length)]!;
    expect({ id: any.id, password: await handedOut(any) }).toEqual({ id: any.id, password: any.password });
    count += 1;
  }
  return { kept, count };
}

test('while keys are rotated, destroyed and wrapped anew, nothing is refused and every secret opens as it was written', async () => {
  await serve('one', old, fresh);
  await serve('two', fresh, old);
  const [one] = servers as [TestServer, ...TestServer[]];
  const admin = await one.signIn();
  const stores: string[] = [];
  for (let i = 0; i < writerCount; i++) {
    const { credentialStore } = await ask(
      one,
      admin,
      'mutation ($input: CreateCredentialStoreInput!) { createCredentialStore(input: $input) { credentialStore { id } } }',
      { scopeId: project },
    );
    stores.push(credentialStore.id as string);
  }
  let isOver = false;
  const writing = Promise.all(stores.map((store, i) => write(admin, store, i, () => isOver)));
  const control = await openControl(one.database, `${fresh},${old}`);
  const [newKey, oldKey] = control.rootKeys as [(typeof control.rootKeys)[0], (typeof control.rootKeys)[0]];
  let [resealed, destroyed] = [0, 0];
  try {
    for (let round = 0; round < roundCount; round++) {
      await Promise.race([writing, made(one, (round + 1) * writerCount)]);
      const rotated = await ask(
        servers[round % 2]!,
        admin,
        'mutation ($input: RotateScopeKeysInput!) { rotateScopeKeys(input: $input) { resealedCount remainingCount } }',
        { scopeId: project, reseal: true },
      );
      resealed += rotated.resealedCount as number;
      expect(rotated.remainingCount).toBe(0);
      destroyed += await destroyOld(one, admin);
      const order = round % 2 === 0 ? ([newKey, oldKey] as const) : ([oldKey, newKey] as const);
      await rewrapRootKey(control.database, order);
    }
  } finally {
    isOver = true;
  }
  const written = await writing;
  const kept = written.flatMap((outcome) => outcome.kept);
  expect(destroyed).toBe(roundCount);
  expect(resealed).toBeGreaterThan(writerCount);
  expect(kept.length).toBeGreaterThan(roundCount * writerCount);

  // Servers that have the new key in front, and in the end nothing else.
  const outcome = await rewrapRootKey(control.database, [newKey, oldKey]);
  expect(outcome).toMatchObject({ remainingCount: 0, unopened: [] });
  await control.close();
  const last = await serve('three', fresh);
  const opened: Pick<Kept, 'id' | 'password'>[] = [];
  for (const { targetId } of kept) {
    const { authorization } = await ask(last, admin, broker, { targetId });
    const [{ source, password }] = authorization.credentials;
    opened.push({ id: source.id, password });
  }
  expect(opened).toEqual(kept.map(({ id, password }) => ({ id, password })));
}, 120_000);

function made({ database }: TestServer, count: number): Promise<unknown> {
  return eventually(
    `${count} credentials`,
    async () => (await database.sql('select from credential')).length >= count,
    30_000,
  );
}

/** Destroys the versions that nothing is sealed under any more; how many. */
async function destroyOld(server: TestServer, admin: string): Promise<number> {
  const { data } = await server.ask(
    `{ scopeKeys(scopeId: "${project}") { id purpose isCurrent } }`,
    {},
    admin,
  );
  const old = data!['scopeKeys'].filter((key: any) => key.purpose === 'SEAL' && !key.isCurrent);
  for (const { id } of old)
    await ask(
      server,
      admin,
      'mutation ($input: DestroyDataKeyVersionInput!) { destroyDataKeyVersion(input: $input) { deletedId } }',
      { scopeId: project, keyVersionId: id },
    );
  return old.length as number;
}
