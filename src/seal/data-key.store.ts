import type { Reader, Tx } from '../core/tx.js';
import { underDataKeys } from './sealed-columns.js';

/** `seal` keys encrypt and are rotated; the `hmac` key of a scope stays, so that its hashes can be compared. */
export const dataKeyPurposes = ['seal', 'hmac'] as const;
export type DataKeyPurpose = (typeof dataKeyPurposes)[number];

export interface DataKey {
  readonly id: string;
  readonly scopeId: string;
  readonly purpose: DataKeyPurpose;
  readonly keyVersion: number;
  readonly wrappedKey: string;
}

const columns = 'id, scope_id, purpose, key_version, wrapped_key';

/**
 * The newest key of a scope; null when it has none yet. It is held until the end of the transaction, so that
 * it is not destroyed before what is being sealed under it is there.
 */
export async function holdCurrentDataKey(
  tx: Tx,
  scopeId: string,
  purpose: DataKeyPurpose,
): Promise<DataKey | null> {
  const [row] = await tx.query<DataKey>(
    `select ${columns} from data_key where scope_id = $1 and purpose = $2
     order by key_version desc limit 1 for key share`,
    [scopeId, purpose],
  );
  return row ?? null;
}

export async function findDataKey(reader: Reader, id: string): Promise<DataKey | null> {
  const [row] = await reader.query<DataKey>(`select ${columns} from data_key where id = $1`, [id]);
  return row ?? null;
}

/** Writes a key, unless there is one of that version or a later one: one that is being made is waited for. Then null. */
export async function insertDataKey(tx: Tx, key: DataKey): Promise<DataKey | null> {
  const [row] = await tx.query<DataKey>(
    `insert into data_key (${columns}) select $1, $2::text, $3::text, $4::integer, $5
     where not exists (select from data_key where scope_id = $2::text and purpose = $3::text and key_version > $4::integer)
     on conflict (scope_id, purpose, key_version) do nothing returning ${columns}`,
    [key.id, key.scopeId, key.purpose, key.keyVersion, key.wrappedKey],
  );
  return row ?? null;
}

/** A key as it is shown. */
export interface DataKeyVersion {
  readonly id: string;
  readonly purpose: DataKeyPurpose;
  readonly version: number;
  readonly createdAt: string;
  readonly secretCount: number;
  readonly isCurrent: boolean;
}

const secretCountSql = underDataKeys
  .map(({ table, dataKeyColumn }) => `(select count(*)::int from ${table} t where t.${dataKeyColumn} = k.id)`)
  .join(' + ');

/** The keys of a scope, newest first. */
export async function findDataKeyVersions(reader: Reader, scopeId: string): Promise<DataKeyVersion[]> {
  return reader.query<DataKeyVersion>(
    `select k.id, k.purpose, k.key_version as version, k.created_at, ${secretCountSql} as secret_count,
       k.key_version = max(k.key_version) over (partition by k.purpose) as is_current
     from data_key k where k.scope_id = $1 order by k.purpose desc, k.key_version desc`,
    [scopeId],
  );
}

/** Holds off whoever would make a key of the scope as well; says which version is the newest, 0 where there is none. */
export async function lockNewestVersion(tx: Tx, scopeId: string, purpose: DataKeyPurpose): Promise<number> {
  await tx.query('select from scope where id = $1 for no key update', [scopeId]);
  const [row] = await tx.query<{ newest: number }>(
    'select coalesce(max(key_version), 0) as newest from data_key where scope_id = $1 and purpose = $2',
    [scopeId, purpose],
  );
  return row?.newest ?? 0;
}

/** Locks a key of that scope when all that is being sealed under it is there; null when there is no such key. */
export async function lockDataKey(tx: Tx, scopeId: string, id: string): Promise<DataKey | null> {
  const [row] = await tx.query<DataKey>(
    `select ${columns} from data_key where id = $1 and scope_id = $2 for update`,
    [id, scopeId],
  );
  return row ?? null;
}

export async function deleteDataKey(tx: Tx, id: string): Promise<void> {
  await tx.query('delete from data_key where id = $1', [id]);
}

/**
 * Waits until whoever still seals under an older key of the scope has done so. Who begins now takes the newest.
 */
export async function waitForOlderKeys(tx: Tx, scopeId: string): Promise<void> {
  await tx.query(
    `select from data_key k where scope_id = $1 and purpose = 'seal' and exists (
       select from data_key n where n.scope_id = $1 and n.purpose = 'seal' and n.key_version > k.key_version)
     for update`,
    [scopeId],
  );
}
