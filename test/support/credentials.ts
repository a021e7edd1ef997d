import { randomText } from '../../src/core/id';
import { newPrivateKey } from './private-keys';
import { newTarget, project, type World } from './world';

/** Passwords of credentials that stand nowhere else, so that they are found wherever they were kept. */
export const [sealedPassword, otherPassword] = ['kept-correct-horse', 'other-correct-horse'];

export async function newCredentialStore({ made }: World, scopeId = project): Promise<string> {
  return (await made('createCredentialStore', { scopeId })).id as string;
}

/** A user name and a password, in a store of its own unless one is named. */
export async function newCredential(world: World, credentialStoreId?: string): Promise<string> {
  world.secrets.push(sealedPassword, otherPassword);
  const input = { username: 'postgres', password: sealedPassword };
  const store = credentialStoreId ?? (await newCredentialStore(world));
  const { id } = await world.made('createUsernamePasswordCredential', { ...input, credentialStoreId: store });
  return id as string;
}

/** A target that hands out those credentials. */
export async function targetWith(world: World, ...credentialIds: string[]): Promise<string> {
  const id = await newTarget(world);
  const sources = { id, expectedVersion: 1, brokeredCredentialSourceIds: credentialIds };
  await world.made('addTargetCredentialSources', sources);
  return id;
}

/** What each type of credential is made of, and the mutation that makes it; the parts are new each time. */
export const credentialKinds = {
  username_password: {
    mutation: 'createUsernamePasswordCredential',
    parts: () => ({ username: 'postgres', password: randomText(20) }),
  },
  username_password_domain: {
    mutation: 'createUsernamePasswordDomainCredential',
    parts: () => ({ username: 'jim', password: randomText(20), domain: 'corp.example' }),
  },
  password: { mutation: 'createPasswordCredential', parts: () => ({ password: randomText(20) }) },
  ssh_private_key: {
    mutation: 'createSshPrivateKeyCredential',
    parts: () => ({
      ...{ username: 'jim', privateKey: newPrivateKey('open sesame') },
      privateKeyPassphrase: 'open sesame',
    }),
  },
  json: {
    mutation: 'createJsonCredential',
    parts: () => ({ object: { token: randomText(20), scopes: ['read', { deep: [1, 2.5, null, true] }] } }),
  },
} as const;
