import { ArgsType, Field, ID, InputType } from 'type-graphql';
import { ResourceFilterInput, ResourceOrderInput } from '../scope/resource.input.js';
import { ScopeListArgs } from '../scope/scope.input.js';
import type { TargetFilter, TargetListing } from './list-targets.js';

@InputType('TargetFilter', { description: 'Narrows a list of targets. Fields are joined by AND.' })
export class TargetFilterInput extends ResourceFilterInput implements TargetFilter {
  @Field(() => [String], { nullable: true, description: 'Any of these addresses as they are, at most 50.' })
  addressIn?: string[] | null;

  @Field(() => [ID], { nullable: true, description: 'By any of these host sets, at most 50.' })
  hostSourceIdIn?: string[] | null;
}

@ArgsType()
export class TargetListArgs extends ScopeListArgs implements TargetListing {
  @Field(() => TargetFilterInput, { nullable: true, description: 'Narrow the list.' })
  filter?: TargetFilterInput | null;

  @Field(() => ResourceOrderInput, { nullable: true, description: 'Order, oldest first by default.' })
  orderBy?: ResourceOrderInput | null;
}
