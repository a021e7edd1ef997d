import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import { opened } from '../api/link.js';
import type { Page, PageQuery } from '../api/page.js';
import type { Request } from '../api/request.js';
import { scopeCollectionActions } from '../grant/collection-actions.js';
import { CollectionActions } from './collection-actions.type.js';
import { listScopes } from './list-scopes.js';
import { locateScopes, readScope } from './read-scope.js';
import { Scope, ScopePage } from './scope.entity.js';
import type { ResourceTermArgs } from './resource-terms.js';
import { ResourceListArgs, ResourcePageArgs } from './resource.input.js';

/** The scope behind an id that another object carries, in one batch per request; null when hidden. */
export function scopeOf(request: Request, id: string | null): Promise<Scope | null> {
  return id === null ? Promise.resolve(null) : request.loader('scope', locateScopes).load(id);
}

@Resolver(() => Scope)
export class ScopeResolver {
  @Query(() => Scope, {
    nullable: true,
    description: 'One scope; fails with NOT_FOUND when it is missing or hidden.',
  })
  scope(
    @Ctx() { ctx }: Request,
    @Arg('id', () => ID, { description: 'Identifier.' }) id: string,
  ): Promise<Scope> {
    return readScope(ctx, id);
  }

  @Query(() => Scope, {
    nullable: true,
    description: 'The global scope; null when the caller may not see it.',
  })
  rootScope(@Ctx() request: Request): Promise<Scope | null> {
    return scopeOf(request, 'global');
  }

  @Query(() => ScopePage, { description: 'Scopes below a scope that the caller may see.' })
  scopes(
    @Ctx() request: Request,
    @Args(() => ResourceListArgs) args: ResourceListArgs,
  ): Promise<Page<Scope>> {
    return listScopes(request, args);
  }

  @FieldResolver(() => Scope, {
    nullable: true,
    description: 'The scope above; null for global, or when it is hidden.',
  })
  parent(@Root() scope: Scope, @Ctx() request: Request): Promise<Scope | null> {
    return scopeOf(request, scope.parentId);
  }

  @FieldResolver(() => ScopePage, {
    nullable: true,
    description: 'The scopes right below it; null where you may not list them.',
  })
  children(
    @Root() { id: scopeId }: Scope,
    @Ctx() request: Request,
    @Args(() => ResourcePageArgs) args: PageQuery & ResourceTermArgs,
  ): Promise<Page<Scope> | null> {
    return opened(listScopes(request, { ...args, scopeId, recursive: false }));
  }

  @FieldResolver(() => [CollectionActions], {
    description:
      'What you may ask of each of its collections; those of which you may ask nothing are left out.',
  })
  async authorizedCollectionActions(
    @Root() scope: Scope,
    @Ctx() { ctx }: Request,
  ): Promise<CollectionActions[]> {
    const { id, type, scopeId } = scope;
    return scopeCollectionActions(await ctx.acl(), {
      id,
      type,
      parentId: type === 'global' ? null : scopeId,
    });
  }
}
