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
import { HostCatalog, HostCatalogPage } from './host-catalog.entity.js';
import { HostSet, HostSetPage } from './host-set.entity.js';
import { Host, HostPage } from './host.entity.js';
import { CatalogListArgs } from './host.input.js';
import { listHostCatalogs, listHosts, listHostSets } from './list-hosts.js';
import { locateHostCatalogs, locateHostSets, readHost, readHostCatalog, readHostSet } from './read-host.js';

function catalogOf(request: Request, id: string | null): Promise<HostCatalog | null> {
  return id === null ? Promise.resolve(null) : request.loader('host-catalog', locateHostCatalogs).load(id);
}

/** The host set behind an id that another object carries, in one batch per request; null when hidden. */
export function hostSetOf(request: Request, id: string | null): Promise<HostSet | null> {
  return id === null ? Promise.resolve(null) : request.loader('host-set', locateHostSets).load(id);
}

@Resolver(() => HostCatalog)
export class HostCatalogResolver {
  @Query(() => HostCatalog, {
    nullable: true,
    description: 'One host catalog; fails with NOT_FOUND when it is missing or hidden.',
  })
  hostCatalog(
    @Ctx() { ctx }: Request,
    @Arg('id', () => ID, { description: 'Identifier.' }) id: string,
  ): Promise<HostCatalog> {
    return readHostCatalog(ctx, id);
  }

  @Query(() => HostCatalogPage, {
    description: 'Host catalogs of a scope that the caller may see.',
  })
  hostCatalogs(
    @Ctx() request: Request,
    @Args(() => ResourceListArgs) args: ResourceListArgs,
  ): Promise<Page<HostCatalog>> {
    return listHostCatalogs(request, args);
  }

  @FieldResolver(() => Scope, { nullable: true, description: 'Project it lives in; null when hidden.' })
  scope(@Root() catalog: HostCatalog, @Ctx() request: Request): Promise<Scope | null> {
    return scopeOf(request, catalog.scopeId);
  }

  @FieldResolver(() => [CollectionActions], {
    description:
      'What you may ask of its hosts and host sets; those of which you may ask nothing are left out.',
  })
  async authorizedCollectionActions(
    @Root() { id, standsIn }: HostCatalog,
    @Ctx() { ctx }: Request,
  ): Promise<CollectionActions[]> {
    if (standsIn === undefined) return [];
    const { scopeId, parentScopeId: scopeParentId } = standsIn;
    return collectionActions(await ctx.acl(), { holder: 'host-catalog static', id, scopeId, scopeParentId });
  }

  @FieldResolver(() => HostPage, {
    nullable: true,
    description: 'Its hosts; null where you may not list them.',
  })
  hosts(
    @Root() { id: hostCatalogId }: HostCatalog,
    @Ctx() request: Request,
    @Args(() => ResourcePageArgs) args: PageQuery & ResourceTermArgs,
  ): Promise<Page<Host> | null> {
    return opened(listHosts(request, { ...args, hostCatalogId }));
  }

  @FieldResolver(() => HostSetPage, {
    nullable: true,
    description: 'Its host sets; null where you may not list them.',
  })
  hostSets(
    @Root() { id: hostCatalogId }: HostCatalog,
    @Ctx() request: Request,
    @Args(() => ResourcePageArgs) args: PageQuery & ResourceTermArgs,
  ): Promise<Page<HostSet> | null> {
    return opened(listHostSets(request, { ...args, hostCatalogId }));
  }
}

@Resolver(() => Host)
export class HostResolver {
  @Query(() => Host, {
    nullable: true,
    description: 'One host; fails with NOT_FOUND when it is missing or hidden.',
  })
  host(
    @Ctx() { ctx }: Request,
    @Arg('id', () => ID, { description: 'Identifier.' }) id: string,
  ): Promise<Host> {
    return readHost(ctx, id);
  }

  @Query(() => HostPage, { description: 'Hosts of a catalog that the caller may see.' })
  hosts(@Ctx() request: Request, @Args(() => CatalogListArgs) args: CatalogListArgs): Promise<Page<Host>> {
    return listHosts(request, args);
  }

  @FieldResolver(() => HostCatalog, {
    nullable: true,
    description: 'Catalog that owns it; null when hidden.',
  })
  hostCatalog(@Root() host: Host, @Ctx() request: Request): Promise<HostCatalog | null> {
    return catalogOf(request, host.hostCatalogId);
  }
}

@Resolver(() => HostSet)
export class HostSetResolver {
  @Query(() => HostSet, {
    nullable: true,
    description: 'One host set; fails with NOT_FOUND when it is missing or hidden.',
  })
  hostSet(
    @Ctx() { ctx }: Request,
    @Arg('id', () => ID, { description: 'Identifier.' }) id: string,
  ): Promise<HostSet> {
    return readHostSet(ctx, id);
  }

  @Query(() => HostSetPage, { description: 'Host sets of a catalog that the caller may see.' })
  hostSets(
    @Ctx() request: Request,
    @Args(() => CatalogListArgs) args: CatalogListArgs,
  ): Promise<Page<HostSet>> {
    return listHostSets(request, args);
  }

  @FieldResolver(() => HostCatalog, {
    nullable: true,
    description: 'Catalog that owns it; null when hidden.',
  })
  hostCatalog(@Root() hostSet: HostSet, @Ctx() request: Request): Promise<HostCatalog | null> {
    return catalogOf(request, hostSet.hostCatalogId);
  }
}
