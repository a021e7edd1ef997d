import type { Transactor } from '../core/tx.js';
import { findRootKeyUses, moveFingerprint } from './root-key.store.js';
import type { RootKeys } from './root-key.js';
import { sealer, type Sealer } from './seal.js';
import { underRootKey, type SealedColumn } from './sealed-columns.js';
import { exchangeTexts, findUnderOtherRootKeys, type ResealedText } from './sealed-text.store.js';

/** How far it is: of what other root keys had sealed, so much is under the first now. */
export interface RewrapProgress {
  readonly table: string;
  readonly doneCount: number;
}

export interface Rewrapped {
  /** By the name of the table: how much is under the first root key now that was not. */
  readonly doneCounts: Readonly<Record<string, number>>;
  /** What is still under another key: it does not open, or a server goes on sealing under that key. */
  readonly remainingCount: number;
  /** What does not open, `data_key dk_0123456789`. */
  readonly unopened: readonly string[];
  /** Whether the database belonged to another root key before. */
  readonly hasMoved: boolean;
}

const batchSize = 200;
const mostPasses = 5;

/**
 * Puts all that other root keys have sealed under the first one, in small transactions, and ties the database to it
 * when nothing is left. May be stopped at any point and run again, beside servers that have both keys: a text that
 * changes meanwhile is looked at again.
 */
export async function rewrapRootKey(
  database: Transactor,
  roots: RootKeys,
  onProgress: (progress: RewrapProgress) => void = () => {},
): Promise<Rewrapped> {
  const seal = sealer(...roots);
  const rootKeyId = roots[0].fingerprint;
  const doneCounts: Record<string, number> = {};
  const unopened = new Set<string>();
  for (const column of underRootKey) {
    const { table } = column;
    doneCounts[table] = 0;
    for (let round = 1, found = 1; found > 0 && round <= mostPasses; round++) {
      found = 0;
      for (let after: string | undefined = ''; after !== undefined;) {
        const texts = await findUnderOtherRootKeys(database.reader, column, {
          rootKeyId,
          after,
          most: batchSize,
        });
        after = texts.at(-1)?.id;
        const resealed = texts.flatMap((text) => renewed(seal, column, text, unopened));
        if (resealed.length === 0) continue;
        found += resealed.length;
        doneCounts[table] += await database.transact((tx) => exchangeTexts(tx, column, resealed));
        onProgress({ table, doneCount: doneCounts[table] });
      }
    }
  }
  const uses = await findRootKeyUses(database.reader);
  const remainingCount = uses.reduce((sum, use) => sum + (use.rootKeyId === rootKeyId ? 0 : use.count), 0);
  const hasMoved = remainingCount === 0 && (await database.transact((tx) => moveFingerprint(tx, rootKeyId)));
  return { doneCounts, remainingCount, unopened: [...unopened], hasMoved };
}

function renewed(
  seal: Sealer,
  column: SealedColumn,
  text: { readonly id: string; readonly sealed: string },
  unopened: Set<string>,
): ResealedText[] {
  const place = column.place(text.id);
  try {
    return [{ ...text, resealed: seal.seal(seal.open(text.sealed, place), place) }];
  } catch {
    unopened.add(`${column.table} ${text.id}`);
    return [];
  }
}
