import type { WindowSql } from '../api/page.js';
import type { Reader, RowClass } from '../core/tx.js';
import type { ListRange } from './list-range.rules.js';

/** Where the rows of a list come from. */
export interface ListedTables {
  /** `t.*` and whatever else a row needs; `scope_parent_id` among it. */
  readonly select: string;
  readonly from: string;
  /** A condition of the rows that are in the list at all. */
  readonly where?: string;
  readonly columns: { readonly id: string };
}

/**
 * The rows of a page. The plan of a page without a filter is kept: its texts are few, and good for any values
 * because each range has an index. Filters come in many combinations, and each its own way to be narrow.
 */
export async function findListed<T extends object>(
  reader: Reader,
  type: RowClass<T>,
  page: { readonly sql: string; readonly values: readonly unknown[]; readonly isFiltered: boolean },
): Promise<T[]> {
  return reader.rows(type, page.sql, page.values, page.isFiltered ? 'fresh' : 'kept');
}

/**
 * The statement of a page. One range is read along its index. Of several, each gives its first rows, and of
 * these the first are taken: joined by OR they would be read whole and sorted.
 */
export function listedSql(
  { select, from, where: always, columns: { id } }: ListedTables,
  ranges: readonly ListRange[],
  conditions: readonly string[],
  key: string,
  { where: behind, direction, limit, orderAndLimit }: WindowSql,
): string {
  const common = [...(always === undefined ? [] : [always]), ...conditions, behind];
  const firstOf = (columns: string, range: ListRange): string =>
    `select ${columns} from ${from} where ${[...range.conditions, ...common].join(' and ')} ${orderAndLimit}`;
  const [only] = ranges;
  if (only && ranges.length === 1 && only.each === undefined) return firstOf(select, only);
  const firsts = ranges.map((range) => {
    const text = firstOf(`${id}::text as id, ${key} as key`, range);
    return range.each === undefined
      ? `(${text})`
      : `(select hit.id, hit.key from ${range.each} cross join lateral (${text}) hit)`;
  });
  const ids = `select id from (${firsts.join(' union ')}) hit order by key ${direction}, id ${direction} limit ${limit}`;
  return `select ${select} from ${from} where ${id} = any(array(${ids})) ${orderAndLimit}`;
}
