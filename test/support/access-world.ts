import fc from 'fast-check';
import type { Protected } from '../../src/core/acl';
import { actions, isSelfAction } from '../../src/grant/action';
import { makeAcl, type RoleGrant } from '../../src/grant/acl';
import { parseStoredGrant, printGrant } from '../../src/grant/grant';
import { idActionsOf, type ResourceType } from '../../src/grant/resource-type';
import { grantTo, newUser } from './identities';
import { authorize } from './session-client';
import {
  elsewhere,
  newCatalog,
  newGroup,
  newHost,
  newRole,
  newWorker,
  org,
  project,
  type World,
} from './world';

export interface Thing {
  readonly on: Protected;
  readonly ownerId: string | null;
}

/** Users, groups and things of which random roles speak. */
export interface AccessWorld {
  readonly users: readonly { id: string; accountIds: string[]; token: string }[];
  readonly groups: readonly string[];
  readonly things: readonly Thing[];
}

export async function fillAccessWorld(world: World): Promise<AccessWorld> {
  const { server } = world;
  const { sql } = server.database;
  const made = [await newUser(server), await newUser(server), await newUser(server), await newUser(server)];
  await sql(`insert into auth_method (id, scope_id) values ('ampw_second0000', 'global')`);
  await sql(`insert into account (id, auth_method_id, scope_id, user_id, login_name)
             values ('acctpw_second00', 'ampw_second0000', 'global', '${made[1]!.id}', 'second')`);
  await sql(`insert into iam_user (id, scope_id, name) values ('u_accountless', 'global', 'accountless')`);
  const accounts = await sql<{ id: string; user_id: string }>(
    'select id, user_id from account where user_id is not null order by id',
  );
  const users = [...made, { id: 'u_accountless', token: '' }].map(({ id, token }) => ({
    ...{ id, token },
    accountIds: accounts.filter((one) => one.user_id === id).map((one) => one.id),
  }));
  const groups: string[] = [];
  for (const memberIds of [[users[0]!.id, users[1]!.id], [users[1]!.id, 'u_accountless'], ['u_auth']]) {
    const { id } = await newGroup(world);
    await world.made('addGroupMembers', { id, expectedVersion: 1, memberIds });
    groups.push(id);
  }
  const role = await grantTo(server, users[0]!.id, {
    scope: project,
    grants: ['ids=*;type=target;actions=*'],
  });
  const session = await authorize(server, users[0]!.token, 'ttcp_1234567890');
  await sql('delete from role where id = $1', [role]);
  const catalog = await newCatalog(world);
  const other = (await world.made('createHostCatalog', { scopeId: elsewhere.project })).id as string;
  const thing = (
    type: ResourceType,
    id: string | null,
    scopeId: string,
    pin: string | null = null,
    ownerId: string | null = null,
  ): Thing => ({
    on: {
      type,
      id,
      scopeId,
      parentScopeId:
        { global: null, [org]: 'global', [elsewhere.org]: 'global', [project]: org }[scopeId] ??
        (scopeId === 'global' || scopeId.startsWith('o_') ? null : elsewhere.org),
      pin,
    },
    ownerId,
  });
  return {
    users,
    groups,
    things: [
      thing('target', 'ttcp_1234567890', project),
      thing('target', null, project),
      thing('session', session.id, project, null, users[0]!.id),
      thing('host-catalog', other, elsewhere.project),
      thing('host', await newHost(world, catalog), project, catalog),
      thing('host', null, project, catalog),
      thing('user', users[1]!.id, 'global'),
      thing(
        'account',
        users[1]!.accountIds[0]!,
        'global',
        users[1]!.accountIds[0] === 'acctpw_second00' ? 'ampw_second0000' : 'ampw_1234567890',
      ),
      thing('auth-token', made[2]!.tokenId, 'global', null, users[2]!.id),
      thing('group', groups[0]!, org),
      thing('role', (await newRole(world)).id, org),
      thing('scope', project, org),
      thing('scope', null, 'global'),
      thing('auth-method', 'ampw_1234567890', 'global'),
      thing('worker', (await newWorker(world)).id, 'global'),
      thing('worker', null, 'global'),
    ],
  };
}

const some = <Value>(...values: readonly Value[]) => fc.constantFrom(...values);

/** Roles as random as they may be stored, about what there is in the world. */
export function randomRole({ users, groups, things }: AccessWorld) {
  const ids = things.flatMap(({ on }) => [on.id, on.pin]).flatMap((id) => id ?? []);
  const grant = fc
    .record({
      ids: fc.oneof(
        some([] as string[]),
        some(['*']),
        some(['*']),
        some(...ids, '{{.User.Id}}', '{{.Account.Id}}').map((id) => [id]),
      ),
      type: fc.oneof(some(null), some('*'), some(...things.map(({ on }) => on.type))),
      actions: fc.oneof(
        some(['*']),
        fc.uniqueArray(
          fc.oneof(some('read', 'list', 'no-op', 'cancel:self', 'read:self', 'update'), some(...actions)),
          { minLength: 1, maxLength: 4 },
        ),
      ),
    })
    .map(({ ids: named, type, actions: given }) =>
      printGrant(
        parseStoredGrant(
          [
            ...(named.length > 0 ? [`ids=${named.join(',')}`] : []),
            ...(type === null ? [] : [`type=${type}`]),
            `actions=${given.join(',')}`,
          ].join(';'),
        ),
      ),
    );
  return fc.record({
    scope: some('global', org, project, elsewhere.project),
    grantScopes: fc.uniqueArray(some('this', 'this', 'children', 'descendants', project, org), {
      maxLength: 2,
    }),
    grants: fc.uniqueArray(grant, { minLength: 1, maxLength: 3 }),
    principals: fc.uniqueArray(some(...users.map(({ id }) => id), ...groups, ...groups, 'u_auth', 'u_anon'), {
      maxLength: 2,
    }),
  });
}

/** Puts roles in the place of all that were put before. */
export async function putRoles(
  { server }: World,
  roles: readonly {
    scope: string;
    grantScopes: readonly string[];
    grants: readonly string[];
    principals: readonly string[];
  }[],
): Promise<void> {
  const { sql } = server.database;
  await sql(`delete from role where id like 'r_law%'`);
  for (const [at, { scope, grantScopes, grants, principals }] of roles.entries()) {
    const id = `r_law${String(at).padStart(7, '0')}`;
    await sql('insert into role (id, scope_id, name) values ($1, $2, $3)', [id, scope, `law ${at}`]);
    await sql('insert into role_grant_scope select $1, unnest($2::text[])', [id, grantScopes]);
    await sql('insert into role_grant (role_id, canonical, raw) select $1, g, g from unnest($2::text[]) g', [
      id,
      grants,
    ]);
    await sql('insert into role_principal (role_id, principal_id) select $1, unnest($2::text[])', [
      id,
      principals,
    ]);
  }
}

/** Who holds which grants, read plainly. */
export async function heldGrants({ server }: World): Promise<(userId: string) => RoleGrant[]> {
  const rows = await server.database.sql<{
    user_id: string;
    role_id: string;
    scope_id: string;
    grant_scope: string;
    canonical: string;
  }>(
    `select h.user_id, r.id as role_id, r.scope_id, gs.grant_scope, g.canonical
     from (select role_id, user_id from role_principal where user_id is not null union
           select p.role_id, m.user_id from role_principal p join group_member m using (group_id)) h
     join role r on r.id = h.role_id join role_grant g on g.role_id = r.id join role_grant_scope gs on gs.role_id = r.id`,
  );
  return (userId) => {
    const identities = userId === 'u_anon' ? ['u_anon'] : ['u_anon', 'u_auth', userId];
    return rows
      .filter((row) => identities.includes(row.user_id))
      .map((row) => ({
        roleId: row.role_id,
        roleScopeId: row.scope_id,
        grantScope: row.grant_scope,
        canonical: row.canonical,
      }));
  };
}

/** Whether somebody may, as whichever of its accounts, asked of the engine that decides requests. */
export function mayBruteForce(
  { id, accountIds }: { id: string; accountIds: readonly string[] },
  grants: readonly RoleGrant[],
  action: string,
  { on, ownerId }: Thing,
): boolean {
  const accounts = accountIds.length > 0 ? accountIds : [null];
  return accounts.some((accountId) => {
    const acl = makeAcl({ userId: id, accountId }, grants);
    if (ownerId === null) return acl.may(action, on);
    if (ownerId !== id) return acl.may(isSelfAction(action) ? action.split(':')[0]! : action, on);
    const self = `${action}:self`;
    const hasSelf = (idActionsOf(on.type as ResourceType) as readonly string[]).includes(self);
    return acl.may(action, on) || (hasSelf && acl.may(self, on));
  });
}
