import type { ReadCtx } from '../core/ctx.js';
import { locateRows, readRow } from './read-row.js';
import type { Scope } from './scope.entity.js';
import { scopeKind } from './scope.kinds.js';

/** One scope. NOT_FOUND when it is missing or hidden, FORBIDDEN without `read`. */
export function readScope(ctx: ReadCtx, id: string): Promise<Scope> {
  return readRow(ctx, scopeKind, id);
}

/** The scopes behind those ids as the caller may see them, null where missing or hidden. */
export function locateScopes(ctx: ReadCtx, ids: readonly string[]): Promise<(Scope | null)[]> {
  return locateRows(ctx, scopeKind, ids);
}
