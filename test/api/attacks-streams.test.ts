import { newUser } from '../support/identities';
import { masked, missingLike } from '../support/masked';
import { eventually } from '../support/session-client';
import { collect, type Stream } from '../support/test-server';
import { elsewhere, newScope, newSession, org, startWorld, type World } from '../support/world';

const beatMs = 100;
let world: World;
beforeAll(async () => {
  world = await startWorld({ beatMs });
});
afterAll(() => world.server.stop());

const items = `__typename
  ... on SessionEvent { session { id status userName } connection { id } }
  ... on SessionRemoved { sessionId }
  ... on StreamReset { reason }`;
const watchScope = (token: string, scopeId: string): Stream =>
  collect(
    world.server.live(token),
    { query: `subscription { sessionEvents(scopeId: "${scopeId}") { ${items} } }` },
    'sessionEvents',
  );
const watchOne = (token: string, id: string): Stream =>
  collect(
    world.server.live(token),
    { query: `subscription { session(id: "${id}") { id status } }` },
    'session',
  );
const isCheckpoint = (item: any): boolean => item.__typename === 'StreamCheckpoint';

interface Place {
  readonly projectId: string;
  readonly targetId: string;
}

async function newPlace(): Promise<Place> {
  const projectId = await newScope(world);
  const input = { scopeId: projectId, name: 'one', address: '127.0.0.1', defaultPort: 22 };
  return { projectId, targetId: (await world.made('createTarget', input)).id as string };
}

/** A session of the administrator's in a place; its id. */
async function sessionIn({ targetId }: Place): Promise<string> {
  const { data, errors } = await world.run('authorizeSession', { targetId });
  expect(errors).toBeUndefined();
  return data!['authorizeSession'].session.id as string;
}

const grantString = 'ids=*;type=session;actions=list,read';
interface Reader {
  readonly token: string;
  readonly tokenId: string;
  readonly roleId: string;
  readonly groupId: string;
}

/** Who reads the sessions of a place by a role: its own, or by way of a group. */
async function newReader({ projectId }: Place, by: 'user' | 'group'): Promise<Reader> {
  const { made } = world;
  const { id, token, tokenId } = await newUser(world.server);
  const { id: roleId } = await made('createRole', { scopeId: projectId });
  const { id: groupId } = await made('createGroup', { scopeId: projectId });
  await made('addRoleGrants', { id: roleId, expectedVersion: 1, grantStrings: [grantString] });
  await made('addGroupMembers', { id: groupId, expectedVersion: 1, memberIds: [id] });
  const principalIds = [by === 'user' ? id : groupId];
  await made('addRolePrincipals', { id: roleId, expectedVersion: 2, principalIds });
  return { token, tokenId, roleId, groupId };
}

describe('a stream of what is hidden', () => {
  test('is refused as that of what is missing', async () => {
    const { token } = await newUser(world.server, [
      { scope: elsewhere.project, grants: ['ids=*;type=session;actions=*'] },
    ]);
    const { id } = await newSession(world);
    const refusals = await Promise.all(
      [id, missingLike(id)].map(async (one) => {
        const stream = watchOne(token, one);
        await stream.ended;
        expect(stream.items).toEqual([]);
        return masked(stream.errors, one);
      }),
    );
    expect(refusals[0]).toContain('NOT_FOUND');
    expect(refusals[0]).toBe(refusals[1]);
  });
});

describe('a reader who has lost what showed the sessions', () => {
  type Loss = (reader: Reader, place: Place) => Promise<unknown>;
  const losses: [string, 'user' | 'group', Loss][] = [
    ['the role', 'user', ({ roleId: id }) => world.made('deleteRole', { id })],
    [
      'its grants',
      'user',
      ({ roleId: id }) => world.made('setRoleGrants', { id, expectedVersion: 3, grantStrings: [] }),
    ],
    [
      'its scope',
      'user',
      ({ roleId: id }) =>
        world.made('removeRoleGrantScopes', { id, expectedVersion: 3, grantScopeIds: ['this'] }),
    ],
    [
      'the role as one of many',
      'user',
      ({ roleId: id }) =>
        world.made('setRolePrincipals', { id, expectedVersion: 3, principalIds: ['u_1234567890'] }),
    ],
    [
      'the group',
      'group',
      ({ groupId: id }) => world.made('setGroupMembers', { id, expectedVersion: 2, memberIds: [] }),
    ],
    ['everybody in the group', 'group', ({ groupId: id }) => world.made('deleteGroup', { id })],
    ['the token', 'user', ({ tokenId: id }) => world.made('deleteAuthToken', { id })],
  ];

  test.each(losses)('with %s is told of nothing that happens a second later', async (_, by, lose) => {
    const place = await newPlace();
    const reader = await newReader(place, by);
    const known = await sessionIn(place);
    const [all, one] = [watchScope(reader.token, place.projectId), watchOne(reader.token, known)];
    await all.until('the checkpoint', isCheckpoint);
    await one.until('its state', (item) => item.id === known);
    await lose(reader, place);
    const lostAt = Date.now();
    const later: string[] = [];
    let isOver = false;
    void Promise.all([all.ended, one.ended]).then(() => (isOver = true));
    await eventually('the end of both streams', async () => {
      const id = await sessionIn(place);
      if (Date.now() > lostAt + 1000) later.push(id);
      return isOver && later.length > 0;
    });
    await world.made('cancelSession', { id: known });
    expect(one.items).toEqual([{ id: known, status: 'PENDING' }]);
    for (const id of later) expect(JSON.stringify(all.items)).not.toContain(id);
    // Neither an item nor an error for each event: the stream says that it is over, once.
    expect([all.errors, one.errors]).toEqual([[], []]);
    const after = all.items.slice(all.items.findLastIndex((item) => item.__typename === 'StreamReset') + 1);
    if (after.length < all.items.length) expect(after).toEqual([]);
  });

  test('with the project hears that what lived in it ended, at most, and no more', async () => {
    const place = await newPlace();
    const reader = await newReader(place, 'user');
    const known = await sessionIn(place);
    const [all, one] = [watchScope(reader.token, place.projectId), watchOne(reader.token, known)];
    await all.until('the checkpoint', isCheckpoint);
    await one.until('its state', (item) => item.id === known);
    await world.made('deleteScope', { id: place.projectId });
    await Promise.all([all.ended, one.ended]);
    expect([all.errors, one.errors]).toEqual([[], []]);
    const told = [...all.items.flatMap((item) => item.session?.id ?? []), ...one.items.map(({ id }) => id)];
    expect([...new Set(told)]).toEqual([known]);
  });
});

test('nothing is told of what happens after a loss that falls between the snapshot and the first change', async () => {
  // Here what is known of a reader is never old: each item is checked by what holds when it is sent.
  const strict = await startWorld({ beatMs, viewMaxAgeMs: 0 });
  const outer = world;
  world = strict;
  try {
    const place = await newPlace();
    const witness = watchScope(strict.admin, place.projectId);
    await witness.until('the checkpoint', isCheckpoint);
    for (let round = 0; round < 20; round++) {
      const reader = await newReader(place, 'user');
      const stream = watchScope(reader.token, place.projectId);
      // Now earlier, now later than the snapshot.
      if (round % 2 === 0) await stream.until('a first item', () => true);
      await strict.made('deleteRole', { id: reader.roleId });
      const id = await sessionIn(place);
      await witness.until('the session', (item) => item.session?.id === id);
      await stream.ended;
      expect(JSON.stringify(stream.items)).not.toContain(id);
    }
    witness.stop();
  } finally {
    world = outer;
    await strict.server.stop();
  }
});

test('what leaves the filter of a stream is told once as gone, and of it nothing more', async () => {
  const place = await newPlace();
  const { id: readerId, token } = await newUser(world.server, [
    { scope: org, grantScopes: ['children'], grants: [grantString] },
  ]);
  expect(readerId).toMatch(/^u_/);
  const stream = collect(
    world.server.live(token),
    {
      query: `subscription { sessionEvents(scopeId: "${place.projectId}", filter: { statusIn: [PENDING] }) { ${items} } }`,
    },
    'sessionEvents',
  );
  await stream.until('the checkpoint', isCheckpoint);
  const [gone, next] = [await sessionIn(place), await sessionIn(place)];
  await world.made('cancelSession', { id: gone });
  await world.made('cancelSession', { id: next });
  await stream.until('the last', (item) => item.sessionId === next);
  const about = stream.items.filter((item) => (item.session?.id ?? item.sessionId) === gone);
  expect(about.map((item) => item.__typename)).toEqual(['SessionEvent', 'SessionRemoved']);
  stream.stop();
});
