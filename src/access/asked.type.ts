import { Field, ID, ObjectType } from 'type-graphql';
import { ActionEnum } from '../api/action-enum.js';

/** What was asked about: an action on a resource, or on a collection. */
@ObjectType()
export abstract class Asked {
  @Field(() => ActionEnum, { description: 'Action asked about.' })
  action!: string;

  @Field(() => String, { description: 'Type asked about, as grants name it.' })
  type!: string;

  @Field(() => ID, { nullable: true, description: 'Resource asked about; null for a collection.' })
  resourceId!: string | null;

  @Field(() => ID, { description: 'Scope in which it stands.' })
  scopeId!: string;

  @Field(() => ID, {
    nullable: true,
    description: 'Container of the resource or the collection, for types that lie in one.',
  })
  containerId!: string | null;
}
