import { randomText } from '../../src/core/id';
import type { WorkerSocket } from '../../src/cli/connect/worker-socket';
import { newUser } from './identities';
import { authorize, closed, echo, eventually, type TestSession } from './session-client';
import type { World } from './world';

/** An org of its own in which one user may ask for sessions on one target, so that no test touches another's. */
export interface AccessPlace {
  readonly orgId: string;
  readonly projectId: string;
  readonly targetId: string;
  /** That by which the user may ask. */
  readonly roleId: string;
  /** Holds the role instead of the user, where that is asked for; the user is in it. */
  readonly groupId: string;
  readonly userId: string;
  readonly accountId: string;
  readonly tokenId: string;
  readonly token: string;
  /** Where the target goes by hosts: the one in the set. */
  readonly hostCatalogId: string;
  readonly hostSetId: string;
  readonly hostId: string;
}

export interface PlaceChoices {
  readonly heldBy?: 'user' | 'group';
  readonly goesBy?: 'address' | 'hosts';
  readonly onPermissionLoss?: 'CANCEL' | 'KEEP';
}

export const authorizeGrant = 'ids=*;type=target;actions=authorize-session';

const tables: Readonly<Record<string, string>> = {
  ...{ o: 'scope', p: 'scope', u: 'iam_user', g: 'iam_group', r: 'role' },
  ...{ hsst: 'host_set', hst: 'host', ttcp: 'target', acctpw: 'account' },
};

/** Changes a resource, whatever its version is, as the administrator. */
export async function changed(world: World, mutation: string, id: string, fields: object): Promise<any> {
  const table = tables[id.split('_')[0]!]!;
  const [row] = await world.server.database.sql<{ version: number }>(
    `select version from ${table} where id = $1`,
    [id],
  );
  return world.made(mutation, { id, expectedVersion: row!.version, ...fields });
}

const idOf = async (making: Promise<{ id: string }>): Promise<string> => (await making).id;
const bare = { skipAdminRoleCreation: true, skipDefaultRoleCreation: true };

export async function newAccessPlace(
  world: World,
  port: number,
  { heldBy = 'user', goesBy = 'address', onPermissionLoss = 'CANCEL' }: PlaceChoices = {},
): Promise<AccessPlace> {
  const { made } = world;
  const orgId = await idOf(made('createScope', { scopeId: 'global', name: randomText(12), ...bare }));
  const projectId = await idOf(made('createScope', { scopeId: orgId, ...bare }));
  const hostCatalogId = await idOf(made('createHostCatalog', { scopeId: projectId }));
  const hostSetId = await idOf(made('createHostSet', { hostCatalogId }));
  const hostId = await idOf(made('createHost', { hostCatalogId, address: '127.0.0.1' }));
  await changed(world, 'addHostSetHosts', hostSetId, { hostIds: [hostId] });
  const address = goesBy === 'address' ? '127.0.0.1' : null;
  const target = { scopeId: projectId, name: 'target', address, defaultPort: port, onPermissionLoss };
  const targetId = await idOf(made('createTarget', target));
  if (goesBy === 'hosts')
    await changed(world, 'addTargetHostSources', targetId, { hostSourceIds: [hostSetId] });
  const { id: userId, token, tokenId } = await newUser(world.server);
  const groupId = await idOf(made('createGroup', { scopeId: orgId }));
  await changed(world, 'addGroupMembers', groupId, { memberIds: [userId] });
  const roleId = await newAccessRole(world, projectId, heldBy === 'user' ? userId : groupId);
  const accountId = userId.replace('u_', 'acctpw_');
  const ids = { orgId, projectId, targetId, roleId, groupId, userId, accountId, tokenId, token };
  return { ...ids, hostCatalogId, hostSetId, hostId };
}

/** A role by which a user, or a group, may ask for sessions on the targets of a project. */
export async function newAccessRole(world: World, scopeId: string, principalId: string): Promise<string> {
  const id = await idOf(world.made('createRole', { scopeId }));
  await changed(world, 'addRoleGrants', id, { grantStrings: [authorizeGrant] });
  await changed(world, 'addRolePrincipals', id, { principalIds: [principalId] });
  return id;
}

/** A session with a connection through which bytes have passed, and the line on which its client is told of its end. */
export interface OpenSession extends TestSession {
  readonly socket: WorkerSocket['socket'];
  /** What the client's control line says, once it says something. */
  readonly told: Promise<unknown>;
  /** Resolves when the connection was cut. */
  readonly cut: Promise<void>;
}

export async function openSession(world: World, place: AccessPlace): Promise<OpenSession> {
  const session = await authorize(world.server, place.token, place.targetId);
  const control = await session.open('control');
  const told = new Promise<unknown>((resolve) =>
    control.socket.once('data', (chunk: Buffer) => resolve(JSON.parse(chunk.subarray(2).toString()))),
  );
  control.socket.on('error', () => {});
  control.socket.resume();
  const { socket } = await session.open();
  await echo(socket, 'hello');
  // Bytes pass before the worker has told that they may.
  await eventually('the connection to be known', async () => {
    const rows = await world.server.database.sql(
      `select from session_connection where session_id = $1 and status = 'connected'`,
      [session.id],
    );
    return rows.length === 1;
  });
  return { ...session, socket, told, cut: closed(socket) };
}

/** Waits until everything that has happened so far has been numbered and judged. */
export async function allJudged({ server }: World): Promise<void> {
  await eventually('everything to be judged', async () => {
    const [row] = await server.database.sql<{ done: boolean }>(
      `select not exists (select from event_inbox) and all_after is null
         and event_id = (select coalesce(max(id), 0) from event) as done from session_judge`,
    );
    return row!.done;
  });
}
