import type { Tx } from '../core/tx.js';
import { Account } from './account.entity.js';
import { accountColumns, accountTables } from './account.store.js';

const accounts = `select ${accountColumns} from ${accountTables}`;

/** Accounts behind ids, locked until the transaction ends, in the order in which everybody locks them. */
export async function lockAccounts(tx: Tx, ids: readonly string[]): Promise<Account[]> {
  return tx.rows(Account, `${accounts} where a.id = any($1::text[]) order by a.id for no key update of a`, [
    ids,
  ]);
}

/** The accounts of a user, locked likewise. */
export async function lockAccountsOf(tx: Tx, userId: string): Promise<Account[]> {
  return tx.rows(Account, `${accounts} where a.user_id = $1 order by a.id for no key update of a`, [userId]);
}
