import type { Kind } from '../scope/change-row.js';
import { HostCatalog, hostCatalogFields } from './host-catalog.entity.js';
import { HostSet, hostSetFields } from './host-set.entity.js';
import { Host, hostFields } from './host.entity.js';
import { findHostCatalog, findHostCatalogs, findHosts, findHostSets } from './host.store.js';

export const hostCatalogKind: Kind<HostCatalog> = {
  type: 'host-catalog',
  find: findHostCatalog,
  findAll: findHostCatalogs,
  fields: hostCatalogFields,
};

export const hostKind: Kind<Host> = {
  type: 'host',
  find: async (reader, id) => (await findHosts(reader, [id]))[0] ?? null,
  findAll: findHosts,
  fields: hostFields,
  pinOf: (host) => host.hostCatalogId,
};

export const hostSetKind: Kind<HostSet> = {
  type: 'host-set',
  find: async (reader, id) => (await findHostSets(reader, [id]))[0] ?? null,
  findAll: findHostSets,
  fields: hostSetFields,
  pinOf: (set) => set.hostCatalogId,
};
