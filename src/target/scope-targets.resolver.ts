import { Args, ArgsType, Ctx, Field, FieldResolver, Resolver, Root } from 'type-graphql';
import { opened } from '../api/link.js';
import { PageArgs, type Page } from '../api/page.js';
import type { Request } from '../api/request.js';
import { ResourceOrderInput } from '../scope/resource.input.js';
import { Scope } from '../scope/scope.entity.js';
import { listTargets, type TargetListing } from './list-targets.js';
import { TargetPage, type Target } from './target.entity.js';
import { TargetFilterInput } from './target.input.js';

@ArgsType()
class ScopeTargetArgs extends PageArgs {
  @Field(() => Boolean, { defaultValue: false, description: 'Include the scopes below it.' })
  recursive!: boolean;

  @Field(() => TargetFilterInput, { nullable: true, description: 'Narrow the list.' })
  filter?: TargetFilterInput | null;

  @Field(() => ResourceOrderInput, { nullable: true, description: 'Order, oldest first by default.' })
  orderBy?: ResourceOrderInput | null;
}

@Resolver(() => Scope)
export class ScopeTargetsResolver {
  @FieldResolver(() => TargetPage, {
    nullable: true,
    description: 'Targets of the scope; null where you may not list them.',
  })
  targets(
    @Root() { id: scopeId }: Scope,
    @Ctx() request: Request,
    @Args(() => ScopeTargetArgs) args: Omit<TargetListing, 'scopeId'>,
  ): Promise<Page<Target> | null> {
    return opened(listTargets(request, { ...args, scopeId }));
  }
}
