import type { Reader, RowClass } from '../core/tx.js';

/** Rows of a list that meet the conditions, which are text of ours; values come as parameters. */
export async function findListed<T extends object>(
  reader: Reader,
  listing: { readonly entity: RowClass<T>; readonly select: string; readonly from: string },
  wanted: {
    readonly conditions: readonly string[];
    readonly orderAndLimit: string;
    readonly values: readonly unknown[];
  },
): Promise<T[]> {
  return reader.rows(
    listing.entity,
    `select ${listing.select} from ${listing.from} where ${wanted.conditions.join(' and ')} ${wanted.orderAndLimit}`,
    wanted.values,
  );
}
