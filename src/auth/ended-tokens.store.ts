import type { Tx } from '../core/tx.js';

/** A token that is to go. */
export interface EndedToken {
  readonly id: string;
  readonly scopeId: string;
}

// Always in one order, and always after the users and accounts that they speak for.
async function lockTokens(tx: Tx, where: string, values: readonly unknown[]): Promise<EndedToken[]> {
  return tx.query<EndedToken>(
    `select id, scope_id from auth_token where ${where} order by id for update`,
    values,
  );
}

/** The tokens of an account but for one, locked until the transaction ends. */
export function lockTokensOfAccount(
  tx: Tx,
  accountId: string,
  but: string | null = null,
): Promise<EndedToken[]> {
  return lockTokens(tx, 'account_id = $1 and id is distinct from $2', [accountId, but]);
}

/** The tokens of a user, locked likewise. */
export function lockTokensOfUser(tx: Tx, userId: string): Promise<EndedToken[]> {
  return lockTokens(tx, 'user_id = $1', [userId]);
}

/** The tokens of an auth method, locked likewise after its accounts, so that none is added. */
export async function lockTokensOfAuthMethod(tx: Tx, authMethodId: string): Promise<EndedToken[]> {
  await tx.query('select from account where auth_method_id = $1 order by id for no key update', [
    authMethodId,
  ]);
  return lockTokens(tx, 'auth_method_id = $1', [authMethodId]);
}

/** The tokens of a scope, locked likewise after its users and accounts. */
export async function lockTokensOfScope(tx: Tx, scopeId: string): Promise<EndedToken[]> {
  await tx.query('select from iam_user where scope_id = $1 order by id for no key update', [scopeId]);
  await tx.query('select from account where scope_id = $1 order by id for no key update', [scopeId]);
  return lockTokens(tx, 'scope_id = $1', [scopeId]);
}

/**
 * Some tokens that have been over for a week and on which no session hangs that is not over: a session outlives the
 * token it was made with, and needs its row. Skips those that somebody else is at.
 */
export function lockExpiredTokens(tx: Tx, most: number): Promise<EndedToken[]> {
  return tx.query<EndedToken>(
    `select id, scope_id from auth_token t
     where expires_at < postern_now() - interval '7 days' and not exists (
       select from session where auth_token_ref = t.id and status <> 'terminated')
     order by expires_at limit $1
     for update skip locked`,
    [most],
  );
}

/** Deletes tokens. What hangs on them must have ended. */
export async function deleteTokens(tx: Tx, ids: readonly string[]): Promise<void> {
  await tx.query('delete from auth_token where id = any($1::text[])', [ids]);
}
