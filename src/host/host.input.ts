import { ArgsType, Field, ID } from 'type-graphql';
import { PageArgs } from '../api/page.js';
import { ResourceFilterInput, ResourceOrderInput } from '../scope/resource.input.js';
import type { CatalogArgs } from './list-hosts.js';

@ArgsType()
export class CatalogListArgs extends PageArgs implements CatalogArgs {
  @Field(() => ID, { description: 'Host catalog to list.' })
  hostCatalogId!: string;

  @Field(() => ResourceFilterInput, { nullable: true, description: 'Narrow the list.' })
  filter?: ResourceFilterInput | null;

  @Field(() => ResourceOrderInput, { nullable: true, description: 'Order, oldest first by default.' })
  orderBy?: ResourceOrderInput | null;
}
