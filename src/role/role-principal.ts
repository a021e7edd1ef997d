import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';

export const PrincipalTypeEnum = { USER: 'user', GROUP: 'group' } as const;

registerEnumType(PrincipalTypeEnum, {
  name: 'PrincipalType',
  description: 'What can hold a role.',
  valuesConfig: {
    USER: { description: 'A user, or one of those that stand for everybody.' },
    GROUP: { description: 'A group: all users in it.' },
  },
});

@ObjectType({ description: 'Who holds a role.' })
export class RolePrincipal {
  @Field(() => ID, { description: 'Identifier of the user or the group.' })
  id!: string;

  @Field(() => PrincipalTypeEnum, { description: 'What it is.' })
  type!: 'user' | 'group';

  @Field(() => ID, { description: 'Scope it lives in, which need not be that of the role.' })
  scopeId!: string;
}
