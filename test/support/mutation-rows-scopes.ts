import { randomText } from '../../src/core/id';
import { row, seesScope, type MutationRow } from './mutation-row';
import { newScope, org, project, type World } from './world';

const newOrg = (world: World): Promise<string> => newScope(world, 'global');
const inOrg = { scope: org };
const ofProject = { scope: project, sees: seesScope.project };

/** A version of the key of the project that is in use no more, and seals nothing. */
async function oldKeyVersion(world: World): Promise<{ id: string; keyVersionId: string }> {
  const { id: keyVersionId } = await world.made('rotateScopeKeys', { scopeId: project });
  await world.made('rotateScopeKeys', { scopeId: project });
  return { id: project, keyVersionId: keyVersionId as string };
}

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
  ...['rotateScopeKeys', 'resealScopeSecrets'].map((mutation) =>
    row(
      mutation,
      'scope rotate-keys',
      () => project,
      (scopeId) => ({ scopeId }),
      ofProject,
    ),
  ),
  row(
    'destroyDataKeyVersion',
    'scope destroy-key-version',
    oldKeyVersion,
    ({ id: scopeId, keyVersionId }) => ({ scopeId, keyVersionId }),
    ofProject,
  ),
];
