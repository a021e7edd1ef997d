import type { Reader, Tx } from '../core/tx.js';

/** `seal` keys encrypt and are rotated; the `hmac` key of a scope stays, so that its hashes can be compared. */
export type DataKeyPurpose = 'seal' | 'hmac';

export interface DataKey {
  readonly id: string;
  readonly scopeId: string;
  readonly purpose: DataKeyPurpose;
  readonly keyVersion: number;
  readonly wrappedKey: string;
}

const columns = 'id, scope_id, purpose, key_version, wrapped_key';

/** The newest key of a scope; null when it has none yet. */
export async function findCurrentDataKey(
  reader: Reader,
  scopeId: string,
  purpose: DataKeyPurpose,
): Promise<DataKey | null> {
  const [row] = await reader.query<DataKey>(
    `select ${columns} from data_key where scope_id = $1 and purpose = $2 order by key_version desc limit 1`,
    [scopeId, purpose],
  );
  return row ?? null;
}

export async function findDataKey(reader: Reader, id: string): Promise<DataKey | null> {
  const [row] = await reader.query<DataKey>(`select ${columns} from data_key where id = $1`, [id]);
  return row ?? null;
}

/** Writes a key, unless another of that version was first: then that is waited for, and null. */
export async function insertDataKey(tx: Tx, key: DataKey): Promise<DataKey | null> {
  const [row] = await tx.query<DataKey>(
    `insert into data_key (${columns}) values ($1, $2, $3, $4, $5)
     on conflict (scope_id, purpose, key_version) do nothing returning ${columns}`,
    [key.id, key.scopeId, key.purpose, key.keyVersion, key.wrappedKey],
  );
  return row ?? null;
}
