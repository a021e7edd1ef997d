import { row, seesIn, seesProject, type MutationRow } from './mutation-row';
import { newCatalog, newHost, newHostSet, project } from './world';

const seesCatalog = { sees: seesIn('host-catalog') };
const seesHosts = { also: ['ids=*;type=host;actions=no-op'] };

export const hostRows: readonly MutationRow[] = [
  row(
    'createHostCatalog',
    'host-catalog create',
    () => project,
    (scopeId) => ({ scopeId }),
    { sees: seesProject },
  ),
  row('updateHostCatalog', 'host-catalog update', newCatalog, (id) => ({
    id,
    expectedVersion: 1,
    name: 'new',
  })),
  row('deleteHostCatalog', 'host-catalog delete', newCatalog, (id) => ({ id })),
  row(
    'createHost',
    'host create',
    newCatalog,
    (hostCatalogId) => ({ hostCatalogId, address: '::1' }),
    seesCatalog,
  ),
  row('updateHost', 'host update', newHost, (id) => ({ id, expectedVersion: 1, address: '10.0.0.2' })),
  row('deleteHost', 'host delete', newHost, (id) => ({ id })),
  row('createHostSet', 'host-set create', newCatalog, (hostCatalogId) => ({ hostCatalogId }), seesCatalog),
  row('updateHostSet', 'host-set update', newHostSet, ({ id }) => ({ id, expectedVersion: 2, name: 'new' })),
  row('deleteHostSet', 'host-set delete', newHostSet, ({ id }) => ({ id })),
  row(
    'addHostSetHosts',
    'host-set add-hosts',
    newHostSet,
    ({ id, otherId }) => ({ id, expectedVersion: 2, hostIds: [otherId] }),
    seesHosts,
  ),
  row(
    'setHostSetHosts',
    'host-set set-hosts',
    newHostSet,
    ({ id, otherId }) => ({ id, expectedVersion: 2, hostIds: [otherId] }),
    seesHosts,
  ),
  row('removeHostSetHosts', 'host-set remove-hosts', newHostSet, ({ id, hostId }) => ({
    id,
    expectedVersion: 2,
    hostIds: [hostId],
  })),
];
