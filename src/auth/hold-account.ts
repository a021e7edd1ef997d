import type { Tx } from '../core/tx.js';
import { createUser } from '../user/create-user.js';
import { findLogin, findPrimaryAuthMethodId, lockAccount } from './auth.store.js';

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
  const account = await lockAccount(tx, accountId);
  if (!account) return null;
  const { loginName, scopeId, authMethodId, userId } = account;
  if (userId !== null) {
    const login = await findLogin(tx, authMethodId, loginName);
    return { userId, userName: login?.userName ?? loginName, isNew: false };
  }
  if ((await findPrimaryAuthMethodId(tx, scopeId)) !== authMethodId) return null;
  const user = await createUser(tx, scopeId, loginName);
  const { version: revision } = await tx.change(account, { userId: user.id });
  tx.record({
    kind: 'account.changed',
    subjectId: accountId,
    scopeId,
    revision,
    body: { account: { id: accountId, authMethodId, scopeId, loginName, userId: user.id } },
  });
  return { userId: user.id, userName: user.name ?? loginName, isNew: true };
}
