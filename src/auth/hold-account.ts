import { imageOf } from '../core/record-change.js';
import type { Tx } from '../core/tx.js';
import { createUser } from '../user/create-user.js';
import { accountFields, type Account } from './account.entity.js';
import { findLogin, findPrimaryAuthMethodId } from './auth.store.js';
import { lockAccounts } from './user-accounts.store.js';

/** Who an account acts as. */
export interface AccountHolder {
  readonly userId: string;
  readonly userName: string;
  /** True when it was made just now. */
  readonly isNew: boolean;
}

/**
 * Gives an account that has no user one of its own, named as it signs in where that name is free. Of two first
 * logins at once the second gets the user of the first. Null when its auth method is not (any more) the primary
 * one of its scope, which alone makes users, or when the account is gone.
 */
export async function holdAccount(tx: Tx, accountId: string): Promise<AccountHolder | null> {
  const [account] = await lockAccounts(tx, [accountId]);
  if (!account) return null;
  const { loginName, scopeId, authMethodId, userId } = account;
  if (userId !== null) {
    const login = await findLogin(tx, authMethodId, loginName);
    return { userId, userName: login?.userName ?? loginName, isNew: false };
  }
  if ((await findPrimaryAuthMethodId(tx, scopeId)) !== authMethodId) return null;
  const user = await createUser(tx, scopeId, loginName);
  await handAccount(tx, account, user.id);
  return { userId: user.id, userName: user.name ?? loginName, isNew: true };
}

/** Gives an account to a user, or with null to nobody, and records it. */
export async function handAccount(tx: Tx, account: Account, userId: string | null): Promise<void> {
  const { id: subjectId, scopeId } = account;
  const { version: revision } = await tx.change(account, { userId });
  const body = { ...imageOf(account, accountFields), userId };
  tx.record({ kind: 'account.changed', subjectId, scopeId, revision, body });
}
