import { createHash } from 'node:crypto';
import type { Ctx, ReadCtx } from '../core/ctx.js';
import { Failure } from '../core/failure.js';
import { randomText } from '../core/id.js';
import {
  issueToken,
  maySignIn,
  type Authenticated,
  type ProvenLogin,
  type TokenLimits,
} from './authenticate.js';
import { countChallengeTry, findChallengedLogin, insertChallenge, useChallenge } from './challenge.store.js';
import type { LoginGuard } from './login-guard.js';
import { proveCode, useCode, type ProvenCode } from './prove-code.js';
import type { TotpSecrets } from './totp-secret.js';
import { lockAccounts } from './user-accounts.store.js';

export interface ContinueAuthenticationInput {
  readonly challengeId: string;
  readonly code: string;
}

/** A login that waits for a code. */
export interface Challenge {
  /** Known to who asked alone; the database has its hash. */
  readonly id: string;
  readonly expiresAt: string;
}

const secretLength = 32; // 190 bits of base62

const hashId = (id: string): Buffer => createHash('sha256').update(id.slice(0, 128)).digest();

/** Makes a login whose password was right wait for a code, unless the account changed since. */
export async function openChallenge(ctx: Ctx, login: ProvenLogin): Promise<Challenge> {
  const { accountId, authMethodId, hash, scopeId } = login;
  const id = `ch_${randomText(secretLength)}`;
  const expiresAt = await insertChallenge(ctx.tx, { accountId, hash, secretHash: hashId(id) });
  if (expiresAt === null) throw refused();
  ctx.note({
    resourceType: 'auth-method',
    resourceId: authMethodId,
    scopeId,
    after: { accountId, isChallenged: true },
  });
  return { id, expiresAt };
}

export interface AnsweredChallenge {
  readonly login: ProvenLogin;
  readonly secretHash: Buffer;
  readonly code: ProvenCode;
}

/**
 * Holds a code against the login that a challenge is of. A wrong code, a used one, and a challenge that is over (by time,
 * by five codes, by another password, by a factor that was removed) are one answer: UNAUTHENTICATED.
 */
export async function answerChallenge(
  ctx: ReadCtx,
  { challengeId, code }: ContinueAuthenticationInput,
  guard: LoginGuard,
  secrets: TotpSecrets,
): Promise<AnsweredChallenge> {
  const note = { resourceType: 'auth-method' };
  guard.code(ctx, { operation: 'continueAuthentication', note });
  ctx.note(note);
  const secretHash = hashId(challengeId);
  const login = await findChallengedLogin(ctx.tx, secretHash);
  if (!login || login.hash === null || !maySignIn(login)) throw refused();
  const { accountId, authMethodId, loginName } = login;
  ctx.note({ ...note, resourceId: authMethodId, after: { loginName } });
  const proven = await proveCode(ctx, accountId, code, secrets);
  if (!(await countChallengeTry(ctx.tx, secretHash)) || !proven) throw refused();
  return { login: { ...login, hash: login.hash }, secretHash, code: proven };
}

/** Uses code and challenge up, and issues the token. Of two answers at once one gets it. */
export async function finishChallenge(
  ctx: Ctx,
  { login, secretHash, code }: AnsweredChallenge,
  limits: TokenLimits,
): Promise<Authenticated> {
  await lockAccounts(ctx.tx, [login.accountId]);
  const isFirst = (await useChallenge(ctx.tx, secretHash)) && (await useCode(ctx.tx, login.accountId, code));
  if (!isFirst) throw refused();
  return issueToken(ctx, login, limits);
}

function refused(): Failure {
  return new Failure({
    code: 'UNAUTHENTICATED',
    message: 'the code is wrong or was used, or the login is over; try the next code, or sign in again',
  });
}
