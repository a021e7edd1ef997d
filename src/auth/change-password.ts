import type { Ctx, ReadCtx } from '../core/ctx.js';
import { invalidInput } from '../core/failure.js';
import { imageOf } from '../core/record-change.js';
import { protectedRow } from '../grant/require.js';
import { requireRowAt, settleChanged } from '../scope/change-row.js';
import { accountFields, type Account } from './account.entity.js';
import { deletePassword, findPasswordHash, putPassword } from './account.store.js';
import { attempted } from './attempt.js';
import { findAuthMethod } from './auth-method.store.js';
import { accountKind } from './auth.kinds.js';
import { endTokens } from './end-tokens.js';
import { lockTokensOfAccount } from './ended-tokens.store.js';
import type { Hasher } from './fair-queue.js';
import type { LoginGuard } from './login-guard.js';
import { sourceOf } from './login-source.js';
import { hashPassword, inTurn, isPassword } from './password-hash.js';
import { longestPasswordBytes, requirePassword, usualPasswordRules } from './password.rules.js';

type PasswordAction = 'set-password' | 'change-password';

interface AccountAt {
  readonly id: string;
  readonly expectedVersion: number;
}

export interface SetAccountPasswordInput extends AccountAt {
  readonly password?: string | null;
}

export interface ChangeAccountPasswordInput extends AccountAt {
  readonly currentPassword: string;
  readonly newPassword: string;
}

/**
 * Hashes the password that somebody else is to get, null for none at all. Needs `set-password`. Comes before the
 * transaction, as the hashing of every password.
 */
export async function prepareSetPassword(
  ctx: ReadCtx,
  input: SetAccountPasswordInput,
): Promise<string | null> {
  const { password } = input;
  const { row: account } = await requireRowAt(ctx, accountKind, 'set-password', input);
  await giveIdentity(ctx, account);
  if (password === undefined)
    throw invalidInput('input.password', 'is missing; give the new one, or null for none');
  if (password === null) return null;
  await requireFit(ctx, account, 'input.password', password);
  return hashPassword(password, hasherOf(ctx, account));
}

/**
 * Hashes the password that somebody chooses instead of their own, once they have proven that one. Needs
 * `change-password`. A wrong one is refused with FORBIDDEN and costs what a wrong login costs; after a few of them
 * RATE_LIMITED.
 */
export async function prepareChangePassword(
  ctx: ReadCtx,
  { currentPassword, newPassword, ...at }: ChangeAccountPasswordInput,
  guard: LoginGuard,
): Promise<string> {
  const { row: account } = await requireRowAt(ctx, accountKind, 'change-password', at);
  requireShort('input.currentPassword', currentPassword);
  if (newPassword === currentPassword)
    throw invalidInput('input.newPassword', 'is the same as the current one; choose another');
  await requireFit(ctx, account, 'input.newPassword', newPassword);
  await proveCurrentPassword(ctx, 'changeAccountPassword', account, currentPassword, guard);
  return hashPassword(newPassword, hasherOf(ctx, account));
}

/** Demands the password an account has. FORBIDDEN where it is another, RATE_LIMITED after a few of those. */
export async function proveCurrentPassword(
  ctx: ReadCtx,
  operation: string,
  account: Account,
  password: string,
  guard: LoginGuard,
): Promise<void> {
  const { id, loginName, scopeId } = account;
  requireShort('input.currentPassword', password);
  const note = { resourceType: 'account', resourceId: id, scopeId };
  const attempt = guard.proof(ctx, id, { operation, loginName, note });
  await attempted(attempt, inTurn, async () => {
    const stored = await findPasswordHash(ctx.tx, id);
    if (await isPassword(stored, password)) return;
    throw ctx.deny({
      ...{ code: 'FORBIDDEN', action: 'change-password', resourceType: 'account', resourceId: id },
      on: protectedRow('account', account, account.authMethodId),
      reason: 'the current password is wrong',
    });
  });
}

function requireShort(path: string, password: string): void {
  if (Buffer.byteLength(password) > longestPasswordBytes)
    throw invalidInput(path, `is longer than ${longestPasswordBytes} bytes`);
}

/**
 * Gives an account the password behind that hash, or none. Raises its version, by which nothing can have come
 * between the preparation and this. Signs it out everywhere: whoever knew the old password has nothing of it left. Only
 * who proved the old one keeps the token in use. Needs the action.
 */
export async function writePassword(
  ctx: Ctx,
  action: PasswordAction,
  at: AccountAt,
  hash: string | null,
): Promise<Account | null> {
  const { row, acl } = await requireRowAt(ctx, accountKind, action, at);
  if (action === 'set-password') await giveIdentity(ctx, row);
  const before = imageOf(row, accountFields);
  if (hash !== null || row.hasPassword) {
    await ctx.tx.raise(row);
    await (hash === null ? deletePassword(ctx.tx, row.id) : putPassword(ctx.tx, row.id, hash));
    const kept = action === 'change-password' && ctx.actor.kind === 'user' ? ctx.actor.tokenId : null;
    await endTokens(ctx.tx, await lockTokensOfAccount(ctx.tx, row.id, kept));
  }
  return settleChanged(ctx, accountKind, acl, action, { id: row.id, version: row.version, before });
}

// Who knows its password signs in as its user.
async function giveIdentity(ctx: ReadCtx, account: Account): Promise<void> {
  const { id, userId, authMethodId } = account;
  const on = protectedRow('account', account, authMethodId);
  if (userId !== null)
    await ctx.give({ kind: 'identity', action: 'set-password', on, userId, accountIds: [id] });
}

async function requireFit(ctx: ReadCtx, account: Account, path: string, password: string): Promise<void> {
  const rules = (await findAuthMethod(ctx.tx, account.authMethodId)) ?? usualPasswordRules;
  requirePassword(path, password, rules);
}

function hasherOf({ clientAddress }: ReadCtx, { loginName }: Account): Hasher {
  return { address: sourceOf(clientAddress), loginName, isKnown: true };
}
