import type { ReadCtx } from '../core/ctx.js';
import { present } from '../grant/present.js';
import { requireOn } from '../grant/require.js';
import { targetFields, type Target } from './target.entity.js';
import { findTarget, findTargetLists, findTargetRows } from './target.store.js';

/** One target. NOT_FOUND when it is missing or hidden, FORBIDDEN without `read`. */
export async function readTarget(ctx: ReadCtx, id: string): Promise<Target> {
  const { row, acl } = await requireOn(ctx, 'read', 'target', await findTarget(ctx.tx, id));
  return present(acl, 'read', 'target', row, targetFields) as Target;
}

/** The targets behind those ids as the caller may see them, null where missing or hidden. */
export async function locateTargets(ctx: ReadCtx, ids: readonly string[]): Promise<(Target | null)[]> {
  const acl = await ctx.acl();
  const found = new Map((await findTargetRows(ctx.tx, ids)).map((row) => [row.id, row]));
  return ids.map((id) => present(acl, 'read', 'target', found.get(id), targetFields));
}

/** What targets go by and are called by, for targets that the caller has been shown. */
export async function locateTargetLists(
  ctx: ReadCtx,
  ids: readonly string[],
): Promise<(Pick<Target, 'hostSourceIds' | 'aliases'> | null)[]> {
  const found = new Map((await findTargetLists(ctx.tx, ids)).map((lists) => [lists.id, lists]));
  return ids.map((id) => found.get(id) ?? null);
}
