import type { ReadCtx } from '../core/ctx.js';
import { locateRows, readRow } from '../scope/read-row.js';
import type { Group } from './group.entity.js';
import { groupKind } from './group.kinds.js';

/** One group. NOT_FOUND when it is missing or hidden, FORBIDDEN without `read`. */
export function readGroup(ctx: ReadCtx, id: string): Promise<Group> {
  return readRow(ctx, groupKind, id);
}

/** The groups behind those ids as the caller may see them, null where missing or hidden. */
export function locateGroups(ctx: ReadCtx, ids: readonly string[]): Promise<(Group | null)[]> {
  return locateRows(ctx, groupKind, ids);
}
