import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import type { Page } from '../api/page.js';
import type { Request } from '../api/request.js';
import { HostSet } from '../host/host-set.entity.js';
import { hostSetOf } from '../host/host.resolver.js';
import { Scope } from '../scope/scope.entity.js';
import { scopeOf } from '../scope/scope.resolver.js';
import { listTargets } from './list-targets.js';
import { locateHostSources, locateTargets, readTarget } from './read-target.js';
import { Target, TargetPage } from './target.entity.js';
import { TargetListArgs } from './target.input.js';

/** The target behind an id that another object carries, in one batch per request; null when hidden. */
export function targetOf(request: Request, id: string | null): Promise<Target | null> {
  return id === null ? Promise.resolve(null) : request.loader('target', locateTargets).load(id);
}

// Most who list targets do not ask for them, and they cost as much as all the rest.
function hostSourceIdsOf(request: Request, target: Target): Promise<string[] | null> {
  if (target.hostSourceIds === null) return Promise.resolve(null);
  return request.loader('host-source', locateHostSources).load(target.id);
}

@Resolver(() => Target)
export class TargetResolver {
  @Query(() => Target, {
    nullable: true,
    description: 'One target; fails with NOT_FOUND when it is missing or hidden.',
  })
  target(
    @Ctx() { ctx }: Request,
    @Arg('id', () => ID, { description: 'Identifier.' }) id: string,
  ): Promise<Target> {
    return readTarget(ctx, id);
  }

  @Query(() => TargetPage, { description: 'Targets of a scope that the caller may see.' })
  targets(@Ctx() request: Request, @Args(() => TargetListArgs) args: TargetListArgs): Promise<Page<Target>> {
    return listTargets(request, args);
  }

  @FieldResolver(() => Scope, { nullable: true, description: 'Project it lives in; null when hidden.' })
  scope(@Root() target: Target, @Ctx() request: Request): Promise<Scope | null> {
    return scopeOf(request, target.scopeId);
  }

  @FieldResolver(() => [ID], {
    nullable: true,
    description: 'Host sets its sessions go to; empty when it has an address.',
  })
  hostSourceIds(@Root() target: Target, @Ctx() request: Request): Promise<string[] | null> {
    return hostSourceIdsOf(request, target);
  }

  @FieldResolver(() => [HostSet], {
    nullable: true,
    description: 'Host sets its sessions go to, without those that are hidden.',
  })
  async hostSources(@Root() target: Target, @Ctx() request: Request): Promise<HostSet[] | null> {
    const ids = await hostSourceIdsOf(request, target);
    if (ids === null) return null;
    const found = await Promise.all(ids.map((id) => hostSetOf(request, id)));
    return found.filter((set) => set !== null);
  }
}
