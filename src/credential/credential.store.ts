import type { Reader } from '../core/tx.js';
import { CredentialStore } from './credential-store.entity.js';
import { Credential } from './credential.entity.js';

export const storeColumns = 'w.*, s.parent_id as scope_parent_id';
export const storeTables = 'credential_store w join scope s on s.id = w.scope_id';

export const credentialColumns = 'c.*, s.parent_id as scope_parent_id';
export const credentialTables = 'credential c join scope s on s.id = c.scope_id';

export async function findCredentialStores(
  reader: Reader,
  ids: readonly string[],
): Promise<CredentialStore[]> {
  return reader.rows(
    CredentialStore,
    `select ${storeColumns} from ${storeTables} where w.id = any($1::text[])`,
    [ids],
  );
}

export async function findCredentialStore(reader: Reader, id: string): Promise<CredentialStore | null> {
  return (await findCredentialStores(reader, [id]))[0] ?? null;
}

export async function findCredentials(reader: Reader, ids: readonly string[]): Promise<Credential[]> {
  return reader.rows(
    Credential,
    `select ${credentialColumns} from ${credentialTables} where c.id = any($1::text[])`,
    [ids],
  );
}
