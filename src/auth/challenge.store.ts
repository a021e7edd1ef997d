import type { Reader, Tx } from '../core/tx.js';
import { loginColumns, loginTables, type Login } from './auth.store.js';

const seconds = 300;
const mostTries = 5;
const mostOfAccount = 10;

/** How a challenge knows the password that was right. */
const digestOf = (hash: string): string => `sha256(convert_to(${hash}, 'UTF8'))`;

/**
 * Keeps a login waiting for a code, unless its password or its second factor changed meanwhile. Of the challenges of an
 * account the latest ten are kept. When it ends; null when it was not made.
 */
export async function insertChallenge(
  tx: Tx,
  { accountId, hash, secretHash }: { accountId: string; hash: string; secretHash: Buffer },
): Promise<string | null> {
  await tx.query(
    `delete from login_challenge where expires_at <= postern_now() or secret_hash in (
       select secret_hash from login_challenge where account_id = $1 order by created_at desc offset $2)`,
    [accountId, mostOfAccount - 1],
  );
  const [row] = await tx.query<{ expiresAt: string }>(
    `insert into login_challenge (secret_hash, account_id, password_digest, expires_at)
     select $1, t.account_id, ${digestOf('p.hash')}, postern_now() + make_interval(secs => ${seconds})
     from account_totp t join account_password p on p.account_id = t.account_id
     where t.account_id = $2 and t.confirmed_at is not null and p.hash = $3
     returning expires_at`,
    [secretHash, accountId, hash],
  );
  return row?.expiresAt ?? null;
}

/** The login behind a challenge; null when it is over, or the password is another by now. */
export async function findChallengedLogin(reader: Reader, secretHash: Buffer): Promise<Login | null> {
  const [row] = await reader.query<Login>(
    `select ${loginColumns} from ${loginTables} join login_challenge c on c.account_id = a.id
     where c.secret_hash = $1 and c.expires_at > postern_now() and c.tries < ${mostTries}
       and c.password_digest = ${digestOf('p.hash')}`,
    [secretHash],
  );
  return row ?? null;
}

/** Counts one more code for a challenge. False when it has had as many as it may, or is over. */
export async function countChallengeTry(reader: Reader, secretHash: Buffer): Promise<boolean> {
  const rows = await reader.query(
    `update login_challenge set tries = tries + 1
     where secret_hash = $1 and tries < ${mostTries} and expires_at > postern_now() returning account_id`,
    [secretHash],
  );
  return rows.length === 1;
}

/** Ends a challenge that was answered: of two answers at once one gets true. */
export async function useChallenge(tx: Tx, secretHash: Buffer): Promise<boolean> {
  const rows = await tx.query('delete from login_challenge where secret_hash = $1 returning account_id', [
    secretHash,
  ]);
  return rows.length === 1;
}
