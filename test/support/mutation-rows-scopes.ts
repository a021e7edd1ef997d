import { randomText } from '../../src/core/id';
import { row, seesScope, type MutationRow } from './mutation-row';
import { newScope, org, type World } from './world';

const newOrg = (world: World): Promise<string> => newScope(world, 'global');
const inOrg = { scope: org };

export const scopeRows: readonly MutationRow[] = [
  row(
    'createScope',
    'scope create',
    () => org,
    (scopeId) => ({ scopeId, name: randomText(12) }),
    { scope: org, sees: seesScope.org },
  ),
  row('updateScope', 'scope update', newScope, (id) => ({ id, expectedVersion: 1, name: null }), inOrg),
  row('deleteScope', 'scope delete', newScope, (id) => ({ id }), inOrg),
  row(
    'setScopeAddressPolicy',
    'scope update',
    newOrg,
    (id) => ({ id, expectedVersion: 1, deny: ['192.0.2.0/24'] }),
    { scope: 'global' },
  ),
];
