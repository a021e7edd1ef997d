import { createHash } from 'node:crypto';
import type { TestServer } from './test-server';

let count = 0;

/** A user of its own with roles of its own, signed in without a password: made by SQL, as fast as it gets. */
export async function newUser(
  server: Pick<TestServer, 'database'>,
  roles: readonly { scope: string; grants: readonly string[]; grantScopes?: readonly string[] }[] = [],
): Promise<{ id: string; name: string; token: string; tokenId: string }> {
  const { sql } = server.database;
  const tag = `${(count += 1).toString().padStart(4, '0')}${Math.random().toString(36).slice(2, 8).padEnd(6, '0')}`;
  const [id, account, tokenId, name] = [`u_${tag}`, `acctpw_${tag}`, `at_${tag}`, `user-${tag}`];
  const secret = 'A'.repeat(32);
  await sql(`insert into iam_user (id, scope_id, name) values ($1, 'global', $2)`, [id, name]);
  await sql(
    `insert into account (id, auth_method_id, scope_id, user_id, login_name) values ($1, 'ampw_1234567890', 'global', $2, $3)`,
    [account, id, name],
  );
  await sql(
    `insert into auth_token (id, account_id, auth_method_id, scope_id, secret_hash, expires_at, idle_limit_seconds)
     values ($1, $2, 'ampw_1234567890', 'global', $3, postern_now() + interval '1 hour', 3600)`,
    [tokenId, account, createHash('sha256').update(secret).digest()],
  );
  for (const role of roles) await grantTo(server, id, role);
  return { id, name, tokenId, token: `${tokenId}_${secret}` };
}

/** Gives a user a role with these grants; the role's id. */
export async function grantTo(
  server: Pick<TestServer, 'database'>,
  userId: string,
  role: { scope: string; grants: readonly string[]; grantScopes?: readonly string[] },
): Promise<string> {
  const { sql } = server.database;
  const id = `r_${(count += 1).toString().padStart(4, '0')}${Math.random().toString(36).slice(2, 8).padEnd(6, '0')}`;
  await sql('insert into role (id, scope_id) values ($1, $2)', [id, role.scope]);
  await sql('insert into role_principal (role_id, principal_id) values ($1, $2)', [id, userId]);
  for (const grant of role.grants) {
    await sql('insert into role_grant (role_id, canonical, raw) values ($1, $2, $2)', [id, grant]);
  }
  for (const scope of role.grantScopes ?? ['this']) {
    await sql('insert into role_grant_scope (role_id, grant_scope) values ($1, $2)', [id, scope]);
  }
  return id;
}

/** A service user of its own with roles of its own, and an API token of it: made by SQL likewise. */
export async function newProgram(
  server: TestServer,
  roles: readonly { scope: string; grants: readonly string[]; grantScopes?: readonly string[] }[] = [],
  isReadOnly = false,
): Promise<{ id: string; name: string; token: string; tokenId: string }> {
  const { sql } = server.database;
  const tag = `${(count += 1).toString().padStart(4, '0')}${Math.random().toString(36).slice(2, 8).padEnd(6, '0')}`;
  const [id, tokenId, name] = [`u_${tag}`, `at_${tag}`, `program-${tag}`];
  const secret = 'B'.repeat(32);
  await sql(`insert into iam_user (id, scope_id, type, name) values ($1, 'global', 'service', $2)`, [
    id,
    name,
  ]);
  await sql(
    `insert into auth_token (id, type, user_id, scope_id, name, secret_hash, expires_at, is_read_only, last_used_at)
     values ($1, 'api', $2, 'global', 'ci', $3, postern_now() + interval '1 hour', $4, null)`,
    [tokenId, id, createHash('sha256').update(secret).digest(), isReadOnly],
  );
  for (const role of roles) await grantTo(server, id, role);
  return { id, name, tokenId, token: `postern_${tokenId}_${secret}` };
}
