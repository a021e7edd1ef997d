import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import type { Page } from '../api/page.js';
import type { Request } from '../api/request.js';
import { Scope } from '../scope/scope.entity.js';
import { ResourceListArgs } from '../scope/resource.input.js';
import { scopeOf } from '../scope/scope.resolver.js';
import { listUsers } from './list-users.js';
import { locateUsers, readUser, readViewer } from './read-user.js';
import { User, UserPage } from './user.entity.js';

/** The user behind an id that another object carries, in one batch per request; null when hidden. */
export function userOf(request: Request, id: string | null): Promise<User | null> {
  return id === null ? Promise.resolve(null) : request.loader('user', locateUsers).load(id);
}

@Resolver(() => User)
export class UserResolver {
  @Query(() => User, {
    nullable: true,
    description: 'One user; fails with NOT_FOUND when it is missing or hidden.',
  })
  user(
    @Ctx() { ctx }: Request,
    @Arg('id', () => ID, { description: 'Identifier.' }) id: string,
  ): Promise<User> {
    return readUser(ctx, id);
  }

  @Query(() => UserPage, { description: 'Users of a scope that the caller may see.' })
  users(@Ctx() request: Request, @Args(() => ResourceListArgs) args: ResourceListArgs): Promise<Page<User>> {
    return listUsers(request, args);
  }

  @Query(() => User, { nullable: true, description: 'The caller. Null without a valid token.' })
  viewer(@Ctx() { ctx }: Request): Promise<User | null> {
    return readViewer(ctx);
  }

  @FieldResolver(() => Scope, {
    nullable: true,
    description: 'Global or the org it lives in; null when hidden.',
  })
  scope(@Root() user: User, @Ctx() request: Request): Promise<Scope | null> {
    return scopeOf(request, user.scopeId);
  }
}
