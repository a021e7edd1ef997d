import { randomText } from '../../src/core/id';
import { newCredential, newCredentialStore, otherPassword, sealedPassword } from './credentials';
import { memberRows, row, seesAll, seesScope, type MutationRow } from './mutation-row';
import { newPrivateKey } from './private-keys';
import { newTarget, project } from './world';

const newOne = (mutation: string, parts: () => object): MutationRow =>
  row(
    mutation,
    'credential create',
    newCredentialStore,
    (credentialStoreId) => ({ credentialStoreId, name: randomText(12), ...parts() }),
    { sees: { scope: project, grant: seesAll('credential-store') } },
  );

export const credentialRows: readonly MutationRow[] = [
  row(
    'createCredentialStore',
    'credential-store create',
    () => project,
    (scopeId) => ({ scopeId, name: randomText(12) }),
    { sees: seesScope.project },
  ),
  row('updateCredentialStore', 'credential-store update', newCredentialStore, (id) => ({
    id,
    expectedVersion: 1,
    description: 'rack 4',
  })),
  row('deleteCredentialStore', 'credential-store delete', newCredentialStore, (id) => ({ id })),
  newOne('createUsernamePasswordCredential', () => ({ username: 'jim', password: sealedPassword })),
  newOne('createUsernamePasswordDomainCredential', () => ({
    ...{ username: 'jim', password: sealedPassword, domain: 'corp' },
  })),
  newOne('createPasswordCredential', () => ({ password: sealedPassword })),
  newOne('createSshPrivateKeyCredential', () => ({ username: 'jim', privateKey: newPrivateKey() })),
  newOne('createJsonCredential', () => ({ object: { password: sealedPassword } })),
  row('updateCredential', 'credential update', newCredential, (id) => ({
    ...{ id, expectedVersion: 1, password: otherPassword },
  })),
  row('deleteCredential', 'credential delete', newCredential, (id) => ({ id })),
  ...memberRows(
    {
      ...{ type: 'Target', grantType: 'target', noun: 'credential-sources' },
      field: 'brokeredCredentialSourceIds',
    },
    async (world) => {
      const [held, free] = [await newCredential(world), await newCredential(world)];
      const id = await newTarget(world);
      const sources = { id, expectedVersion: 1, brokeredCredentialSourceIds: [held] };
      await world.made('addTargetCredentialSources', sources);
      return { id, version: 2, held, free };
    },
    ({ held, free }, verb) => [verb === 'remove' ? held : free],
    { also: { grants: [seesAll('credential')] } },
  ),
];
