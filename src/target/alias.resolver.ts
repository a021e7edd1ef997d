import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import { opened } from '../api/link.js';
import { PageArgs, type Page } from '../api/page.js';
import type { Request } from '../api/request.js';
import { Scope } from '../scope/scope.entity.js';
import { scopeOf } from '../scope/scope.resolver.js';
import { User } from '../user/user.entity.js';
import { Alias, AliasPage } from './alias.entity.js';
import { AliasListArgs } from './alias.input.js';
import { listAliases } from './list-aliases.js';
import { listResolvableAliases } from './list-resolvable-aliases.js';
import { readAlias } from './read-alias.js';
import { Target } from './target.entity.js';
import { targetOf } from './target.resolver.js';

@Resolver(() => Alias)
export class AliasResolver {
  @Query(() => Alias, {
    nullable: true,
    description: 'One alias; fails with NOT_FOUND when it is missing or hidden.',
  })
  alias(
    @Ctx() { ctx }: Request,
    @Arg('id', () => ID, { description: 'Identifier.' }) id: string,
  ): Promise<Alias> {
    return readAlias(ctx, id);
  }

  @Query(() => AliasPage, { description: 'Aliases of a scope that the caller may see; they live in global.' })
  aliases(@Ctx() request: Request, @Args(() => AliasListArgs) args: AliasListArgs): Promise<Page<Alias>> {
    return listAliases(request, args);
  }

  @FieldResolver(() => Scope, { nullable: true, description: 'Scope it lives in; null when hidden.' })
  scope(@Root() alias: Alias, @Ctx() request: Request): Promise<Scope | null> {
    return scopeOf(request, alias.scopeId);
  }

  @FieldResolver(() => Target, { nullable: true, description: 'Target it stands for; null when hidden.' })
  destination(@Root() alias: Alias, @Ctx() request: Request): Promise<Target | null> {
    return targetOf(request, alias.destinationId);
  }
}

@Resolver(() => User)
export class UserAliasResolver {
  @FieldResolver(() => AliasPage, {
    nullable: true,
    description:
      'Aliases that lead somewhere for this user: to targets it has any right to. Null where you may not list them.',
  })
  resolvableAliases(
    @Root() user: User,
    @Ctx() request: Request,
    @Args(() => PageArgs) args: PageArgs,
  ): Promise<Page<Alias> | null> {
    return opened(listResolvableAliases(request, user.id, args));
  }
}
