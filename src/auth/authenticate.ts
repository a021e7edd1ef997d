import type { Ctx, ReadCtx } from '../core/ctx.js';
import { Failure, invalidInput } from '../core/failure.js';
import { protectedRow } from '../grant/require.js';
import type { AuthToken } from './auth-token.entity.js';
import { findAuthMethod, findLogin, findPrimaryAuthMethodId, insertToken, type Login } from './auth.store.js';
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
}

/** A login whose password was right, before the token is written. */
export type ProvenLogin = Login & {
  readonly userId: string;
  readonly hash: string;
  readonly authMethodId: string;
};

/**
 * Checks login name and password. Unknown name, wrong password and an account without user or password are
 * one answer with one cost: UNAUTHENTICATED. Holds no transaction while it hashes.
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
  const mayTry =
    method !== null && (await ctx.acl()).may('authenticate', protectedRow('auth-method', method));
  if (!mayTry)
    throw ctx.deny({
      code: 'NOT_FOUND',
      action: 'authenticate',
      resourceType: 'auth-method',
      resourceId: method?.id ?? null,
    });
  const login = await findLogin(ctx.tx, authMethodId ?? '', input.loginName);
  const from = { address: ctx.clientAddress ?? '', loginName: input.loginName };
  const isRight = await checkPassword(login?.hash ?? null, input.password, from);
  if (!login || !isRight || login.userId === null || login.hash === null) throw refused();
  return { ...login, userId: login.userId, hash: login.hash, authMethodId: authMethodId ?? '' };
}

/** Issues a token for a proven login, unless the account changed since it was proven. */
export async function issueToken(ctx: Ctx, login: ProvenLogin, limits: TokenLimits): Promise<Authenticated> {
  const token = newToken();
  const authToken = await insertToken(ctx.tx, { ...token, ...login }, limits);
  if (authToken === null) throw refused();
  ctx.note({
    resourceType: 'auth-method',
    resourceId: login.authMethodId,
    scopeId: authToken.scopeId,
    after: { authTokenId: token.id, accountId: login.accountId },
    actor: {
      kind: 'user',
      userId: login.userId,
      userName: login.userName,
      accountId: login.accountId,
      tokenId: token.id,
      tokenExpiresAt: authToken.expiresAt,
    },
  });
  return { authToken, token: token.text };
}

function refused(): Failure {
  return new Failure({ code: 'UNAUTHENTICATED', message: 'login name or password is wrong' });
}
