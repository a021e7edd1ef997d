import { ArgsType, Field, ID } from 'type-graphql';
import { PageArgs } from '../api/page.js';
import type { CatalogArgs } from './list-hosts.js';

@ArgsType()
export class CatalogListArgs extends PageArgs implements CatalogArgs {
  @Field(() => ID, { description: 'Host catalog to list.' })
  hostCatalogId!: string;
}
