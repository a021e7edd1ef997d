import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from 'typeorm';
import { Authorizable, Node, ResourceRow, Versioned } from '../api/node.js';
import { pageTypes } from '../api/page.js';
import type { Hideable } from '../api/redact.js';

export const AuthMethodTypeEnum = { PASSWORD: 'password' } as const;

registerEnumType(AuthMethodTypeEnum, {
  name: 'AuthMethodType',
  description: 'How an auth method tells who somebody is.',
  valuesConfig: { PASSWORD: { description: 'By login name and password.' } },
});

/**
 * A way to sign in to a scope (global or an org), here by login name and password. Owns its accounts: they
 * and their tokens go with it. The one its scope calls primary also makes users at their first login.
 */
@ObjectType({
  implements: [Node, Versioned, Authorizable],
  description: 'A way to sign in to global or an org.',
})
@Entity('auth_method')
export class AuthMethod extends ResourceRow {
  @Field(() => ID, { nullable: true, description: 'Global or the org it lives in.' })
  @Column('text')
  scopeId!: string;

  @Field(() => AuthMethodTypeEnum, { description: 'How it tells who somebody is.' })
  @Column('text')
  type!: 'password';

  @Field(() => String, { nullable: true, description: 'Unique in its scope.' })
  @Column('text', { nullable: true })
  name!: string | null;

  @Field(() => String, { nullable: true, description: 'Free text.' })
  @Column('text', { nullable: true })
  description!: string | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Characters that a login name must have; asked of names that are set from then on.',
  })
  @Column('integer')
  minLoginNameLength!: number;

  @Field(() => Int, {
    nullable: true,
    description: 'Bytes that a password must have; asked of passwords that are set from then on.',
  })
  @Column('integer')
  minPasswordLength!: number;

  @Field(() => Boolean, {
    nullable: true,
    description:
      'Whether its scope calls it primary: it signs people in unless they name another, and makes users at first login. Changes with the scope, not with its own version.',
  })
  isPrimary!: boolean | null;
}

export const AuthMethodPage = pageTypes('AuthMethod', 'auth methods', () => AuthMethod);

/** What output fields may hide, by the names grants use. */
export const authMethodFields: Hideable = {
  scopeId: 'scope_id',
  name: 'name',
  description: 'description',
  minLoginNameLength: 'attributes',
  minPasswordLength: 'attributes',
  isPrimary: 'is_primary',
};
