import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { makeIdentity } from '../../src/proxy/identity';
import { randomText } from '../../src/core/id';
import {
  credentialKinds,
  newCredential,
  newCredentialStore,
  sealedPassword,
  targetWith,
} from '../support/credentials';
import { newUser } from '../support/identities';
import { collect, type Answer } from '../support/test-server';
import { newTarget, project, startWorld, type World } from '../support/world';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.server.stop());

const document = `mutation ($input: AuthorizeSessionInput!) { authorizeSession(input: $input) {
  session { id }
  authorization { token credentials {
    source { id name description credentialStoreId type credentialType }
    secret username password domain privateKey privateKeyPassphrase object
  } }
} }`;
const ask = (input: object, token = world.admin): Promise<Answer> =>
  world.server.ask(document, { input }, token);
const authorize = async (input: object, token = world.admin): Promise<any> => {
  const { data, errors } = await ask(input, token);
  expect(errors).toBeUndefined();
  return data!['authorizeSession'];
};
const nothing = {
  ...{ username: null, password: null, domain: null },
  ...{ privateKey: null, privateKeyPassphrase: null, object: null },
};

/** With the names that the parts have in JSON. */
const inJson = (parts: object): object =>
  Object.fromEntries(
    Object.entries(parts).map(([name, value]) => [
      name.replace(/[A-Z]/g, (sign) => `_${sign.toLowerCase()}`),
      value as unknown,
    ]),
  );

describe('the credentials of a target', () => {
  test.each(Object.entries(credentialKinds))('of type %s are handed out as they are', async (type, kind) => {
    const credentialStoreId = await newCredentialStore(world);
    const parts = kind.parts();
    const named = { name: randomText(12), description: 'for the night shift' };
    const { id } = await world.made(kind.mutation, { credentialStoreId, ...named, ...parts });
    const { authorization } = await authorize({ targetId: await targetWith(world, id) });
    const credentialType = type.toUpperCase();
    expect(authorization.credentials).toEqual([
      {
        source: { id, ...named, credentialStoreId, type: 'STATIC', credentialType },
        secret: 'object' in parts ? parts.object : inJson(parts),
        ...nothing,
        ...parts,
      },
    ]);
  });

  test('are handed out all together, each once, to whoever may use the target, and need no grant of their own', async () => {
    const ids = [await newCredential(world), await newCredential(world)].sort();
    const targetId = await targetWith(world, ...ids);
    const { token } = await newUser(world.server, [
      { scope: project, grants: [`ids=${targetId};actions=authorize-session`] },
    ]);
    const { authorization } = await authorize({ targetId }, token);
    expect(authorization.credentials.map(({ source }: any) => source.id)).toEqual(ids);
    const hidden = await world.server.ask(`{ nodes(ids: ["${ids.join('", "')}"]) { id } }`, {}, token);
    expect(hidden.data).toEqual({ nodes: [null, null] });
  });

  test('are none where the target has none', async () => {
    const { authorization } = await authorize({ targetId: await newTarget(world) });
    expect(authorization.credentials).toEqual([]);
  });

  test('are not handed out again, to a repeated request or to who redeems the token', async () => {
    const targetId = await targetWith(world, await newCredential(world));
    const input = { targetId, idempotencyKey: randomUUID() };
    const first = await authorize(input);
    expect(first.authorization.credentials).toHaveLength(1);
    const again = await authorize(input);
    expect(again.session.id).toBe(first.session.id);
    expect(again.authorization).toEqual({ token: null, credentials: null });
    const { data } = await world.server.ask(
      `mutation ($input: RedeemAuthorizationInput!) { redeemAuthorization(input: $input) {
         session { id } authorization { credentials { secret } } } }`,
      { input: { token: first.authorization.token, clientPublicKey: makeIdentity('test').publicKey } },
    );
    expect(data!['redeemAuthorization']).toEqual({
      session: { id: first.session.id },
      authorization: { credentials: null },
    });
  });

  test('are in no stream, no event and no session; the audit tells which they were', async () => {
    const id = await newCredential(world);
    const targetId = await targetWith(world, id);
    const stream = collect(
      world.server.live(world.admin),
      {
        query: `subscription { sessionEvents(scopeId: "${project}") { __typename ... on SessionEvent { session { id } } } }`,
      },
      'sessionEvents',
    );
    await stream.until('the checkpoint', (item) => item.__typename !== undefined);
    const { session } = await authorize({ targetId });
    await stream.until('the session', (item) => item.session?.id === session.id);
    stream.stop();
    expect(JSON.stringify(stream.items)).not.toContain(sealedPassword);
    const [entry] = await world.server.database.sql(
      `select after from audit where operation = 'authorizeSession' and resource_id = $1`,
      [session.id],
    );
    expect(entry).toMatchObject({ after: { credentialSourceIds: [id] } });
    for (const table of ['audit', 'event', 'event_inbox', 'session', 'credential', 'credential_secret']) {
      const rows = await world.server.database.sql(
        `select t::text as row from ${table} t where strpos(t::text, $1) > 0`,
        [sealedPassword],
      );
      expect({ table, rows }).toEqual({ table, rows: [] });
    }
  });
});

describe('asking for a session', () => {
  const statements: string[] = [];
  beforeAll(() => {
    const query = Client.prototype.query as (...args: unknown[]) => unknown;
    jest.spyOn(Client.prototype, 'query').mockImplementation(function (this: Client, ...args: unknown[]) {
      const [statement] = args as [{ text: string } | string];
      statements.push(typeof statement === 'string' ? statement : statement.text);
      return query.apply(this, args) as never;
    });
  });
  afterAll(() => jest.restoreAllMocks());

  test('looks at no secret and no key where the target hands out nothing', async () => {
    const targetId = await newTarget(world);
    statements.length = 0;
    await authorize({ targetId });
    expect(statements.filter((text) => /insert into session\b/.test(text))).toHaveLength(1);
    expect(statements.filter((text) => /\b(credential|credential_secret|data_key)\b/.test(text))).toEqual([]);
  });
});
