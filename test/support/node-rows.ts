import { randomText } from '../../src/core/id';
import { newCredential, newCredentialStore } from './credentials';
import { newUser } from './identities';
import {
  newAccount,
  newAlias,
  newAuthMethod,
  newCatalog,
  newGroup,
  newHost,
  newHostSet,
  newRole,
  newSession,
  newUserOf,
  newWorker,
  project,
  type World,
} from './world';

/** One object of a type that the administrator sees; its id. */
export type NewNode = (world: World) => Promise<string>;

async function newConnection(world: World): Promise<string> {
  const id = `sc_${randomText(10)}`;
  const session = await newSession(world);
  await world.server.database.sql(
    `insert into session_connection (id, session_id, worker_name, boot_id, status, client_address, closed_reason, closed_at)
     values ($1, $2, 'one', 'boot_0000000000', 'closed', '127.0.0.1', 'closed by client', postern_now())`,
    [id, session.id],
  );
  return id;
}

export async function newAuditEntry(world: World): Promise<string> {
  await newCatalog(world);
  const { data } = await world.server.ask(
    `{ auditEntries(scopeId: "${project}", first: 1) { nodes { id } } }`,
    {},
    world.admin,
  );
  return data!['auditEntries'].nodes[0].id as string;
}

/** Every type of the schema that implements Node. */
export const nodeRows: Readonly<Record<string, NewNode>> = {
  Account: newAccount,
  Alias: newAlias,
  AuditEntry: newAuditEntry,
  AuthMethod: newAuthMethod,
  AuthToken: async ({ server }) => (await newUser(server)).tokenId,
  ConnectionRecord: newConnection,
  Credential: (world) => newCredential(world),
  CredentialStore: (world) => newCredentialStore(world),
  Group: async (world) => (await newGroup(world)).id,
  Host: newHost,
  HostCatalog: newCatalog,
  HostSet: async (world) => (await newHostSet(world)).id,
  Role: async (world) => (await newRole(world)).id,
  Scope: () => Promise.resolve(project),
  Session: async (world) => (await newSession(world)).id,
  Target: () => Promise.resolve('ttcp_1234567890'),
  User: async (world) => (await newUserOf(world)).id,
  Worker: async (world) => (await newWorker(world)).id,
};
