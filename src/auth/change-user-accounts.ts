import type { Ctx } from '../core/ctx.js';
import { Failure, invalidInput } from '../core/failure.js';
import type { MembersVerb } from '../core/members.js';
import { protectedRow, requireSeen } from '../grant/require.js';
import { changeMembers } from '../scope/change-row.js';
import type { User } from '../user/user.entity.js';
import { userKind } from '../user/user.kinds.js';
import { isBuiltIn } from '../user/user.rules.js';
import type { Account } from './account.entity.js';
import { handAccount } from './hold-account.js';
import { releaseAccounts } from './release-accounts.js';
import { lockAccounts } from './user-accounts.store.js';

const path = 'input.accountIds';

/**
 * Adds accounts to a user, sets them, or takes them away; those that are taken away are signed out. An account is of
 * the user's scope and of no other user, and a user has one of each auth method. Needs `add-accounts` and its like.
 */
export function changeUserAccounts(
  ctx: Ctx,
  verb: MembersVerb,
  input: { readonly id: string; readonly expectedVersion: number; readonly accountIds: readonly string[] },
): Promise<User | null> {
  return changeMembers(ctx, userKind, `${verb}-accounts`, input, {
    verb,
    path,
    named: input.accountIds,
    present: (user) => user.accountIds ?? [],
    write: async (user, { added, removed }) => {
      if (isBuiltIn(user.id)) throw invalidInput('input.id', 'is built in; nobody signs in as it');
      if (user.type === 'service')
        throw invalidInput('input.id', 'is a service user, which has no accounts; issue an API token for it');
      const held = user.accountIds ?? [];
      const rows = await lockAccounts(ctx.tx, [...held, ...added]);
      const accounts = await requireSeen(
        ctx,
        'account',
        added,
        rows.filter(({ id }) => added.includes(id)),
        (account) => account.authMethodId,
      );
      for (const account of accounts) requireFree(user, account);
      const on = protectedRow('user', user);
      if (added.length > 0)
        await ctx.give({
          kind: 'identity',
          action: `${verb}-accounts`,
          on,
          userId: user.id,
          accountIds: added,
        });
      requireOneEach(rows.filter(({ id }) => !removed.includes(id)));
      await releaseAccounts(
        ctx.tx,
        rows.filter(({ id }) => removed.includes(id)),
      );
      for (const account of accounts) await handAccount(ctx.tx, account, user.id);
    },
  });
}

function requireFree(user: User, { id, scopeId, userId }: Account): void {
  if (scopeId !== user.scopeId)
    throw invalidInput(path, `${id} is of another scope; a user and its accounts share one`);
  if (userId !== null)
    throw new Failure({ code: 'CONFLICT', rule: `${id} has a user already; take it from that user first` });
}

function requireOneEach(accounts: readonly Account[]): void {
  const first = new Map<string, string>();
  for (const { id, authMethodId } of accounts) {
    const other = first.get(authMethodId);
    if (other !== undefined) {
      const rule = `a user has one account of an auth method; ${other} and ${id} are both of ${authMethodId}`;
      throw new Failure({ code: 'CONFLICT', rule });
    }
    first.set(authMethodId, id);
  }
}
