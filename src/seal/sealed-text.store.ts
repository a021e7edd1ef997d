import type { Reader, Tx } from '../core/tx.js';
import type { KeyedColumn, SealedColumn } from './sealed-columns.js';

export interface SealedText {
  readonly id: string;
  readonly sealed: string;
}

/** What a text is to become, on the condition that it is still what it was. */
export interface ResealedText extends SealedText {
  readonly resealed: string;
}

const underOlderKey = ({ dataKeyColumn }: KeyedColumn): string => `t.${dataKeyColumn} in (
  select k.id from data_key k where k.scope_id = $1 and k.purpose = 'seal' and exists (
    select from data_key n where n.scope_id = $1 and n.purpose = 'seal' and n.key_version > k.key_version))`;

/**
 * Locks some texts of a scope that are sealed under older keys of it, behind that id. Those that somebody is
 * writing are left out, or waited for.
 */
export async function lockUnderOlderKeys(
  tx: Tx,
  column: KeyedColumn,
  at: { readonly scopeId: string; readonly after: string; readonly most: number; readonly waits: boolean },
): Promise<SealedText[]> {
  const { table, idColumn, sealedColumn } = column;
  return tx.query<SealedText>(
    `select t.${idColumn} as id, t.${sealedColumn} as sealed from ${table} t
     where ${underOlderKey(column)} and t.${idColumn} > $2 order by t.${idColumn} limit $3
     for update of t${at.waits ? '' : ' skip locked'}`,
    [at.scopeId, at.after, at.most],
  );
}

export async function countUnderOlderKeys(
  reader: Reader,
  column: KeyedColumn,
  scopeId: string,
): Promise<number> {
  const [row] = await reader.query<{ count: number }>(
    `select count(*)::int as count from ${column.table} t where ${underOlderKey(column)}`,
    [scopeId],
  );
  return row?.count ?? 0;
}

/** Writes texts that are locked and now stand under that key. */
export async function writeUnderKey(
  tx: Tx,
  { table, idColumn, sealedColumn, dataKeyColumn }: KeyedColumn,
  dataKeyId: string,
  texts: readonly ResealedText[],
): Promise<void> {
  await tx.query(
    `update ${table} t set ${sealedColumn} = v.resealed, ${dataKeyColumn} = $3
     from unnest($1::text[], $2::text[]) v (id, resealed) where t.${idColumn} = v.id`,
    [texts.map(({ id }) => id), texts.map(({ resealed }) => resealed), dataKeyId],
  );
}

/** Some texts behind that id that are sealed under another root key than that one. */
export async function findUnderOtherRootKeys(
  reader: Reader,
  { table, idColumn, sealedColumn }: SealedColumn,
  at: { readonly rootKeyId: string; readonly after: string; readonly most: number },
): Promise<SealedText[]> {
  return reader.query<SealedText>(
    `select ${idColumn} as id, ${sealedColumn} as sealed from ${table}
     where split_part(${sealedColumn}, '.', 1) <> $1 and ${idColumn} > $2 order by ${idColumn} limit $3`,
    [at.rootKeyId, at.after, at.most],
  );
}

/** Writes texts that are still what they were; says how many were. */
export async function exchangeTexts(
  tx: Tx,
  { table, idColumn, sealedColumn }: SealedColumn,
  texts: readonly ResealedText[],
): Promise<number> {
  const rows = await tx.query(
    `update ${table} t set ${sealedColumn} = v.resealed
     from unnest($1::text[], $2::text[], $3::text[]) v (id, sealed, resealed)
     where t.${idColumn} = v.id and t.${sealedColumn} = v.sealed returning t.${idColumn}`,
    [texts.map(({ id }) => id), texts.map(({ sealed }) => sealed), texts.map(({ resealed }) => resealed)],
  );
  return rows.length;
}
