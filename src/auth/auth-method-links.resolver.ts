import { Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { opened } from '../api/link.js';
import type { Page, PageQuery } from '../api/page.js';
import type { Request } from '../api/request.js';
import { collectionActions } from '../grant/collection-actions.js';
import { CollectionActions } from '../scope/collection-actions.type.js';
import { ResourcePageArgs } from '../scope/resource.input.js';
import type { ResourceTermArgs } from '../scope/resource-terms.js';
import { AccountPage, type Account } from './account.entity.js';
import { AuthMethod } from './auth-method.entity.js';
import { listAccounts } from './list-accounts.js';

@Resolver(() => AuthMethod)
export class AuthMethodLinksResolver {
  @FieldResolver(() => AccountPage, {
    nullable: true,
    description: 'Its accounts; null where you may not list them.',
  })
  accounts(
    @Root() { id: authMethodId }: AuthMethod,
    @Ctx() request: Request,
    @Args(() => ResourcePageArgs) args: PageQuery & ResourceTermArgs,
  ): Promise<Page<Account> | null> {
    return opened(listAccounts(request, { ...args, authMethodId }));
  }

  @FieldResolver(() => [CollectionActions], {
    description: 'What you may ask of its accounts; nothing when that is nothing.',
  })
  async authorizedCollectionActions(
    @Root() { id, standsIn }: AuthMethod,
    @Ctx() { ctx }: Request,
  ): Promise<CollectionActions[]> {
    if (standsIn === undefined) return [];
    const { scopeId, parentScopeId: scopeParentId } = standsIn;
    return collectionActions(await ctx.acl(), { holder: 'auth-method password', id, scopeId, scopeParentId });
  }
}
