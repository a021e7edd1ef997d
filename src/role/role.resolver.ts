import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import type { Page } from '../api/page.js';
import type { Request } from '../api/request.js';
import { Group } from '../group/group.entity.js';
import { groupOf } from '../group/group.resolver.js';
import { Scope } from '../scope/scope.entity.js';
import { ResourceListArgs } from '../scope/resource.input.js';
import { scopeOf } from '../scope/scope.resolver.js';
import { User } from '../user/user.entity.js';
import { userOf } from '../user/user.resolver.js';
import { listRoles } from './list-roles.js';
import { readRole } from './read-role.js';
import { StoredGrant, ParsedGrant, parsedGrant } from './role-grant.js';
import { RolePrincipal } from './role-principal.js';
import { Role, RolePage } from './role.entity.js';

@Resolver(() => Role)
export class RoleResolver {
  @Query(() => Role, {
    nullable: true,
    description: 'One role; fails with NOT_FOUND when it is missing or hidden.',
  })
  role(
    @Ctx() { ctx }: Request,
    @Arg('id', () => ID, { description: 'Identifier.' }) id: string,
  ): Promise<Role> {
    return readRole(ctx, id);
  }

  @Query(() => RolePage, { description: 'Roles of a scope that the caller may see.' })
  roles(@Ctx() request: Request, @Args(() => ResourceListArgs) args: ResourceListArgs): Promise<Page<Role>> {
    return listRoles(request, args);
  }

  @FieldResolver(() => Scope, { nullable: true, description: 'Scope it lives in; null when hidden.' })
  scope(@Root() role: Role, @Ctx() request: Request): Promise<Scope | null> {
    return scopeOf(request, role.scopeId);
  }
}

@Resolver(() => RolePrincipal)
export class RolePrincipalResolver {
  @FieldResolver(() => User, { nullable: true, description: 'The user; null when hidden, or of a group.' })
  user(@Root() { id, type }: RolePrincipal, @Ctx() request: Request): Promise<User | null> {
    return userOf(request, type === 'user' ? id : null);
  }

  @FieldResolver(() => Group, { nullable: true, description: 'The group; null when hidden, or of a user.' })
  group(@Root() { id, type }: RolePrincipal, @Ctx() request: Request): Promise<Group | null> {
    return groupOf(request, type === 'group' ? id : null);
  }
}

@Resolver(() => StoredGrant)
export class RoleGrantResolver {
  @FieldResolver(() => ParsedGrant, {
    nullable: true,
    description: 'What it says; null when this release cannot read it, and it gives nothing then.',
  })
  parsed(@Root() { canonical }: StoredGrant): ParsedGrant | null {
    return parsedGrant(canonical);
  }
}
