import type { Deletion } from '../api/change.input.js';
import type { Ctx, ReadCtx } from '../core/ctx.js';
import { invalidInput } from '../core/failure.js';
import { newId } from '../core/id.js';
import { madeBefore, type Repeatable } from '../core/made-before.js';
import { cleanTexts, given } from '../core/text.rules.js';
import { deleteRow, settleMade, showMade, updateRow } from '../scope/change-row.js';
import { requireCreateUnder } from '../scope/require-create.js';
import { disabledOf, refuseSelf } from '../user/disabled.rules.js';
import type { Account } from './account.entity.js';
import { findAuthMethod } from './auth-method.store.js';
import { accountKind } from './auth.kinds.js';
import { createAccount } from './create-account.js';
import { sourceOf } from './login-source.js';
import { hashPassword } from './password-hash.js';
import { requireLoginName, requirePassword, usualPasswordRules } from './password.rules.js';

export interface CreateAccountInput extends Repeatable {
  readonly authMethodId: string;
  readonly loginName: string;
  readonly name?: string | null;
  readonly description?: string | null;
  readonly password?: string | null;
  readonly isDisabled?: boolean | null;
}

/**
 * Demands `create` on the accounts of an auth method, and hashes the password of the account that is to be made;
 * null when it is to have none. Comes before the transaction, which is not held while it hashes.
 */
export async function prepareAccount(ctx: ReadCtx, input: CreateAccountInput): Promise<string | null> {
  const { authMethodId, loginName, password } = input;
  const method = await findAuthMethod(ctx.tx, authMethodId);
  const { container } = await requireCreateUnder(ctx, 'account', 'auth-method', method);
  requireLoginName('input.loginName', loginName, container);
  if (password == null) return null;
  requirePassword('input.password', password, container);
  return hashPassword(password, { address: sourceOf(ctx.clientAddress), loginName, isKnown: true });
}

/** Makes an account in an auth method, without a user. Needs `create` on its accounts. */
export async function makeAccount(
  ctx: Ctx,
  input: CreateAccountInput,
  passwordHash: string | null,
): Promise<Account | null> {
  const { password: _secret, ...told } = input;
  const { authMethodId, loginName } = told;
  const method = await findAuthMethod(ctx.tx, authMethodId);
  const { container, acl } = await requireCreateUnder(ctx, 'account', 'auth-method', method);
  const id = newId('acctpw');
  const texts = cleanTexts(told);
  const asked = { ...told, hasPassword: passwordHash !== null };
  const before = await madeBefore(ctx, 'createAccount', asked, id);
  if (before !== null) return showMade(ctx, accountKind, acl, before);
  const { scopeId } = container;
  const isDisabled = disabledOf(told.isDisabled) ?? false;
  const row = { id, authMethodId, scopeId, userId: null, loginName, isDisabled, ...texts };
  await createAccount(ctx.tx, { ...row, passwordHash });
  return settleMade(ctx, accountKind, acl, id);
}

export interface UpdateAccountInput {
  readonly id: string;
  readonly expectedVersion: number;
  readonly name?: string | null;
  readonly description?: string | null;
  readonly loginName?: string | null;
  readonly isDisabled?: boolean | null;
}

/**
 * Renames or describes an account, changes the name it signs in with, keeps it out or lets it in again: one that is
 * disabled is signed out everywhere. Refuses to disable the account in use. Needs `update`.
 */
export function updateAccount(ctx: Ctx, input: UpdateAccountInput): Promise<Account | null> {
  return updateRow(ctx, accountKind, input, async ({ id, authMethodId }) => {
    const { loginName } = input;
    const isDisabled = disabledOf(input.isDisabled);
    refuseSelf(isDisabled, ctx.actor.kind === 'user' && ctx.actor.accountId === id, 'the account in use');
    if (loginName === null)
      throw invalidInput('input.loginName', 'cannot be cleared; an account is a login name');
    if (loginName !== undefined) {
      const rules = (await findAuthMethod(ctx.tx, authMethodId)) ?? usualPasswordRules;
      requireLoginName('input.loginName', loginName, rules);
    }
    return { ...cleanTexts(input), ...given({ loginName, isDisabled }) };
  });
}

/** Deletes an account with its tokens; sessions made with one are ended, its user stays. Needs `delete`. */
export function deleteAccount(ctx: Ctx, input: Deletion): Promise<{ deletedId: string }> {
  return deleteRow(ctx, accountKind, input);
}
