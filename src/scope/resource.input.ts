import { ArgsType, Field, ID, InputType, registerEnumType } from 'type-graphql';
import { OrderDirectionEnum, type OrderDirection } from '../api/order-direction.js';
import { PageArgs } from '../api/page.js';
import { DateTime } from '../api/scalars.js';
import type { ResourceFilter, ResourceOrder, ResourceTermArgs } from './resource-terms.js';
import { ScopeListArgs } from './scope.input.js';

const OrderFieldEnum = { CREATED_AT: 'CREATED_AT', UPDATED_AT: 'UPDATED_AT', NAME: 'NAME' } as const;

registerEnumType(OrderFieldEnum, {
  name: 'ResourceOrderField',
  description: 'Fields that named resources can be sorted by.',
  valuesConfig: {
    CREATED_AT: { description: 'Time of creation.' },
    UPDATED_AT: { description: 'Time of the last change.' },
    NAME: {
      description: 'Name, by its bytes in UTF-8; what has no name comes last in either direction.',
    },
  },
});

/** A type that can be narrowed by more has an input of its own that extends this one. */
@InputType('ResourceFilter', { description: 'Narrows a list of named resources. Fields are joined by AND.' })
export class ResourceFilterInput implements ResourceFilter {
  @Field(() => [ID], { nullable: true, description: 'Any of these identifiers, at most 50.' })
  idIn?: string[] | null;

  @Field(() => String, { nullable: true, description: 'Part of the name, whatever its case.' })
  nameContains?: string | null;

  @Field(() => [String], { nullable: true, description: 'Any of these names as they are, at most 50.' })
  nameIn?: string[] | null;

  @Field(() => DateTime, { nullable: true, description: 'Created at or after.' })
  createdAfter?: string | null;

  @Field(() => DateTime, { nullable: true, description: 'Created before.' })
  createdBefore?: string | null;
}

@InputType('ResourceOrder', {
  description: 'Order of a list of named resources. The identifier breaks ties.',
})
export class ResourceOrderInput implements ResourceOrder {
  @Field(() => OrderFieldEnum, { defaultValue: 'CREATED_AT', description: 'Field to sort by.' })
  field!: ResourceOrder['field'];

  @Field(() => OrderDirectionEnum, { defaultValue: 'ASC', description: 'Direction.' })
  direction!: OrderDirection;
}

/** Arguments of a list of named resources behind a link, which says by itself where it stands. */
@ArgsType()
export class ResourcePageArgs extends PageArgs implements ResourceTermArgs {
  @Field(() => ResourceFilterInput, { nullable: true, description: 'Narrow the list.' })
  filter?: ResourceFilterInput | null;

  @Field(() => ResourceOrderInput, { nullable: true, description: 'Order, oldest first by default.' })
  orderBy?: ResourceOrderInput | null;
}

/** Arguments of a list of named resources that stands in a scope. */
@ArgsType()
export class ResourceListArgs extends ScopeListArgs implements ResourceTermArgs {
  @Field(() => ResourceFilterInput, { nullable: true, description: 'Narrow the list.' })
  filter?: ResourceFilterInput | null;

  @Field(() => ResourceOrderInput, { nullable: true, description: 'Order, oldest first by default.' })
  orderBy?: ResourceOrderInput | null;
}
