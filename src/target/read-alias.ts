import type { ReadCtx } from '../core/ctx.js';
import { locateRows, readRow } from '../scope/read-row.js';
import type { Alias } from './alias.entity.js';
import { aliasKind } from './target.kinds.js';

/** One alias. NOT_FOUND when it is missing or hidden, FORBIDDEN without `read`. */
export function readAlias(ctx: ReadCtx, id: string): Promise<Alias> {
  return readRow(ctx, aliasKind, id);
}

/** The aliases behind those ids as the caller may see them, null where missing or hidden. */
export function locateAliases(ctx: ReadCtx, ids: readonly string[]): Promise<(Alias | null)[]> {
  return locateRows(ctx, aliasKind, ids);
}
