import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import { Node } from '../api/node.js';
import type { Request } from '../api/request.js';
import type { ReadCtx } from '../core/ctx.js';
import { invalidInput } from '../core/failure.js';
import { kindOfId, type IdKind } from '../core/id.js';
import { locateAuditEntries } from '../audit/read-audit-entry.js';
import { locateAccounts } from '../auth/read-account.js';
import { locateAuthMethods } from '../auth/read-auth-method.js';
import { locateAuthTokens } from '../auth/read-auth-token.js';
import { locateCredentials, locateCredentialStores } from '../credential/read-credential.js';
import { locateGroups } from '../group/read-group.js';
import { locateHostCatalogs, locateHosts, locateHostSets } from '../host/read-host.js';
import { locateRoles } from '../role/read-role.js';
import { locateScopes } from '../scope/read-scope.js';
import { locateConnections } from '../session/locate-connections.js';
import { locateSessions } from '../session/read-session.js';
import { locateAliases } from '../target/read-alias.js';
import { locateTargets } from '../target/read-target.js';
import { locateUsers } from '../user/read-user.js';
import { locateWorkers } from '../worker/read-worker.js';

type Locate = (ctx: ReadCtx, ids: readonly string[]) => Promise<(Node | null)[]>;

/** How ids of each kind, told by their prefix, are looked up. Null where the row is missing or hidden. */
const locators: Partial<Record<IdKind, Locate>> = {
  scope: locateScopes,
  user: locateUsers,
  'auth-method': locateAuthMethods,
  account: locateAccounts,
  'auth-token': locateAuthTokens,
  group: locateGroups,
  role: locateRoles,
  'host-catalog': locateHostCatalogs,
  host: locateHosts,
  'host-set': locateHostSets,
  'credential-store': locateCredentialStores,
  credential: locateCredentials,
  target: locateTargets,
  alias: locateAliases,
  worker: locateWorkers,
  session: locateSessions,
  'session-connection': locateConnections,
  'audit-entry': locateAuditEntries,
};

const mostIds = 100;

function locate(request: Request, id: string): Promise<Node | null> {
  const kind = kindOfId(id);
  const load = kind === null ? undefined : locators[kind];
  return kind === null || !load ? Promise.resolve(null) : request.loader(kind, load).load(id);
}

@Resolver()
export class NodeResolver {
  @Query(() => Node, {
    nullable: true,
    description: 'Any object by its identifier. Null when missing or hidden.',
  })
  node(
    @Ctx() request: Request,
    @Arg('id', () => ID, { description: 'Identifier.' }) id: string,
  ): Promise<Node | null> {
    return locate(request, id);
  }

  @Query(() => [Node], {
    nullable: 'items',
    description: 'Several objects, in the order asked, null where missing or hidden. At most 100.',
  })
  nodes(
    @Ctx() request: Request,
    @Arg('ids', () => [ID], { description: 'Identifiers.' }) ids: string[],
  ): Promise<(Node | null)[]> {
    if (ids.length > mostIds) throw invalidInput('ids', `holds more than ${mostIds} identifiers`);
    return Promise.all(ids.map((id) => locate(request, id)));
  }
}
