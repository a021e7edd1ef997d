import type { ReadCtx } from '../core/ctx.js';
import { locateRows, readRow } from '../scope/read-row.js';
import type { Target } from './target.entity.js';
import { targetKind } from './target.kinds.js';
import { findTargetLists } from './target.store.js';

/** One target. NOT_FOUND when it is missing or hidden, FORBIDDEN without `read`. */
export function readTarget(ctx: ReadCtx, id: string): Promise<Target> {
  return readRow(ctx, targetKind, id);
}

/** The targets behind those ids as the caller may see them, null where missing or hidden. */
export function locateTargets(ctx: ReadCtx, ids: readonly string[]): Promise<(Target | null)[]> {
  return locateRows(ctx, targetKind, ids);
}

/** What targets go by and are called by, for targets that the caller has been shown. */
export async function locateTargetLists(
  ctx: ReadCtx,
  ids: readonly string[],
): Promise<(Pick<Target, 'hostSourceIds' | 'brokeredCredentialSourceIds' | 'aliases'> | null)[]> {
  const found = new Map((await findTargetLists(ctx.tx, ids)).map((lists) => [lists.id, lists]));
  return ids.map((id) => found.get(id) ?? null);
}
