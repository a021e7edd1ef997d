import type { Tx } from '../core/tx.js';
import { Account } from './account.entity.js';
import { putPassword } from './account.store.js';

export interface NewAccount {
  readonly id: string;
  readonly authMethodId: string;
  readonly scopeId: string;
  readonly userId: string | null;
  readonly loginName: string;
  readonly name?: string | null;
  readonly description?: string | null;
  readonly isDisabled?: boolean;
  /** Hashed before the transaction; null for an account that cannot sign in yet. */
  readonly passwordHash: string | null;
}

/** Makes an account, with its password when there is one. */
export async function createAccount(tx: Tx, input: NewAccount): Promise<Account> {
  const {
    id,
    authMethodId,
    scopeId,
    userId,
    loginName,
    name = null,
    description = null,
    isDisabled = false,
  } = input;
  const account = await tx.insert(Account, {
    id,
    authMethodId,
    scopeId,
    userId,
    loginName,
    name,
    description,
    isDisabled,
  });
  if (input.passwordHash !== null) {
    await putPassword(tx, id, input.passwordHash);
  }
  return account;
}
