import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import type { Page } from '../api/page.js';
import type { Request } from '../api/request.js';
import { Credential } from '../credential/credential.entity.js';
import { credentialOf } from '../credential/credential.resolver.js';
import { HostSet } from '../host/host-set.entity.js';
import { hostSetOf } from '../host/host.resolver.js';
import { Scope } from '../scope/scope.entity.js';
import { scopeOf } from '../scope/scope.resolver.js';
import { listTargets } from './list-targets.js';
import { locateTargetLists, locateTargets, readTarget } from './read-target.js';
import { Target, TargetAlias, TargetPage } from './target.entity.js';
import { TargetListArgs } from './target.input.js';

/** The target behind an id that another object carries, in one batch per request; null when hidden. */
export function targetOf(request: Request, id: string | null): Promise<Target | null> {
  return id === null ? Promise.resolve(null) : request.loader('target', locateTargets).load(id);
}

type TargetList = 'hostSourceIds' | 'brokeredCredentialSourceIds' | 'aliases';

// A target of a list comes without them, because most who list do not ask. Null is what its reader is kept from.
async function listOf<Name extends TargetList>(
  request: Request,
  target: Target,
  name: Name,
): Promise<NonNullable<Target[Name]> | null> {
  const known = target[name];
  if (known !== undefined) return known;
  const lists = await request.loader('target-lists', locateTargetLists).load(target.id);
  return lists?.[name] ?? null;
}

@Resolver(() => Target)
export class TargetResolver {
  @Query(() => Target, {
    nullable: true,
    description: 'One target; fails with NOT_FOUND when it is missing or hidden.',
  })
  target(
    @Ctx() { ctx }: Request,
    @Arg('id', () => ID, { description: 'Identifier, or an alias.' }) id: string,
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
    return listOf(request, target, 'hostSourceIds');
  }

  @FieldResolver(() => [ID], {
    nullable: true,
    description: 'Credentials that an authorization of a session on it hands out.',
  })
  brokeredCredentialSourceIds(@Root() target: Target, @Ctx() request: Request): Promise<string[] | null> {
    return listOf(request, target, 'brokeredCredentialSourceIds');
  }

  @FieldResolver(() => [Credential], {
    nullable: true,
    description:
      'Credentials that an authorization hands out, without their secrets and those that are hidden.',
  })
  async brokeredCredentialSources(
    @Root() target: Target,
    @Ctx() request: Request,
  ): Promise<Credential[] | null> {
    const ids = await listOf(request, target, 'brokeredCredentialSourceIds');
    if (ids === null) return null;
    const found = await Promise.all(ids.map((id) => credentialOf(request, id)));
    return found.filter((credential) => credential !== null);
  }

  @FieldResolver(() => [TargetAlias], {
    nullable: true,
    description: 'Names by which it may be asked for.',
  })
  aliases(@Root() target: Target, @Ctx() request: Request): Promise<TargetAlias[] | null> {
    return listOf(request, target, 'aliases');
  }

  @FieldResolver(() => [HostSet], {
    nullable: true,
    description: 'Host sets its sessions go to, without those that are hidden.',
  })
  async hostSources(@Root() target: Target, @Ctx() request: Request): Promise<HostSet[] | null> {
    const ids = await listOf(request, target, 'hostSourceIds');
    if (ids === null) return null;
    const found = await Promise.all(ids.map((id) => hostSetOf(request, id)));
    return found.filter((set) => set !== null);
  }
}
