import type { ReadCtx } from '../core/ctx.js';
import { present } from '../grant/present.js';
import { requireOn } from '../grant/require.js';
import { hostCatalogFields, type HostCatalog } from './host-catalog.entity.js';
import { hostSetFields, type HostSet } from './host-set.entity.js';
import { hostFields, type Host } from './host.entity.js';
import { findHostCatalog, findHostCatalogs, findHosts, findHostSets } from './host.store.js';

/** One host catalog. NOT_FOUND when it is missing or hidden, FORBIDDEN without `read`. */
export async function readHostCatalog(ctx: ReadCtx, id: string): Promise<HostCatalog> {
  const { row, acl } = await requireOn(ctx, 'read', 'host-catalog', await findHostCatalog(ctx.tx, id));
  return present(acl, 'read', 'host-catalog', row, hostCatalogFields) as HostCatalog;
}

/** One host. NOT_FOUND when it is missing or hidden, FORBIDDEN without `read`. */
export async function readHost(ctx: ReadCtx, id: string): Promise<Host> {
  const found = (await findHosts(ctx.tx, [id]))[0];
  const pin = found?.hostCatalogId ?? null;
  const { row, acl } = await requireOn(ctx, 'read', 'host', found, pin);
  return present(acl, 'read', 'host', row, hostFields, pin) as Host;
}

/** One host set. NOT_FOUND when it is missing or hidden, FORBIDDEN without `read`. */
export async function readHostSet(ctx: ReadCtx, id: string): Promise<HostSet> {
  const found = (await findHostSets(ctx.tx, [id]))[0];
  const pin = found?.hostCatalogId ?? null;
  const { row, acl } = await requireOn(ctx, 'read', 'host-set', found, pin);
  return present(acl, 'read', 'host-set', row, hostSetFields, pin) as HostSet;
}

/** The catalogs behind those ids as the caller may see them, null where missing or hidden. */
export async function locateHostCatalogs(
  ctx: ReadCtx,
  ids: readonly string[],
): Promise<(HostCatalog | null)[]> {
  const acl = await ctx.acl();
  const found = new Map((await findHostCatalogs(ctx.tx, ids)).map((row) => [row.id, row]));
  return ids.map((id) => present(acl, 'read', 'host-catalog', found.get(id), hostCatalogFields));
}

/** The hosts behind those ids as the caller may see them, null where missing or hidden. */
export async function locateHosts(ctx: ReadCtx, ids: readonly string[]): Promise<(Host | null)[]> {
  const acl = await ctx.acl();
  const found = new Map((await findHosts(ctx.tx, ids)).map((row) => [row.id, row]));
  return ids.map((id) => {
    const row = found.get(id);
    return present(acl, 'read', 'host', row, hostFields, row?.hostCatalogId ?? null);
  });
}

/** The host sets behind those ids as the caller may see them, null where missing or hidden. */
export async function locateHostSets(ctx: ReadCtx, ids: readonly string[]): Promise<(HostSet | null)[]> {
  const acl = await ctx.acl();
  const found = new Map((await findHostSets(ctx.tx, ids)).map((row) => [row.id, row]));
  return ids.map((id) => {
    const row = found.get(id);
    return present(acl, 'read', 'host-set', row, hostSetFields, row?.hostCatalogId ?? null);
  });
}
