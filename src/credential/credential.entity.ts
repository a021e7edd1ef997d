import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from 'typeorm';
import { Authorizable, Node, ResourceRow, Versioned } from '../api/node.js';
import { pageTypes } from '../api/page.js';
import type { Hideable } from '../api/redact.js';
import type { CredentialType } from './credential.rules.js';

export const CredentialTypeEnum = {
  USERNAME_PASSWORD: 'username_password',
  USERNAME_PASSWORD_DOMAIN: 'username_password_domain',
  PASSWORD: 'password',
  SSH_PRIVATE_KEY: 'ssh_private_key',
  JSON: 'json',
} as const satisfies Record<string, CredentialType>;

registerEnumType(CredentialTypeEnum, {
  name: 'CredentialType',
  description: 'What a credential is made of.',
  valuesConfig: {
    USERNAME_PASSWORD: { description: 'A user name and a password.' },
    USERNAME_PASSWORD_DOMAIN: { description: 'A user name and a password in a domain.' },
    PASSWORD: { description: 'A password alone.' },
    SSH_PRIVATE_KEY: {
      description: 'A user name and a private key for ssh, with its passphrase if it has one.',
    },
    JSON: { description: 'An object of JSON.' },
  },
});

const hmac = (what: string): string =>
  `Changes with ${what}, and tells nothing else of it: no two credentials have the same.`;

/**
 * What somebody shows to the service behind a target. Belongs to its store. Its secret lies in a row of its own,
 * sealed; no entity has it, and nothing shows it but an authorization of a session, once.
 */
@ObjectType({
  simpleResolvers: true,
  implements: [Node, Versioned, Authorizable],
  description:
    'What is shown to the service behind a target. Its secret goes in and is never shown again here.',
})
@Entity('credential')
export class Credential extends ResourceRow {
  @Field(() => ID, { nullable: true, description: 'Store that owns it.' })
  @Column('text')
  credentialStoreId!: string;

  @Field(() => ID, { nullable: true, description: 'Project it lives in.' })
  @Column('text')
  scopeId!: string;

  @Field(() => CredentialTypeEnum, { description: 'What it is made of.' })
  @Column('text')
  type!: CredentialType;

  @Field(() => String, { nullable: true, description: 'Unique in its store.' })
  @Column('text', { nullable: true })
  name!: string | null;

  @Field(() => String, { nullable: true, description: 'Free text.' })
  @Column('text', { nullable: true })
  description!: string | null;

  @Field(() => String, { nullable: true, description: 'User name, where it has one.' })
  @Column('text', { nullable: true })
  username!: string | null;

  @Field(() => String, { nullable: true, description: 'Domain of the user, where it has one.' })
  @Column('text', { nullable: true })
  domain!: string | null;

  @Field(() => String, { nullable: true, description: hmac('the password') })
  @Column('text', { nullable: true })
  passwordHmac!: string | null;

  @Field(() => String, { nullable: true, description: hmac('the private key') })
  @Column('text', { nullable: true })
  privateKeyHmac!: string | null;

  @Field(() => String, { nullable: true, description: hmac('the passphrase of the private key') })
  @Column('text', { nullable: true })
  privateKeyPassphraseHmac!: string | null;

  @Field(() => String, { nullable: true, description: hmac('the object, whatever the order of its members') })
  @Column('text', { nullable: true })
  objectHmac!: string | null;
}

export const CredentialPage = pageTypes('Credential', 'credentials', () => Credential);

/** What output fields may hide, by the names grants use. */
export const credentialFields: Hideable = {
  credentialStoreId: 'credential_store_id',
  scopeId: 'scope',
  name: 'name',
  description: 'description',
  username: 'attributes',
  domain: 'attributes',
  passwordHmac: 'attributes',
  privateKeyHmac: 'attributes',
  privateKeyPassphraseHmac: 'attributes',
  objectHmac: 'attributes',
};
