import { findAuditEntries } from '../audit/audit.store.js';
import { findAccounts } from '../auth/account.store.js';
import { findAuthMethods } from '../auth/auth-method.store.js';
import { findTokens } from '../auth/auth.store.js';
import type { Protected } from '../core/acl.js';
import { kindOfId, type IdKind } from '../core/id.js';
import type { Reader } from '../core/tx.js';
import { findCredentials, findCredentialStores } from '../credential/credential.store.js';
import { protectedRow, type Placed } from '../grant/require.js';
import { isResourceType, type ResourceType } from '../grant/resource-type.js';
import { findGroups } from '../group/group.store.js';
import { findHostCatalogs, findHosts, findHostSets } from '../host/host.store.js';
import { findRoles } from '../role/role.store.js';
import { findScopes } from '../scope/scope.store.js';
import { findSessionPlaces } from '../session/session.store.js';
import { findAliases } from '../target/alias.store.js';
import { findTarget } from '../target/target.store.js';
import { findUsers } from '../user/user.store.js';
import { findWorkers } from '../worker/worker.store.js';

/** A resource as access to it is judged. */
export interface Thing {
  readonly on: Protected;
  /** Whose it is, of types that know ownership. */
  readonly ownerId: string | null;
}

interface Found {
  readonly row: Placed | null | undefined;
  readonly pin?: string | null | undefined;
  readonly ownerId?: string | null | undefined;
}

type Find = (reader: Reader, id: string) => Promise<Found>;

const plain =
  (findAll: (reader: Reader, ids: readonly string[]) => Promise<Placed[]>): Find =>
  async (reader, id) => ({ row: (await findAll(reader, [id]))[0] });

/** How the place of each kind of resource is found; the same kinds that `node` knows, connections aside. */
export const finders: Readonly<Partial<Record<IdKind, Find>>> = {
  scope: plain(findScopes),
  user: plain(findUsers),
  'auth-method': plain(findAuthMethods),
  async account(reader, id) {
    const [row] = await findAccounts(reader, [id]);
    return { row, pin: row?.authMethodId };
  },
  async 'auth-token'(reader, id) {
    const [row] = await findTokens(reader, [id]);
    return { row, ownerId: row?.userId };
  },
  group: plain(findGroups),
  role: plain(findRoles),
  'host-catalog': plain(findHostCatalogs),
  async host(reader, id) {
    const [row] = await findHosts(reader, [id]);
    return { row, pin: row?.hostCatalogId };
  },
  async 'host-set'(reader, id) {
    const [row] = await findHostSets(reader, [id]);
    return { row, pin: row?.hostCatalogId };
  },
  'credential-store': plain(findCredentialStores),
  async credential(reader, id) {
    const [row] = await findCredentials(reader, [id]);
    return { row, pin: row?.credentialStoreId };
  },
  target: async (reader, id) => ({ row: await findTarget(reader, id) }),
  alias: plain(findAliases),
  worker: plain(findWorkers),
  async session(reader, id) {
    const [row] = await findSessionPlaces(reader, [id]);
    return { row, ownerId: row?.userId };
  },
  'audit-entry': plain(findAuditEntries),
};

/** The type of the resource that a text names: what is no id of any may be an alias, which stands for a target. */
export function typeNamed(id: string): ResourceType {
  const kind = kindOfId(id);
  return kind !== null && isResourceType(kind) ? kind : 'target';
}

/** The resource behind an id or an alias; null when there is none. */
export async function findThing(reader: Reader, id: string): Promise<Thing | null> {
  const type = typeNamed(id);
  const found = await finders[type as IdKind]?.(reader, id);
  if (!found?.row) return null;
  return { on: protectedRow(type, found.row, found.pin ?? null), ownerId: found.ownerId ?? null };
}
