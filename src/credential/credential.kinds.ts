import type { Kind } from '../scope/change-row.js';
import { CredentialStore, credentialStoreFields } from './credential-store.entity.js';
import { Credential, credentialFields } from './credential.entity.js';
import { findCredentials, findCredentialStores } from './credential.store.js';

export const credentialStoreKind: Kind<CredentialStore> = {
  type: 'credential-store',
  findAll: findCredentialStores,
  fields: credentialStoreFields,
};

export const credentialKind: Kind<Credential> = {
  type: 'credential',
  findAll: findCredentials,
  fields: credentialFields,
  pinOf: (credential) => credential.credentialStoreId,
};
