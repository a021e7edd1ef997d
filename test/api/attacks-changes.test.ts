import { randomUUID } from 'node:crypto';
import { randomText } from '../../src/core/id';
import { dumpDatabase } from '../support/database-dump';
import { grantTo, newUser } from '../support/identities';
import { masked, missingLike } from '../support/masked';
import type { GrantedRow } from '../support/mutation-row';
import { mutationRows } from '../support/mutation-rows';
import { nodeRows } from '../support/node-rows';
import { listFields, repeatableMutations } from '../support/schema-walk';
import { authorize } from '../support/session-client';
import type { Answer } from '../support/test-server';
import {
  elsewhere,
  newCatalog,
  newGroup,
  newHost,
  newHostSet,
  newRole,
  newTarget,
  newUserOf,
  org,
  project,
  startWorld,
  type World,
} from '../support/world';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.server.stop());

const codeOf = ({ errors }: Answer): string | undefined => errors?.[0]?.extensions['code'];
const granted = mutationRows.filter((row): row is GrantedRow => 'needs' in row);

/** Who may do everything in the org and its project, and sees nothing elsewhere. */
const administratorOfOrg = () =>
  newUser(world.server, [
    { scope: org, grantScopes: ['this', 'children'], grants: ['ids=*;type=*;actions=*'] },
    { scope: 'global', grants: ['ids=*;type=alias;actions=create,update,read'] },
  ]);

/** What lives in the other org, made as the administrator. */
async function newElsewhere(what: string): Promise<string> {
  const { made } = world;
  const named = { name: randomText(12) };
  const inProject = { scopeId: elsewhere.project };
  const inOrg = { scopeId: elsewhere.org };
  const catalog = async (): Promise<string> => (await made('createHostCatalog', inProject)).id as string;
  const method = async (): Promise<string> => (await made('createAuthMethod', inOrg)).id as string;
  const makers: Record<string, () => Promise<string>> = {
    catalog,
    method,
    project: () => Promise.resolve(elsewhere.project),
    host: async () =>
      (await made('createHost', { hostCatalogId: await catalog(), address: '127.0.0.1' })).id as string,
    set: async () => (await made('createHostSet', { hostCatalogId: await catalog() })).id as string,
    target: async () =>
      (await made('createTarget', { ...inProject, ...named, address: '::1', defaultPort: 22 })).id as string,
    user: async () => (await made('createUser', { ...inOrg, ...named })).id as string,
    group: async () => (await made('createGroup', { ...inOrg, ...named })).id as string,
    account: async () =>
      (await made('createAccount', { authMethodId: await method(), loginName: 'someone' })).id as string,
  };
  return makers[what]!();
}

describe('what lives elsewhere and is hidden', () => {
  type Input = (foreign: string) => object | Promise<object>;
  const at = (id: string) => ({ id, expectedVersion: 1 });
  const byName = () => ({ scopeId: project, name: randomText(12), defaultPort: 22 });
  const rows: [string, string, string, Input][] = [
    ['a host', 'host', 'createHost', (id) => ({ hostCatalogId: id, address: '::1' })],
    [
      'a host of another catalog',
      'host',
      'addHostSetHosts',
      async (id) => ({ id: (await newHostSet(world)).id, expectedVersion: 2, hostIds: [id] }),
    ],
    [
      'a host set',
      'set',
      'addTargetHostSources',
      async (id) => ({ ...at((await world.made('createTarget', byName())).id), hostSourceIds: [id] }),
    ],
    [
      'the target of an alias',
      'target',
      'createAlias',
      (id) => ({ scopeId: 'global', value: `${randomText(8)}.corp`, destinationId: id }),
    ],
    [
      'the host of an alias',
      'host',
      'createAlias',
      async (id) => ({
        ...{ scopeId: 'global', value: `${randomText(8)}.corp` },
        ...{ destinationId: await newTarget(world), hostId: id },
      }),
    ],
    [
      'the host of an alias that is made with its target',
      'host',
      'createTarget',
      (id) => ({ ...byName(), withAliases: [{ value: `${randomText(8)}.corp`, hostId: id }] }),
    ],
    [
      'a user who would hold a role',
      'user',
      'addRolePrincipals',
      async (id) => ({ ...at((await newRole(world)).id), principalIds: [id] }),
    ],
    [
      'a group that would hold a role',
      'group',
      'setRolePrincipals',
      async (id) => ({ ...at((await newRole(world)).id), principalIds: [id] }),
    ],
    [
      'a scope that a role would speak for',
      'project',
      'addRoleGrantScopes',
      async (id) => ({ ...at((await newRole(world)).id), grantScopeIds: [id] }),
    ],
    [
      'a member of a group',
      'user',
      'addGroupMembers',
      async (id) => ({ ...at((await newGroup(world)).id), memberIds: [id] }),
    ],
    [
      'an account of a user',
      'account',
      'addUserAccounts',
      async (id) => ({ ...at((await newUserOf(world)).id), accountIds: [id] }),
    ],
    [
      'the primary auth method of a scope',
      'method',
      'updateScope',
      (id) => ({ ...at(org), primaryAuthMethodId: id }),
    ],
    [
      'the host of a session',
      'host',
      'authorizeSession',
      (id) => ({ targetId: 'ttcp_0987654321', hostId: id }),
    ],
  ];

  test.each(rows)(
    'cannot be drawn in as %s, and is told as what is missing',
    async (_, what, mutation, make) => {
      const foreign = await newElsewhere(what);
      const { token } = await administratorOfOrg();
      const input = await make(foreign);
      const before = await dumpDatabase(world.server.database);
      const hidden = await world.run(mutation, input, token);
      const missing = missingLike(foreign);
      const asMissing = JSON.parse(JSON.stringify(input).replaceAll(foreign, missing)) as object;
      const absent = await world.run(mutation, asMissing, token);
      expect(codeOf(hidden)).toMatch(/^(NOT_FOUND|INVALID_INPUT)$/);
      expect(masked(hidden, foreign)).toBe(masked(absent, missing));
      expect(await dumpDatabase(world.server.database)).toEqual(before);
    },
  );

  const bound = ['host', 'set', 'account', 'method', 'project'];
  test.each(rows.filter(([, what, mutation]) => bound.includes(what) && mutation !== 'createHost'))(
    'is not drawn in as %s by who sees it either',
    async (_, what, mutation, make) => {
      const refused = await world.run(mutation, await make(await newElsewhere(what)));
      expect(codeOf(refused)).toBe('INVALID_INPUT');
    },
  );
});

describe('a refusal tells nothing of what is hidden', () => {
  test('a name that is taken elsewhere is free here', async () => {
    const name = randomText(12);
    await world.made('createHostCatalog', { scopeId: elsewhere.project, name });
    const { token } = await administratorOfOrg();
    expect((await world.run('createHostCatalog', { scopeId: project, name }, token)).errors).toBeUndefined();
  });

  test.each([
    ['createHostCatalog', 'host-catalog', 'scopeId', () => Promise.resolve(project), project],
    ['createHost', 'host', 'hostCatalogId', newCatalog, project],
    ['createUser', 'user', 'scopeId', () => Promise.resolve(org), org],
    ['createRole', 'role', 'scopeId', () => Promise.resolve(org), org],
    ['createAuthMethod', 'auth-method', 'scopeId', () => Promise.resolve(org), org],
  ] as const)(
    '%s names the rule and not the %s that has the name',
    async (mutation, type, place, make, scope) => {
      const where = await make(world);
      const input = { [place]: where, name: randomText(12), ...(type === 'host' ? { address: '::1' } : {}) };
      const { id } = await world.made(mutation, input);
      const { token } = await newUser(world.server, [
        { scope, grants: [`ids=*;type=${type};actions=create`] },
      ]);
      const refused = await world.run(mutation, input, token);
      expect(codeOf(refused)).toBe('CONFLICT');
      expect(JSON.stringify(refused)).not.toContain(id);
    },
  );

  test.each(
    granted
      .filter(({ mutation }) => /^(update|delete)/.test(mutation))
      .map((row) => [row.mutation, row] as const),
  )('%s says nothing of the version', async (mutation, row) => {
    const { input, on } = await row.fresh(world);
    const { token } = await newUser(world.server);
    const answers: string[] = [];
    const versions = 'expectedVersion' in input || mutation.startsWith('delete') ? [1, 2, 99] : [undefined];
    for (const expectedVersion of mutation === 'deleteAuthToken' ? [undefined] : versions)
      answers.push(masked(await world.run(mutation, { ...input, expectedVersion }, token), on));
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toContain('NOT_FOUND');
  });
});

describe('a key by which a request may be repeated', () => {
  const rows = repeatableMutations.map((name): [string, GrantedRow | undefined] => [
    name,
    granted.find((row) => row.mutation === name),
  ]);
  test.each(rows)(
    '%s: is its holder’s alone, stands for one input, and shows no secret again',
    async (mutation, row) => {
      const { scope = project, also } = row!;
      const [type, action] = row!.needs.split(' ');
      const roles = [
        // What a token is issued for is not the token.
        {
          scope,
          grants: [`ids=*;type=${type};actions=${action},read`, 'ids=*;type=auth-token;actions=read'],
        },
        ...(also ? [{ scope, ...also }] : []),
      ];
      const [alice, bob] = [await newUser(world.server, roles), await newUser(world.server, roles)];
      const idempotencyKey = randomUUID();
      const [{ input }, { input: other }] = [await row!.fresh(world), await row!.fresh(world)];
      const differs = { ...other, description: 'another' };
      const text = mutation === 'authorizeSession' ? other : differs;
      const run = (asked: object, token: string) => world.run(mutation, { ...asked, idempotencyKey }, token);

      const first = await run(input, alice.token);
      expect(first.errors).toBeUndefined();
      const again = await run(input, alice.token);
      expect(again.errors).toBeUndefined();
      const secrets = JSON.stringify(first).match(/\b(?:postern_)?[a-z]+_\w{10}_\w{32,}/g) ?? [];
      for (const secret of secrets) expect(JSON.stringify(again)).not.toContain(secret);
      expect(codeOf(await run(text, alice.token))).toBe('IDEMPOTENCY_MISMATCH');
      // Another's key of the same text is another key.
      const theirs = await run(text, bob.token);
      expect(theirs.errors).toBeUndefined();
      const idsIn = (answer: Answer): string[] => JSON.stringify(answer.data).match(/"id":"\w+"/g) ?? [];
      expect(idsIn(first).length).toBeGreaterThan(0);
      expect(idsIn(again)).toEqual(idsIn(first));
      expect(idsIn(theirs)).not.toEqual(idsIn(first));
    },
  );
});

describe('a caller without a token', () => {
  let known: Record<string, string>;
  beforeAll(async () => {
    // Whatever a role says of it.
    for (const grantScopes of [['this'], ['descendants']])
      await grantTo(world.server, 'u_anon', {
        ...{ scope: 'global', grantScopes },
        grants: ['ids=*;type=*;actions=*', 'ids=*;type=scope;actions=*', 'ids=*;type=auth-method;actions=*'],
      });
    known = {};
    for (const [type, make] of Object.entries(nodeRows)) known[type] = await make(world);
  });
  const seen = ['Scope', 'AuthMethod'];

  test.each(Object.keys(nodeRows))('is shown of %s what it takes to sign in, or nothing', async (type) => {
    const { data } = await world.server.ask(
      `{ node(id: "${known[type]}") { id ... on Authorizable { authorizedActions } } }`,
    );
    if (!seen.includes(type)) return expect(data!['node']).toBeNull();
    expect(data!['node'].id).toBe(known[type]);
    for (const action of data!['node'].authorizedActions) expect(['NO_OP', 'AUTHENTICATE']).toContain(action);
  });

  test.each(listFields.map(({ name, type, place }) => [name, type, place]))(
    'lists of %s no more than that',
    async (name, type, place) => {
      const containers: Record<string, string> = {
        ...{ scopeId: type === 'Scope' || type === 'AuthMethod' ? 'global' : project },
        ...{ hostCatalogId: known['HostCatalog']!, authMethodId: known['AuthMethod']! },
      };
      const answer = await world.server.ask(`{ ${name}(${place}: "${containers[place]}") { nodes { id } } }`);
      expect(codeOf(answer)).toBe(seen.includes(type) ? undefined : 'UNAUTHENTICATED');
    },
  );

  test.each(granted.map((row) => [row.mutation, row] as const))('may not %s', async (mutation, row) => {
    const { input } = await row.fresh(world);
    const before = await dumpDatabase(world.server.database);
    expect(codeOf(await world.run(mutation, input, null))).toBe('UNAUTHENTICATED');
    expect(await dumpDatabase(world.server.database)).toEqual(before);
  });
});

test('the recovery user holds no role, is in no group, and nobody signs in as it or deletes it', async () => {
  const tries: [string, object][] = [
    ['addRolePrincipals', { ...(await newRole(world)), principalIds: ['u_recovery'] }],
    ['setRolePrincipals', { ...(await newRole(world)), principalIds: ['u_recovery'] }],
    ['addGroupMembers', { ...(await newGroup(world)), memberIds: ['u_recovery'] }],
    ['setGroupMembers', { ...(await newGroup(world)), memberIds: ['u_recovery'] }],
    ['addUserAccounts', { id: 'u_recovery', accountIds: [await newAccountInGlobal()] }],
    ['deleteUser', { id: 'u_recovery' }],
  ];
  for (const [mutation, { version: _, ...input }] of tries as [string, { version?: number }][]) {
    const versioned = mutation === 'deleteUser' ? input : { expectedVersion: 1, ...input };
    const answer = await world.run(mutation, versioned);
    expect([mutation, codeOf(answer)]).toEqual([mutation, 'INVALID_INPUT']);
  }
});

async function newAccountInGlobal(): Promise<string> {
  const input = { authMethodId: 'ampw_1234567890', loginName: randomText(12).toLowerCase() };
  return (await world.made('createAccount', input)).id as string;
}

describe('a target', () => {
  const api = () => Number(new URL(world.server.url).port);
  const worker = () => Number(world.server.workerAddress.split(':').at(-1));
  test.each<[string, string, () => number]>([
    ['the credentials of a cloud', '169.254.169.254', () => 80],
    ['the credentials of a cloud, mapped', '::ffff:169.254.169.254', () => 80],
    ['a link-local address', 'fe80::1', () => 80],
    ['no address at all', '0.0.0.0', () => api()],
    ['the API', '127.0.0.1', () => api()],
    ['the API by its name', 'localhost', () => api()],
    ['the API, mapped', '::ffff:127.0.0.1', () => api()],
    ['the API in hexadecimal', '0x7f.1', () => api()],
    ['the API as one number', '2130706433', () => api()],
    ['the API in octal', '0177.0.0.1', () => api()],
    ['the API in short', '127.1', () => api()],
    ['the worker itself', '127.0.0.1', () => worker()],
  ])('cannot be %s: %s', async (_, address, port) => {
    const input = { scopeId: project, name: randomText(12), address, defaultPort: port() };
    const made = await world.run('createTarget', input);
    if (made.errors) return expect(codeOf(made)).toBe('INVALID_INPUT');
    const session = await authorize(world.server, world.admin, made.data!['createTarget'].target.id);
    await expect(session.open()).rejects.toMatchObject({ refusal: { code: 'CONNECT_FAILED' } });
  });

  test('is bounded in its address by who administers the scopes above, whoever administers the project', async () => {
    await world.made('setScopeAddressPolicy', { id: org, expectedVersion: 1, deny: ['198.51.100.0/24'] });
    const { token } = await newUser(world.server, [{ scope: project, grants: ['ids=*;type=*;actions=*'] }]);
    const hostCatalogId = await newCatalog(world);
    const host = await newHost(world);
    for (const address of ['198.51.100.7', '::ffff:198.51.100.7', '0xc6.51.100.7']) {
      const target = { scopeId: project, name: randomText(12), address, defaultPort: 22 };
      expect([address, codeOf(await world.run('createTarget', target, token))]).toEqual([
        address,
        'INVALID_INPUT',
      ]);
      const ofHost = await world.run('createHost', { hostCatalogId, address }, token);
      expect([address, codeOf(ofHost)]).toEqual([address, 'INVALID_INPUT']);
      const changed = await world.run('updateHost', { id: host, expectedVersion: 1, address }, token);
      expect([address, codeOf(changed)]).toEqual([address, 'INVALID_INPUT']);
    }
  });
});
