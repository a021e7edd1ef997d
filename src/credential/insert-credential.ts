import type { Tx } from '../core/tx.js';
import type { SecretKeeper } from '../seal/secret-keeper.js';
import type { CheckedParts } from './checked-parts.js';
import { Credential } from './credential.entity.js';
import type { CredentialSecret } from './credential.rules.js';
import { hmacsOf, keepSecret } from './keep-secret.js';

export type NewCredential = Pick<Credential, 'id' | 'scopeId' | 'credentialStoreId' | 'type'> &
  Partial<Pick<Credential, 'name' | 'description'>>;

/** Writes a credential and, in a row of its own, its sealed secret. */
export async function insertCredential(
  tx: Tx,
  secrets: SecretKeeper,
  row: NewCredential,
  { shown, secret }: CheckedParts & { readonly secret: CredentialSecret },
): Promise<void> {
  await tx.insert(Credential, { ...row, ...shown, ...(await hmacsOf(tx, secrets, row, secret)) });
  await keepSecret(tx, secrets, row, secret);
}
