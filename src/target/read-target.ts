import type { ReadCtx } from '../core/ctx.js';
import { present } from '../grant/present.js';
import { requireOn } from '../grant/require.js';
import { targetFields, type Target } from './target.entity.js';
import { findHostSources, findTarget, findTargets } from './target.store.js';

/** One target. NOT_FOUND when it is missing or hidden, FORBIDDEN without `read`. */
export async function readTarget(ctx: ReadCtx, id: string): Promise<Target> {
  const { row, acl } = await requireOn(ctx, 'read', 'target', await findTarget(ctx.tx, id));
  return present(acl, 'read', 'target', row, targetFields) as Target;
}

/** The targets behind those ids as the caller may see them, null where missing or hidden. */
export async function locateTargets(ctx: ReadCtx, ids: readonly string[]): Promise<(Target | null)[]> {
  const acl = await ctx.acl();
  const found = new Map((await findTargets(ctx.tx, ids)).map((row) => [row.id, row]));
  return ids.map((id) => present(acl, 'read', 'target', found.get(id), targetFields));
}

/** The host sets that targets go by, for targets of which the caller has been shown them. */
export function locateHostSources(ctx: ReadCtx, targetIds: readonly string[]): Promise<string[][]> {
  return findHostSources(ctx.tx, targetIds);
}
