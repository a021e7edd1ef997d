import type { Reader, Tx } from '../core/tx.js';
import type { SealedSecret } from '../seal/secret-keeper.js';
import type { Credential } from './credential.entity.js';

/** Keeps the sealed secret of a credential, in the place of the one it had. */
export async function putSecret(
  tx: Tx,
  credentialId: string,
  { dataKeyId, sealed }: SealedSecret,
): Promise<void> {
  await tx.query(
    `insert into credential_secret (credential_id, data_key_id, sealed) values ($1, $2, $3)
     on conflict (credential_id) do update set data_key_id = excluded.data_key_id, sealed = excluded.sealed`,
    [credentialId, dataKeyId, sealed],
  );
}

/** A credential with its secret as it is kept; null when that is gone. */
export type SealedCredential = Omit<Credential, 'scopeParentId' | 'authorizedActions' | 'standsIn'> & {
  readonly sealed: string | null;
};

/** Those credentials with their sealed secrets, by their ids in order. For nothing but to open them. */
export async function findSealed(reader: Reader, ids: readonly string[]): Promise<SealedCredential[]> {
  return reader.query<SealedCredential>(
    `select c.*, k.sealed from credential c left join credential_secret k on k.credential_id = c.id
     where c.id = any($1::text[]) order by c.id`,
    [ids],
  );
}
