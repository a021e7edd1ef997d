import type { Reader, Tx } from '../core/tx.js';
import { User } from './user.entity.js';

/** A user as every query selects it; the login name comes from the primary auth method of its scope alone. */
export const userColumns = `u.*, s.parent_id as scope_parent_id, a.login_name, a.id as primary_account_id,
  array(select m.id::text from account m where m.user_id = u.id order by 1) as account_ids`;
export const userTables = `iam_user u join scope s on s.id = u.scope_id
  left join account a on a.user_id = u.id and a.auth_method_id = s.primary_auth_method_id`;

export async function findUsers(reader: Reader, ids: readonly string[]): Promise<User[]> {
  return reader.rows(User, `select ${userColumns} from ${userTables} where u.id = any($1::text[])`, [ids]);
}

export async function findUser(reader: Reader, id: string): Promise<User | null> {
  return (await findUsers(reader, [id]))[0] ?? null;
}

/** Writes a user; false when another of its scope has that name. */
export async function insertUser(tx: Tx, id: string, scopeId: string, name: string | null): Promise<boolean> {
  const rows = await tx.query(
    `insert into iam_user (id, scope_id, name) values ($1, $2, $3)
     on conflict on constraint user_name_must_be_unique_in_its_scope do nothing returning id`,
    [id, scopeId, name],
  );
  return rows.length > 0;
}
