import { imageOf } from '../core/record-change.js';
import type { Reactor, Tx } from '../core/tx.js';
import { accountFields, type Account } from './account.entity.js';
import { deleteTokensOf, lockAccountsOf } from './user-accounts.store.js';

/** Gives an account to a user, or with null to nobody, and records it. */
export async function handAccount(tx: Tx, account: Account, userId: string | null): Promise<void> {
  const { id: subjectId, scopeId } = account;
  const { version: revision } = await tx.change(account, { userId });
  const body = { ...imageOf(account, accountFields), userId };
  tx.record({ kind: 'account.changed', subjectId, scopeId, revision, body });
}

/**
 * Takes accounts from their user and signs them out: their sessions end and their tokens go, so that none of them
 * speaks for whoever gets the account next.
 */
export async function releaseAccounts(tx: Tx, accounts: readonly Account[]): Promise<void> {
  for (const account of accounts) {
    const { id, scopeId, version } = account;
    await tx.announce({ kind: 'account.leaving', subjectId: id, scopeId, revision: version, body: {} });
    await deleteTokensOf(tx, id);
    await handAccount(tx, account, null);
  }
}

/** Releases the accounts of a user that is being deleted. */
export const releaseOfRemoved: Reactor = {
  name: 'release the accounts of a user that is removed',
  kinds: ['user.removing'],
  async react(tx, { subjectId }) {
    await releaseAccounts(tx, await lockAccountsOf(tx, subjectId));
  },
};
