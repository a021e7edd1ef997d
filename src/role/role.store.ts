import type { Reader, Tx } from '../core/tx.js';
import type { RoleGrant } from '../grant/acl.js';

// Asked at every request. `offset 0` keeps the planner on the way by the indexes, from the users to their groups, from
// those to roles and from roles to grants, whatever it takes the lengths of the lists to be.
const held = `with held as materialized (
    select role_id from role_principal where user_id = any($1::text[])
    union
    select p.role_id from group_member m cross join lateral
      (select role_id from role_principal where group_id = m.group_id offset 0) p
    where m.user_id = any($1::text[])
  )`;

/** Every grant that any of these users holds, as itself or by a group, once per grant scope of its role. */
export async function findGrants(reader: Reader, userIds: readonly string[]): Promise<RoleGrant[]> {
  return reader.query<RoleGrant>(
    `${held}
     select r.id as role_id, r.scope_id as role_scope_id, given.grant_scope, given.canonical
     from held
     cross join lateral (select id, scope_id from role where id = held.role_id offset 0) r
     cross join lateral (
       select gs.grant_scope, g.canonical from role_grant_scope gs join role_grant g on g.role_id = gs.role_id
       where gs.role_id = held.role_id offset 0
     ) given`,
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
