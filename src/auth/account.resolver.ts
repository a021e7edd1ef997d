import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import type { Page } from '../api/page.js';
import type { Request } from '../api/request.js';
import { User } from '../user/user.entity.js';
import { userOf } from '../user/user.resolver.js';
import { Account, AccountPage } from './account.entity.js';
import { AccountListArgs } from './account.input.js';
import { AuthMethod } from './auth-method.entity.js';
import { authMethodOf } from './auth-method.resolver.js';
import { listAccounts } from './list-accounts.js';
import { locateAccounts, readAccount } from './read-account.js';

/** The account behind an id that another object carries, in one batch per request; null when hidden. */
export function accountOf(request: Request, id: string | null): Promise<Account | null> {
  return id === null ? Promise.resolve(null) : request.loader('account', locateAccounts).load(id);
}

@Resolver(() => Account)
export class AccountResolver {
  @Query(() => Account, {
    nullable: true,
    description: 'One account; fails with NOT_FOUND when it is missing or hidden.',
  })
  account(
    @Ctx() { ctx }: Request,
    @Arg('id', () => ID, { description: 'Identifier.' }) id: string,
  ): Promise<Account> {
    return readAccount(ctx, id);
  }

  @Query(() => AccountPage, { description: 'Accounts of an auth method that the caller may see.' })
  accounts(
    @Ctx() request: Request,
    @Args(() => AccountListArgs) args: AccountListArgs,
  ): Promise<Page<Account>> {
    return listAccounts(request, args);
  }

  @FieldResolver(() => AuthMethod, {
    nullable: true,
    description: 'Auth method that owns it; null when hidden.',
  })
  authMethod(@Root() account: Account, @Ctx() request: Request): Promise<AuthMethod | null> {
    return authMethodOf(request, account.authMethodId);
  }

  @FieldResolver(() => User, {
    nullable: true,
    description: 'User it acts as; null when it has none, or it is hidden.',
  })
  user(@Root() account: Account, @Ctx() request: Request): Promise<User | null> {
    return userOf(request, account.userId);
  }
}
