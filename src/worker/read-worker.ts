import type { ReadCtx } from '../core/ctx.js';
import { locateRows, readRow } from '../scope/read-row.js';
import type { Worker } from './worker.entity.js';
import { workerKind } from './worker.kinds.js';

/** One worker. NOT_FOUND when it is missing or hidden, FORBIDDEN without `read`. */
export function readWorker(ctx: ReadCtx, id: string): Promise<Worker> {
  return readRow(ctx, workerKind, id);
}

/** The workers behind those ids as the caller may see them, null where missing or hidden. */
export function locateWorkers(ctx: ReadCtx, ids: readonly string[]): Promise<(Worker | null)[]> {
  return locateRows(ctx, workerKind, ids);
}
