import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { ActionEnum } from '../api/action-enum.js';
import { Asked } from './asked.type.js';

export const HoldingKindEnum = {
  DIRECT: 'direct',
  GROUP: 'group',
  SIGNED_IN: 'signed in',
  EVERYBODY: 'everybody',
} as const;
export type HoldingKind = (typeof HoldingKindEnum)[keyof typeof HoldingKindEnum];

registerEnumType(HoldingKindEnum, {
  name: 'HoldingKind',
  description: 'How a user comes to hold a role.',
  valuesConfig: {
    DIRECT: { description: 'The role names the user.' },
    GROUP: { description: 'The role names a group that the user is in.' },
    SIGNED_IN: { description: 'The role is for everybody who has signed in (`u_auth`).' },
    EVERYBODY: { description: 'The role is for everybody (`u_anon`).' },
  },
});

export const AccessMissKindEnum = {
  ONLY_SELF: 'only self',
  NOT_SIGNED_IN: 'not signed in',
  OTHER_ID: 'other id',
  OTHER_CONTAINER: 'other container',
  OTHER_SCOPE: 'other scope',
  NOT_A_PRINCIPAL: 'not a principal',
  OTHER_ACTION: 'other action',
  COLLECTION_ONLY: 'collection only',
  RESOURCES_ONLY: 'resources only',
  OTHER_TYPE: 'other type',
  NOTHING_NEAR: 'nothing near',
} as const;
export type AccessMissKind = (typeof AccessMissKindEnum)[keyof typeof AccessMissKindEnum];

registerEnumType(AccessMissKindEnum, {
  name: 'AccessMissKind',
  description: 'What keeps a grant that comes near from giving what is asked.',
  valuesConfig: {
    ONLY_SELF: { description: "It is about one's own, and this one is somebody else's." },
    NOT_SIGNED_IN: { description: 'It gives this to nobody who has not signed in.' },
    OTHER_ID: { description: 'It names others.' },
    OTHER_CONTAINER: { description: 'It is about what another container holds.' },
    OTHER_SCOPE: { description: 'Its role speaks for other scopes.' },
    NOT_A_PRINCIPAL: { description: 'It gives this, and the user does not hold its role.' },
    OTHER_ACTION: { description: 'It gives other actions.' },
    COLLECTION_ONLY: { description: 'It names no ids, so it is about the collection alone.' },
    RESOURCES_ONLY: { description: 'It names ids, so it is not about the collection.' },
    OTHER_TYPE: { description: 'It is about another type.' },
    NOTHING_NEAR: { description: 'No grant that the caller may read comes near.' },
  },
});

@ObjectType({
  description:
    'A grant that gives it, and one way in which the user holds its role. For all roles that the caller may not read there is one, with `isHidden` and nothing else.',
})
export class AccessPath {
  @Field(() => Boolean, { description: 'True for roles that the caller may not read.' })
  isHidden!: boolean;

  @Field(() => String, { description: 'The same in words.' })
  sentence!: string;

  @Field(() => ID, { nullable: true, description: 'Role that has the grant.' })
  roleId!: string | null;

  @Field(() => String, { nullable: true, description: 'Its name.' })
  roleName!: string | null;

  @Field(() => ID, { nullable: true, description: 'Scope the role lives in.' })
  roleScopeId!: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The grant scope of the role that takes in what is asked about: `this`, `children`, `descendants` or an identifier.',
  })
  grantScope!: string | null;

  @Field(() => String, { nullable: true, description: 'The grant, as its one text.' })
  grant!: string | null;

  @Field(() => ActionEnum, {
    nullable: true,
    description:
      "Action it is held for: the one asked, or its `_SELF` form where that is enough on one's own.",
  })
  action!: string | null;

  @Field(() => ID, {
    nullable: true,
    description:
      'Account that one has to be signed in with for it, of a user who has several; null where any will do.',
  })
  accountId!: string | null;

  @Field(() => HoldingKindEnum, { nullable: true, description: 'How the user holds the role.' })
  holding!: HoldingKind | null;

  @Field(() => ID, {
    nullable: true,
    description: 'Group by which it holds it; null where there is none, or none that the caller may read.',
  })
  groupId!: string | null;

  @Field(() => String, { nullable: true, description: 'Its name.' })
  groupName!: string | null;

  @Field(() => Boolean, {
    description: 'True where there is a group in between that the caller may not read.',
  })
  isGroupHidden!: boolean;
}

@ObjectType({ description: 'A grant that comes near, and what keeps it from deciding.' })
export class AccessMiss {
  @Field(() => AccessMissKindEnum, { description: 'What keeps it.' })
  kind!: AccessMissKind;

  @Field(() => String, { description: 'The same in words.' })
  sentence!: string;

  @Field(() => ID, {
    nullable: true,
    description: 'Role that holds the grant; null where nothing comes near.',
  })
  roleId!: string | null;

  @Field(() => String, { nullable: true, description: 'Its name.' })
  roleName!: string | null;

  @Field(() => String, { nullable: true, description: 'The grant, as its one text.' })
  grant!: string | null;
}

/** Why somebody may do something, or may not, by the grants of now. */
@ObjectType({ description: 'Why a user may do something, or may not, by the grants of now.' })
export class AccessTrace extends Asked {
  @Field(() => Boolean, { description: 'Whether the user may.' })
  isAllowed!: boolean;

  @Field(() => String, { description: 'The answer in one sentence.' })
  sentence!: string;

  @Field(() => String, {
    nullable: true,
    description:
      'What keeps the user from doing anything at all, whatever it is granted: it is disabled, or nobody can sign in as it.',
  })
  caveat!: string | null;

  @Field(() => ID, { description: 'User asked about.' })
  userId!: string;

  @Field(() => [AccessPath], { description: 'The grants that decide; none where it is not allowed.' })
  decidedBy!: AccessPath[];

  @Field(() => [AccessMiss], {
    description: 'Where it is not allowed, what comes nearest, the nearest first; at most ten.',
  })
  misses!: AccessMiss[];
}
