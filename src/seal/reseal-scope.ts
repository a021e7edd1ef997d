import type { Clock } from '../core/clock.js';
import type { Log } from '../core/log.js';
import type { Reader, Transactor, Tx } from '../core/tx.js';
import { waitForOlderKeys } from './data-key.store.js';
import { underDataKeys, type KeyedColumn } from './sealed-columns.js';
import {
  countUnderOlderKeys,
  lockUnderOlderKeys,
  writeUnderKey,
  type ResealedText,
} from './sealed-text.store.js';
import type { SecretKeeper } from './secret-keeper.js';

export interface ResealParts {
  readonly database: Transactor;
  readonly secrets: SecretKeeper;
  readonly clock: Clock;
  readonly log: Log;
  /** How long one call goes on at most; what is left then is for the next. */
  readonly mostMs: number;
}

export interface Resealed {
  readonly resealedCount: number;
  /** What is still under older keys: time was up, or it does not open. */
  readonly remainingCount: number;
}

/** A writer waits for a batch at most: some 50 ms. */
const batchSize = 100;

/**
 * Seals again, under the newest key of a scope, what older ones of it have sealed, a batch in a transaction. Nobody is
 * held up: what is being written is passed over at first. In the end, those who still seal under an older key are
 * waited for, and what they wrote is sealed again too. What does not open stays as it is, and is logged.
 */
export async function resealScope(parts: ResealParts, scopeId: string): Promise<Resealed> {
  const { database, clock, mostMs } = parts;
  const endsAt = clock.monotonicMs() + mostMs;
  const isLate = (): boolean => clock.monotonicMs() > endsAt;
  let resealedCount = await pass(parts, scopeId, false, isLate);
  if (!isLate() || (await countRemaining(database.reader, scopeId)) === 0) {
    await database.transact((tx) => waitForOlderKeys(tx, scopeId));
    resealedCount += await pass(parts, scopeId, true, isLate);
  }
  return { resealedCount, remainingCount: await countRemaining(database.reader, scopeId) };
}

/** How many secrets of a scope are sealed under older keys of it. */
export async function countRemaining(reader: Reader, scopeId: string): Promise<number> {
  let count = 0;
  for (const column of underDataKeys) count += await countUnderOlderKeys(reader, column, scopeId);
  return count;
}

async function pass(
  parts: ResealParts,
  scopeId: string,
  waits: boolean,
  isLate: () => boolean,
): Promise<number> {
  let count = 0;
  for (const column of underDataKeys) {
    let last: string | undefined = '';
    while (last !== undefined && !isLate()) {
      const after: string = last;
      const batch: Batch = await parts.database.transact((tx) =>
        resealBatch(parts, tx, column, { scopeId, after, most: batchSize, waits }),
      );
      count += batch.count;
      last = batch.last;
    }
  }
  return count;
}

interface Batch {
  readonly count: number;
  /** Id of the last text of it; none when there was none. */
  readonly last: string | undefined;
}

async function resealBatch(
  { secrets, log }: ResealParts,
  tx: Tx,
  column: KeyedColumn,
  at: Parameters<typeof lockUnderOlderKeys>[2],
): Promise<Batch> {
  const texts = await lockUnderOlderKeys(tx, column, at);
  if (texts.length === 0) return { count: 0, last: undefined };
  const placed = texts.map(({ id, sealed }) => ({ sealed, place: column.place(id) }));
  const { dataKeyId, results } = await secrets.reseal(tx, at.scopeId, placed);
  const written = texts.flatMap((text, i): ResealedText[] => {
    const result = results[i];
    if (typeof result === 'string') return [{ ...text, resealed: result }];
    const facts = { table: column.table, resource: text.id, reason: String(result) };
    log.error('what is sealed does not open', facts);
    return [];
  });
  await writeUnderKey(tx, column, dataKeyId, written);
  return { count: written.length, last: texts.at(-1)?.id };
}
