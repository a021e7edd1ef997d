import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Asked } from './asked.type.js';
import { AccessPath } from './access-trace.type.js';

export const AccessHolderKindEnum = {
  USER: 'user',
  SIGNED_IN: 'signed in',
  NOT_SIGNED_IN: 'not signed in',
} as const;
export type AccessHolderKind = (typeof AccessHolderKindEnum)[keyof typeof AccessHolderKindEnum];

registerEnumType(AccessHolderKindEnum, {
  name: 'AccessHolderKind',
  description: 'Who it is that may.',
  valuesConfig: {
    USER: { description: 'One user.' },
    SIGNED_IN: { description: 'Everybody who has signed in.' },
    NOT_SIGNED_IN: { description: 'Everybody who has not.' },
  },
});

@ObjectType({ description: 'Somebody who may do what is asked, and by what.' })
export class AccessHolder {
  @Field(() => AccessHolderKindEnum, { description: 'Whether it is one user, or everybody.' })
  kind!: AccessHolderKind;

  @Field(() => ID, { description: 'The user; `u_auth` or `u_anon` for everybody.' })
  userId!: string;

  @Field(() => [AccessPath], { description: 'By which grants, and how their roles are held.' })
  paths!: AccessPath[];
}

/** Who may do something, by the grants of now. */
@ObjectType({ description: 'Who may do something, by the grants of now.' })
export class WhoCan extends Asked {
  @Field(() => String, { description: 'What was asked, in words.' })
  sentence!: string;

  @Field(() => [AccessHolder], {
    description:
      'Everybody first, where everybody may; then the users who hold a role for it themselves or by a group, by name. Who may as everybody alone is not named again.',
  })
  holders!: AccessHolder[];

  @Field(() => Int, { description: 'How many users may it besides whom the caller may not see.' })
  hiddenCount!: number;

  @Field(() => Int, { description: 'How many users may it besides who found no room in the answer.' })
  moreCount!: number;
}
