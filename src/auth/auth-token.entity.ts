import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { Authorizable, Node } from '../api/node.js';
import { pageTypes } from '../api/page.js';
import type { Hideable } from '../api/redact.js';
import { DateTime } from '../api/scalars.js';
import type { Actor } from '../core/ctx.js';
import type { TokenType } from './auth-token.rules.js';

export const TokenTypeEnum = { LOGIN: 'login', API: 'api' } as const satisfies Record<string, TokenType>;

registerEnumType(TokenTypeEnum, {
  name: 'AuthTokenType',
  description: 'What a token came from.',
  valuesConfig: {
    LOGIN: { description: 'From the login of a person, with an account.' },
    API: { description: 'It was issued for a service user.' },
  },
});

/**
 * Proof of who somebody is: of the login of an account, or issued for a service user. Speaks for one user all its life.
 * Ends at its expiry; that of a login earlier when it lies idle. Only a hash of its secret is kept. Deleting it is
 * signing out, and ends the sessions made with it.
 */
@ObjectType({
  implements: [Node, Authorizable],
  description: 'Proof of who somebody is. Its secret is shown once, at the login or when it is issued.',
})
@Entity('auth_token')
export class AuthToken implements Node, Authorizable {
  @PrimaryColumn('text')
  id!: string;

  @Field(() => TokenTypeEnum, { description: 'What it came from.' })
  @Column('text')
  type!: TokenType;

  @Field(() => ID, { nullable: true, description: 'The account that signed in; null for an API token.' })
  @Column('text', { nullable: true })
  accountId!: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'The auth method it signed in through; null for an API token.',
  })
  @Column('text', { nullable: true })
  authMethodId!: string | null;

  @Field(() => ID, { nullable: true, description: 'Scope of its user.' })
  @Column('text')
  scopeId!: string;

  @Field(() => String, { nullable: true, description: 'What an API token is called.' })
  @Column('text', { nullable: true })
  name!: string | null;

  @Field(() => String, { nullable: true, description: 'Free text.' })
  @Column('text', { nullable: true })
  description!: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      'Whether it reads, lists and watches alone, whatever its user may; every mutation is refused.',
  })
  @Column('boolean')
  isReadOnly!: boolean;

  @Column('bytea')
  secretHash!: Buffer;

  @Field(() => DateTime, { description: 'When it was issued.' })
  @Column('timestamptz')
  createdAt!: string;

  @Field(() => DateTime, { nullable: true, description: 'When it ends, however busy it is.' })
  @Column('timestamptz')
  expiresAt!: string;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When it was last used, within a minute; null for an API token that never was.',
  })
  @Column('timestamptz', { nullable: true })
  lastUsedAt!: string | null;

  @Column('integer', { nullable: true })
  idleLimitSeconds!: number | null;

  @Field(() => ID, { nullable: true, description: 'Identifier of the user it acts as.' })
  @Column('text')
  userId!: string;

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
  name: 'name',
  description: 'description',
  isReadOnly: 'is_read_only',
  expiresAt: 'expiration_time',
  lastUsedAt: 'approximate_last_used_time',
  userId: 'user_id',
};
