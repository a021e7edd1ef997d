import type { ReadCtx } from '../core/ctx.js';
import { locateRows, readRow } from '../scope/read-row.js';
import type { HostCatalog } from './host-catalog.entity.js';
import type { HostSet } from './host-set.entity.js';
import type { Host } from './host.entity.js';
import { hostCatalogKind, hostKind, hostSetKind } from './host.kinds.js';

/** One host catalog. NOT_FOUND when it is missing or hidden, FORBIDDEN without `read`. */
export function readHostCatalog(ctx: ReadCtx, id: string): Promise<HostCatalog> {
  return readRow(ctx, hostCatalogKind, id);
}

/** The host catalogs behind those ids as the caller may see them, null where missing or hidden. */
export function locateHostCatalogs(ctx: ReadCtx, ids: readonly string[]): Promise<(HostCatalog | null)[]> {
  return locateRows(ctx, hostCatalogKind, ids);
}

/** One host. NOT_FOUND when it is missing or hidden, FORBIDDEN without `read`. */
export function readHost(ctx: ReadCtx, id: string): Promise<Host> {
  return readRow(ctx, hostKind, id);
}

/** The hosts behind those ids as the caller may see them, null where missing or hidden. */
export function locateHosts(ctx: ReadCtx, ids: readonly string[]): Promise<(Host | null)[]> {
  return locateRows(ctx, hostKind, ids);
}

/** One host set. NOT_FOUND when it is missing or hidden, FORBIDDEN without `read`. */
export function readHostSet(ctx: ReadCtx, id: string): Promise<HostSet> {
  return readRow(ctx, hostSetKind, id);
}

/** The host sets behind those ids as the caller may see them, null where missing or hidden. */
export function locateHostSets(ctx: ReadCtx, ids: readonly string[]): Promise<(HostSet | null)[]> {
  return locateRows(ctx, hostSetKind, ids);
}
