import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { Request } from '../api/request.js';
import { User } from '../user/user.entity.js';
import { Account } from './account.entity.js';
import { accountOf } from './account.resolver.js';

@Resolver(() => User)
export class UserAccountsResolver {
  @FieldResolver(() => [Account], {
    nullable: true,
    description: 'Accounts that sign in as it, without those that are hidden; null where accountIds is.',
  })
  async accounts(@Root() { accountIds }: User, @Ctx() request: Request): Promise<Account[] | null> {
    if (accountIds === null) return null;
    const accounts = await Promise.all(accountIds.map((id) => accountOf(request, id)));
    return accounts.filter((account) => account !== null);
  }
}
