import { newUser } from '../support/identities';
import { nodeRows } from '../support/node-rows';
import { hideableFields, linksOf, listFields, nodeTypes, queryOf } from '../support/schema-walk';
import { authorize } from '../support/session-client';
import { collect, type Answer } from '../support/test-server';
import {
  elsewhere,
  newHostSet,
  newSession,
  newTarget,
  org,
  project,
  startWorld,
  type World,
} from '../support/world';

let world: World;
/** An object of each type. */
const known: Record<string, string> = {};
let containers: Record<string, string>;

beforeAll(async () => {
  world = await startWorld();
  for (const type of nodeTypes) known[type] = await nodeRows[type]!(world);
  // A host set with hosts, so that the catalog has something to list.
  known['HostSet'] = (await newHostSet(world)).id;
  const { data } = await ask(`{ hostSet(id: "${known['HostSet']}") { hostCatalogId hostIds } }`, world.admin);
  const account = await ask(`{ account(id: "${known['Account']}") { authMethodId } }`, world.admin);
  const held = await ask(`{ credential(id: "${known['Credential']}") { credentialStoreId } }`, world.admin);
  containers = {
    hostCatalogId: data!['hostSet'].hostCatalogId,
    authMethodId: account.data!['account'].authMethodId,
    credentialStoreId: held.data!['credential'].credentialStoreId,
  };
  known['Host'] = data!['hostSet'].hostIds[0];
  await world.made('createHostCatalog', { scopeId: elsewhere.project });
  // One member who is seen in the org, one who lives elsewhere.
  const memberIds = [known['User'], 'u_1234567890'];
  await world.made('addGroupMembers', { id: known['Group'], expectedVersion: 1, memberIds });
});
afterAll(() => world.server.stop());

const ask = (query: string, token: string, variables: object = {}): Promise<Answer> =>
  world.server.ask(query, variables, token);
const codeOf = ({ errors }: Answer): string | undefined => errors?.[0]?.extensions['code'];
const everywhere = (grants: string[]) =>
  ['global', org, project].map((scope) => ({ scope, grants, grantScopes: ['this'] }));

/** The word grants have for a type: `host-set` for HostSet. A connection is as visible as its session. */
const grantTypeOf = (type: string): string =>
  type === 'ConnectionRecord' ? 'session' : type.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();

describe('a list', () => {
  const places: Record<string, string[]> = {
    scopeId: [project, org, 'global'],
    hostCatalogId: [''],
    authMethodId: [''],
    credentialStoreId: [''],
  };
  const lists = listFields.flatMap(({ name, type, place }) =>
    (places[place] ?? []).map((id): [string, string, string, string] => [
      ...([name, type, place, id] as const),
    ]),
  );
  const page = 'nodes { id } edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }';
  const listed = (name: string, place: string, id: string, token: string, more = '') =>
    ask(`{ ${name}(${place}: "${id || containers[place]}"${more}) { ${page} } }`, token);
  const recursively = (place: string): string[] => (place === 'scopeId' ? ['', ', recursive: true'] : ['']);

  test('of every kind is asked for', () => {
    expect(listFields.filter(({ place }) => !(place in places))).toEqual([]);
  });

  test.each(lists)('of %s is not there for who holds nothing', async (name, _, place, id) => {
    const { token } = await newUser(world.server);
    for (const more of recursively(place))
      expect(codeOf(await listed(name, place, id, token, more))).toBe('NOT_FOUND');
  });

  test.each(lists)('of %s is forbidden to who sees the place alone', async (name, _, place, id) => {
    const grants = ['scope', 'host-catalog', 'auth-method', 'credential-store'].map(
      (type) => `ids=*;type=${type};actions=no-op`,
    );
    const { token } = await newUser(world.server, everywhere(grants));
    for (const more of recursively(place))
      expect(codeOf(await listed(name, place, id, token, more))).toBe('FORBIDDEN');
  });

  test.each(lists)(
    'of %s tells who may list and see none that there is nothing',
    async (name, type, place, id) => {
      const isContained = place !== 'scopeId';
      const grant = `${isContained ? 'ids=*;' : ''}type=${grantTypeOf(type)};actions=list`;
      const { token } = await newUser(world.server, everywhere([grant]));
      const nothing = { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null };
      for (const more of recursively(place)) {
        for (const window of [', first: 1', ', last: 1']) {
          const { data, errors } = await listed(name, place, id, token, more + window);
          expect(errors).toBeUndefined();
          expect(data![name]).toEqual({ nodes: [], edges: [], pageInfo: nothing });
        }
      }
    },
  );
});

describe('filters and orders', () => {
  // What identifies an object, its times, its status: no grant hides these.
  const shown = [
    ...['idIn', 'createdAfter', 'createdBefore', 'after', 'before', 'statusIn', 'outcomeIn'],
    ...['CREATED_AT', 'UPDATED_AT'],
  ];
  const valueOf = (type: string): string => {
    if (type === 'DateTime') return '"2026-01-01T00:00:00Z"';
    return type.startsWith('[') ? '["x"]' : '"x"';
  };
  const kinds = listFields.flatMap(({ name, type, place, filters, orders }) => [
    ...filters
      .filter((one) => !shown.includes(one.name))
      .map((one) => [name, type, place, `filter: { ${one.name}: ${valueOf(String(one.type))} }`] as const),
    ...orders
      .filter((one) => !shown.includes(one))
      .map((one) => [name, type, place, `orderBy: { field: ${one} }`] as const),
  ]);

  const livesIn: Record<string, string> = { Alias: 'global', Worker: 'global' };
  for (const type of ['User', 'Scope', 'AuthMethod', 'AuthToken']) livesIn[type] = org;

  test.each(kinds)('%s (%s, %s) is not to be asked by what is hidden: %s', async (name, type, place, by) => {
    const where = place === 'scopeId' ? (livesIn[type] ?? project) : containers[place];
    const listed = async (fields: string): Promise<Answer> => {
      const grant = `ids=*;type=${grantTypeOf(type)};actions=list,read;output_fields=${fields}`;
      const { token } = await newUser(world.server, everywhere([grant]));
      return ask(`{ ${name}(${place}: "${where}", ${by}) { nodes { id } } }`, token);
    };
    const refused = await listed('id');
    expect(codeOf(refused)).toBe('INVALID_INPUT');
    expect(refused.errors![0]!.message).toContain('is hidden from you');
    expect((await listed('*')).errors).toBeUndefined();
  });
});

describe('links', () => {
  /** Everything that is reached from the known objects and the caller by following links, as `Type id`. */
  async function reachedBy(token: string): Promise<Map<string, string>> {
    const reached = new Map<string, string>();
    const queue = Object.entries(known);
    const found = JSON.stringify(
      (await ask(`{ viewer { ${linksOf('User')} } rootScope { __typename id } }`, token)).data,
    );
    const collectFrom = (text: string): void => {
      for (const [, type, id] of text.matchAll(/"__typename":"(\w+)","id":"(\w+)"/g)) {
        if (reached.has(id!)) continue;
        reached.set(id!, type!);
        queue.push([type!, id!]);
      }
    };
    collectFrom(found);
    for (let next = queue.pop(); next; next = queue.pop()) {
      const [type, id] = next;
      const links = linksOf(type);
      const { data, errors } = await ask(
        `query ($id: ID!) { node(id: $id) { ... on ${type} { ${links || 'id'} } } }`,
        token,
        { id },
      );
      expect({ type, id, errors }).toEqual({ type, id, errors: undefined });
      collectFrom(JSON.stringify(data));
    }
    return reached;
  }

  const readers: [string, { scope: string; grants: string[]; grantScopes?: string[] }[], number][] = [
    ['nothing', [], 0],
    [
      'their own sessions',
      [
        {
          scope: project,
          grants: ['ids=*;type=session;actions=list,read:self', 'ids=*;type=target;actions=*'],
        },
      ],
      2,
    ],
    ['all sessions', [{ scope: project, grants: ['ids=*;type=session;actions=list,read'] }], 2],
    ['all hosts', [{ scope: project, grants: ['ids=*;type=host;actions=list,read'] }], 0],
    [
      'a catalog',
      [
        {
          scope: project,
          grants: ['ids=*;type=host-catalog;actions=read', 'ids=*;type=host;actions=list,read'],
        },
      ],
      2,
    ],
    [
      'the people of the org',
      [{ scope: org, grants: ['ids=*;type=user;actions=list,read', 'ids=*;type=group;actions=*'] }],
      1,
    ],
    ['the project elsewhere', [{ scope: elsewhere.project, grants: ['ids=*;type=*;actions=*'] }], 0],
    [
      'the org with its projects',
      [{ scope: org, grants: ['ids=*;type=*;actions=*'], grantScopes: ['this', 'children'] }],
      5,
    ],
  ];
  test.each(readers)('of who sees %s lead to no more than that', async (_, roles, atLeast) => {
    const me = await newUser(world.server, roles);
    if (roles.some(({ grants }) => grants.some((one) => one.includes('type=target'))))
      await authorize(world.server, me.token, await newTarget(world));
    const reached = await reachedBy(me.token);
    for (const [id, type] of reached) {
      const { data } = await ask('query ($id: ID!) { node(id: $id) { __typename id } }', me.token, { id });
      expect([type, id, data]).toEqual([type, id, { node: { __typename: type, id } }]);
    }
    expect(reached.size).toBeGreaterThanOrEqual(atLeast);
  });

  test('of an administrator lead everywhere', async () => {
    const types = new Set((await reachedBy(world.admin)).values());
    expect([...types].sort()).toEqual(
      expect.arrayContaining([
        'ConnectionRecord',
        'Host',
        'HostCatalog',
        'Scope',
        'Session',
        'Target',
        'User',
      ]),
    );
  });
});

test('who sees only their own sessions finds those of others by no way', async () => {
  const grants = [
    'ids=*;type=session;actions=list,read:self',
    'ids=*;type=target;actions=read,authorize-session',
  ];
  const alice = await newUser(world.server, [
    { scope: project, grants },
    { scope: org, grants: ['ids=*;type=scope;actions=read'] },
    { scope: 'global', grants: ['ids=*;type=user;actions=read', 'ids=*;type=scope;actions=read'] },
  ]);
  const target = await newTarget(world);
  const [hers, theirs] = [
    await authorize(world.server, alice.token, target),
    await authorize(world.server, world.admin, target),
  ];
  const stream = collect(
    world.server.live(alice.token),
    {
      query: `subscription { sessionEvents(scopeId: "${project}") { ... on SessionEvent { session { id } } } }`,
    },
    'sessionEvents',
  );
  await stream.until('her own', (item) => item.session?.id === hers.id);
  await world.run('cancelSession', { id: theirs.id });
  const later = await authorize(world.server, alice.token, target);
  await stream.until('the next of her own', (item) => item.session?.id === later.id);
  const answers = await Promise.all([
    ask(`{ sessions(scopeId: "${project}") { nodes { id } } }`, alice.token),
    ask(
      `{ sessions(scopeId: "global", recursive: true, filter: { userIdIn: ["u_1234567890"] }) { nodes { id } } }`,
      alice.token,
    ),
    ask(`{ target(id: "${target}") { sessions { nodes { id } } } }`, alice.token),
    ask(`{ scope(id: "${project}") { sessions { nodes { id } } } }`, alice.token),
    ask('{ user(id: "u_1234567890") { sessions { nodes { id } } } }', alice.token),
    ask(
      `{ node(id: "${theirs.id}") { id } nodes(ids: ["${theirs.id}", "${known['ConnectionRecord']}"]) { id } }`,
      alice.token,
    ),
  ]);
  for (const { errors } of answers) expect(errors).toBeUndefined();
  expect(JSON.stringify([stream.items, answers])).not.toContain(theirs.id);
  expect(JSON.stringify(answers)).toContain(hers.id);
  expect(codeOf(await ask(`{ session(id: "${theirs.id}") { id } }`, alice.token))).toBe('NOT_FOUND');
  stream.stop();
});

describe('what output fields keep back', () => {
  // A connection is hidden as a whole, with its session's `connections`.
  const types = nodeTypes.filter((type) => type !== 'ConnectionRecord');
  // Tells old states from new ones, and nothing of either.
  const neverHidden = ['revision'];
  test.each(types)('of %s is null by every way, under any name', async (type) => {
    const grants = [`ids=*;type=${grantTypeOf(type)};actions=list,read;output_fields=id`];
    const { token } = await newUser(world.server, everywhere(grants));
    const fields = hideableFields(type).filter((field) => !neverHidden.includes(field));
    const renamed = fields.map((field, at) => `f${at}: ${field}`).join(' ');
    const query = queryOf(type);
    const documents = [
      `node(id: $id) { ... on ${type} { ${renamed} } }`,
      `nodes(ids: [$id]) { ... on Node { ...All } }`,
      ...(query === null ? [] : [`own: ${query}(id: $id) { ...All }`]),
    ];
    for (const document of documents) {
      const fragment = document.includes('...All') ? `fragment All on ${type} { ${fields.join(' ')} }` : '';
      const asked = `query ($id: ID!) { ${document} } ${fragment}`;
      const { data, errors } = await ask(asked, token, { id: known[type] });
      expect({ document, errors }).toEqual({ document, errors: undefined });
      const found = [Object.values(data!)[0]].flat()[0] as Record<string, unknown>;
      expect(found).not.toBeNull();
      expect(Object.entries(found).filter(([, value]) => value !== null)).toEqual([]);
      const whole = await ask(asked, world.admin, { id: known[type] });
      expect(JSON.stringify(whole.data)).toMatch(/"f?\w+":[^n{[]/);
    }
  });

  test('is null in the answer of a change, behind a link, and in an event', async () => {
    const target = await newTarget(world);
    const { token } = await newUser(world.server, [
      {
        scope: project,
        grants: [
          'ids=*;type=target;actions=read,update,authorize-session;output_fields=id,name',
          'ids=*;type=session;actions=list,read,cancel;output_fields=id,status,target_id',
        ],
      },
    ]);
    const changed = await ask(
      `mutation { updateTarget(input: { id: "${target}", expectedVersion: 1, description: "new" }) { target { id name address description defaultPort } } }`,
      token,
    );
    const kept = { address: null, description: null, defaultPort: null };
    expect(changed.data).toEqual({ updateTarget: { target: { id: target, name: target, ...kept } } });
    const stream = collect(
      world.server.live(token),
      {
        query: `subscription { sessionEvents(scopeId: "${project}") { ... on SessionEvent { session { id endpoint userId expiresAt target { id address } user { id } } } } }`,
      },
      'sessionEvents',
    );
    await stream.until('the first item', () => true);
    const { id } = await authorize(world.server, token, target);
    expect(await stream.until('the event', (item) => item.session?.id === id)).toEqual({
      session: {
        id,
        endpoint: null,
        userId: null,
        expiresAt: null,
        target: { id: target, address: null },
        user: null,
      },
    });
    const canceled = await ask(
      `mutation { cancelSession(input: { id: "${id}" }) { session { id endpoint userName target { defaultPort } } } }`,
      token,
    );
    expect(canceled.data!['cancelSession'].session).toMatchObject({
      id,
      endpoint: null,
      target: { defaultPort: null },
    });
    stream.stop();
  });

  test('differs between two who ask the same at the same time', async () => {
    const target = await newTarget(world);
    const reader = (fields: string) =>
      newUser(world.server, [
        {
          scope: project,
          grants: [
            `ids=*;type=target;actions=read;output_fields=${fields}`,
            `ids=*;type=session;actions=list,read;output_fields=id,${fields === 'id,address' ? 'endpoint' : 'user_id'}`,
          ],
        },
      ]);
    const [alice, bob] = [await reader('id,address'), await reader('id,name')];
    const query = `query ($id: ID!) { target(id: $id) { name address } }`;
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => ask(query, (n % 2 === 0 ? alice : bob).token, { id: target })),
    );
    answers.forEach(({ data }, n) =>
      expect(data!['target']).toEqual(
        n % 2 === 0 ? { name: null, address: '127.0.0.1' } : { name: target, address: null },
      ),
    );
    const watch = (token: string) =>
      collect(
        world.server.live(token),
        {
          query: `subscription { sessionEvents(scopeId: "${project}") { ... on SessionEvent { session { id endpoint userId } } } }`,
        },
        'sessionEvents',
      );
    const [hers, his] = [watch(alice.token), watch(bob.token)];
    await Promise.all([hers, his].map((stream) => stream.until('the first item', () => true)));
    const { id } = await newSession(world);
    const [toHer, toHim] = await Promise.all(
      [hers, his].map((stream) => stream.until('the event', (item) => item.session?.id === id)),
    );
    expect(toHer.session.userId).toBeNull();
    expect(toHim.session).toEqual({ id, endpoint: null, userId: 'u_1234567890' });
    for (const stream of [hers, his]) stream.stop();
  });
});
