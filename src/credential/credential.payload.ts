import { deletedType, payloadType } from '../api/payload.js';
import { CredentialStore } from './credential-store.entity.js';
import { Credential } from './credential.entity.js';

const storePayload = (mutation: string) => payloadType(mutation, 'credentialStore', () => CredentialStore);
const credentialPayload = (mutation: string) => payloadType(mutation, 'credential', () => Credential);

export const CreateCredentialStorePayload = storePayload('createCredentialStore');
export const UpdateCredentialStorePayload = storePayload('updateCredentialStore');
export const DeleteCredentialStorePayload = deletedType('deleteCredentialStore');

export const CreateUsernamePasswordCredentialPayload = credentialPayload('createUsernamePasswordCredential');
export const CreateUsernamePasswordDomainCredentialPayload = credentialPayload(
  'createUsernamePasswordDomainCredential',
);
export const CreatePasswordCredentialPayload = credentialPayload('createPasswordCredential');
export const CreateSshPrivateKeyCredentialPayload = credentialPayload('createSshPrivateKeyCredential');
export const CreateJsonCredentialPayload = credentialPayload('createJsonCredential');
export const UpdateCredentialPayload = credentialPayload('updateCredential');
export const DeleteCredentialPayload = deletedType('deleteCredential');
