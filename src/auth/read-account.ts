import type { ReadCtx } from '../core/ctx.js';
import { locateRows, readRow } from '../scope/read-row.js';
import type { Account } from './account.entity.js';
import { accountKind } from './auth.kinds.js';

/** One account. NOT_FOUND when it is missing or hidden, FORBIDDEN without `read`. */
export function readAccount(ctx: ReadCtx, id: string): Promise<Account> {
  return readRow(ctx, accountKind, id);
}

/** The accounts behind those ids as the caller may see them, null where missing or hidden. */
export function locateAccounts(ctx: ReadCtx, ids: readonly string[]): Promise<(Account | null)[]> {
  return locateRows(ctx, accountKind, ids);
}
