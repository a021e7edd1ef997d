import { Field, ID, ObjectType } from 'type-graphql';
import { JSONObject } from '../api/scalars.js';
import { CredentialStoreTypeEnum } from '../credential/credential-store.entity.js';
import { CredentialTypeEnum } from '../credential/credential.entity.js';
import type { CredentialType } from '../credential/credential.rules.js';
import type { OpenedCredential } from '../credential/open-credentials.js';

@ObjectType({ description: 'Where a credential that was handed out comes from.' })
export class SessionCredentialSource {
  @Field(() => ID, { description: 'Identifier of the credential.' })
  id!: string;

  @Field(() => String, { nullable: true, description: 'Name of the credential.' })
  name!: string | null;

  @Field(() => String, { nullable: true, description: 'Description of the credential.' })
  description!: string | null;

  @Field(() => ID, { description: 'Store that owns it.' })
  credentialStoreId!: string;

  @Field(() => CredentialStoreTypeEnum, { description: 'Where the credentials of that store come from.' })
  type!: 'static';

  @Field(() => CredentialTypeEnum, {
    description: 'What it is made of, which says what stands beside it here.',
  })
  credentialType!: CredentialType;
}

@ObjectType({
  description:
    'A credential in clear, for the one who may connect with it. Shown once, with the authorization.',
})
export class SessionCredential {
  @Field(() => SessionCredentialSource, { description: 'Where it comes from.' })
  source!: SessionCredentialSource;

  @Field(() => JSONObject, {
    description: 'All of it as one object, with the names that the fields have in JSON.',
  })
  secret!: object;

  @Field(() => String, { nullable: true, description: 'User name.' })
  username!: string | null;

  @Field(() => String, { nullable: true, description: 'Password.' })
  password!: string | null;

  @Field(() => String, { nullable: true, description: 'Domain of the user.' })
  domain!: string | null;

  @Field(() => String, { nullable: true, description: 'Private key for ssh.' })
  privateKey!: string | null;

  @Field(() => String, { nullable: true, description: 'Passphrase of the private key, if it is encrypted.' })
  privateKeyPassphrase!: string | null;

  @Field(() => JSONObject, { nullable: true, description: 'Object of JSON.' })
  object!: object | null;
}

/** A credential as the authorization of a session shows it. */
export function sessionCredentialOf({ credential, secret }: OpenedCredential): SessionCredential {
  const { id, name, description, credentialStoreId, type: credentialType, username, domain } = credential;
  const { password = null, privateKey = null, privateKeyPassphrase = null, object = null } = secret;
  const named = { username, password, domain, private_key: privateKey };
  const parts = { ...named, private_key_passphrase: privateKeyPassphrase };
  return {
    source: { id, name, description, credentialStoreId, type: 'static', credentialType },
    secret: object ?? Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== null)),
    ...{ username, password, domain, privateKey, privateKeyPassphrase, object },
  };
}
