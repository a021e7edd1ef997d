import { Field, ID, ObjectType } from 'type-graphql';
import { Column, Entity } from 'typeorm';
import { Authorizable, Node, ResourceRow, Versioned } from '../api/node.js';
import { pageTypes } from '../api/page.js';
import type { Hideable } from '../api/redact.js';

/**
 * A person or a program that signs in. Lives in global or an org and belongs to it. Holds roles as itself,
 * and always those of everybody (`u_anon`, `u_auth`). Deleting a user ends its sessions and its tokens;
 * its accounts stay without one. Three are built in and stay.
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

  @Field(() => String, { nullable: true, description: 'Unique in its scope.' })
  @Column('text', { nullable: true })
  name!: string | null;

  @Field(() => String, { nullable: true, description: 'Free text.' })
  @Column('text', { nullable: true })
  description!: string | null;

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
  loginName: 'login_name',
  primaryAccountId: 'primary_account_id',
  accountIds: 'account_ids',
};
