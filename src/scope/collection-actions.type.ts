import { Field, ObjectType } from 'type-graphql';
import { ActionEnum } from '../api/action-enum.js';

@ObjectType({ description: 'What the caller may ask of one collection of a scope or a container.' })
export class CollectionActions {
  @Field(() => String, { description: 'The collection, as the ancestor calls it: `host-sets`, `targets`.' })
  collection!: string;

  @Field(() => [ActionEnum], { description: 'CREATE, LIST and their like. Never empty.' })
  actions!: readonly string[];
}
