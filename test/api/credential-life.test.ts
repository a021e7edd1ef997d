import { randomText } from '../../src/core/id';
import { codeOf, messageOf } from '../support/changes';
import { credentialKinds, newCredential, newCredentialStore, targetWith } from '../support/credentials';
import { newUser } from '../support/identities';
import { newPrivateKey } from '../support/private-keys';
import { newTarget, org, project, startWorld, type World } from '../support/world';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.server.stop());

const shown = `id version type name description credentialStoreId scopeId username domain
  passwordHmac privateKeyHmac privateKeyPassphraseHmac objectHmac`;
const read = async (id: string, token = world.admin): Promise<any> => {
  const { data, errors } = await world.server.ask(`{ credential(id: "${id}") { ${shown} } }`, {}, token);
  expect(errors).toBeUndefined();
  return data!['credential'];
};
const code = async (mutation: string, input: object): Promise<string | undefined> =>
  codeOf(await world.run(mutation, input));
const update = async (id: string, expectedVersion: number, patch: object): Promise<any> => {
  await world.made('updateCredential', { id, expectedVersion, ...patch });
  return read(id);
};
const passphrase = 'open sesame';
const count = async (table: string, where: string, id: string): Promise<number> => {
  const [row] = await world.server.database.sql<{ n: number }>(
    `select count(*)::int as n from ${table} where ${where} = $1`,
    [id],
  );
  return row!.n;
};

describe('a credential store', () => {
  test('is made, changed and deleted; what is left out stays, null clears', async () => {
    const { server, run, made } = world;
    const { id } = await made('createCredentialStore', { scopeId: project, name: ' Vault ' });
    const ask = async () =>
      (
        await server.ask(
          `{ credentialStore(id: "${id}") { version type name description scopeId scope { id } } }`,
          {},
          world.admin,
        )
      ).data!['credentialStore'];
    expect(await ask()).toEqual({
      ...{ version: 1, type: 'STATIC', name: 'Vault', description: null },
      ...{ scopeId: project, scope: { id: project } },
    });
    await made('updateCredentialStore', { id, expectedVersion: 1, description: 'of the night shift' });
    await made('updateCredentialStore', { id, expectedVersion: 2, name: null });
    expect(await ask()).toMatchObject({ version: 3, name: null, description: 'of the night shift' });
    expect(await code('updateCredentialStore', { id, expectedVersion: 1, name: 'late' })).toBe(
      'VERSION_CONFLICT',
    );
    expect(await code('deleteCredentialStore', { id, expectedVersion: 1 })).toBe('VERSION_CONFLICT');
    expect((await run('deleteCredentialStore', { id })).data).toEqual({
      deleteCredentialStore: { deletedId: id },
    });
    expect(await code('deleteCredentialStore', { id })).toBe('NOT_FOUND');
  });

  test('lives in a project, under a name of its own', async () => {
    expect(await code('createCredentialStore', { scopeId: org })).toBe('INVALID_INPUT');
    const input = { scopeId: project, name: randomText(12) };
    await world.made('createCredentialStore', input);
    expect(await code('createCredentialStore', input)).toBe('CONFLICT');
  });

  test('goes with its credentials, their secrets, and what targets hand out of them', async () => {
    const store = await newCredentialStore(world);
    const [gone, stays] = [await newCredential(world, store), await newCredential(world)];
    const target = await targetWith(world, gone, stays);
    await world.made('deleteCredentialStore', { id: store });
    expect(await count('credential', 'credential_store_id', store)).toBe(0);
    expect(await count('credential_secret', 'credential_id', gone)).toBe(0);
    const { data } = await world.server.ask(
      `{ target(id: "${target}") { brokeredCredentialSourceIds brokeredCredentialSources { id } } }`,
      {},
      world.admin,
    );
    expect(data!['target']).toEqual({
      brokeredCredentialSourceIds: [stays],
      brokeredCredentialSources: [{ id: stays }],
    });
  });

  test('goes with its project, the keys of that too', async () => {
    const { id: scopeId } = await world.made('createScope', { scopeId: org, name: randomText(12) });
    const credential = await newCredential(world, await newCredentialStore(world, scopeId as string));
    expect(await count('data_key', 'scope_id', scopeId as string)).toBe(2);
    await world.made('deleteScope', { id: scopeId });
    expect(await count('credential_secret', 'credential_id', credential)).toBe(0);
    expect(await count('data_key', 'scope_id', scopeId as string)).toBe(0);
  });

  test('tells what may be asked of its credentials, and leads to them', async () => {
    const store = await newCredentialStore(world);
    const id = await newCredential(world, store);
    const ask = async (token: string): Promise<any> =>
      (
        await world.server.ask(
          `{ credentialStore(id: "${store}") { authorizedCollectionActions { collection actions }
             credentials { nodes { id credentialStore { id } } } } }`,
          {},
          token,
        )
      ).data!['credentialStore'];
    expect(await ask(world.admin)).toEqual({
      authorizedCollectionActions: [{ collection: 'credentials', actions: ['CREATE', 'LIST'] }],
      credentials: { nodes: [{ id, credentialStore: { id: store } }] },
    });
    const reader = await newUser(world.server, [{ scope: project, grants: [`ids=${store};actions=read`] }]);
    expect(await ask(reader.token)).toEqual({ authorizedCollectionActions: [], credentials: null });
    const lister = await newUser(world.server, [
      {
        scope: project,
        grants: [`ids=${store};actions=read`, `ids=${store};type=credential;actions=list,read`],
      },
    ]);
    expect((await ask(lister.token)).credentials.nodes).toEqual([{ id, credentialStore: { id: store } }]);
  });
});

describe('a credential', () => {
  test.each(Object.entries(credentialKinds))('of type %s shows what is not secret', async (type, kind) => {
    const credentialStoreId = await newCredentialStore(world);
    const parts: object = kind.parts();
    const { id } = await world.made(kind.mutation, { credentialStoreId, name: 'one', ...parts });
    const { username = null, domain = null } = parts as { username?: string; domain?: string };
    const hash = expect.stringMatching(/^[\w-]{43}$/) as unknown;
    expect(await read(id as string)).toEqual({
      ...{ id, version: 1, type: type.toUpperCase(), name: 'one', description: null },
      ...{ credentialStoreId, scopeId: project, username, domain },
      passwordHmac: 'password' in parts ? hash : null,
      privateKeyHmac: 'privateKey' in parts ? hash : null,
      privateKeyPassphraseHmac: 'privateKey' in parts ? hash : null,
      objectHmac: 'object' in parts ? hash : null,
    });
  });

  test('is changed; what is left out stays, and another secret takes the place of the one it had', async () => {
    const id = await newCredential(world);
    const first = await read(id);
    const named = await update(id, 1, { name: 'one', username: 'jim' });
    expect(named).toEqual({ ...first, version: 2, name: 'one', username: 'jim' });
    const other = await update(id, 2, { password: 'another one' });
    expect(other).toEqual({ ...named, version: 3, passwordHmac: expect.any(String) });
    expect(other.passwordHmac).not.toBe(first.passwordHmac);
    const same = await update(id, 3, { password: 'another one' });
    expect(same).toEqual(other);
    const back = await update(id, 3, { name: null, password: 'another one' });
    expect(back).toEqual({ ...other, version: 4, name: null });
  });

  test('of a private key loses the passphrase with the key, unless the next one has one', async () => {
    const input = { credentialStoreId: await newCredentialStore(world), username: 'jim' };
    const privateKey = newPrivateKey(passphrase);
    const { id } = await world.made('createSshPrivateKeyCredential', {
      ...input,
      privateKey,
      privateKeyPassphrase: passphrase,
    });
    const first = await read(id as string);
    const refused: [object, RegExp][] = [
      [{ privateKey: newPrivateKey(passphrase) }, /^input.privateKeyPassphrase: is missing/],
      [{ privateKeyPassphrase: passphrase }, /^input.privateKeyPassphrase: goes with privateKey/],
      [{ privateKeyPassphrase: null }, /^input.privateKeyPassphrase: goes with privateKey/],
      [{ privateKey: null }, /^input.privateKey: cannot be cleared/],
    ];
    for (const [patch, message] of refused)
      expect(messageOf(await world.run('updateCredential', { id, expectedVersion: 1, ...patch }))).toMatch(
        message,
      );
    expect(await update(id as string, 1, { username: 'joe' })).toEqual({
      ...first,
      version: 2,
      username: 'joe',
    });
    const plain = await update(id as string, 2, { privateKey: newPrivateKey() });
    expect(plain).toMatchObject({ version: 3, privateKeyPassphraseHmac: null });
    expect(plain.privateKeyHmac).not.toBe(first.privateKeyHmac);
    const again = { privateKey, privateKeyPassphrase: passphrase };
    expect(await update(id as string, 3, again)).toEqual({ ...first, version: 4, username: 'joe' });
  });

  test('of an object has the same hash whatever the order of its members, and of its values', async () => {
    const credentialStoreId = await newCredentialStore(world);
    const object = { a: 1, b: { c: [1, 2], d: null } };
    const { id } = await world.made('createJsonCredential', { credentialStoreId, object });
    const first = await read(id as string);
    expect(await update(id as string, 1, { object: { b: { d: null, c: [1, 2] }, a: 1 } })).toEqual(first);
    const other = await update(id as string, 1, { object: { ...object, b: { c: [2, 1], d: null } } });
    expect(other.objectHmac).not.toBe(first.objectHmac);
  });

  test('shares its hash with no other, whatever they have in common', async () => {
    const [one, other] = [await read(await newCredential(world)), await read(await newCredential(world))];
    expect(one.username).toBe(other.username);
    expect(one.passwordHmac).not.toBe(other.passwordHmac);
  });

  test('hides what its grants do not show', async () => {
    const id = await newCredential(world);
    const { token } = await newUser(world.server, [
      { scope: project, grants: [`ids=${id};actions=read;output_fields=id,name`] },
    ]);
    expect(await read(id, token)).toMatchObject({
      ...{ id, username: null, passwordHmac: null, credentialStoreId: null, scopeId: null },
    });
  });

  test('is written down without its secret in the audit and in the log', async () => {
    const [id, password] = [await newCredential(world), randomText(24)];
    const { passwordHmac } = await update(id, 1, { password });
    const [entry] = await world.server.database.sql(
      `select before, after from audit where operation = 'updateCredential' and resource_id = $1`,
      [id],
    );
    expect(entry).toMatchObject({ after: { username: 'postgres', passwordHmac } });
    const kept = await world.server.database.sql(
      `select 1 from audit t where strpos(t::text, $1) > 0
       union all select 1 from event_inbox t where strpos(t::text, $1) > 0
       union all select 1 from event t where strpos(t::text, $1) > 0`,
      [password],
    );
    expect(kept).toEqual([]);
  });

  test('of two changes at once one wins', async () => {
    const id = await newCredential(world);
    const answers = await Promise.all(
      [1, 2, 3, 4].map((n) => world.run('updateCredential', { id, expectedVersion: 1, password: `no ${n}` })),
    );
    expect(answers.map(codeOf).sort()).toEqual([...Array<string>(3).fill('VERSION_CONFLICT'), undefined]);
  });

  test('is made once by a request that is repeated, also with another secret, of which nothing is remembered', async () => {
    const credentialStoreId = await newCredentialStore(world);
    const idempotencyKey = '0b8e5f1e-6d3c-4a56-9d5d-0a5a3f3f2c11';
    const input = { credentialStoreId, username: 'jim', password: randomText(20), idempotencyKey };
    const first = await world.made('createUsernamePasswordCredential', input);
    const again = { ...input, password: randomText(20) };
    expect((await world.made('createUsernamePasswordCredential', again)).id).toBe(first.id);
    const renamed = { ...input, username: 'joe' };
    expect(await code('createUsernamePasswordCredential', renamed)).toBe('IDEMPOTENCY_MISMATCH');
    const { credentialStoreId: _store, ...rest } = input;
    expect(await code('createPasswordCredential', { credentialStoreId, password: 'p', idempotencyKey })).toBe(
      'IDEMPOTENCY_MISMATCH',
    );
    expect(rest.password).toHaveLength(20);
  });

  const deep = (levels: number): object => (levels === 0 ? { end: 1 } : { in: deep(levels - 1) });
  test.each<[string, string, object, RegExp]>([
    [
      'no user name',
      'createUsernamePasswordCredential',
      { username: '', password: 'p' },
      /^input.username: is missing/,
    ],
    [
      'a long user name',
      'createUsernamePasswordCredential',
      { username: 'u'.repeat(257), password: 'p' },
      /^input.username: is longer than 256/,
    ],
    [
      'a line in its user name',
      'createUsernamePasswordCredential',
      { username: 'a\nb', password: 'p' },
      /^input.username: holds characters/,
    ],
    [
      'no password',
      'createUsernamePasswordCredential',
      { username: 'u', password: '' },
      /^input.password: is missing/,
    ],
    [
      'a password of 1025 bytes',
      'createPasswordCredential',
      { password: 'ü'.repeat(512) + 'u' },
      /^input.password: is longer than 1024 bytes/,
    ],
    [
      'no domain',
      'createUsernamePasswordDomainCredential',
      { username: 'u', password: 'p', domain: '' },
      /^input.domain: is missing/,
    ],
    ['an empty object', 'createJsonCredential', { object: {} }, /^input.object: must be an object/],
    ['a list for an object', 'createJsonCredential', { object: [1] }, /JSONObject is malformed/],
    [
      'an object of more than 32 kB',
      'createJsonCredential',
      { object: { a: 'x'.repeat(32_768) } },
      /^input.object: is longer than 32768 bytes/,
    ],
    [
      'a deep object',
      'createJsonCredential',
      { object: deep(32) },
      /^input.object: is nested deeper than 32/,
    ],
    [
      'a number too large',
      'createJsonCredential',
      { object: { a: [2 ** 53] } },
      /^input.object: holds a number/,
    ],
    [
      'no key',
      'createSshPrivateKeyCredential',
      { username: 'u', privateKey: ' ' },
      /^input.privateKey: is missing/,
    ],
    [
      'a key that is none',
      'createSshPrivateKeyCredential',
      { username: 'u', privateKey: 'swordfish' },
      /^input.privateKey: is no private key/,
    ],
    [
      'a key of more than 16 kB',
      'createSshPrivateKeyCredential',
      { username: 'u', privateKey: 'k'.repeat(16_385) },
      /^input.privateKey: is longer than 16384/,
    ],
  ])('with %s is refused, without a word of it', async (_, mutation, parts, message) => {
    const credentialStoreId = await newCredentialStore(world);
    const answer = await world.run(mutation, { credentialStoreId, ...parts });
    expect(codeOf(answer)).toBe('INVALID_INPUT');
    expect(messageOf(answer)).toMatch(message);
    expect(JSON.stringify(answer.errors)).not.toContain('swordfish');
    expect(await count('credential', 'credential_store_id', credentialStoreId)).toBe(0);
  });

  test.each<[string, object, RegExp]>([
    [
      'what another type has',
      { domain: 'corp' },
      /^input.domain: is no part of a credential of type username_password/,
    ],
    ['a secret of another type', { object: { a: 1 } }, /^input.object: is no part/],
    ['null for its user name', { username: null }, /^input.username: cannot be cleared/],
    ['null for its password', { password: null }, /^input.password: cannot be cleared/],
    ['nothing', {}, /changes nothing/],
  ])('is not changed by %s', async (_, patch, message) => {
    const id = await newCredential(world);
    const answer = await world.run('updateCredential', { id, expectedVersion: 1, ...patch });
    expect(codeOf(answer)).toBe('INVALID_INPUT');
    expect(messageOf(answer)).toMatch(message);
    expect((await read(id)).version).toBe(1);
  });

  test('has a name of its own in its store', async () => {
    const credentialStoreId = await newCredentialStore(world);
    const input = { credentialStoreId, name: 'one', password: 'p' };
    await world.made('createPasswordCredential', input);
    expect(await code('createPasswordCredential', input)).toBe('CONFLICT');
  });

  test('goes with its secret when it is deleted', async () => {
    const id = await newCredential(world);
    expect(await code('deleteCredential', { id, expectedVersion: 2 })).toBe('VERSION_CONFLICT');
    await world.made('deleteCredential', { id, expectedVersion: 1 });
    expect(await count('credential_secret', 'credential_id', id)).toBe(0);
  });
});

describe('the credentials that a target hands out', () => {
  const sources = (verb: string, id: string, expectedVersion: number, ids: string[]) => ({
    mutation: `${verb}TargetCredentialSources`,
    input: { id, expectedVersion, brokeredCredentialSourceIds: ids },
  });
  const idsOf = async (id: string, token = world.admin): Promise<any> =>
    (await world.server.ask(`{ target(id: "${id}") { version brokeredCredentialSourceIds } }`, {}, token))
      .data!['target'];

  test('are added, set and removed; the version moves when they do', async () => {
    const [a, b] = [await newCredential(world), await newCredential(world)] as [string, string];
    const id = await newTarget(world);
    const steps: [string, string[], number, string[]][] = [
      ['add', [a], 2, [a]],
      ['add', [a, a], 2, [a]],
      ['set', [b], 3, [b]],
      ['remove', [a], 3, [b]],
      ['set', [], 4, []],
    ];
    let expectedVersion = 1;
    for (const [verb, ids, version, after] of steps) {
      const { mutation, input } = sources(verb, id, expectedVersion, ids);
      await world.made(mutation, input);
      expect(await idsOf(id)).toEqual({ version, brokeredCredentialSourceIds: after });
      expectedVersion = version;
    }
    const late = sources('add', id, 1, [a]);
    expect(await code(late.mutation, late.input)).toBe('VERSION_CONFLICT');
    const none = sources('add', id, 4, []);
    expect(await code(none.mutation, none.input)).toBe('INVALID_INPUT');
  });

  test('are of its project: one of another is told of as one that is missing, and nothing changes', async () => {
    const { id: scopeId } = await world.made('createScope', { scopeId: org, name: randomText(12) });
    const foreign = await newCredential(world, await newCredentialStore(world, scopeId as string));
    const own = await newCredential(world);
    const id = await targetWith(world, own);
    for (const named of [foreign, 'credup_nowhere000']) {
      for (const verb of ['add', 'set']) {
        const { mutation, input } = sources(verb, id, 2, [own, named]);
        expect(await code(mutation, input)).toBe('NOT_FOUND');
      }
    }
    expect(await idsOf(id)).toEqual({ version: 2, brokeredCredentialSourceIds: [own] });
  });

  test('are hidden where the grants of the reader do not show them', async () => {
    const credential = await newCredential(world);
    const id = await targetWith(world, credential);
    const ask = async (grants: string[]): Promise<any> => {
      const { token } = await newUser(world.server, [{ scope: project, grants }]);
      const document = `{ target(id: "${id}") { brokeredCredentialSourceIds brokeredCredentialSources { id } } }`;
      return (await world.server.ask(document, {}, token)).data!['target'];
    };
    expect(await ask([`ids=${id};actions=read;output_fields=id,name`])).toEqual({
      brokeredCredentialSourceIds: null,
      brokeredCredentialSources: null,
    });
    expect(await ask([`ids=${id};actions=read`])).toEqual({
      brokeredCredentialSourceIds: [credential],
      brokeredCredentialSources: [],
    });
    expect(await ask([`ids=${id};actions=read`, `ids=${credential};actions=read`])).toEqual({
      brokeredCredentialSourceIds: [credential],
      brokeredCredentialSources: [{ id: credential }],
    });
  });
});
