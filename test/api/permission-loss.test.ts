import {
  allJudged,
  authorizeGrant,
  changed,
  newAccessPlace,
  newAccessRole,
  openSession,
  type AccessPlace,
  type OpenSession,
  type PlaceChoices,
} from '../support/access-place';
import { authorize, closed, echo, eventually, startHost, type TestHost } from '../support/session-client';
import { collect, type Stream } from '../support/test-server';
import { startWorld, type World } from '../support/world';

let world: World;
let host: TestHost;
let stream: Stream;

const isCheckpoint = (item: any): boolean => item.__typename === 'StreamCheckpoint';

beforeAll(async () => {
  world = await startWorld();
  host = await startHost();
  stream = collect(
    world.server.live(world.admin),
    {
      query: `subscription { sessionEvents(scopeId: "global", recursive: true) { __typename
        ... on SessionEvent { type connection { closedReason } session { id status terminationReason endedByName } } } }`,
    },
    'sessionEvents',
  );
  await stream.until('the checkpoint', isCheckpoint);
});
afterAll(async () => {
  stream.stop();
  await world.server.stop();
  await host.close();
});

const change = (mutation: string, id: string, fields: object): Promise<unknown> =>
  changed(world, mutation, id, fields);
const remove = (mutation: string, id: string): Promise<unknown> => world.made(mutation, { id });
const sessionRow = async (id: string) => {
  const { data } = await world.server.ask(
    `query ($id: ID!) { session(id: $id) { status terminationReason endedBy endedByName
      connections(first: 10) { nodes { closedReason } } } }`,
    { id },
    world.admin,
  );
  return data!['session'];
};

type Loss = [name: string, choices: PlaceChoices, lose: (place: AccessPlace) => Promise<unknown>];

/** What takes the permission, or the place it was for, without taking anything that the session hangs on. */
const losses: Loss[] = [
  ['its role is deleted', {}, ({ roleId }) => remove('deleteRole', roleId)],
  [
    'its user loses the role',
    {},
    ({ roleId, userId }) => change('removeRolePrincipals', roleId, { principalIds: [userId] }),
  ],
  [
    'the role loses the grant',
    {},
    ({ roleId }) => change('removeRoleGrants', roleId, { grantStrings: [authorizeGrant] }),
  ],
  [
    'the role gets other grants',
    {},
    ({ roleId }) =>
      change('setRoleGrants', roleId, { grantStrings: ['ids=*;type=target;actions=list,read'] }),
  ],
  [
    'the role speaks for the scope no more',
    {},
    ({ roleId }) => change('removeRoleGrantScopes', roleId, { grantScopeIds: ['this'] }),
  ],
  [
    'its user leaves the group',
    { heldBy: 'group' },
    ({ groupId, userId }) => change('removeGroupMembers', groupId, { memberIds: [userId] }),
  ],
  ['the group is deleted', { heldBy: 'group' }, ({ groupId }) => remove('deleteGroup', groupId)],
  [
    'the group loses the role',
    { heldBy: 'group' },
    ({ roleId, groupId }) => change('removeRolePrincipals', roleId, { principalIds: [groupId] }),
  ],
  [
    'its target leads elsewhere',
    {},
    ({ targetId }) => change('updateTarget', targetId, { address: 'db.example' }),
  ],
  ['its target has another port', {}, ({ targetId }) => change('updateTarget', targetId, { defaultPort: 1 })],
  [
    'the host set is taken from its target',
    { goesBy: 'hosts' },
    ({ targetId, hostSetId }) => change('removeTargetHostSources', targetId, { hostSourceIds: [hostSetId] }),
  ],
  [
    'its host is taken from the set',
    { goesBy: 'hosts' },
    ({ hostSetId, hostId }) => change('removeHostSetHosts', hostSetId, { hostIds: [hostId] }),
  ],
  [
    'its host has another address',
    { goesBy: 'hosts' },
    ({ hostId }) => change('updateHost', hostId, { address: '127.0.0.2' }),
  ],
  [
    'the address policy of its org refuses the address',
    {},
    ({ orgId }) => change('setScopeAddressPolicy', orgId, { deny: ['127.0.0.0/8'] }),
  ],
  [
    'the address policy of its org allows others only',
    { goesBy: 'hosts' },
    ({ orgId }) => change('setScopeAddressPolicy', orgId, { allow: ['10.0.0.0/8'] }),
  ],
];

/** What takes something that the session hangs on, and ends it in the same transaction. */
const deletions: Loss[] = [
  ['its user is deleted', {}, ({ userId }) => remove('deleteUser', userId)],
  ['its user is disabled', {}, ({ userId }) => change('updateUser', userId, { isDisabled: true })],
  [
    'its account is disabled',
    {},
    ({ accountId }) => change('updateAccount', accountId, { isDisabled: true }),
  ],
  [
    'its account is taken from the user',
    {},
    ({ userId, accountId }) => change('removeUserAccounts', userId, { accountIds: [accountId] }),
  ],
  ['its account is deleted', {}, ({ accountId }) => remove('deleteAccount', accountId)],
  ['its user signs out', {}, ({ tokenId }) => remove('deleteAuthToken', tokenId)],
  ['its target is deleted', {}, ({ targetId }) => remove('deleteTarget', targetId)],
  ['its host is deleted', { goesBy: 'hosts' }, ({ hostId }) => remove('deleteHost', hostId)],
  ['the host set is deleted', { goesBy: 'hosts' }, ({ hostSetId }) => remove('deleteHostSet', hostSetId)],
  ['its project is deleted', {}, ({ projectId }) => remove('deleteScope', projectId)],
  ['its org is deleted', {}, ({ orgId }) => remove('deleteScope', orgId)],
];

async function expectRevoked(session: OpenSession): Promise<void> {
  expect(await session.told).toEqual({ type: 'ended', reason: 'permission revoked', by: null });
  await stream.until(
    'the end in the stream',
    (item) => item.session?.id === session.id && item.session.status === 'TERMINATED',
  );
  const events = stream.items.filter((item) => item.session?.id === session.id);
  expect(events.slice(-3)).toMatchObject([
    { type: 'STATUS_CHANGED', session: { status: 'CANCELING', terminationReason: 'PERMISSION_REVOKED' } },
    { type: 'CONNECTION_CLOSED', connection: { closedReason: 'PERMISSION_REVOKED' } },
    { type: 'STATUS_CHANGED', session: { status: 'TERMINATED', terminationReason: 'PERMISSION_REVOKED' } },
  ]);
  expect(await sessionRow(session.id)).toEqual({
    ...{ status: 'TERMINATED', terminationReason: 'PERMISSION_REVOKED', endedBy: null, endedByName: null },
    connections: { nodes: [{ closedReason: 'PERMISSION_REVOKED' }] },
  });
  const rows = await world.server.database.sql(
    `select s.termination_reason, c.closed_reason from session s join session_connection c on c.session_id = s.id
     where s.id = $1`,
    [session.id],
  );
  expect(rows).toEqual([{ termination_reason: 'permission revoked', closed_reason: 'permission revoked' }]);
}

async function expectAlive(session: OpenSession): Promise<void> {
  await allJudged(world);
  expect(await echo(session.socket, 'still here')).toBe('still here');
  expect(await sessionRow(session.id)).toMatchObject({ status: 'ACTIVE', terminationReason: null });
  session.socket.destroy();
}

describe('a live session is cut within a second, and everybody is told why, when', () => {
  test.each([...losses, ...deletions])('%s', async (_, choices, lose) => {
    const place = await newAccessPlace(world, host.port, choices);
    const session = await openSession(world, place);
    await lose(place);
    const changedAt = performance.now();
    await session.cut;
    expect(performance.now() - changedAt).toBeLessThan(1000);
    await expectRevoked(session);
  });

  test.each(deletions)(
    '%s, also where the target keeps what loses its permission',
    async (_, choices, lose) => {
      const place = await newAccessPlace(world, host.port, { ...choices, onPermissionLoss: 'KEEP' });
      const session = await openSession(world, place);
      await lose(place);
      await session.cut;
      await expectRevoked(session);
    },
  );

  test('a group of another org, by which its user held the role, goes with that org', async () => {
    const [place, other] = [
      await newAccessPlace(world, host.port, { heldBy: 'group' }),
      await newAccessPlace(world, host.port),
    ];
    await change('addGroupMembers', other.groupId, { memberIds: [place.userId] });
    await change('setRolePrincipals', place.roleId, { principalIds: [other.groupId] });
    const session = await openSession(world, place);
    await remove('deleteScope', other.orgId);
    const changedAt = performance.now();
    await session.cut;
    expect(performance.now() - changedAt).toBeLessThan(1000);
    await expectRevoked(session);
  });

  test('everybody who is signed in loses the role of its org', async () => {
    const place = await newAccessPlace(world, host.port);
    const orgRole = await world.made('createRole', { scopeId: place.orgId });
    await change('addRoleGrants', orgRole.id, { grantStrings: [authorizeGrant] });
    await change('setRoleGrantScopes', orgRole.id, { grantScopeIds: ['children'] });
    await change('addRolePrincipals', orgRole.id, { principalIds: ['u_auth'] });
    await remove('deleteRole', place.roleId);
    const session = await openSession(world, place);
    await change('removeRolePrincipals', orgRole.id, { principalIds: ['u_auth'] });
    await session.cut;
    await expectRevoked(session);
  });

  test('the last of several things that allowed it goes, and not before', async () => {
    const place = await newAccessPlace(world, host.port);
    const session = await openSession(world, place);
    const second = await newAccessRole(world, place.projectId, place.groupId);
    await remove('deleteRole', place.roleId);
    await allJudged(world);
    expect(await echo(session.socket, 'by the group')).toBe('by the group');
    const [row] = await world.server.database.sql<{ held_by: string[] }>(
      'select held_by from session where id = $1',
      [session.id],
    );
    expect(row!.held_by.sort()).toEqual([place.groupId, second].sort());
    await change('removeGroupMembers', place.groupId, { memberIds: [place.userId] });
    await session.cut;
    await expectRevoked(session);
  });

  test('the last set that offers its host goes, and not before', async () => {
    const place = await newAccessPlace(world, host.port, { goesBy: 'hosts' });
    const { hostCatalogId, hostId, targetId } = place;
    const other = await world.made('createHostSet', { hostCatalogId });
    await change('addHostSetHosts', other.id, { hostIds: [hostId] });
    await change('addTargetHostSources', targetId, { hostSourceIds: [other.id] });
    // Both sets offer the one host; the session came by either.
    const session = await openSession(world, place);
    const [row] = await world.server.database.sql<{ host_set_id: string }>(
      'select host_set_id from session where id = $1',
      [session.id],
    );
    const [cameBy, another] = [place.hostSetId, other.id].sort((id) => (id === row!.host_set_id ? -1 : 1));
    await change('removeHostSetHosts', cameBy, { hostIds: [hostId] });
    await allJudged(world);
    expect(await echo(session.socket, 'by the other')).toBe('by the other');
    await remove('deleteHostSet', another);
    await session.cut;
    await expectRevoked(session);
  });

  test('its target stops keeping what has lost its permission', async () => {
    const place = await newAccessPlace(world, host.port, { onPermissionLoss: 'KEEP' });
    const session = await openSession(world, place);
    await remove('deleteRole', place.roleId);
    await allJudged(world);
    expect(await echo(session.socket, 'kept')).toBe('kept');
    await change('updateTarget', place.targetId, { onPermissionLoss: 'CANCEL' });
    await session.cut;
    await expectRevoked(session);
  });

  test('it is pending: it is over at once, and its client is told', async () => {
    const place = await newAccessPlace(world, host.port);
    const { id, open } = await authorize(world.server, place.token, place.targetId);
    await remove('deleteRole', place.roleId);
    await eventually('its end', async () => (await sessionRow(id)).status === 'TERMINATED');
    await expect(open()).rejects.toMatchObject({
      refusal: { code: 'ENDED', reason: 'permission revoked' },
    });
  });
});

describe('a live session goes on when', () => {
  test.each(losses)('%s, where the target keeps it', async (_, choices, lose) => {
    const place = await newAccessPlace(world, host.port, { ...choices, onPermissionLoss: 'KEEP' });
    const session = await openSession(world, place);
    await lose(place);
    await expectAlive(session);
  });

  const harmless: Loss[] = [
    [
      'another role of its user goes',
      {},
      async ({ projectId, userId }) => {
        const { id } = await world.made('createRole', { scopeId: projectId });
        await change('addRoleGrants', id, { grantStrings: ['ids=*;type=target;actions=list,read'] });
        await change('addRolePrincipals', id, { principalIds: [userId] });
        await remove('deleteRole', id);
      },
    ],
    [
      'the role gains a grant and a principal',
      {},
      async ({ roleId, groupId }) => {
        await change('addRoleGrants', roleId, { grantStrings: ['ids=*;type=target;actions=delete'] });
        await change('addRolePrincipals', roleId, { principalIds: [groupId] });
      },
    ],
    [
      'its user leaves a group that does not let it in',
      {},
      ({ groupId, userId }) => change('removeGroupMembers', groupId, { memberIds: [userId] }),
    ],
    [
      'everything is renamed',
      { goesBy: 'hosts', heldBy: 'group' },
      async ({ roleId, groupId, userId, targetId, hostId, hostSetId, orgId, projectId }) => {
        await change('updateRole', roleId, { name: 'renamed' });
        await change('updateGroup', groupId, { name: 'renamed' });
        await change('updateUser', userId, { name: `renamed ${userId}` });
        await change('updateTarget', targetId, { name: 'renamed' });
        await change('updateHost', hostId, { name: 'renamed' });
        await change('updateHostSet', hostSetId, { name: 'renamed' });
        await change('updateScope', orgId, { name: `renamed ${orgId}` });
        await change('updateScope', projectId, { name: 'renamed' });
      },
    ],
    [
      'its token expires',
      {},
      ({ tokenId }) =>
        world.server.database.sql(
          `update auth_token set last_used_at = postern_now() - interval '1 day' where id = $1`,
          [tokenId],
        ),
    ],
    [
      'the target changes what it gives to later ones',
      {},
      ({ targetId }) =>
        change('updateTarget', targetId, { sessionMaxSeconds: 60, sessionConnectionLimit: 1 }),
    ],
    [
      'its host is moved to another set of its target',
      { goesBy: 'hosts' },
      async ({ hostCatalogId, hostSetId, hostId, targetId }) => {
        const { id } = await world.made('createHostSet', { hostCatalogId });
        await change('addHostSetHosts', id, { hostIds: [hostId] });
        await change('addTargetHostSources', targetId, { hostSourceIds: [id] });
        await change('removeHostSetHosts', hostSetId, { hostIds: [hostId] });
      },
    ],
    [
      'the address policy narrows and still allows it',
      {},
      ({ orgId }) => change('setScopeAddressPolicy', orgId, { allow: ['127.0.0.1'], deny: ['10.0.0.0/8'] }),
    ],
  ];
  test.each(harmless)('%s', async (_, choices, lose) => {
    const place = await newAccessPlace(world, host.port, choices);
    const session = await openSession(world, place);
    await lose(place);
    await expectAlive(session);
  });
});

test('200 sessions with a connection each are cut within two seconds of the loss of their one role', async () => {
  const place = await newAccessPlace(world, host.port);
  const sockets = [];
  const openOne = async () => {
    const session = await authorize(world.server, place.token, place.targetId);
    const { socket } = await session.open();
    await echo(socket, 'hello');
    return socket;
  };
  for (let made = 0; made < 200; made += 20) {
    sockets.push(...(await Promise.all(Array.from({ length: 20 }, openOne))));
  }
  const all = Promise.all(sockets.map(closed));
  await remove('deleteRole', place.roleId);
  const changedAt = performance.now();
  await all;
  expect(performance.now() - changedAt).toBeLessThan(2000);
  await eventually('all of them to be over', async () => {
    const [row] = await world.server.database.sql<{ n: number }>(
      `select count(*)::int as n from session where target_id = $1 and status = 'terminated'
         and termination_reason = 'permission revoked'`,
      [place.targetId],
    );
    return row!.n === 200;
  });
});
