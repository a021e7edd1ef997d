import { ArgsType, Field, ID, InputType } from 'type-graphql';
import { CreateInput, deleteInput, UpdateInput } from '../api/change.input.js';
import { ResourceFilterInput, ResourceOrderInput } from '../scope/resource.input.js';
import { ScopeListArgs } from '../scope/scope.input.js';
import type { CreateAliasInput as NewAlias, UpdateAliasInput as AliasPatch } from './change-alias.js';
import type { AliasFilter, AliasListing } from './list-aliases.js';

const valueRule =
  'Parts of letters, digits and hyphens with dots between them, such as db.corp; at most 253.';

@InputType('AliasFilter', { description: 'Narrows a list of aliases. Fields are joined by AND.' })
export class AliasFilterInput extends ResourceFilterInput implements AliasFilter {
  @Field(() => String, { nullable: true, description: 'Part of the value, whatever its case.' })
  valueContains?: string | null;

  @Field(() => [ID], { nullable: true, description: 'Of any of these targets, at most 50.' })
  destinationIdIn?: string[] | null;
}

@ArgsType()
export class AliasListArgs extends ScopeListArgs implements AliasListing {
  @Field(() => AliasFilterInput, { nullable: true, description: 'Narrow the list.' })
  filter?: AliasFilterInput | null;

  @Field(() => ResourceOrderInput, { nullable: true, description: 'Order, oldest first by default.' })
  orderBy?: ResourceOrderInput | null;
}

@InputType('CreateAliasInput', { description: 'Makes an alias.' })
export class CreateAliasInput extends CreateInput implements NewAlias {
  @Field(() => ID, { defaultValue: 'global', description: 'Scope it is to live in: global.' })
  scopeId!: string;

  @Field(() => String, { description: valueRule })
  value!: string;

  @Field(() => ID, { nullable: true, description: 'Target it stands for; may be said later.' })
  destinationId?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'Host of that target that sessions by it go to; any of them when left out.',
  })
  hostId?: string | null;
}

@InputType('UpdateAliasInput', { description: 'Changes an alias.' })
export class UpdateAliasInput extends UpdateInput implements AliasPatch {
  @Field(() => String, { nullable: true, description: valueRule })
  value?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'Target it stands for; null clears it. The host is cleared with it unless named again.',
  })
  destinationId?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'Host of that target that sessions by it go to; null for any of them.',
  })
  hostId?: string | null;
}

export const DeleteAliasInput = deleteInput('DeleteAliasInput', 'an alias');
