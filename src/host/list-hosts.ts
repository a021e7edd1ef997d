import { pageWindow, type Page, type PageArgs } from '../api/page.js';
import type { Request } from '../api/request.js';
import { Params } from '../grant/list-predicate.js';
import { notFound, protectedCollection, protectedRow, requireOnCollection } from '../grant/require.js';
import { idActionsOf } from '../grant/resource-type.js';
import { listInScope, type ScopeArgs } from '../scope/list-in-scope.js';
import { fetchPage, listKey, noFilter, type ListedRow, type Listing } from '../scope/listing.js';
import { HostCatalog, hostCatalogFields } from './host-catalog.entity.js';
import { HostSet, hostSetFields } from './host-set.entity.js';
import { Host, hostFields } from './host.entity.js';
import {
  catalogColumns,
  catalogTables,
  findHostCatalog,
  hostColumns,
  hostSetColumns,
  hostSetTables,
  hostTables,
} from './host.store.js';

const catalogs: Listing<HostCatalog> = {
  type: 'host-catalog',
  entity: HostCatalog,
  select: catalogColumns,
  from: catalogTables,
  columns: { id: 'c.id', scopeId: 'c.scope_id', scopeParentId: 's.parent_id' },
  order: { key: 'c.created_at', keyType: 'timestamptz', descending: false },
  keyOf: (row) => row.createdAt,
  hideable: hostCatalogFields,
};

const hosts: Listing<Host> = {
  type: 'host',
  entity: Host,
  select: hostColumns,
  from: hostTables,
  columns: { id: 'h.id', scopeId: 'h.scope_id', scopeParentId: 's.parent_id', pin: 'h.host_catalog_id' },
  order: { key: 'h.created_at', keyType: 'timestamptz', descending: false },
  keyOf: (row) => row.createdAt,
  hideable: hostFields,
  pinOf: (row) => row.hostCatalogId,
};

const hostSets: Listing<HostSet> = {
  type: 'host-set',
  entity: HostSet,
  select: hostSetColumns,
  from: hostSetTables,
  columns: { id: 't.id', scopeId: 't.scope_id', scopeParentId: 's.parent_id', pin: 't.host_catalog_id' },
  order: { key: 't.created_at', keyType: 'timestamptz', descending: false },
  keyOf: (row) => row.createdAt,
  hideable: hostSetFields,
  pinOf: (row) => row.hostCatalogId,
};

/** Host catalogs of a scope, oldest first; with `recursive`, those of the projects below it. */
export function listHostCatalogs(request: Request, args: ScopeArgs): Promise<Page<HostCatalog>> {
  return listInScope(request, catalogs, args, noFilter);
}

export interface CatalogArgs extends PageArgs {
  readonly hostCatalogId: string;
}

/** Hosts of a catalog, oldest first. */
export function listHosts(request: Request, args: CatalogArgs): Promise<Page<Host>> {
  return listInCatalog(request, hosts, args);
}

/** Host sets of a catalog, oldest first. */
export function listHostSets(request: Request, args: CatalogArgs): Promise<Page<HostSet>> {
  return listInCatalog(request, hostSets, args);
}

async function listInCatalog<T extends ListedRow>(
  request: Request,
  listing: Listing<T>,
  args: CatalogArgs,
): Promise<Page<T>> {
  const { ctx } = request;
  const window = pageWindow(args, request.cursors, listKey(request, listing, [args.hostCatalogId], noFilter));
  const catalog = await findHostCatalog(ctx.tx, args.hostCatalogId);
  const acl = await ctx.acl();
  if (!catalog) throw notFound(ctx, 'list', 'host-catalog', catalog);
  const scope = { id: catalog.scopeId, parentId: catalog.scopeParentId };
  const on = protectedCollection(listing.type, scope, catalog.id);
  const isVisible =
    acl.actionsOn(idActionsOf('host-catalog'), protectedRow('host-catalog', catalog)).length > 0;
  if (!isVisible && !acl.may('list', on)) throw notFound(ctx, 'list', 'host-catalog', catalog);
  await requireOnCollection(ctx, 'list', on);
  const params = new Params();
  return fetchPage(
    request,
    listing,
    window,
    [`${listing.columns.pin} = ${params.add(catalog.id, 'text')}`],
    params,
  );
}
