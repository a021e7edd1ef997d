import type { Tx } from '../core/tx.js';
import type { SealedPlace } from '../seal/seal.js';
import type { SecretKeeper } from '../seal/secret-keeper.js';
import { putSecret } from './credential-secret.store.js';
import type { Credential } from './credential.entity.js';
import {
  canonicalJson,
  credentialParts,
  type CredentialSecret,
  type SecretPart,
} from './credential.rules.js';

type Place = Pick<Credential, 'id' | 'scopeId'>;
export type Hmacs = Pick<
  Credential,
  'passwordHmac' | 'privateKeyHmac' | 'privateKeyPassphraseHmac' | 'objectHmac'
>;

/** Where the secret of a credential is sealed for. */
export const secretPlace = (id: string): SealedPlace => ({
  table: 'credential_secret',
  column: 'sealed',
  id,
});

const hmacColumns: Readonly<Record<SecretPart, string>> = {
  password: 'password_hmac',
  privateKey: 'private_key_hmac',
  privateKeyPassphrase: 'private_key_passphrase_hmac',
  object: 'object_hmac',
};

/** Makes the keyed hash of each secret part of a credential; null of those it has not. */
export async function hmacsOf(
  tx: Tx,
  secrets: SecretKeeper,
  { id, scopeId, type }: Place & Pick<Credential, 'type'>,
  secret: CredentialSecret,
): Promise<Partial<Hmacs>> {
  const hmacs: Partial<Hmacs> = {};
  for (const part of credentialParts[type].secret) {
    const value = secret[part];
    const place = { table: 'credential', column: hmacColumns[part], id };
    hmacs[`${part}Hmac`] =
      value === undefined ? null : await secrets.hmac(tx, scopeId, canonicalJson(value), place);
  }
  return hmacs;
}

/** Seals the secret of a credential that is there, and keeps it in place of the one it had. */
export async function keepSecret(
  tx: Tx,
  secrets: SecretKeeper,
  { id, scopeId }: Place,
  secret: CredentialSecret,
): Promise<void> {
  await putSecret(tx, id, await secrets.seal(tx, scopeId, JSON.stringify(secret), secretPlace(id)));
}
