import { memberRows, row, seesAll, seesScope, type MutationRow } from './mutation-row';
import { newCatalog, newHost, newHostSet, project } from './world';

const seesCatalog = { sees: { scope: project, grant: seesAll('host-catalog') } };
const hosts = { type: 'HostSet', grantType: 'host-set', noun: 'hosts', field: 'hostIds' };

export const hostRows: readonly MutationRow[] = [
  row(
    'createHostCatalog',
    'host-catalog create',
    () => project,
    (scopeId) => ({ scopeId }),
    { sees: seesScope.project },
  ),
  row('updateHostCatalog', 'host-catalog update', newCatalog, (id) => ({
    id,
    expectedVersion: 1,
    name: 'new',
  })),
  row('deleteHostCatalog', 'host-catalog delete', newCatalog, (id) => ({ id })),
  row('createHost', 'host create', newCatalog, (id) => ({ hostCatalogId: id, address: '::1' }), seesCatalog),
  row('updateHost', 'host update', newHost, (id) => ({ id, expectedVersion: 1, address: '10.0.0.2' })),
  row('deleteHost', 'host delete', newHost, (id) => ({ id })),
  row('createHostSet', 'host-set create', newCatalog, (id) => ({ hostCatalogId: id }), seesCatalog),
  row('updateHostSet', 'host-set update', newHostSet, ({ id, version: expectedVersion }) => ({
    ...{ id, expectedVersion, name: 'new' },
  })),
  row('deleteHostSet', 'host-set delete', newHostSet, ({ id }) => ({ id })),
  ...memberRows(hosts, newHostSet, ({ hostId, otherId }, verb) => [verb === 'remove' ? hostId : otherId], {
    also: { grants: [seesAll('host')] },
  }),
];
