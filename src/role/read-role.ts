import type { ReadCtx } from '../core/ctx.js';
import { locateRows, readRow } from '../scope/read-row.js';
import type { Role } from './role.entity.js';
import { roleKind } from './role.kinds.js';

/** One role. NOT_FOUND when it is missing or hidden, FORBIDDEN without `read`. */
export function readRole(ctx: ReadCtx, id: string): Promise<Role> {
  return readRow(ctx, roleKind, id);
}

/** The roles behind those ids as the caller may see them, null where missing or hidden. */
export function locateRoles(ctx: ReadCtx, ids: readonly string[]): Promise<(Role | null)[]> {
  return locateRows(ctx, roleKind, ids);
}
