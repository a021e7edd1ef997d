import type { Reader, Tx } from '../core/tx.js';
import type { RoleGrant } from '../grant/acl.js';

/** Every grant that any of these principals holds, once per grant scope of its role. */
export async function findGrants(reader: Reader, principalIds: readonly string[]): Promise<RoleGrant[]> {
  return reader.query<RoleGrant>(
    `select distinct r.id as role_id, r.scope_id as role_scope_id, gs.grant_scope, g.canonical
     from role_principal p
     join role r on r.id = p.role_id
     join role_grant g on g.role_id = r.id
     join role_grant_scope gs on gs.role_id = r.id
     where p.principal_id = any($1::text[])`,
    [principalIds],
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
