import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import type { Page } from '../api/page.js';
import type { Request } from '../api/request.js';
import { Scope } from '../scope/scope.entity.js';
import { ResourceListArgs } from '../scope/resource.input.js';
import { scopeOf } from '../scope/scope.resolver.js';
import { User } from '../user/user.entity.js';
import { userOf } from '../user/user.resolver.js';
import { Group, GroupPage } from './group.entity.js';
import { listGroups } from './list-groups.js';
import { locateGroups, readGroup } from './read-group.js';

/** The group behind an id that another object carries, in one batch per request; null when hidden. */
export function groupOf(request: Request, id: string | null): Promise<Group | null> {
  return id === null ? Promise.resolve(null) : request.loader('group', locateGroups).load(id);
}

@Resolver(() => Group)
export class GroupResolver {
  @Query(() => Group, {
    nullable: true,
    description: 'One group; fails with NOT_FOUND when it is missing or hidden.',
  })
  group(
    @Ctx() { ctx }: Request,
    @Arg('id', () => ID, { description: 'Identifier.' }) id: string,
  ): Promise<Group> {
    return readGroup(ctx, id);
  }

  @Query(() => GroupPage, { description: 'Groups of a scope that the caller may see.' })
  groups(
    @Ctx() request: Request,
    @Args(() => ResourceListArgs) args: ResourceListArgs,
  ): Promise<Page<Group>> {
    return listGroups(request, args);
  }

  @FieldResolver(() => Scope, { nullable: true, description: 'Scope it lives in; null when hidden.' })
  scope(@Root() group: Group, @Ctx() request: Request): Promise<Scope | null> {
    return scopeOf(request, group.scopeId);
  }

  @FieldResolver(() => [User], {
    nullable: true,
    description: 'Users in it, without those that are hidden; null where memberIds is.',
  })
  async members(@Root() { memberIds }: Group, @Ctx() request: Request): Promise<User[] | null> {
    if (memberIds === null) return null;
    const users = await Promise.all(memberIds.map((id) => userOf(request, id)));
    return users.filter((user) => user !== null);
  }
}
