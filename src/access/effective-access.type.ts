import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { ActionEnum } from '../api/action-enum.js';

export const AccessThingsEnum = { ALL: 'all', ONE: 'one', IN: 'in', COLLECTION: 'collection' } as const;
export type AccessThings = (typeof AccessThingsEnum)[keyof typeof AccessThingsEnum];

registerEnumType(AccessThingsEnum, {
  name: 'AccessThings',
  description: 'Which things of a type are meant.',
  valuesConfig: {
    ALL: { description: 'All of them.' },
    ONE: { description: 'Those that are named.' },
    IN: { description: 'Those in the containers that are named, and their collections there.' },
    COLLECTION: { description: 'The collections: to list, to make one.' },
  },
});

@ObjectType({ description: 'A role, as far as it needs a name.' })
export class AccessRole {
  @Field(() => ID, { description: 'Identifier.' })
  id!: string;

  @Field(() => String, { nullable: true, description: 'Its name.' })
  name!: string | null;
}

@ObjectType({ description: 'Actions on the same things in the same scopes, by the same roles.' })
export class EffectiveAccessSet {
  @Field(() => String, { description: 'Type, as grants name it; `*` for every type.' })
  type!: string;

  @Field(() => AccessThingsEnum, { description: 'Which things of it.' })
  things!: AccessThings;

  @Field(() => [ID], {
    description:
      'Identifiers of the things or containers that are named; a template where accounts are hidden from the caller.',
  })
  ids!: readonly string[];

  @Field(() => Boolean, { description: 'True for all actions that there are; `actions` is empty then.' })
  isEveryAction!: boolean;

  @Field(() => [ActionEnum], { description: 'Actions that may be done.' })
  actions!: readonly string[];

  @Field(() => [ActionEnum], {
    description:
      'Those of them by which one can come by more: give grants, members or principals, set passwords, take over accounts. With `isEveryAction`, all that are of this kind.',
  })
  waysToMore!: readonly string[];

  @Field(() => [ID], { description: 'Scopes in which, by their identifiers.' })
  scopes!: readonly string[];

  @Field(() => [ID], { description: 'Scopes in the children of which.' })
  childrenOf!: readonly string[];

  @Field(() => Boolean, { description: 'In every scope but global.' })
  isEverywhere!: boolean;

  @Field(() => [AccessRole], { description: 'Roles that give it, each of them some of it.' })
  roles!: AccessRole[];
}

/** What a user may do, as sets, by the grants of now. */
@ObjectType({ description: 'What a user may do, as sets, by the grants of now.' })
export class EffectiveAccess {
  @Field(() => ID, { description: 'User asked about.' })
  userId!: string;

  @Field(() => [EffectiveAccessSet], {
    description: 'What it may do, with what everybody may; of roles that the caller may read.',
  })
  sets!: EffectiveAccessSet[];

  @Field(() => Boolean, { description: 'True where roles that the caller may not read give more.' })
  hasHidden!: boolean;
}
