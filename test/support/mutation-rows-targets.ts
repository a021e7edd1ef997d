import { randomText } from '../../src/core/id';
import { memberRows, row, seesAll, seesScope, type MutationRow } from './mutation-row';
import { newAlias, newHostSet, newTarget, newWorker, project } from './world';

const inGlobal = { scope: 'global' };
const hostSources = { type: 'Target', grantType: 'target', noun: 'host-sources', field: 'hostSourceIds' };
const tags = { type: '', grantType: 'worker', noun: 'worker-tags', field: 'apiTags' };
const seesTargets = { scope: 'global', also: { scope: project, grants: [seesAll('target')] } };

const targets: readonly MutationRow[] = [
  row(
    'createTarget',
    'target create',
    () => project,
    (scopeId) => ({ scopeId, name: randomText(12), address: '127.0.0.1', defaultPort: 22 }),
    { sees: seesScope.project },
  ),
  row('updateTarget', 'target update', newTarget, (id) => ({ id, expectedVersion: 1, defaultPort: 23 })),
  row('deleteTarget', 'target delete', newTarget, (id) => ({ id })),
  ...memberRows(
    hostSources,
    async (world) => {
      const [held, free] = [await newHostSet(world), await newHostSet(world)];
      const input = { scopeId: project, name: randomText(12), defaultPort: 22 };
      const { id } = await world.made('createTarget', input);
      await world.made('addTargetHostSources', { id, expectedVersion: 1, hostSourceIds: [held.id] });
      return { id: id as string, version: 2, held, free };
    },
    ({ held, free }, verb) => [verb === 'remove' ? held.id : free.id],
    { also: { grants: [seesAll('host-set')] } },
  ),
];

const aliases: readonly MutationRow[] = [
  row(
    'createAlias',
    'alias create',
    async (world) => ({ id: 'global', destinationId: await newTarget(world) }),
    ({ id, destinationId }) => ({ scopeId: id, value: `${randomText(9)}.corp`, destinationId }),
    { ...seesTargets, sees: seesScope.global },
  ),
  row(
    'updateAlias',
    'alias update',
    async (world) => ({ id: await newAlias(world), destinationId: await newTarget(world) }),
    ({ id, destinationId }) => ({ id, expectedVersion: 1, destinationId }),
    seesTargets,
  ),
  row('deleteAlias', 'alias delete', newAlias, (id) => ({ id }), inGlobal),
];

const workers: readonly MutationRow[] = [
  row(
    'updateWorker',
    'worker update',
    newWorker,
    ({ id }) => ({ id, expectedVersion: 1, description: 'rack 4' }),
    inGlobal,
  ),
  row('deleteWorker', 'worker delete', newWorker, ({ id }) => ({ id }), inGlobal),
  ...memberRows(
    tags,
    async (world) => {
      const { id } = await newWorker(world);
      const apiTags = [{ key: 'rack', values: ['4'] }];
      await world.made('addWorkerTags', { id, expectedVersion: 1, apiTags });
      return { id, version: 2 };
    },
    (_, verb) => [{ key: 'rack', values: [verb === 'remove' ? '4' : '5'] }],
    inGlobal,
  ),
];

const bounds = row(
  'setScopeAddressPolicy',
  'scope update',
  async ({ made }) => {
    const { id } = await made('createScope', { scopeId: 'global', name: randomText(12) });
    return { id: id as string };
  },
  ({ id }) => ({ id, expectedVersion: 1, deny: ['10.0.0.0/8'] }),
  inGlobal,
);

export const targetRows: readonly MutationRow[] = [...targets, ...aliases, ...workers, bounds];
