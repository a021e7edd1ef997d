import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import type { Page } from '../api/page.js';
import type { Request } from '../api/request.js';
import { ResourceListArgs } from '../scope/resource.input.js';
import { Scope } from '../scope/scope.entity.js';
import { scopeOf } from '../scope/scope.resolver.js';
import { AuthMethod, AuthMethodPage } from './auth-method.entity.js';
import { listAuthMethods } from './list-auth-methods.js';
import { locateAuthMethods, readAuthMethod } from './read-auth-method.js';

/** The auth method behind an id that another object carries, in one batch per request; null when hidden. */
export function authMethodOf(request: Request, id: string | null): Promise<AuthMethod | null> {
  return id === null ? Promise.resolve(null) : request.loader('auth-method', locateAuthMethods).load(id);
}

@Resolver(() => AuthMethod)
export class AuthMethodResolver {
  @Query(() => AuthMethod, {
    nullable: true,
    description: 'One auth method; fails with NOT_FOUND when it is missing or hidden.',
  })
  authMethod(
    @Ctx() { ctx }: Request,
    @Arg('id', () => ID, { description: 'Identifier.' }) id: string,
  ): Promise<AuthMethod> {
    return readAuthMethod(ctx, id);
  }

  @Query(() => AuthMethodPage, {
    description:
      'Auth methods of a scope that the caller may see; what one may sign in by, without a token too.',
  })
  authMethods(
    @Ctx() request: Request,
    @Args(() => ResourceListArgs) args: ResourceListArgs,
  ): Promise<Page<AuthMethod>> {
    return listAuthMethods(request, args);
  }

  @FieldResolver(() => Scope, {
    nullable: true,
    description: 'Global or the org it lives in; null when hidden.',
  })
  scope(@Root() method: AuthMethod, @Ctx() request: Request): Promise<Scope | null> {
    return scopeOf(request, method.scopeId);
  }
}

@Resolver(() => Scope)
export class ScopeAuthMethodResolver {
  @FieldResolver(() => AuthMethod, {
    nullable: true,
    description: 'The auth method behind primaryAuthMethodId; null when there is none, or it is hidden.',
  })
  primaryAuthMethod(@Root() scope: Scope, @Ctx() request: Request): Promise<AuthMethod | null> {
    return authMethodOf(request, scope.primaryAuthMethodId);
  }
}
