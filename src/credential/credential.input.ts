import { ArgsType, Field, ID, InputType } from 'type-graphql';
import { CreateInput, deleteInput, UpdateInput } from '../api/change.input.js';
import { JSONObject } from '../api/scalars.js';
import { ResourcePageArgs } from '../scope/resource.input.js';
import type {
  CreateCredentialStoreInput as NewStore,
  UpdateCredentialStoreInput as StorePatch,
} from './change-credential-store.js';
import type {
  CreateCredentialInput as NewCredential,
  UpdateCredentialInput as CredentialPatch,
} from './change-credential.js';
import type { StoreArgs } from './list-credentials.js';

@ArgsType()
export class CredentialListArgs extends ResourcePageArgs implements StoreArgs {
  @Field(() => ID, { description: 'Credential store to list.' })
  credentialStoreId!: string;
}

@InputType('CreateCredentialStoreInput', { description: 'Makes a credential store in a project.' })
export class CreateCredentialStoreInput extends CreateInput implements NewStore {
  @Field(() => ID, { description: 'Project it is to live in.' })
  scopeId!: string;
}

@InputType('UpdateCredentialStoreInput', { description: 'Changes a credential store.' })
export class UpdateCredentialStoreInput extends UpdateInput implements StorePatch {}

export const DeleteCredentialStoreInput = deleteInput(
  'DeleteCredentialStoreInput',
  'a credential store with its credentials',
);

const usernameRule = 'User name as the service knows it, 1 to 256 printable characters.';
const domainRule = 'Domain of the user, 1 to 256 printable characters.';
const passwordRule = 'Password, at most 1024 bytes.';
const keyRule =
  'Private key for ssh, as OpenSSH or PEM has it, at most 16384 bytes. If it is encrypted, its passphrase must open it.';
const objectRule = 'An object of JSON that is not empty, at most 32768 bytes.';

@InputType()
abstract class CreateCredentialInput extends CreateInput implements NewCredential {
  @Field(() => ID, { description: 'Store it is to belong to.' })
  credentialStoreId!: string;
}

@InputType('CreateUsernamePasswordCredentialInput', { description: 'Makes a user name and a password.' })
export class CreateUsernamePasswordCredentialInput extends CreateCredentialInput {
  @Field(() => String, { description: usernameRule })
  username!: string;

  @Field(() => String, { description: passwordRule })
  password!: string;
}

@InputType('CreateUsernamePasswordDomainCredentialInput', {
  description: 'Makes a user name and a password in a domain.',
})
export class CreateUsernamePasswordDomainCredentialInput extends CreateUsernamePasswordCredentialInput {
  @Field(() => String, { description: domainRule })
  domain!: string;
}

@InputType('CreatePasswordCredentialInput', { description: 'Makes a password alone.' })
export class CreatePasswordCredentialInput extends CreateCredentialInput {
  @Field(() => String, { description: passwordRule })
  password!: string;
}

@InputType('CreateSshPrivateKeyCredentialInput', {
  description: 'Makes a user name and a private key for ssh.',
})
export class CreateSshPrivateKeyCredentialInput extends CreateCredentialInput {
  @Field(() => String, { description: usernameRule })
  username!: string;

  @Field(() => String, { description: keyRule })
  privateKey!: string;

  @Field(() => String, { nullable: true, description: 'Passphrase of an encrypted key, at most 1024 bytes.' })
  privateKeyPassphrase?: string | null;
}

@InputType('CreateJsonCredentialInput', { description: 'Makes an object of JSON.' })
export class CreateJsonCredentialInput extends CreateCredentialInput {
  @Field(() => JSONObject, { description: objectRule })
  object!: object;
}

const ofItsType = 'Left out it stays; no part of a credential of another type.';

@InputType('UpdateCredentialInput', {
  description: 'Changes a credential. A secret that is given takes the place of the one there was.',
})
export class UpdateCredentialInput extends UpdateInput implements CredentialPatch {
  @Field(() => String, { nullable: true, description: `${usernameRule} ${ofItsType}` })
  username?: string | null;

  @Field(() => String, { nullable: true, description: `${domainRule} ${ofItsType}` })
  domain?: string | null;

  @Field(() => String, { nullable: true, description: `${passwordRule} ${ofItsType}` })
  password?: string | null;

  @Field(() => String, { nullable: true, description: `${keyRule} ${ofItsType}` })
  privateKey?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Passphrase of the key that is given with it; a key that is given without has none.',
  })
  privateKeyPassphrase?: string | null;

  @Field(() => JSONObject, { nullable: true, description: `${objectRule} ${ofItsType}` })
  object?: object | null;
}

export const DeleteCredentialInput = deleteInput('DeleteCredentialInput', 'a credential with its secret');
