import { makeIdentity } from '../../src/proxy/identity';
import { idActionsOf, type ResourceType } from '../../src/grant/resource-type';
import { mutationDocument, queryOf } from './schema-walk';
import { firstPassword, secondPassword } from './world';

/** A request that performs an action on an object, or tries to. */
export interface Performance {
  readonly document: string;
  readonly variables: (id: string) => object;
}

// A version that no object has: who may change it is told of the version, and nothing is changed.
const expectedVersion = 1_000_000;

const { publicKey: clientPublicKey } = makeIdentity('test');

function mutation(name: string, more: object = {}, idName = 'id'): Performance {
  const variables = (id: string): object => ({ input: { [idName]: id, ...more } });
  return { document: mutationDocument(name), variables };
}

const changed = (name: string, more: object): Performance => mutation(name, { expectedVersion, ...more });
const members = (type: string, noun: string, more: object): Record<string, Performance> => {
  const words = noun.replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return Object.fromEntries(
    ['add', 'set', 'remove'].map((verb) => [`${verb}-${noun}`, changed(`${verb}${type}${words}`, more)]),
  );
};
const life = (type: string, patch: object = { name: 'other' }): Record<string, Performance> => ({
  update: changed(`update${type}`, patch),
  delete: changed(`delete${type}`, {}),
});
const changes: Partial<Record<ResourceType, Readonly<Record<string, Performance>>>> = {
  scope: {
    ...life('Scope'),
    // A thing in it that its reader need not see comes after the right to ask.
    'explain-access': {
      document: 'query ($id: ID!) { whoCan(action: LIST, type: "role", scopeId: $id) { sentence } }',
      variables: (id) => ({ id }),
    },
  },
  'auth-method': life('AuthMethod'),
  account: {
    ...life('Account'),
    'set-password': changed('setAccountPassword', { password: firstPassword }),
    'change-password': changed('changeAccountPassword', {
      currentPassword: firstPassword,
      newPassword: secondPassword,
    }),
  },
  // Without a version there is no trying: what may be signed out is signed out.
  'auth-token': { delete: mutation('deleteAuthToken') },
  user: {
    ...life('User'),
    ...members('User', 'accounts', { accountIds: ['acctpw_0000000000'] }),
    'issue-api-token': mutation('issueApiToken', { name: 'ci' }, 'userId'),
  },
  group: { ...life('Group'), ...members('Group', 'members', { memberIds: ['u_0000000000'] }) },
  role: {
    ...life('Role'),
    ...members('Role', 'principals', { principalIds: ['u_0000000000'] }),
    ...members('Role', 'grants', { grantStrings: ['ids=*;type=host;actions=read'] }),
    ...members('Role', 'grant-scopes', { grantScopeIds: ['this'] }),
  },
  'host-catalog': life('HostCatalog'),
  host: life('Host'),
  'host-set': { ...life('HostSet'), ...members('HostSet', 'hosts', { hostIds: ['hst_0000000000'] }) },
  'credential-store': life('CredentialStore'),
  credential: life('Credential'),
  target: {
    ...life('Target'),
    ...members('Target', 'host-sources', { hostSourceIds: ['hsst_0000000000'] }),
    ...members('Target', 'credential-sources', { brokeredCredentialSourceIds: ['credup_0000000000'] }),
    'authorize-session': mutation('authorizeSession', { clientPublicKey }, 'targetId'),
  },
  alias: life('Alias'),
  worker: {
    ...life('Worker', { description: 'other' }),
    ...members('', 'worker-tags', { apiTags: [{ key: 'rack', values: ['4'] }] }),
  },
  session: { cancel: changed('cancelSession', {}), 'cancel:self': changed('cancelSession', {}) },
};

/** How each action on one object of a type is performed, by the name grants have for it; `no-op` is nothing to do. */
export function performancesOf(type: ResourceType, typeName: string): Record<string, Performance> {
  const query = queryOf(typeName);
  const read: Performance = {
    document: `query ($id: ID!) { ${query ?? 'node'}(id: $id) { id } }`,
    variables: (id) => ({ id }),
  };
  const known: Record<string, Performance> = { read, 'read:self': read, ...changes[type] };
  return Object.fromEntries(
    idActionsOf(type).flatMap((action) => (known[action] ? [[action, known[action]]] : [])),
  );
}
