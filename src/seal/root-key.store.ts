import type { Reader, Tx } from '../core/tx.js';
import { underRootKey } from './sealed-columns.js';

/** The fingerprint of the key this database belongs to; null when it has none yet. Safe before migrating. */
export async function fingerprintOf(reader: Reader): Promise<string | null> {
  const [found] = await reader.query<{ present: boolean }>(
    `select to_regclass('root_key') is not null as present`,
  );
  if (!found?.present) return null;
  const [row] = await reader.query<{ fingerprint: string }>('select fingerprint from root_key');
  return row?.fingerprint ?? null;
}

/** Ties a new database to its root key; one that belongs to a key already stays with that. */
export async function claimFingerprint(reader: Reader, fingerprint: string): Promise<void> {
  await reader.query('insert into root_key (fingerprint) values ($1) on conflict do nothing', [fingerprint]);
}

/** Ties the database to another root key than before; false when it was tied to that one already. */
export async function moveFingerprint(tx: Tx, fingerprint: string): Promise<boolean> {
  const rows = await tx.query(
    'update root_key set fingerprint = $1, created_at = postern_now() where fingerprint <> $1 returning fingerprint',
    [fingerprint],
  );
  return rows.length > 0;
}

/** A root key, and how much it has sealed. */
export interface RootKeyUse {
  readonly rootKeyId: string;
  readonly count: number;
}

/** The root keys that have sealed what is in the database. Safe before migrating. */
export async function findRootKeyUses(reader: Reader): Promise<RootKeyUse[]> {
  const present = await reader.query<{ tableName: string; columnName: string }>(
    `select table_name::text, column_name::text from information_schema.columns
     where table_schema = current_schema() and table_name = any($1::text[])`,
    [underRootKey.map(({ table }) => table)],
  );
  const selects = underRootKey
    .filter(({ table, sealedColumn }) =>
      present.some(({ tableName, columnName }) => tableName === table && columnName === sealedColumn),
    )
    .map(({ table, sealedColumn }) => `select ${sealedColumn} as sealed from ${table}`);
  if (selects.length === 0) return [];
  return reader.query<RootKeyUse>(
    `select split_part(sealed, '.', 1) as root_key_id, count(*)::int as count
     from (${selects.join(' union all ')}) s where sealed is not null group by 1 order by 1`,
  );
}
