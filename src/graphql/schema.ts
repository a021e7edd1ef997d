import 'reflect-metadata';
import { lexicographicSortSchema, printSchema, type GraphQLSchema } from 'graphql';
import { buildSchemaSync } from 'type-graphql';
import { registerActions } from '../api/action-enum.js';
import {
  AccessHolderResolver,
  AccessResolver,
  DenialResolver,
  EffectiveAccessResolver,
} from '../access/access.resolver.js';
import { NodeResolver } from '../access/node.resolver.js';
import { AuditResolver } from '../audit/audit.resolver.js';
import { AccountMutations } from '../auth/account.mutations.js';
import { AccountResolver } from '../auth/account.resolver.js';
import { AuthMethodLinksResolver } from '../auth/auth-method-links.resolver.js';
import { AuthMethodMutations } from '../auth/auth-method.mutations.js';
import { AuthMethodResolver, ScopeAuthMethodResolver } from '../auth/auth-method.resolver.js';
import { AuthResolver } from '../auth/auth.resolver.js';
import { TotpMutations } from '../auth/totp.mutations.js';
import { UserAccountsMutations } from '../auth/user-accounts.mutations.js';
import { UserAccountsResolver } from '../auth/user-accounts.resolver.js';
import { CredentialMutations, CredentialStoreMutations } from '../credential/credential.mutations.js';
import { CredentialResolver, CredentialStoreResolver } from '../credential/credential.resolver.js';
import { actions } from '../grant/action.js';
import { GroupMutations } from '../group/group.mutations.js';
import { GroupResolver } from '../group/group.resolver.js';
import { HostCatalogMutations, HostMutations, HostSetMutations } from '../host/host.mutations.js';
import { HostCatalogResolver, HostResolver, HostSetResolver } from '../host/host.resolver.js';
import {
  RoleGrantScopesMutations,
  RoleGrantsMutations,
  RoleMutations,
  RolePrincipalsMutations,
} from '../role/role.mutations.js';
import { RoleGrantResolver, RolePrincipalResolver, RoleResolver } from '../role/role.resolver.js';
import { ScopeKeyResolver } from '../scope/scope-key.resolver.js';
import { ScopeMutations } from '../scope/scope.mutations.js';
import { AddressPolicyResolver } from '../scope/address-policy.resolver.js';
import { ScopeResolver } from '../scope/scope.resolver.js';
import {
  ScopeSessionsResolver,
  TargetSessionsResolver,
  UserSessionsResolver,
} from '../session/session-links.resolver.js';
import { ConnectionRecordResolver, SessionResolver } from '../session/session.resolver.js';
import { AliasResolver, UserAliasResolver } from '../target/alias.resolver.js';
import { ScopeTargetsResolver } from '../target/scope-targets.resolver.js';
import { AliasMutations, TargetCredentialsMutations, TargetMutations } from '../target/target.mutations.js';
import { TargetResolver } from '../target/target.resolver.js';
import { UserMutations } from '../user/user.mutations.js';
import { UserResolver } from '../user/user.resolver.js';
import { WorkerMutations } from '../worker/worker.mutations.js';
import { WorkerResolver } from '../worker/worker.resolver.js';
import { MetaResolver } from './meta.resolver.js';

const streams =
  'Streams, over WebSocket. Items come in the order of the event log; each stream looks again who reads it.';

// Asked for by the library, never by us: every stream is read from the event log.
const noPubSub = {
  publish: () => {
    throw new Error('events are recorded in the log, not published');
  },
  subscribe: () => {
    throw new Error('streams are read from the log');
  },
};

let built: GraphQLSchema | undefined;

/** The one schema of this release. Built once per process: TypeGraphQL keeps its metadata globally. */
export function posternSchema(): GraphQLSchema {
  if (built) return built;
  registerActions(actions);
  built = buildSchemaSync({
    resolvers: [
      MetaResolver,
      ...[ScopeResolver, ScopeMutations, ScopeKeyResolver, AddressPolicyResolver],
      ...[UserResolver, UserMutations],
      ...[AuthMethodResolver, AuthMethodLinksResolver, AuthMethodMutations, ScopeAuthMethodResolver],
      TotpMutations,
      ...[AccountResolver, AccountMutations, AuthResolver, UserAccountsResolver, UserAccountsMutations],
      ...[GroupResolver, GroupMutations],
      ...[RoleResolver, RolePrincipalResolver, RoleGrantResolver],
      ...[RoleMutations, RolePrincipalsMutations, RoleGrantsMutations, RoleGrantScopesMutations],
      ...[HostCatalogResolver, HostResolver, HostSetResolver],
      ...[HostCatalogMutations, HostMutations, HostSetMutations],
      ...[CredentialStoreResolver, CredentialResolver, CredentialStoreMutations, CredentialMutations],
      ...[TargetResolver, TargetMutations, TargetCredentialsMutations, ScopeTargetsResolver],
      ...[AliasResolver, AliasMutations, UserAliasResolver],
      ...[WorkerResolver, WorkerMutations],
      ...[SessionResolver, ConnectionRecordResolver],
      ...[ScopeSessionsResolver, TargetSessionsResolver, UserSessionsResolver],
      ...[AuditResolver, NodeResolver],
      ...[AccessResolver, AccessHolderResolver, DenialResolver, EffectiveAccessResolver],
    ],
    validate: false, // rules are checked where they apply; class-validator's errors echo their input
    pubSub: noPubSub,
  });
  const descriptions = {
    Query: 'Reads.',
    Mutation: 'Writes. One at a time, in the order written.',
    Subscription: streams,
  };
  for (const [name, description] of Object.entries(descriptions)) {
    const type = built.getType(name);
    if (type) type.description = description;
  }
  return built;
}

/** The schema as it is committed: sorted, so that a diff shows what changed and nothing else. */
export function printedSchema(): string {
  return `${printSchema(lexicographicSortSchema(posternSchema()))}\n`;
}
