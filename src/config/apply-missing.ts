import { createAccount } from '../auth/create-account.js';
import { AuthMethod } from '../auth/auth-method.entity.js';
import { giveAccounts } from '../auth/auth.store.js';
import { hashPassword } from '../auth/password-hash.js';
import { passwordFault } from '../auth/password.rules.js';
import { isFailure } from '../core/failure.js';
import { newId, type IdPrefix } from '../core/id.js';
import type { Tx } from '../core/tx.js';
import { credentialPrefixes } from '../credential/change-credential.js';
import { CredentialStore } from '../credential/credential-store.entity.js';
import { insertCredential } from '../credential/insert-credential.js';
import type { AuditHeader } from '../db/audit-row.js';
import type { Database } from '../db/database.js';
import { HostCatalog } from '../host/host-catalog.entity.js';
import { HostSet } from '../host/host-set.entity.js';
import { Host } from '../host/host.entity.js';
import { insertSetMembers } from '../host/host.store.js';
import { createRole } from '../role/create-role.js';
import type { SecretKeeper } from '../seal/secret-keeper.js';
import { Scope } from '../scope/scope.entity.js';
import { setPrimaryAuthMethod } from '../scope/scope.store.js';
import { Target } from '../target/target.entity.js';
import type { OnPermissionLoss } from '../target/target.rules.js';
import { insertCredentialSources, insertHostSources } from '../target/target.store.js';
import { User } from '../user/user.entity.js';
import { findAddresses, insertAddress, lockManager } from './config-address.store.js';
import { ConfigFailure } from './config-fault.js';
import { credentialType, partsOf, type CredentialParts } from './credential-node.js';
import type { ConfigDocument } from './document.js';
import { builtInPrincipal, graphOf, type ConfigNode, type NodeKind } from './graph.js';
import { secretOf } from './secret.js';

const idPrefixes: Readonly<Record<Exclude<NodeKind, 'credential'>, IdPrefix>> = {
  org: 'o',
  project: 'p',
  auth_method: 'ampw',
  account: 'acctpw',
  user: 'u',
  role: 'r',
  host_catalog: 'hcst',
  host: 'hst',
  host_set: 'hsst',
  credential_store: 'csst',
  target: 'ttcp',
};

const idPrefixOf = (node: ConfigNode): IdPrefix =>
  node.kind === 'credential' ? credentialPrefixes[credentialType(node)] : idPrefixes[node.kind];

/** What takes long or may fail before anything is written, by the address of what has it. */
interface Prepared {
  /** Hashes of the passwords of accounts. */
  readonly hashes: ReadonlyMap<string, string>;
  readonly credentials: ReadonlyMap<string, CredentialParts>;
}

interface Applying {
  readonly tx: Tx;
  readonly secrets: SecretKeeper;
  readonly nodes: readonly ConfigNode[];
  readonly prepared: Prepared;
  /** Id of every resource of the document, by address. */
  readonly ids: Map<string, string>;
}

/**
 * Creates what a configuration declares and this database has never had from it, in one transaction, and
 * returns how many resources that were. What was created before is left as it is now, changed or deleted:
 * nobody's password is reset by a start.
 */
export async function applyMissing(
  database: Database,
  secrets: SecretKeeper,
  file: string,
  document: ConfigDocument,
  env: NodeJS.ProcessEnv,
): Promise<number> {
  const nodes = graphOf(file, document);
  const isMissing = (ids: ReadonlyMap<string, string>) => (node: ConfigNode) => !ids.has(node.address);
  const before = await findAddresses(database.reader, document.manager);
  if (!nodes.some(isMissing(before))) return 0;
  const wanted = nodes.filter(isMissing(before));
  const prepared: Prepared = {
    hashes: await hashSecrets(file, wanted, nodes, env),
    credentials: await credentialParts(file, wanted, env),
  };
  let missing: ConfigNode[] = [];
  const header = (): AuditHeader => ({
    operation: 'applyConfig',
    requestId: newId('req'),
    actor: { kind: 'system', name: `config ${document.manager}` },
    clientAddress: null,
    note: { resourceType: 'config', after: { created: missing.map((node) => node.address) } },
  });
  await database.transact(async (tx) => {
    // Two controllers may start at once: the second waits here and finds that all is there.
    await lockManager(tx, document.manager);
    const ids = await findAddresses(tx, document.manager);
    missing = nodes.filter(isMissing(ids));
    const applying: Applying = { tx, secrets, nodes, prepared, ids };
    for (const node of missing) {
      const id = newId(idPrefixOf(node));
      ids.set(node.address, id);
      await createNode(applying, node, id).catch((error: unknown) => {
        if (!isFailure(error)) throw error;
        throw new ConfigFailure([{ place: `${file}: ${node.address}`, message: error.message }]);
      });
      await insertAddress(tx, document.manager, node.address, id);
    }
  }, header);
  return missing.length;
}

// Before the transaction: hashing takes a tenth of a second each.
async function hashSecrets(
  file: string,
  missing: readonly ConfigNode[],
  nodes: readonly ConfigNode[],
  env: NodeJS.ProcessEnv,
): Promise<Prepared['hashes']> {
  const hashes = new Map<string, string>();
  for (const { kind, address, parent, secrets } of missing) {
    const { password: secret } = secrets;
    if (kind !== 'account' || !secret) continue;
    const password = secretOf(secret, file, address, env);
    const method = nodes.find((node) => node.address === parent);
    const fault = passwordFault(password, Number(method?.attributes['min_password_length'] ?? 8));
    if (fault !== null)
      throw new ConfigFailure([{ place: `${file}: ${address}`, message: `password ${fault}` }]);
    hashes.set(address, await hashPassword(password));
  }
  return hashes;
}

async function credentialParts(
  file: string,
  missing: readonly ConfigNode[],
  env: NodeJS.ProcessEnv,
): Promise<Prepared['credentials']> {
  const parts = new Map<string, CredentialParts>();
  for (const node of missing.filter(({ kind }) => kind === 'credential'))
    parts.set(node.address, await partsOf(file, node, env));
  return parts;
}

function createNode(applying: Applying, node: ConfigNode, id: string): Promise<unknown> {
  const { tx, ids } = applying;
  const { name = null, description = null } = node.attributes as { name?: string; description?: string };
  const own = { id, name, description };
  const parent = node.parent === null ? 'global' : idOf(ids, node.parent);
  switch (node.kind) {
    case 'org':
    case 'project':
      return tx.insert(Scope, { ...own, type: node.kind, parentId: parent });
    case 'user':
      return createUser(applying, node, { ...own, scopeId: parent });
    case 'auth_method':
      return createAuthMethod(tx, node, { ...own, scopeId: parent });
    case 'account':
      return createAccountNode(applying, node, id, parent);
    case 'role':
      return createRole(tx, {
        ...own,
        scopeId: parent,
        principalIds: (node.references['principals'] ?? []).map(
          (one) => builtInPrincipal(one) ?? idOf(ids, one),
        ),
        grants: node.attributes['grants'] as string[],
        grantScopes: node.attributes['grant_scopes'] as string[],
      });
    case 'host_catalog':
      return tx.insert(HostCatalog, { ...own, scopeId: parent });
    case 'host':
    case 'host_set':
      return createInCatalog(applying, node, { ...own, hostCatalogId: parent });
    case 'credential_store':
      return tx.insert(CredentialStore, { ...own, scopeId: parent });
    case 'credential':
      return createCredential(applying, node, { ...own, credentialStoreId: parent });
    case 'target':
      return createTarget(applying, node, { ...own, name: String(name), scopeId: parent });
  }
}

function idOf(ids: ReadonlyMap<string, string>, address: string): string {
  const id = ids.get(address);
  if (id === undefined) throw new Error(`${address} comes after what refers to it`);
  return id;
}

// An account that was declared before its user was gets it now, unless somebody has it already.
async function createUser(
  { tx, ids }: Applying,
  node: ConfigNode,
  own: Partial<User> & { id: string },
): Promise<void> {
  await tx.insert(User, own);
  const known = (node.references['accounts'] ?? []).flatMap((address) => ids.get(address) ?? []);
  await giveAccounts(tx, own.id, known);
}

async function createAuthMethod(
  tx: Tx,
  node: ConfigNode,
  own: { id: string; scopeId: string; name: string | null },
): Promise<void> {
  const { min_login_name_length: minLoginNameLength, min_password_length: minPasswordLength } =
    node.attributes as {
      min_login_name_length?: number;
      min_password_length?: number;
    };
  await tx.insert(AuthMethod, {
    ...own,
    ...(minLoginNameLength === undefined ? {} : { minLoginNameLength }),
    ...(minPasswordLength === undefined ? {} : { minPasswordLength }),
  });
  if (node.attributes['primary'] === true) {
    await setPrimaryAuthMethod(tx, own.scopeId, own.id);
  }
}

async function createAccountNode(
  { tx, nodes, ids, prepared }: Applying,
  node: ConfigNode,
  id: string,
  authMethodId: string,
): Promise<void> {
  const holder = nodes.find(
    (one) => one.kind === 'user' && one.references['accounts']?.includes(node.address),
  );
  const scope = nodes.find((one) => one.address === node.parent)?.parent ?? null;
  const {
    name = null,
    description = null,
    login_name: loginName,
  } = node.attributes as Record<string, string>;
  await createAccount(tx, {
    id,
    authMethodId,
    scopeId: scope === null ? 'global' : idOf(ids, scope),
    userId: holder ? idOf(ids, holder.address) : null,
    loginName: String(loginName),
    name,
    description,
    passwordHash: prepared.hashes.get(node.address) ?? null,
  });
}

async function createInCatalog(
  { tx, nodes, ids }: Applying,
  node: ConfigNode,
  own: { id: string; hostCatalogId: string; name: string | null; description: string | null },
): Promise<void> {
  const project = nodes.find((one) => one.address === node.parent)?.parent ?? '';
  const placed = { ...own, scopeId: idOf(ids, project) };
  if (node.kind === 'host') {
    await tx.insert(Host, { ...placed, address: String(node.attributes['address']) });
    return;
  }
  await tx.insert(HostSet, placed);
  const hosts = (node.references['hosts'] ?? []).map((one) => idOf(ids, one));
  if (hosts.length > 0) await insertSetMembers(tx, placed, hosts);
}

async function createCredential(
  { tx, secrets, nodes, ids, prepared }: Applying,
  node: ConfigNode,
  own: { id: string; credentialStoreId: string; name: string | null; description: string | null },
): Promise<void> {
  const project = nodes.find((one) => one.address === node.parent)?.parent ?? '';
  const parts = prepared.credentials.get(node.address);
  if (!parts) throw new Error(`${node.address} was not prepared`);
  const row = { ...own, scopeId: idOf(ids, project), type: credentialType(node) };
  await insertCredential(tx, secrets, row, parts);
}

async function createTarget(
  { tx, ids }: Applying,
  node: ConfigNode,
  own: { id: string; scopeId: string; name: string; description: string | null },
): Promise<void> {
  const attributes = node.attributes as Record<string, number | string | undefined>;
  const values: Partial<Target> = { ...own, defaultPort: Number(attributes['default_port']) };
  if (attributes['address'] !== undefined) values.address = String(attributes['address']);
  if (attributes['default_client_port'] !== undefined)
    values.defaultClientPort = Number(attributes['default_client_port']);
  if (attributes['session_max_seconds'] !== undefined)
    values.sessionMaxSeconds = Number(attributes['session_max_seconds']);
  if (attributes['session_connection_limit'] !== undefined) {
    values.sessionConnectionLimit = Number(attributes['session_connection_limit']);
  }
  if (attributes['on_permission_loss'] !== undefined) {
    values.onPermissionLoss = attributes['on_permission_loss'] as OnPermissionLoss; // the document's shape says so
  }
  await tx.insert(Target, values);
  const sources = (node.references['host_sources'] ?? []).map((one) => idOf(ids, one));
  if (sources.length > 0) await insertHostSources(tx, own, sources);
  const credentials = (node.references['brokered_credentials'] ?? []).map((one) => idOf(ids, one));
  if (credentials.length > 0) await insertCredentialSources(tx, own, credentials);
}
