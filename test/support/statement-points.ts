import type { Reader, Tx } from '../../src/core/tx';
import type { Database } from '../../src/db/database';

/** Told at each point between the statements of some work: 0 before the first, then after each one. */
export type AtPoint = (point: number) => Promise<void>;

/** A database of which every statement is counted, and that waits at each point for whoever is told of it. */
export function withPoints(database: Database, at: AtPoint): Database {
  let count = 0;
  const around = <T extends Reader>(reader: T): T => {
    const { query, rows } = reader;
    const counted =
      <Args extends unknown[], R>(run: (...args: Args) => Promise<R>) =>
      async (...args: Args): Promise<R> => {
        if (count === 0) await at(0);
        const result = await run(...args);
        count += 1;
        await at(count);
        return result;
      };
    return Object.assign(reader, { query: counted(query), rows: counted(rows) });
  };
  return {
    ...database,
    reader: around({ ...database.reader }),
    transact: (work, audit) => database.transact((tx) => work(around<Tx>(tx)), audit),
    snapshot: (work) => database.snapshot((reader) => work(around(reader))),
  };
}

/** Does something once, at one point. Whether it came to that point. */
export function once(point: number, work: () => Promise<unknown>): { at: AtPoint; wasReached(): boolean } {
  let isReached = false;
  return {
    async at(now) {
      if (now !== point || isReached) return;
      isReached = true;
      await work();
    },
    wasReached: () => isReached,
  };
}
