import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from 'typeorm';
import { Authorizable, Node, ResourceRow, Versioned } from '../api/node.js';
import { pageTypes } from '../api/page.js';
import type { Hideable } from '../api/redact.js';

export const AccountTypeEnum = { PASSWORD: 'password' } as const;

registerEnumType(AccountTypeEnum, {
  name: 'AccountType',
  description: 'How an account proves who it is.',
  valuesConfig: { PASSWORD: { description: 'By a password.' } },
});

/**
 * A login of an auth method. Belongs to at most one user, who lives in the same scope and has at most one
 * account per auth method. Deleting or disabling it deletes its tokens. Its password's hash and its second factor lie in
 * tables of their own, which no query of accounts reads.
 */
@ObjectType({
  implements: [Node, Versioned, Authorizable],
  description: 'A login of an auth method. Its version grows when its password is set, too.',
})
@Entity('account')
export class Account extends ResourceRow {
  @Field(() => ID, { nullable: true, description: 'Auth method that owns it.' })
  @Column('text')
  authMethodId!: string;

  @Field(() => ID, { nullable: true, description: 'Global or the org it lives in.' })
  @Column('text')
  scopeId!: string;

  @Field(() => AccountTypeEnum, { description: 'How it proves who it is.' })
  @Column('text')
  type!: 'password';

  @Field(() => ID, {
    nullable: true,
    description:
      'User it acts as; null when it has none, which the first login through a primary method makes.',
  })
  @Column('text', { nullable: true })
  userId!: string | null;

  @Field(() => String, { nullable: true, description: 'Name to sign in with, unique in its auth method.' })
  @Column('text')
  loginName!: string;

  @Field(() => String, { nullable: true, description: 'Unique in its auth method.' })
  @Column('text', { nullable: true })
  name!: string | null;

  @Field(() => String, { nullable: true, description: 'Free text.' })
  @Column('text', { nullable: true })
  description!: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether it has a password; without one nobody signs in with it.',
  })
  hasPassword!: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether it is kept out: nobody signs in with it, and it has neither tokens nor sessions.',
  })
  @Column('boolean')
  isDisabled!: boolean;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether signing in asks for a code, too.',
  })
  hasTotp!: boolean | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Recovery codes that were not used yet. Its version does not grow when one is.',
  })
  recoveryCodesLeft!: number | null;
}

export const AccountPage = pageTypes('Account', 'accounts', () => Account);

/** What output fields may hide, by the names grants use. */
export const accountFields: Hideable = {
  authMethodId: 'auth_method_id',
  scopeId: 'scope',
  userId: 'user_id',
  loginName: 'attributes',
  name: 'name',
  description: 'description',
  hasPassword: 'attributes',
  isDisabled: 'is_disabled',
  hasTotp: 'attributes',
  recoveryCodesLeft: 'attributes',
};
