import { Account } from './auth/account.entity.js';
import { AuthMethod } from './auth/auth-method.entity.js';
import { AuthToken } from './auth/auth-token.entity.js';
import { CredentialStore } from './credential/credential-store.entity.js';
import { Credential } from './credential/credential.entity.js';
import { Group } from './group/group.entity.js';
import { HostCatalog } from './host/host-catalog.entity.js';
import { HostSet } from './host/host-set.entity.js';
import { Host } from './host/host.entity.js';
import { Role } from './role/role.entity.js';
import { Scope } from './scope/scope.entity.js';
import { ConnectionRecord } from './session/connection.entity.js';
import { Session } from './session/session.entity.js';
import { Alias } from './target/alias.entity.js';
import { Target } from './target/target.entity.js';
import { User } from './user/user.entity.js';
import { Worker } from './worker/worker.entity.js';

/** Every table with a class of its own. */
export const entities = [
  ...[Scope, User, AuthMethod, Account, AuthToken, Group, Role],
  ...[
    HostCatalog,
    Host,
    HostSet,
    CredentialStore,
    Credential,
    Target,
    Alias,
    Worker,
    Session,
    ConnectionRecord,
  ],
];
