import type { Reactor, Tx } from '../core/tx.js';
import type { Account } from './account.entity.js';
import { endTokens } from './end-tokens.js';
import { lockTokensOfAccount, lockTokensOfUser } from './ended-tokens.store.js';
import { handAccount } from './hold-account.js';
import { lockAccountsOf } from './user-accounts.store.js';

/**
 * Takes accounts from their user and signs them out: their sessions end and their tokens go, so that none of them
 * speaks for whoever gets the account next.
 */
export async function releaseAccounts(tx: Tx, accounts: readonly Account[]): Promise<void> {
  for (const account of accounts) {
    await endTokens(tx, await lockTokensOfAccount(tx, account.id));
    await handAccount(tx, account, null);
  }
}

/** Releases the accounts of a user that is being deleted, and ends what tokens it has of its own. */
export const releaseOfRemoved: Reactor = {
  name: 'release the accounts of a user that is removed',
  kinds: ['user.removing'],
  async react(tx, { subjectId }) {
    await releaseAccounts(tx, await lockAccountsOf(tx, subjectId));
    await endTokens(tx, await lockTokensOfUser(tx, subjectId));
  },
};
