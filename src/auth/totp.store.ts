import type { Reader, Tx } from '../core/tx.js';

// Five wrong codes cost nothing, then each one doubles the wait, up to an hour.
const pause = (totp: string): string =>
  `make_interval(secs => case when ${totp}.wrong_codes < 5 then 0
     else least(3600, 30 * power(2, least(${totp}.wrong_codes - 5, 20))) end)`;

/** Gives an account a secret that is not in force yet, instead of one like it. False when one is in force. */
export async function putPendingTotp(tx: Tx, accountId: string, sealedSecret: string): Promise<boolean> {
  const rows = await tx.query(
    `insert into account_totp as t (account_id, sealed_secret) values ($1, $2)
     on conflict (account_id) do update
       set sealed_secret = excluded.sealed_secret, created_at = excluded.created_at, last_step = 0
       where t.confirmed_at is null
     returning account_id`,
    [accountId, sealedSecret],
  );
  return rows.length === 1;
}

export interface TotpTry {
  readonly sealedSecret: string;
  readonly lastStep: string;
  /** Of the database's clock, as every check of time. */
  readonly nowSeconds: number;
}

/**
 * Counts one more code of an account, as a wrong one until it is known to be right, and gives what to hold it
 * against; null when it has to wait, or there is no such factor.
 */
export async function countTotpTry(
  reader: Reader,
  accountId: string,
  isInForce: boolean,
): Promise<TotpTry | null> {
  const [row] = await reader.query<TotpTry>(
    `update account_totp t set wrong_codes = wrong_codes + 1, tried_at = postern_now()
     where account_id = $1 and (confirmed_at is not null) = $2
       and (tried_at is null or postern_now() >= tried_at + ${pause('t')})
     returning sealed_secret, last_step, extract(epoch from postern_now())::float8 as now_seconds`,
    [accountId, isInForce],
  );
  return row ?? null;
}

export interface TotpState {
  readonly isInForce: boolean;
  /** How long the next code has to wait, in ms. */
  readonly waitMs: number;
}

/** How an account's second factor stands; null when it has none. */
export async function findTotpState(reader: Reader, accountId: string): Promise<TotpState | null> {
  const [row] = await reader.query<TotpState>(
    `select confirmed_at is not null as is_in_force,
       coalesce(greatest(0, extract(epoch from tried_at + ${pause('t')} - postern_now()) * 1000), 0)::float8 as wait_ms
     from account_totp t where account_id = $1`,
    [accountId],
  );
  return row ?? null;
}

/** Uses a code up: of two requests with one code one gets true. */
export async function useTotpStep(
  tx: Tx,
  accountId: string,
  { sealedSecret, step, isInForce }: { sealedSecret: string; step: number; isInForce: boolean },
): Promise<boolean> {
  const rows = await tx.query(
    `update account_totp set last_step = $3, wrong_codes = 0, confirmed_at = coalesce(confirmed_at, postern_now())
     where account_id = $1 and sealed_secret = $2 and last_step < $3 and (confirmed_at is not null) = $4
     returning account_id`,
    [accountId, sealedSecret, step, isInForce],
  );
  return rows.length === 1;
}

/** Uses a recovery code up, likewise. Whoever has one is the owner: wrong codes before it are forgotten. */
export async function useRecoveryCode(tx: Tx, accountId: string, codeHash: Buffer): Promise<boolean> {
  const rows = await tx.query(
    `with used as (delete from recovery_code where account_id = $1 and code_hash = $2 returning account_id)
     update account_totp set wrong_codes = 0 where account_id in (select account_id from used) returning account_id`,
    [accountId, codeHash],
  );
  return rows.length === 1;
}

/** Gives an account these recovery codes, instead of those it has. */
export async function putRecoveryCodes(tx: Tx, accountId: string, hashes: readonly Buffer[]): Promise<void> {
  await tx.query('delete from recovery_code where account_id = $1', [accountId]);
  await tx.query(
    'insert into recovery_code (account_id, code_hash) select $1, hash from unnest($2::bytea[]) hash',
    [accountId, hashes],
  );
}

/** Takes the second factor away, with its recovery codes and the logins that wait for a code. */
export async function deleteTotp(tx: Tx, accountId: string): Promise<boolean> {
  const rows = await tx.query('delete from account_totp where account_id = $1 returning account_id', [
    accountId,
  ]);
  return rows.length === 1;
}
