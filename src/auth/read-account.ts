import type { ReadCtx } from '../core/ctx.js';
import { present } from '../grant/present.js';
import { requireRow } from '../scope/change-row.js';
import { accountFields, type Account } from './account.entity.js';
import { findAccounts } from './account.store.js';
import { accountKind } from './auth.kinds.js';

/** One account. NOT_FOUND when it is missing or hidden, FORBIDDEN without `read`. */
export async function readAccount(ctx: ReadCtx, id: string): Promise<Account> {
  const { row, acl, pin } = await requireRow(ctx, accountKind, 'read', id);
  return present(acl, 'read', 'account', row, accountFields, pin) as Account;
}

/** The accounts behind those ids as the caller may see them, null where missing or hidden. */
export async function locateAccounts(ctx: ReadCtx, ids: readonly string[]): Promise<(Account | null)[]> {
  const acl = await ctx.acl();
  const found = new Map((await findAccounts(ctx.tx, ids)).map((row) => [row.id, row]));
  return ids.map((id) => {
    const row = found.get(id);
    return present(acl, 'read', 'account', row, accountFields, row?.authMethodId ?? null);
  });
}
