import type { BrokeredCredential } from '../../src/cli/connect/brokered-credential';

type Parts = Partial<
  Pick<BrokeredCredential, 'username' | 'password' | 'privateKey' | 'privateKeyPassphrase' | 'object'>
> & { readonly domain?: string };

/** A credential as the API hands it out, of those parts. */
export function brokered(parts: Parts): BrokeredCredential {
  const nothing = {
    username: null,
    password: null,
    privateKey: null,
    privateKeyPassphrase: null,
    object: null,
  };
  return {
    source: {
      ...{ id: 'credup_1234567890', name: null, description: null },
      ...{ credentialStoreId: 'csst_1234567890', type: 'STATIC', credentialType: 'USERNAME_PASSWORD' },
    },
    secret: parts.object ?? parts,
    ...nothing,
    ...parts,
  };
}
