import { AuthMethod } from '../auth/auth-method.entity.js';
import { createAccount } from '../auth/create-account.js';
import { hashPassword } from '../auth/password-hash.js';
import { newId, randomText, type IdPrefix } from '../core/id.js';
import type { Tx } from '../core/tx.js';
import type { AuditHeader } from '../db/audit-row.js';
import type { Database } from '../db/database.js';
import { HostCatalog } from '../host/host-catalog.entity.js';
import { HostSet } from '../host/host-set.entity.js';
import { Host } from '../host/host.entity.js';
import { insertSetMembers } from '../host/host.store.js';
import { createRole } from '../role/create-role.js';
import { Scope } from '../scope/scope.entity.js';
import { setPrimaryAuthMethod } from '../scope/scope.store.js';
import { Target } from '../target/target.entity.js';
import { insertHostSources } from '../target/target.store.js';
import { User } from '../user/user.entity.js';

export interface Administrator {
  readonly authMethodId: string;
  readonly userId: string;
  readonly loginName: string;
  readonly password: string;
}

/** What a new installation needs and no more: the roles everybody has, and one administrator with a random password. */
export async function createAdministrator(database: Database): Promise<Administrator> {
  const password = randomText(20);
  const passwordHash = await hashPassword(password);
  const ids: Ids = (prefix) => newId(prefix);
  return database.transact(
    async (tx) => {
      await createGlobalRoles(tx, []);
      const { authMethodId, userId } = await createAdmin(tx, ids, passwordHash);
      return { authMethodId, userId, loginName: 'admin', password };
    },
    () => auditHeader('init'),
  );
}

type Ids = (prefix: IdPrefix) => string;

const wellKnown: Ids = (prefix) => `${prefix}_1234567890`;
const wellKnownSecond: Ids = (prefix) => `${prefix}_0987654321`;

/** The administrator of the development resources. For a database on this machine only. */
export const developmentLogin: Administrator = {
  authMethodId: wellKnown('ampw'),
  userId: wellKnown('u'),
  loginName: 'admin',
  password: 'password',
};

const unprivilegedLogin: Administrator = {
  ...developmentLogin,
  userId: wellKnownSecond('u'),
  loginName: 'user',
};

/** Every login of the development resources. */
export const developmentLogins: readonly Administrator[] = [developmentLogin, unprivilegedLogin];

/**
 * The development resources with the ids everybody knows from the ancestor: admin / password, a user without
 * rights of its own, one org, one project, one catalog, two targets. For a new database on this machine only.
 */
export async function createDevelopmentResources(database: Database): Promise<Administrator> {
  const password = 'password';
  const [adminHash, userHash] = await Promise.all([hashPassword(password), hashPassword(password)]);
  return database.transact(
    async (tx) => {
      await createGlobalRoles(tx, ['ids=*;type=target;actions=list,read,authorize-session']);
      const { authMethodId, userId } = await createAdmin(tx, wellKnown, adminHash);
      await tx.insert(User, {
        id: wellKnownSecond('u'),
        scopeId: 'global',
        name: 'user',
        description: 'Initial unprivileged user',
      });
      await createAccount(tx, {
        id: wellKnownSecond('acctpw'),
        authMethodId,
        scopeId: 'global',
        userId: wellKnownSecond('u'),
        loginName: 'user',
        passwordHash: userHash,
      });
      await createGeneratedScopes(tx);
      return { authMethodId, userId, loginName: 'admin', password };
    },
    () => auditHeader('createDevelopmentResources'),
  );
}

function auditHeader(operation: string): AuditHeader {
  const actor = { kind: 'system', name: 'start' } as const;
  return {
    operation,
    requestId: newId('req'),
    actor,
    clientAddress: null,
    note: { resourceType: 'scope', resourceId: 'global' },
  };
}

async function createGlobalRoles(tx: Tx, moreForUsers: readonly string[]): Promise<void> {
  const everywhere = ['this', 'descendants'];
  await createRole(tx, {
    scopeId: 'global',
    name: 'Login Grants',
    description: 'Lets people see where to sign in, and do so',
    principalIds: ['u_anon'],
    grantScopes: everywhere,
    grants: [
      'ids=*;type=scope;actions=list,no-op',
      'ids=*;type=auth-method;actions=list,authenticate',
      'ids=*;type=auth-token;actions=read:self,delete:self',
    ],
  });
  await createRole(tx, {
    scopeId: 'global',
    name: 'Authenticated User Grants',
    description: 'What everybody who is signed in may do',
    principalIds: ['u_auth'],
    grantScopes: everywhere,
    grants: [
      'ids=*;type=scope;actions=read',
      'ids=*;type=auth-token;actions=list',
      'ids=*;type=session;actions=list,read:self,cancel:self',
      'ids={{.Account.Id}};actions=read,change-password',
      'ids={{.User.Id}};type=user;actions=list-resolvable-aliases',
      ...(moreForUsers.length > 0 ? moreForUsers : ['ids=*;type=target;actions=list,read']),
    ],
  });
}

async function createAdmin(
  tx: Tx,
  ids: Ids,
  passwordHash: string,
): Promise<{ authMethodId: string; userId: string }> {
  const authMethodId = ids('ampw');
  const userId = ids('u');
  await tx.insert(AuthMethod, {
    id: authMethodId,
    scopeId: 'global',
    name: 'Generated global scope initial password auth method',
    description: 'Provides initial administrative authentication into Postern',
  });
  await setPrimaryAuthMethod(tx, 'global', authMethodId);
  await tx.insert(User, {
    id: userId,
    scopeId: 'global',
    name: 'admin',
    description: 'Initial admin user within the "global" scope',
  });
  const account = {
    id: ids('acctpw'),
    authMethodId,
    scopeId: 'global',
    userId,
    loginName: 'admin',
    passwordHash,
  };
  await createAccount(tx, account);
  await createRole(tx, {
    scopeId: 'global',
    name: 'Administration',
    description: 'Full rights on everything',
    principalIds: [userId],
    grantScopes: ['this', 'descendants'],
    grants: ['ids=*;type=*;actions=*'],
  });
  return { authMethodId, userId };
}

async function createGeneratedScopes(tx: Tx): Promise<void> {
  const org = wellKnown('o');
  const project = wellKnown('p');
  await tx.insert(Scope, {
    id: org,
    type: 'org',
    parentId: 'global',
    name: 'Generated org scope',
    description: 'Provides an initial org scope in Postern',
  });
  await tx.insert(Scope, {
    id: project,
    type: 'project',
    parentId: org,
    name: 'Generated project scope',
    description: 'Provides an initial project scope in Postern',
  });
  const catalog = wellKnown('hcst');
  const own = { scopeId: project, hostCatalogId: catalog };
  await tx.insert(HostCatalog, { id: catalog, scopeId: project, name: 'Generated host catalog' });
  await tx.insert(Host, { ...own, id: wellKnown('hst'), name: 'Generated host', address: 'localhost' });
  const set = { ...own, id: wellKnown('hsst') };
  await tx.insert(HostSet, { ...set, name: 'Generated host set' });
  await insertSetMembers(tx, set, [wellKnown('hst')]);
  await tx.insert(Target, {
    id: wellKnown('ttcp'),
    scopeId: project,
    name: 'Generated target with a direct address',
    description: 'Provides an initial target using an address in Postern',
    address: '127.0.0.1',
    defaultPort: 22,
  });
  const second = { id: wellKnownSecond('ttcp'), scopeId: project };
  await tx.insert(Target, {
    ...second,
    name: 'Generated target using host sources',
    description: 'Provides a target using host sources in Postern',
    defaultPort: 22,
  });
  await insertHostSources(tx, second, [set.id]);
}
