import type { Actor, Ctx, ReadCtx } from '../core/ctx.js';
import { Failure, invalidInput } from '../core/failure.js';
import type { Tx } from '../core/tx.js';
import { protectedRow } from '../grant/require.js';
import { attempted } from './attempt.js';
import type { AuthToken } from './auth-token.entity.js';
import { findAuthMethod } from './auth-method.store.js';
import {
  findLogin,
  findPrimaryAuthMethodId,
  findSurplusTokens,
  insertToken,
  lockUser,
  type Login,
} from './auth.store.js';
import { endTokens } from './end-tokens.js';
import { methodsOf, primaryOf } from './known-places.js';
import { holdAccount, type AccountHolder } from './hold-account.js';
import type { LoginGuard } from './login-guard.js';
import { inTurn, isPassword } from './password-hash.js';
import { longestLoginName, longestPasswordBytes } from './password.rules.js';
import { lockAccounts } from './user-accounts.store.js';
import { newToken } from './token-secret.js';

export interface AuthenticateInput {
  readonly authMethodId?: string | null;
  readonly scopeId?: string | null;
  readonly loginName: string;
  readonly password: string;
}

export interface TokenLimits {
  readonly ttlSeconds: number;
  readonly idleSeconds: number;
  /** Live tokens of one account. */
  readonly most: number;
}

export interface Authenticated {
  readonly authToken: AuthToken;
  /** Returned once; the database has only its hash. */
  readonly token: string;
  /** Who the caller is from now on. */
  readonly actor: Actor;
  /** What it signed in as, by each way of asking for its auth method. */
  readonly signIn: { readonly methods: readonly string[]; readonly loginName: string };
}

/** A login whose password was right, before the token is written. */
export type ProvenLogin = Login & { readonly hash: string };

/**
 * Checks login name and password. Unknown name, wrong password, an account without a password, and one without
 * a user in an auth method that makes none are one answer: UNAUTHENTICATED. Who tries too often is refused with
 * RATE_LIMITED before anything is read. Holds no transaction while it hashes.
 */
export async function proveLogin(
  ctx: ReadCtx,
  input: AuthenticateInput,
  guard: LoginGuard,
): Promise<ProvenLogin> {
  const loginName = input.loginName.slice(0, longestLoginName);
  const note = { resourceType: 'auth-method', after: { loginName } };
  const method =
    input.authMethodId?.slice(0, longestLoginName) ??
    primaryOf(input.scopeId?.slice(0, longestLoginName) ?? 'global');
  const attempt = guard.login(ctx, { operation: 'authenticate', loginName, method, note });
  if (input.loginName.length > longestLoginName)
    throw invalidInput('input.loginName', `is longer than ${longestLoginName} characters`);
  if (Buffer.byteLength(input.password) > longestPasswordBytes)
    throw invalidInput('input.password', `is longer than ${longestPasswordBytes} bytes`);
  return attempted(attempt, inTurn, () => checkLogin(ctx, input));
}

async function checkLogin(ctx: ReadCtx, input: AuthenticateInput): Promise<ProvenLogin> {
  const { loginName } = input;
  const scopeId = input.scopeId ?? 'global';
  const authMethodId = input.authMethodId ?? (await findPrimaryAuthMethodId(ctx.tx, scopeId));
  ctx.note({ resourceType: 'auth-method', resourceId: authMethodId, after: { loginName } });
  const method = authMethodId === null ? null : await findAuthMethod(ctx.tx, authMethodId);
  if (!method || !(await ctx.acl()).may('authenticate', protectedRow('auth-method', method)))
    throw ctx.deny({
      code: 'NOT_FOUND',
      action: 'authenticate',
      resourceType: 'auth-method',
      resourceId: method?.id ?? null,
      on: method && protectedRow('auth-method', method),
    });
  const login = await findLogin(ctx.tx, method.id, loginName);
  const isRight = await isPassword(login?.hash ?? null, input.password);
  if (!login || !isRight || login.hash === null || !maySignIn(login)) throw refused();
  return { ...login, hash: login.hash };
}

/** Asked behind the password, so that every account that may not sign in answers as a wrong password does. */
export function maySignIn({ userId, primaryOf: scopeId }: Login): boolean {
  return userId !== null || scopeId !== null;
}

/**
 * Issues a token for a proven login, unless the account changed since it was proven. At the first login through
 * the primary auth method of a scope, makes the user that the account acts as. Of more tokens than an account may have
 * the one that was used least recently goes, and with it the sessions made with it.
 */
export async function issueToken(ctx: Ctx, login: ProvenLogin, limits: TokenLimits): Promise<Authenticated> {
  const { accountId, authMethodId, hash, hasTotp, loginName } = login;
  // The user before the account, as everybody; the account for this login alone, because its tokens are counted.
  if (login.userId !== null) await lockUser(ctx.tx, login.userId);
  await lockAccounts(ctx.tx, [accountId]);
  const holder = await holderOf(ctx.tx, login);
  if (!holder) throw refused();
  const { userId, userName } = holder;
  const token = newToken();
  const authToken = await insertToken(ctx.tx, { ...token, accountId, userId, hash, hasTotp }, limits);
  if (authToken === null) throw refused();
  const { scopeId, expiresAt: tokenExpiresAt } = authToken;
  const who = { userId, userName, accountId, tokenId: token.id, tokenExpiresAt, isReadOnly: false };
  const actor: Actor = { kind: 'user', ...who };
  const made = holder.isNew ? { createdUserId: userId } : {};
  const ended = await endSurplus(ctx.tx, accountId, token.id, limits.most);
  const after = { authTokenId: token.id, accountId, ...made, ...ended };
  ctx.note({ resourceType: 'auth-method', resourceId: authMethodId, scopeId, after, actor });
  const signIn = { methods: methodsOf(login), loginName };
  return { authToken, token: token.text, actor, signIn };
}

async function endSurplus(
  tx: Tx,
  accountId: string,
  except: string,
  most: number,
): Promise<{ endedAuthTokenIds?: string[] }> {
  const surplus = await findSurplusTokens(tx, { accountId, most, except });
  await endTokens(tx, surplus);
  return surplus.length === 0 ? {} : { endedAuthTokenIds: surplus.map(({ id }) => id) };
}

function holderOf(tx: Tx, { accountId, userId, userName }: ProvenLogin): Promise<AccountHolder | null> {
  return userId === null ? holdAccount(tx, accountId) : Promise.resolve({ userId, userName, isNew: false });
}

function refused(): Failure {
  return new Failure({ code: 'UNAUTHENTICATED', message: 'login name or password is wrong' });
}
