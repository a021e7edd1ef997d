import { randomText } from '../../src/core/id';
import { memberRows, row, seesAll, seesScope, type MutationRow, type ProofRow } from './mutation-row';
import { newAccount, newGroup, newRole, newUserOf, org, project } from './world';

const inOrg = { scope: org };
const makesInOrg = { scope: org, sees: seesScope.org };
const named = () => ({ scopeId: org, name: randomText(12) });
const seesUsers = { scope: org, also: { grants: [seesAll('user')] } };

const accounts = { type: 'User', grantType: 'user', noun: 'accounts', field: 'accountIds' };
const members = { type: 'Group', grantType: 'group', noun: 'members', field: 'memberIds' };
const ofRole = (noun: string, field: string) => ({ type: 'Role', grantType: 'role', noun, field });

const signIn: ProofRow = {
  mutation: 'authenticate',
  async proof({ server }) {
    // Where nobody is granted to sign in.
    await server.database.sql(
      `insert into auth_method (id, scope_id) values ('ampw_hidden0000', $1) on conflict do nothing`,
      [org],
    );
    const login = { loginName: 'admin', password: 'password', authMethodId: 'ampw_1234567890' };
    return {
      right: login,
      wrong: { ...login, password: 'wrong' },
      hidden: { ...login, authMethodId: 'ampw_hidden0000' },
      missing: { ...login, authMethodId: 'ampw_0000000000' },
    };
  },
  refusedAs: ['UNAUTHENTICATED', 'NOT_FOUND'],
};

const users: readonly MutationRow[] = [
  row('createUser', 'user create', () => org, named, makesInOrg),
  row('updateUser', 'user update', newUserOf, ({ id }) => ({ id, expectedVersion: 1, name: null }), inOrg),
  row('deleteUser', 'user delete', newUserOf, ({ id }) => ({ id }), inOrg),
  ...memberRows(
    accounts,
    async (world) => {
      const [user, held, free] = [await newUserOf(world), await newAccount(world), await newAccount(world)];
      await world.made('addUserAccounts', { id: user.id, expectedVersion: 1, accountIds: [held] });
      return { ...user, version: 2, held, free };
    },
    ({ held, free }, verb) => [verb === 'remove' ? held : free],
    { scope: org, also: { grants: [seesAll('account')] } },
  ),
];

const groups: readonly MutationRow[] = [
  row('createGroup', 'group create', () => org, named, makesInOrg),
  row('updateGroup', 'group update', newGroup, ({ id }) => ({ id, expectedVersion: 1, name: 'new' }), inOrg),
  row('deleteGroup', 'group delete', newGroup, ({ id }) => ({ id }), inOrg),
  ...memberRows(
    members,
    async (world) => {
      const [group, held, free] = [await newGroup(world), await newUserOf(world), await newUserOf(world)];
      await world.made('addGroupMembers', { id: group.id, expectedVersion: 1, memberIds: [held.id] });
      return { ...group, version: 2, held, free };
    },
    ({ held, free }, verb) => [verb === 'remove' ? held.id : free.id],
    seesUsers,
  ),
];

const grantString = 'ids=*;type=target;actions=read';
const otherGrant = 'ids=*;type=host;actions=read';

const roles: readonly MutationRow[] = [
  row('createRole', 'role create', () => org, named, makesInOrg),
  row('updateRole', 'role update', newRole, ({ id }) => ({ id, expectedVersion: 1, name: 'new' }), inOrg),
  row('deleteRole', 'role delete', newRole, ({ id }) => ({ id }), inOrg),
  ...memberRows(
    ofRole('principals', 'principalIds'),
    async (world) => {
      const [role, held, free] = [await newRole(world), await newUserOf(world), await newUserOf(world)];
      await world.made('addRolePrincipals', { id: role.id, expectedVersion: 1, principalIds: [held.id] });
      return { ...role, version: 2, held, free };
    },
    ({ held, free }, verb) => [verb === 'remove' ? held.id : free.id],
    seesUsers,
  ),
  ...memberRows(
    ofRole('grants', 'grantStrings'),
    async (world) => {
      const role = await newRole(world);
      await world.made('addRoleGrants', { id: role.id, expectedVersion: 1, grantStrings: [grantString] });
      return { ...role, version: 2 };
    },
    (_, verb) => [verb === 'remove' ? grantString : otherGrant],
    inOrg,
  ),
  ...memberRows(
    ofRole('grant-scopes', 'grantScopeIds'),
    async (world) => {
      const role = await newRole(world);
      await world.made('removeRoleGrantScopes', { id: role.id, expectedVersion: 1, grantScopeIds: ['this'] });
      await world.made('addRoleGrantScopes', { id: role.id, expectedVersion: 2, grantScopeIds: ['this'] });
      return { ...role, version: 3 };
    },
    (_, verb) => [verb === 'remove' ? 'this' : project],
    { scope: org, also: { grants: [seesAll('scope')] } },
  ),
];

export const identityRows: readonly MutationRow[] = [signIn, ...users, ...groups, ...roles];
