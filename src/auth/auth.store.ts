import type { Reader, Tx } from '../core/tx.js';
import { AuthToken } from './auth-token.entity.js';
import type { TokenType } from './auth-token.rules.js';

/** The auth method a scope names as its primary one; null when there is none, or no such scope. */
export async function findPrimaryAuthMethodId(reader: Reader, scopeId: string): Promise<string | null> {
  const [row] = await reader.query<{ id: string | null }>(
    'select primary_auth_method_id as id from scope where id = $1',
    [scopeId],
  );
  return row?.id ?? null;
}

export interface Login {
  readonly accountId: string;
  readonly authMethodId: string;
  readonly scopeId: string;
  readonly loginName: string;
  readonly userId: string | null;
  readonly userName: string;
  readonly hash: string | null;
  /** Whether it asks for a code, too. */
  readonly hasTotp: boolean;
  /** The scope that calls its auth method the primary one; null where none does. */
  readonly primaryOf: string | null;
}

/** A login as every query selects it. */
export const loginColumns = `a.id as account_id, a.auth_method_id, a.scope_id, a.login_name, a.user_id,
  coalesce(u.name, a.login_name) as user_name, case when not a.is_disabled and u.is_disabled is not true then p.hash end as hash,
  exists (select from account_totp t where t.account_id = a.id and t.confirmed_at is not null) as has_totp,
  (select s.id from scope s where s.id = a.scope_id and s.primary_auth_method_id = a.auth_method_id) as primary_of`;
export const loginTables = `account a left join iam_user u on u.id = a.user_id
  left join account_password p on p.account_id = a.id`;

/** The account behind a login name, with the hash of its password; without it where nobody is let in by it. */
export async function findLogin(
  reader: Reader,
  authMethodId: string,
  loginName: string,
): Promise<Login | null> {
  const [row] = await reader.query<Login>(
    `select ${loginColumns} from ${loginTables}
     where a.auth_method_id = $1 and a.login_name = $2`,
    [authMethodId, loginName],
  );
  return row ?? null;
}

/** Keeps a user as it is until the transaction ends; several logins may at once. */
export async function lockUser(tx: Tx, userId: string): Promise<void> {
  await tx.query('select from iam_user where id = $1 for share', [userId]);
}

/**
 * Stores a token for an account that still has that user and that password, asks for a code as it did, and is let in; null when that has changed
 * meanwhile. Both are locked first, the user before the account as by everybody: a change of them is seen here, or
 * finds the token.
 */
export async function insertToken(
  tx: Tx,
  token: { id: string; secretHash: Buffer } & Pick<Login, 'accountId' | 'hasTotp'> & {
      userId: string;
      hash: string;
    },
  limits: { ttlSeconds: number; idleSeconds: number },
): Promise<AuthToken | null> {
  await lockUser(tx, token.userId);
  await tx.query('select from account where id = $1 for share', [token.accountId]);
  const [row] = await tx.rows(
    AuthToken,
    `insert into auth_token
       (id, account_id, auth_method_id, user_id, scope_id, secret_hash, expires_at, idle_limit_seconds)
     select $1, a.id, a.auth_method_id, u.id, a.scope_id, $2, postern_now() + make_interval(secs => $6), $7
     from account a join iam_user u on u.id = a.user_id join account_password p on p.account_id = a.id
     where a.id = $3 and u.id = $4 and p.hash = $5 and not a.is_disabled and not u.is_disabled
       and $8 = exists (select from account_totp t where t.account_id = a.id and t.confirmed_at is not null)
     returning *`,
    [
      token.id,
      token.secretHash,
      token.accountId,
      token.userId,
      token.hash,
      limits.ttlSeconds,
      limits.idleSeconds,
      token.hasTotp,
    ],
  );
  return row ?? null;
}

/** Stores an API token of a service user; false when it is disabled, or gone. The user is locked first, as above. */
export async function insertApiToken(
  tx: Tx,
  token: Pick<
    AuthToken,
    'id' | 'secretHash' | 'userId' | 'name' | 'description' | 'expiresAt' | 'isReadOnly'
  >,
): Promise<boolean> {
  await tx.query('select from iam_user where id = $1 for share', [token.userId]);
  const rows = await tx.query(
    `insert into auth_token
       (id, type, user_id, scope_id, name, description, secret_hash, expires_at, is_read_only, last_used_at)
     select $1, 'api', u.id, u.scope_id, $3, $4, $5, $6, $7, null
     from iam_user u where u.id = $2 and u.type = 'service' and not u.is_disabled
     returning id`,
    [
      ...[token.id, token.userId, token.name, token.description, token.secretHash],
      ...[token.expiresAt, token.isReadOnly],
    ],
  );
  return rows.length > 0;
}

/** A token as every query selects it: with the user it acts as, without the hash of its secret. */
export const tokenColumns = `t.id, t.type, t.user_id, t.account_id, t.auth_method_id, t.scope_id, t.name, t.description,
  t.is_read_only, t.created_at, t.expires_at, t.last_used_at, s.parent_id as scope_parent_id`;
export const tokenTables = 'auth_token t join scope s on s.id = t.scope_id';

export async function findTokens(reader: Reader, ids: readonly string[]): Promise<AuthToken[]> {
  return reader.rows(AuthToken, `select ${tokenColumns} from ${tokenTables} where t.id = any($1::text[])`, [
    ids,
  ]);
}

/** The live tokens of an account beyond so many: those that were used least recently. */
export async function findSurplusTokens(
  reader: Reader,
  { accountId, most, except }: { accountId: string; most: number; except: string },
): Promise<AuthToken[]> {
  return reader.rows(
    AuthToken,
    `select ${tokenColumns} from ${tokenTables} where t.account_id = $1 and t.id <> $2
       and postern_now() < least(t.expires_at, t.last_used_at + make_interval(secs => t.idle_limit_seconds))
     order by t.last_used_at desc, t.created_at desc, t.id offset $3 for update of t`,
    [accountId, except, most - 1],
  );
}

export interface TokenBearer {
  readonly tokenId: string;
  readonly type: TokenType;
  readonly secretHash: Buffer;
  readonly expiresAt: string;
  readonly isExpired: boolean;
  readonly isStale: boolean;
  readonly isReadOnly: boolean;
  readonly accountId: string | null;
  readonly userId: string;
  readonly userName: string;
}

// Who is disabled has no tokens; asked all the same, so that no mistake of ours lets anybody in.
const bearers = `auth_token t join iam_user u on u.id = t.user_id left join account a on a.id = t.account_id`;
const isLetIn = 'not u.is_disabled and a.is_disabled is not true';

// The earlier of what there is: API tokens have no idle limit.
const endOf = 'least(t.expires_at, t.last_used_at + make_interval(secs => t.idle_limit_seconds))';

/** The token of that id with the user it acts as; null when there is none, or nobody is let in by it. */
export async function findTokenBearer(reader: Reader, tokenId: string): Promise<TokenBearer | null> {
  const [row] = await reader.query<TokenBearer>(
    `select t.id as token_id, t.type, t.secret_hash, t.expires_at, t.is_read_only, t.account_id, t.user_id,
            coalesce(u.name, a.login_name, u.id) as user_name,
            postern_now() >= ${endOf} as is_expired,
            coalesce(postern_now() >= t.last_used_at + ${touchEvery('t')}, true) as is_stale
     from ${bearers} where t.id = $1 and ${isLetIn}`,
    [tokenId],
  );
  return row ?? null;
}

/** Those of the tokens that still make somebody. */
export async function findGoodTokens(reader: Reader, ids: readonly string[]): Promise<string[]> {
  const rows = await reader.query<{ id: string }>(
    `select t.id from ${bearers} where t.id = any($1::text[]) and ${isLetIn} and postern_now() < ${endOf}`,
    [ids],
  );
  return rows.map(({ id }) => id);
}

// At most once a minute, and so often that a token in use is never taken for an idle one.
function touchEvery(token: string): string {
  return `make_interval(secs => least(60, ${token}.idle_limit_seconds / 4.0))`;
}

/** Marks a token as used now, unless that was written a moment ago. */
export async function touchToken(reader: Reader, tokenId: string): Promise<void> {
  await reader.query(
    `update auth_token t set last_used_at = postern_now()
     where id = $1 and (last_used_at is null or last_used_at <= postern_now() - ${touchEvery('t')})`,
    [tokenId],
  );
}

/** True when any auth method was ever made: somebody can sign in. */
export async function hasAuthMethod(reader: Reader): Promise<boolean> {
  const [row] = await reader.query<{ found: boolean }>('select exists (select from auth_method) as found');
  return row?.found ?? false;
}

/** Gives a user those of the accounts that have none. */
export async function giveAccounts(tx: Tx, userId: string, accountIds: readonly string[]): Promise<void> {
  await tx.query('update account set user_id = $1 where id = any($2::text[]) and user_id is null', [
    userId,
    accountIds,
  ]);
}
