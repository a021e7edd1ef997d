import { Field, ID, ObjectType } from 'type-graphql';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { Node } from '../api/node.js';
import { DateTime } from '../api/scalars.js';

/**
 * Proof of a login, of one account. Ends at its expiry, or earlier when it lies idle. Only a hash of its
 * secret is kept. Deleting it is signing out, and ends the sessions made with it.
 */
@ObjectType({ implements: [Node], description: 'Proof of a login. Its secret is shown once, at the login.' })
@Entity('auth_token')
export class AuthToken implements Node {
  @PrimaryColumn('text')
  id!: string;

  @Field(() => ID, { description: 'The account that signed in.' })
  @Column('text')
  accountId!: string;

  @Field(() => ID, { description: 'The auth method it signed in through.' })
  @Column('text')
  authMethodId!: string;

  @Field(() => ID, { description: 'Scope of the auth method.' })
  @Column('text')
  scopeId!: string;

  @Column('bytea')
  secretHash!: Buffer;

  @Field(() => DateTime, { description: 'When it was issued.' })
  @Column('timestamptz')
  createdAt!: string;

  @Field(() => DateTime, { description: 'When it ends, however busy it is.' })
  @Column('timestamptz')
  expiresAt!: string;

  @Field(() => DateTime, { description: 'When it was last used, within a minute.' })
  @Column('timestamptz')
  lastUsedAt!: string;

  @Column('integer')
  idleLimitSeconds!: number;

  @Field(() => ID, { description: 'Identifier of the user it acts as.' })
  userId!: string;
}
