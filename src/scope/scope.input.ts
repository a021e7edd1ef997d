import { ArgsType, Field, ID } from 'type-graphql';
import { PageArgs } from '../api/page.js';
import type { ScopeArgs } from './list-in-scope.js';

/** Arguments of every list that stands in a scope. */
@ArgsType()
export class ScopeListArgs extends PageArgs implements ScopeArgs {
  @Field(() => ID, { description: 'Scope to list.' })
  scopeId!: string;

  @Field(() => Boolean, { defaultValue: false, description: 'Include the scopes below it.' })
  recursive!: boolean;
}
