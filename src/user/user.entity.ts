import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from 'typeorm';
import { Authorizable, Node, ResourceRow, Versioned } from '../api/node.js';
import { pageTypes } from '../api/page.js';
import type { Hideable } from '../api/redact.js';
import type { UserType } from './user.rules.js';

export const UserTypeEnum = { PERSON: 'person', SERVICE: 'service' } as const satisfies Record<
  string,
  UserType
>;

registerEnumType(UserTypeEnum, {
  name: 'UserType',
  description: 'Who or what a user is.',
  valuesConfig: {
    PERSON: { description: 'Somebody who signs in with an account.' },
    SERVICE: {
      description: 'A program: it has no accounts, and comes with API tokens that were issued for it.',
    },
  },
});

/**
 * A person who signs in with accounts, or a program that comes with API tokens; which of the two never changes. Lives
 * in global or an org and belongs to it. Holds roles as itself, and always those of everybody (`u_anon`, `u_auth`).
 * Deleting or disabling a user ends its sessions and its tokens; its accounts stay, without one when it is deleted.
 * Three are built in and stay.
 */
@ObjectType({
  simpleResolvers: true,
  implements: [Node, Versioned, Authorizable],
  description: 'A person or a program that signs in.',
})
@Entity('iam_user')
export class User extends ResourceRow {
  @Field(() => ID, { nullable: true, description: 'Global or the org it lives in.' })
  @Column('text')
  scopeId!: string;

  @Field(() => UserTypeEnum, { description: 'Who or what it is; never changes.' })
  @Column('text')
  type!: UserType;

  @Field(() => String, { nullable: true, description: 'Unique in its scope.' })
  @Column('text', { nullable: true })
  name!: string | null;

  @Field(() => String, { nullable: true, description: 'Free text.' })
  @Column('text', { nullable: true })
  description!: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether it is kept out: nobody signs in as it, and it has neither tokens nor sessions.',
  })
  @Column('boolean')
  isDisabled!: boolean;

  @Field(() => String, {
    nullable: true,
    description: 'Login name of its account in the primary auth method of its scope.',
  })
  loginName!: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'Its account in the primary auth method of its scope.',
  })
  primaryAccountId!: string | null;

  @Field(() => [ID], { nullable: true, description: 'Accounts that sign in as it, one of an auth method.' })
  accountIds!: string[] | null;
}

export const UserPage = pageTypes('User', 'users', () => User);

/** What output fields may hide, by the names grants use. */
export const userFields: Hideable = {
  scopeId: 'scope_id',
  name: 'name',
  description: 'description',
  isDisabled: 'is_disabled',
  loginName: 'login_name',
  primaryAccountId: 'primary_account_id',
  accountIds: 'account_ids',
};
