import type { Kind } from '../scope/change-row.js';
import { HostCatalog, hostCatalogFields } from './host-catalog.entity.js';
import { HostSet, hostSetFields } from './host-set.entity.js';
import { Host, hostFields } from './host.entity.js';
import { findHostCatalogs, findHosts, findHostSets } from './host.store.js';

export const hostCatalogKind: Kind<HostCatalog> = {
  type: 'host-catalog',
  findAll: findHostCatalogs,
  fields: hostCatalogFields,
};

export const hostKind: Kind<Host> = {
  type: 'host',
  findAll: findHosts,
  fields: hostFields,
  pinOf: (host) => host.hostCatalogId,
};

export const hostSetKind: Kind<HostSet> = {
  type: 'host-set',
  findAll: findHostSets,
  fields: hostSetFields,
  pinOf: (set) => set.hostCatalogId,
};
