import type { Reactor, Tx } from '../core/tx.js';
import type { Account } from './account.entity.js';
import { handAccount } from './hold-account.js';
import { deleteTokensOf, lockAccountsOf } from './user-accounts.store.js';

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
