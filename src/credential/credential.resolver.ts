import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import { opened } from '../api/link.js';
import type { Page, PageQuery } from '../api/page.js';
import type { Request } from '../api/request.js';
import { collectionActions } from '../grant/collection-actions.js';
import { CollectionActions } from '../scope/collection-actions.type.js';
import { Scope } from '../scope/scope.entity.js';
import type { ResourceTermArgs } from '../scope/resource-terms.js';
import { ResourceListArgs, ResourcePageArgs } from '../scope/resource.input.js';
import { scopeOf } from '../scope/scope.resolver.js';
import { CredentialStore, CredentialStorePage } from './credential-store.entity.js';
import { Credential, CredentialPage } from './credential.entity.js';
import { CredentialListArgs } from './credential.input.js';
import { listCredentials, listCredentialStores } from './list-credentials.js';
import {
  locateCredentials,
  locateCredentialStores,
  readCredential,
  readCredentialStore,
} from './read-credential.js';

/** The credential behind an id that another object carries, in one batch per request; null when hidden. */
export function credentialOf(request: Request, id: string): Promise<Credential | null> {
  return request.loader('credential', locateCredentials).load(id);
}

@Resolver(() => CredentialStore)
export class CredentialStoreResolver {
  @Query(() => CredentialStore, {
    nullable: true,
    description: 'One credential store; fails with NOT_FOUND when it is missing or hidden.',
  })
  credentialStore(
    @Ctx() { ctx }: Request,
    @Arg('id', () => ID, { description: 'Identifier.' }) id: string,
  ): Promise<CredentialStore> {
    return readCredentialStore(ctx, id);
  }

  @Query(() => CredentialStorePage, {
    description: 'Credential stores of a scope that the caller may see.',
  })
  credentialStores(
    @Ctx() request: Request,
    @Args(() => ResourceListArgs) args: ResourceListArgs,
  ): Promise<Page<CredentialStore>> {
    return listCredentialStores(request, args);
  }

  @FieldResolver(() => Scope, { nullable: true, description: 'Project it lives in; null when hidden.' })
  scope(@Root() store: CredentialStore, @Ctx() request: Request): Promise<Scope | null> {
    return scopeOf(request, store.scopeId);
  }

  @FieldResolver(() => [CollectionActions], {
    description: 'What you may ask of its credentials; empty where that is nothing.',
  })
  async authorizedCollectionActions(
    @Root() { id, standsIn }: CredentialStore,
    @Ctx() { ctx }: Request,
  ): Promise<CollectionActions[]> {
    if (standsIn === undefined) return [];
    const { scopeId, parentScopeId: scopeParentId } = standsIn;
    return collectionActions(await ctx.acl(), {
      holder: 'credential-store static',
      id,
      scopeId,
      scopeParentId,
    });
  }

  @FieldResolver(() => CredentialPage, {
    nullable: true,
    description: 'Its credentials; null where you may not list them.',
  })
  credentials(
    @Root() { id: credentialStoreId }: CredentialStore,
    @Ctx() request: Request,
    @Args(() => ResourcePageArgs) args: PageQuery & ResourceTermArgs,
  ): Promise<Page<Credential> | null> {
    return opened(listCredentials(request, { ...args, credentialStoreId }));
  }
}

@Resolver(() => Credential)
export class CredentialResolver {
  @Query(() => Credential, {
    nullable: true,
    description: 'One credential; fails with NOT_FOUND when it is missing or hidden.',
  })
  credential(
    @Ctx() { ctx }: Request,
    @Arg('id', () => ID, { description: 'Identifier.' }) id: string,
  ): Promise<Credential> {
    return readCredential(ctx, id);
  }

  @Query(() => CredentialPage, { description: 'Credentials of a store that the caller may see.' })
  credentials(
    @Ctx() request: Request,
    @Args(() => CredentialListArgs) args: CredentialListArgs,
  ): Promise<Page<Credential>> {
    return listCredentials(request, args);
  }

  @FieldResolver(() => CredentialStore, {
    nullable: true,
    description: 'Store that owns it; null when hidden.',
  })
  credentialStore(@Root() credential: Credential, @Ctx() request: Request): Promise<CredentialStore | null> {
    const id = credential.credentialStoreId as string | null; // null where it is hidden
    if (id === null) return Promise.resolve(null);
    return request.loader('credential-store', locateCredentialStores).load(id);
  }
}
