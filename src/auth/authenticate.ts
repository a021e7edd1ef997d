import type { Actor, Ctx, ReadCtx } from '../core/ctx.js';
import { Failure, invalidInput } from '../core/failure.js';
import type { Tx } from '../core/tx.js';
import { protectedRow } from '../grant/require.js';
import type { AuthToken } from './auth-token.entity.js';
import { findAuthMethod } from './auth-method.store.js';
import { findLogin, findPrimaryAuthMethodId, insertToken, type Login } from './auth.store.js';
import { holdAccount, type AccountHolder } from './hold-account.js';
import { checkPassword } from './password-hash.js';
import { longestPasswordBytes } from './password.rules.js';
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
}

export interface Authenticated {
  readonly authToken: AuthToken;
  /** Returned once; the database has only its hash. */
  readonly token: string;
  /** Who the caller is from now on. */
  readonly actor: Actor;
}

/** A login whose password was right, before the token is written. */
export type ProvenLogin = Login & {
  readonly hash: string;
  readonly authMethodId: string;
};

/**
 * Checks login name and password. Unknown name, wrong password, an account without a password, and one without
 * a user in an auth method that makes none are one answer: UNAUTHENTICATED. Holds no transaction while it hashes.
 */
export async function proveLogin(ctx: ReadCtx, input: AuthenticateInput): Promise<ProvenLogin> {
  if (Buffer.byteLength(input.password) > longestPasswordBytes) {
    throw invalidInput('password', `is longer than ${longestPasswordBytes} bytes`);
  }
  const scopeId = input.scopeId ?? 'global';
  const authMethodId = input.authMethodId ?? (await findPrimaryAuthMethodId(ctx.tx, scopeId));
  ctx.note({
    resourceType: 'auth-method',
    resourceId: authMethodId,
    after: { loginName: input.loginName.slice(0, 128) },
  });
  const method = authMethodId === null ? null : await findAuthMethod(ctx.tx, authMethodId);
  if (!method || !(await ctx.acl()).may('authenticate', protectedRow('auth-method', method)))
    throw ctx.deny({
      code: 'NOT_FOUND',
      action: 'authenticate',
      resourceType: 'auth-method',
      resourceId: method?.id ?? null,
      on: method && protectedRow('auth-method', method),
    });
  const login = await findLogin(ctx.tx, method.id, input.loginName);
  const from = { address: ctx.clientAddress ?? '', loginName: input.loginName };
  const isRight = await checkPassword(login?.hash ?? null, input.password, from);
  if (!login || !isRight || login.hash === null) throw refused();
  const isPrimary =
    login.userId !== null || (await findPrimaryAuthMethodId(ctx.tx, method.scopeId)) === method.id;
  if (!isPrimary) throw refused();
  return { ...login, hash: login.hash, authMethodId: method.id };
}

/**
 * Issues a token for a proven login, unless the account changed since it was proven. At the first login through
 * the primary auth method of a scope, makes the user that the account acts as.
 */
export async function issueToken(ctx: Ctx, login: ProvenLogin, limits: TokenLimits): Promise<Authenticated> {
  const { accountId, authMethodId, hash } = login;
  const holder = await holderOf(ctx.tx, login);
  if (!holder) throw refused();
  const { userId, userName } = holder;
  const token = newToken();
  const authToken = await insertToken(ctx.tx, { ...token, accountId, userId, hash }, limits);
  if (authToken === null) throw refused();
  const { scopeId, expiresAt: tokenExpiresAt } = authToken;
  const who = { userId, userName, accountId, tokenId: token.id, tokenExpiresAt, isReadOnly: false };
  const actor: Actor = { kind: 'user', ...who };
  const made = holder.isNew ? { createdUserId: userId } : {};
  const after = { authTokenId: token.id, accountId, ...made };
  ctx.note({ resourceType: 'auth-method', resourceId: authMethodId, scopeId, after, actor });
  return { authToken, token: token.text, actor };
}

function holderOf(tx: Tx, { accountId, userId, userName }: ProvenLogin): Promise<AccountHolder | null> {
  return userId === null ? holdAccount(tx, accountId) : Promise.resolve({ userId, userName, isNew: false });
}

function refused(): Failure {
  return new Failure({ code: 'UNAUTHENTICATED', message: 'login name or password is wrong' });
}
