import type { Reader, Tx } from '../core/tx.js';
import type { RoleGrant } from '../grant/acl.js';
import { Role } from './role.entity.js';

/** A role as every query selects it, whole. Each list has one order, so that it shows the same each time. */
export const roleColumns = `r.*, s.parent_id as scope_parent_id,
  array(select grant_scope from role_grant_scope where role_id = r.id
    order by array_position('{this,children,descendants}', grant_scope), grant_scope collate "C") as grant_scope_ids,
  array(select principal_id::text from role_principal where role_id = r.id order by 1) as principal_ids,
  array(select canonical from role_grant where role_id = r.id order by canonical collate "C") as grant_strings,
  (select coalesce(json_agg(json_build_object('raw', raw, 'canonical', canonical) order by canonical collate "C"), '[]')
    from role_grant where role_id = r.id) as grants,
  (select coalesce(json_agg(json_build_object('id', p.principal_id, 'scopeId', coalesce(u.scope_id, g.scope_id),
      'type', case when p.user_id is null then 'group' else 'user' end) order by p.principal_id), '[]')
    from role_principal p left join iam_user u on u.id = p.user_id left join iam_group g on g.id = p.group_id
    where p.role_id = r.id) as principals`;
export const roleTables = 'role r join scope s on s.id = r.scope_id';

export async function findRoles(reader: Reader, ids: readonly string[]): Promise<Role[]> {
  return reader.rows(Role, `select ${roleColumns} from ${roleTables} where r.id = any($1::text[])`, [ids]);
}

export async function findRole(reader: Reader, id: string): Promise<Role | null> {
  return (await findRoles(reader, [id]))[0] ?? null;
}

// Asked at every request. `offset 0` keeps the planner on the way by the indexes, from the users to their groups, from
// those to roles and from roles to grants, whatever it takes the lengths of the lists to be.
const held = `with held as materialized (
    select role_id from role_principal where user_id = any($1::text[])
    union
    select p.role_id from group_member m cross join lateral
      (select role_id from role_principal where group_id = m.group_id offset 0) p
    where m.user_id = any($1::text[])
  )`;

// What each of the held roles grants, once per grant scope.
const given = `cross join lateral (select id, scope_id from role where id = held.role_id offset 0) r
     cross join lateral (
       select gs.grant_scope, g.canonical from role_grant_scope gs join role_grant g on g.role_id = gs.role_id
       where gs.role_id = held.role_id offset 0
     ) given`;

/** Every grant that any of these users holds, as itself or by a group, once per grant scope of its role. */
export async function findGrants(reader: Reader, userIds: readonly string[]): Promise<RoleGrant[]> {
  return reader.query<RoleGrant>(
    `${held}
     select r.id as role_id, r.scope_id as role_scope_id, given.grant_scope, given.canonical
     from held
     ${given}`,
    [userIds],
  );
}

/** That somebody holds a role, by a group or not; or, without a holder, a grant of a role that one of them holds. */
export interface Holding extends RoleGrant {
  readonly holderId: string | null;
  readonly groupId: string | null;
}

/**
 * Who of these users holds which roles and by which groups, and the grants of those roles: in one statement, so that
 * all of it is of one moment.
 */
export async function findHoldings(reader: Reader, userIds: readonly string[]): Promise<Holding[]> {
  return reader.query<Holding>(
    `with held as materialized (
       select user_id::text as holder_id, role_id, null::text as group_id from role_principal
       where user_id = any($1::text[])
       union
       select m.user_id, p.role_id, m.group_id from group_member m cross join lateral
         (select role_id from role_principal where group_id = m.group_id offset 0) p
       where m.user_id = any($1::text[])
     )
     select holder_id, group_id, role_id, null as role_scope_id, null as grant_scope, null as canonical from held
     union all
     select null, null, r.id, r.scope_id, given.grant_scope, given.canonical
     from (select distinct role_id from held) held
     ${given}`,
    [userIds],
  );
}

export async function insertPrincipals(
  tx: Tx,
  roleId: string,
  principalIds: readonly string[],
): Promise<void> {
  await tx.query('insert into role_principal (role_id, principal_id) select $1, unnest($2::text[])', [
    roleId,
    principalIds,
  ]);
}

export async function insertGrants(
  tx: Tx,
  roleId: string,
  grants: readonly { canonical: string; raw: string }[],
): Promise<void> {
  await tx.query(
    'insert into role_grant (role_id, canonical, raw) select $1, * from unnest($2::text[], $3::text[])',
    [roleId, grants.map((grant) => grant.canonical), grants.map((grant) => grant.raw)],
  );
}

export async function insertGrantScopes(
  tx: Tx,
  roleId: string,
  grantScopes: readonly string[],
): Promise<void> {
  await tx.query('insert into role_grant_scope (role_id, grant_scope) select $1, unnest($2::text[])', [
    roleId,
    grantScopes,
  ]);
}

/** Takes a role from users and groups. */
export async function deletePrincipals(
  tx: Tx,
  roleId: string,
  principalIds: readonly string[],
): Promise<void> {
  await tx.query('delete from role_principal where role_id = $1 and principal_id = any($2::text[])', [
    roleId,
    principalIds,
  ]);
}

/** Takes grants from a role, by their one text. */
export async function deleteGrants(tx: Tx, roleId: string, canonicals: readonly string[]): Promise<void> {
  await tx.query('delete from role_grant where role_id = $1 and canonical = any($2::text[])', [
    roleId,
    canonicals,
  ]);
}

export async function deleteGrantScopes(
  tx: Tx,
  roleId: string,
  grantScopes: readonly string[],
): Promise<void> {
  await tx.query('delete from role_grant_scope where role_id = $1 and grant_scope = any($2::text[])', [
    roleId,
    grantScopes,
  ]);
}

/** Every grant of those roles, once per grant scope. */
export async function findGrantsOfRoles(reader: Reader, roleIds: readonly string[]): Promise<RoleGrant[]> {
  return reader.query<RoleGrant>(
    `select r.id as role_id, r.scope_id as role_scope_id, gs.grant_scope, g.canonical
     from role r join role_grant_scope gs on gs.role_id = r.id join role_grant g on g.role_id = r.id
     where r.id = any($1::text[])`,
    [roleIds],
  );
}

/** The roles that a group holds. */
export async function findRolesOfGroup(reader: Reader, groupId: string): Promise<string[]> {
  const rows = await reader.query<{ roleId: string }>(
    'select role_id from role_principal where group_id = $1',
    [groupId],
  );
  return rows.map(({ roleId }) => roleId);
}
