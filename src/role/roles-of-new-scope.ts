import { imageOf } from '../core/record-change.js';
import type { Reactor, Tx } from '../core/tx.js';
import type { NewScopeFacts } from '../scope/change-scope.js';
import { createRole, type NewRole } from './create-role.js';
import { roleFields, type Role } from './role.entity.js';
import { findRole } from './role.store.js';

type FirstRole = Omit<NewRole, 'scopeId'>;

/** What everybody may do in a new scope, unless its maker wants it otherwise. */
const defaultRoles: Readonly<Record<NewScopeFacts['type'], FirstRole>> = {
  org: {
    name: 'Login and Default Grants',
    description: 'Made with the org: everybody may sign in, and see to their own account and tokens',
    principalIds: ['u_anon'],
    grants: [
      'ids=*;type=scope;actions=list,no-op',
      'ids=*;type=auth-method;actions=authenticate,list',
      'ids={{.Account.Id}};actions=read,change-password',
      'ids=*;type=auth-token;actions=list,read:self,delete:self',
    ],
  },
  project: {
    name: 'Default Grants',
    description: 'Made with the project: who is signed in may list targets, and see to their own sessions',
    principalIds: ['u_auth'],
    grants: ['ids=*;type=session;actions=list,read:self,cancel:self', 'ids=*;type=target;actions=list'],
  },
};

const administrationOf = (userId: string): FirstRole => ({
  name: 'Administration',
  description: 'Made with the scope: whoever made it may do everything in it',
  principalIds: [userId],
  grants: ['ids=*;type=*;actions=*'],
});

/** Makes, with a new org or project, the roles it begins with: its maker's, and everybody's. */
export const makeRolesOfNewScope: Reactor = {
  name: 'make the roles of a new scope',
  kinds: ['scope.created'],
  async react(tx, { subjectId, body }) {
    const { type, administratorId, getsDefaultRole } = body as NewScopeFacts;
    if (administratorId !== null) await makeRole(tx, subjectId, administrationOf(administratorId));
    if (getsDefaultRole) await makeRole(tx, subjectId, defaultRoles[type]);
  },
};

async function makeRole(tx: Tx, scopeId: string, first: FirstRole): Promise<void> {
  const { id: subjectId, version: revision } = await createRole(tx, { ...first, scopeId });
  const body = imageOf((await findRole(tx, subjectId)) as Role, roleFields);
  tx.record({ kind: 'role.created', subjectId, scopeId, revision, body });
}
