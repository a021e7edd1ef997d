import { Field, ID, InputType } from 'type-graphql';
import type { TargetFilter } from './list-targets.js';

@InputType('TargetFilter', { description: 'Narrows a list of targets. Fields are joined by AND.' })
export class TargetFilterInput implements TargetFilter {
  @Field(() => [ID], { nullable: true, description: 'Any of these identifiers, at most 50.' })
  idIn?: string[] | null;

  @Field(() => String, { nullable: true, description: 'Part of the name, whatever its case.' })
  nameContains?: string | null;
}
