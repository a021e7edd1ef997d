import type { Page, PageArgs } from '../api/page.js';
import type { Request } from '../api/request.js';
import { listInContainer } from '../scope/list-in-container.js';
import { listInScope, type ScopeArgs } from '../scope/list-in-scope.js';
import type { Listing } from '../scope/listing.js';
import { resourceTerms, type NamedRow, type ResourceTermArgs } from '../scope/resource-terms.js';
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
  alias: 'c',
  columns: { id: 'c.id', scopeId: 'c.scope_id', scopeParentId: 's.parent_id' },
  livesIn: ['project'],
  hideable: hostCatalogFields,
};

const hosts: Listing<Host> = {
  type: 'host',
  entity: Host,
  select: hostColumns,
  from: hostTables,
  alias: 'h',
  columns: { id: 'h.id', scopeId: 'h.scope_id', scopeParentId: 's.parent_id', pin: 'h.host_catalog_id' },
  livesIn: ['project'],
  hideable: hostFields,
  pinOf: (row) => row.hostCatalogId,
};

const hostSets: Listing<HostSet> = {
  type: 'host-set',
  entity: HostSet,
  select: hostSetColumns,
  from: hostSetTables,
  alias: 't',
  columns: { id: 't.id', scopeId: 't.scope_id', scopeParentId: 's.parent_id', pin: 't.host_catalog_id' },
  livesIn: ['project'],
  hideable: hostSetFields,
  pinOf: (row) => row.hostCatalogId,
};

/** Host catalogs of a scope; with `recursive`, those of the projects below it. */
export function listHostCatalogs(
  request: Request,
  args: ScopeArgs & ResourceTermArgs,
): Promise<Page<HostCatalog>> {
  return listInScope(request, catalogs, args, resourceTerms(catalogs, args));
}

export interface CatalogArgs extends PageArgs, ResourceTermArgs {
  readonly hostCatalogId: string;
}

/** Hosts of a catalog. */
export function listHosts(request: Request, args: CatalogArgs): Promise<Page<Host>> {
  return listInCatalog(request, hosts, args);
}

/** Host sets of a catalog. */
export function listHostSets(request: Request, args: CatalogArgs): Promise<Page<HostSet>> {
  return listInCatalog(request, hostSets, args);
}

async function listInCatalog<T extends NamedRow>(
  request: Request,
  listing: Listing<T>,
  args: CatalogArgs,
): Promise<Page<T>> {
  const { hostCatalogId: id } = args;
  const row = await findHostCatalog(request.ctx.tx, id);
  const catalog = { type: 'host-catalog', id, row } as const;
  return listInContainer(request, listing, catalog, args, resourceTerms(listing, args));
}
