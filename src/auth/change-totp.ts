import type { Ctx, ReadCtx } from '../core/ctx.js';
import { Failure, invalidInput } from '../core/failure.js';
import { imageOf } from '../core/record-change.js';
import type { Acl } from '../core/acl.js';
import { protectedRow } from '../grant/require.js';
import { requireRow, settleChanged } from '../scope/change-row.js';
import { accountFields, type Account } from './account.entity.js';
import { findAccounts } from './account.store.js';
import { accountKind } from './auth.kinds.js';
import { proveCurrentPassword } from './change-password.js';
import type { LoginGuard } from './login-guard.js';
import { proveCode, useCode, type ProvenCode } from './prove-code.js';
import { hashRecoveryCode, newRecoveryCodes } from './recovery-code.js';
import type { TotpSecrets } from './totp-secret.js';
import { newTotpSecret, totpUri } from './totp.rules.js';
import { deleteTotp, findTotpState, putPendingTotp, putRecoveryCodes } from './totp.store.js';

const action = 'change-password';

export interface EnrollTotpInput {
  readonly accountId: string;
  readonly currentPassword: string;
}

export interface TotpCodeInput {
  readonly accountId: string;
  readonly code: string;
}

/** Demands `change-password` on an account, and the password it has. Comes before the transaction. */
export async function prepareEnrollTotp(
  ctx: ReadCtx,
  input: EnrollTotpInput,
  guard: LoginGuard,
): Promise<void> {
  const { row } = await requireNoted(ctx, input.accountId);
  await proveCurrentPassword(ctx, 'enrollTotp', row, input.currentPassword, guard);
}

/**
 * Gives an account a secret for codes by time, which is not in force before a code of it was shown. Another one that
 * is not in force either is forgotten. Told once.
 */
export async function enrollTotp(
  ctx: Ctx,
  { accountId }: EnrollTotpInput,
  secrets: TotpSecrets,
): Promise<{ account: Account | null; secret: string; uri: string }> {
  const { row, acl } = await requireNoted(ctx, accountId);
  const { id, version, loginName } = row;
  const before = imageOf(row, accountFields);
  const secret = newTotpSecret();
  if (!(await putPendingTotp(ctx.tx, id, secrets.seal(id, secret)))) throw inForce();
  const account = await settleChanged(ctx, accountKind, acl, action, { id, version, before });
  return { account, secret, uri: totpUri(secret, loginName) };
}

/**
 * Holds a code against the second factor of an account, the one that is in force or the one that is to be. Needs
 * `change-password`. A wrong or used code is FORBIDDEN, with its reason. Comes before the transaction, so that it counts.
 */
export async function prepareCode(
  ctx: ReadCtx,
  { accountId, code }: TotpCodeInput,
  secrets: TotpSecrets,
  isInForce: boolean,
): Promise<ProvenCode> {
  const { row } = await requireNoted(ctx, accountId);
  const state = await findTotpState(ctx.tx, row.id);
  if (state?.isInForce !== isInForce) throw isInForce ? notInForce() : state ? inForce() : notEnrolled();
  const proven = await proveCode(ctx, row.id, code, secrets, isInForce);
  if (!proven) throw wrongCode(ctx, row);
  return proven;
}

/** Puts the second factor in force: from now on a login asks for a code. Ten recovery codes, told once. */
export function confirmTotp(ctx: Ctx, { accountId }: TotpCodeInput, code: ProvenCode): Promise<WithCodes> {
  return changeProven(ctx, accountId, code);
}

/** Ten other recovery codes, told once; those before are good no longer. */
export function renewRecoveryCodes(
  ctx: Ctx,
  { accountId }: TotpCodeInput,
  code: ProvenCode,
): Promise<WithCodes> {
  return changeProven(ctx, accountId, code);
}

export interface WithCodes {
  readonly account: Account | null;
  readonly recoveryCodes: readonly string[];
}

async function changeProven(ctx: Ctx, accountId: string, code: ProvenCode): Promise<WithCodes> {
  const { row, acl } = await requireNoted(ctx, accountId);
  const { id, version } = row;
  const before = imageOf(row, accountFields);
  await ctx.tx.raise(row);
  if (!(await useCode(ctx.tx, id, code))) throw wrongCode(ctx, row);
  const recoveryCodes = newRecoveryCodes();
  await putRecoveryCodes(
    ctx.tx,
    id,
    recoveryCodes.map((one) => hashRecoveryCode(id, one)),
  );
  const account = await settleChanged(ctx, accountKind, acl, action, { id, version, before });
  return { account, recoveryCodes };
}

export interface RemoveTotpInput {
  readonly accountId: string;
  readonly code?: string | null;
}

/**
 * Demands what it takes to remove a second factor: `set-password` on the account, for when a phone is lost; or
 * `change-password` and a code, which is proven here.
 */
export async function prepareRemoveTotp(
  ctx: ReadCtx,
  { accountId, code }: RemoveTotpInput,
  secrets: TotpSecrets,
): Promise<ProvenCode | null> {
  const { row, maySetPassword } = await requireRemovable(ctx, accountId);
  if (maySetPassword) return null;
  if (row.hasTotp !== true) throw notInForce();
  if (code == null)
    throw invalidInput('input.code', 'is missing; give one of the authenticator, or a recovery code');
  return prepareCode(ctx, { accountId, code }, secrets, true);
}

/** Removes a second factor, its recovery codes, and the logins that wait for a code. */
export async function removeTotp(
  ctx: Ctx,
  { accountId }: RemoveTotpInput,
  code: ProvenCode | null,
): Promise<Account | null> {
  const { row, acl, maySetPassword } = await requireRemovable(ctx, accountId);
  const { id, version } = row;
  const before = imageOf(row, accountFields);
  await ctx.tx.raise(row);
  // Who could do it without a code a moment ago need not be able to now.
  if (code ? !(await useCode(ctx.tx, id, code)) : !maySetPassword) throw wrongCode(ctx, row);
  if (!(await deleteTotp(ctx.tx, id))) throw notInForce();
  return settleChanged(ctx, accountKind, acl, maySetPassword ? 'set-password' : action, {
    id,
    version,
    before,
  });
}

async function requireRemovable(
  ctx: ReadCtx,
  accountId: string,
): Promise<{ row: Account; acl: Acl; maySetPassword: boolean }> {
  const [acl, [found]] = [await ctx.acl(), await findAccounts(ctx.tx, [accountId])];
  const maySetPassword =
    found !== undefined && acl.may('set-password', protectedRow('account', found, found.authMethodId));
  return {
    ...(await requireNoted(ctx, accountId, maySetPassword ? 'set-password' : action)),
    maySetPassword,
  };
}

async function requireNoted(
  ctx: ReadCtx,
  accountId: string,
  needed: 'change-password' | 'set-password' = action,
): Promise<{ row: Account; acl: Acl }> {
  const { row, acl } = await requireRow(ctx, accountKind, needed, accountId);
  ctx.note({ resourceType: 'account', resourceId: row.id, scopeId: row.scopeId });
  return { row, acl };
}

function wrongCode(ctx: ReadCtx, { id: resourceId, scopeId }: Account): Failure {
  const reason = 'the code is wrong or was used; try the next one';
  return ctx.deny({ code: 'FORBIDDEN', action, resourceType: 'account', resourceId, scopeId, reason });
}

function inForce(): Failure {
  return new Failure({
    ...{ code: 'INVALID_STATE', state: 'in force' },
    message: 'the account has a second factor; remove it before it gets another',
  });
}

function notInForce(): Failure {
  return new Failure({
    ...{ code: 'INVALID_STATE', state: 'none' },
    message: 'the account has no second factor in force',
  });
}

function notEnrolled(): Failure {
  return new Failure({
    ...{ code: 'INVALID_STATE', state: 'none' },
    message: 'the account has no second factor to confirm; enrol it first',
  });
}
