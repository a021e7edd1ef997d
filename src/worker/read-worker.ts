import type { ReadCtx } from '../core/ctx.js';
import { present } from '../grant/present.js';
import { requireOn } from '../grant/require.js';
import { workerFields, type Worker } from './worker.entity.js';
import { findWorker, findWorkers } from './worker.store.js';

/** One worker. NOT_FOUND when it is missing or hidden, FORBIDDEN without `read`. */
export async function readWorker(ctx: ReadCtx, id: string): Promise<Worker> {
  const { row, acl } = await requireOn(ctx, 'read', 'worker', await findWorker(ctx.tx, id));
  return present(acl, 'read', 'worker', row, workerFields) as Worker;
}

/** The workers behind those ids as the caller may see them, null where missing or hidden. */
export async function locateWorkers(ctx: ReadCtx, ids: readonly string[]): Promise<(Worker | null)[]> {
  const acl = await ctx.acl();
  const found = new Map((await findWorkers(ctx.tx, ids)).map((row) => [row.id, row]));
  return ids.map((id) => present(acl, 'read', 'worker', found.get(id), workerFields));
}
