import type { Transactor } from '../core/tx.js';
import { endTokens } from './end-tokens.js';
import { lockExpiredTokens } from './ended-tokens.store.js';

const batch = 200;

/** Deletes tokens that have been over for a week, but for those on which a live session hangs. Gives how many. */
export async function sweepTokens(database: Transactor): Promise<number> {
  let swept = 0;
  for (;;) {
    const found = await database.transact(async (tx) => {
      const tokens = await lockExpiredTokens(tx, batch);
      await endTokens(tx, tokens);
      return tokens.length;
    });
    swept += found;
    if (found < batch) return swept;
  }
}
