import { Field, ID, ObjectType } from 'type-graphql';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { Authorizable, Node } from '../api/node.js';
import { pageTypes } from '../api/page.js';
import type { Hideable } from '../api/redact.js';
import { DateTime } from '../api/scalars.js';
import type { Actor } from '../core/ctx.js';

/**
 * Proof of a login, of one account. Ends at its expiry, or earlier when it lies idle. Only a hash of its
 * secret is kept. Deleting it is signing out, and ends the sessions made with it.
 */
@ObjectType({
  implements: [Node, Authorizable],
  description: 'Proof of a login. Its secret is shown once, at the login.',
})
@Entity('auth_token')
export class AuthToken implements Node, Authorizable {
  @PrimaryColumn('text')
  id!: string;

  @Field(() => ID, { nullable: true, description: 'The account that signed in.' })
  @Column('text')
  accountId!: string;

  @Field(() => ID, { nullable: true, description: 'The auth method it signed in through.' })
  @Column('text')
  authMethodId!: string;

  @Field(() => ID, { nullable: true, description: 'Scope of the auth method.' })
  @Column('text')
  scopeId!: string;

  @Column('bytea')
  secretHash!: Buffer;

  @Field(() => DateTime, { description: 'When it was issued.' })
  @Column('timestamptz')
  createdAt!: string;

  @Field(() => DateTime, { nullable: true, description: 'When it ends, however busy it is.' })
  @Column('timestamptz')
  expiresAt!: string;

  @Field(() => DateTime, { nullable: true, description: 'When it was last used, within a minute.' })
  @Column('timestamptz')
  lastUsedAt!: string;

  @Column('integer')
  idleLimitSeconds!: number;

  @Field(() => ID, {
    nullable: true,
    description: 'Identifier of the user it acts as; null when its account has none any more.',
  })
  userId!: string | null;

  /** Parent of its scope, selected beside the row. */
  scopeParentId!: string | null;

  /** Set when it is presented to a caller. */
  authorizedActions!: string[];

  /** Who signed in with it just now; set in the answer to the login alone. */
  provenActor?: Actor;
}

export const AuthTokenPage = pageTypes('AuthToken', 'tokens', () => AuthToken);

/** What output fields may hide, by the names grants use. */
export const authTokenFields: Hideable = {
  accountId: 'account_id',
  authMethodId: 'auth_method_id',
  scopeId: 'scope_id',
  expiresAt: 'expiration_time',
  lastUsedAt: 'approximate_last_used_time',
  userId: 'user_id',
};
