import type { Reader, Tx } from '../core/tx.js';
import { Account } from './account.entity.js';

/** An account as every query selects it: without its password's hash. */
export const accountColumns = `a.*, s.parent_id as scope_parent_id,
  exists (select from account_password p where p.account_id = a.id) as has_password,
  exists (select from account_totp t where t.account_id = a.id and t.confirmed_at is not null) as has_totp,
  (select count(*)::integer from recovery_code r where r.account_id = a.id) as recovery_codes_left`;
export const accountTables = 'account a join scope s on s.id = a.scope_id';

export async function findAccounts(reader: Reader, ids: readonly string[]): Promise<Account[]> {
  return reader.rows(Account, `select ${accountColumns} from ${accountTables} where a.id = any($1::text[])`, [
    ids,
  ]);
}

/** The hash of an account's password; null when it has none. */
export async function findPasswordHash(reader: Reader, accountId: string): Promise<string | null> {
  const [row] = await reader.query<{ hash: string }>(
    'select hash from account_password where account_id = $1',
    [accountId],
  );
  return row?.hash ?? null;
}

/** Gives an account that password, instead of the one it has. */
export async function putPassword(tx: Tx, accountId: string, hash: string): Promise<void> {
  await tx.query(
    `insert into account_password (account_id, hash) values ($1, $2)
     on conflict (account_id) do update set hash = excluded.hash, updated_at = postern_now()`,
    [accountId, hash],
  );
}

/** Takes an account's password away. */
export async function deletePassword(tx: Tx, accountId: string): Promise<void> {
  await tx.query('delete from account_password where account_id = $1', [accountId]);
}
