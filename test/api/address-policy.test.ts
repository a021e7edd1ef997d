import { changesOf } from '../support/changes';
import { newUser } from '../support/identities';
import { masked } from '../support/masked';
import { authorize, echo, startHost, type TestHost } from '../support/session-client';
import { startTestServer, type Answer, type TestServer } from '../support/test-server';

let server: TestServer;
let host: TestHost;
let admin: string;
beforeAll(async () => {
  server = await startTestServer();
  host = await startHost();
  admin = await server.signIn();
  // The role of everybody lets scopes be read, and then their policy is no secret.
  await server.database.sql(
    `update role_grant set canonical = 'ids=*;type=scope;actions=no-op' where canonical = 'ids=*;type=scope;actions=read'`,
  );
});
afterAll(async () => {
  await server.stop();
  await host.close();
});

const project = 'p_1234567890';
const org = 'o_1234567890';
const { run, made, code, refusal } = changesOf(
  () => server,
  () => admin,
  {
    setScopeAddressPolicy: 'scope { id version addressPolicy { allow deny } }',
    createTarget: 'target { id version address }',
    updateTarget: 'target { id version address }',
    addTargetHostSources: 'target { id version }',
    setTargetHostSources: 'target { id version }',
    createAlias: 'alias { id }',
    createHostCatalog: 'hostCatalog { id }',
    createHost: 'host { id version }',
    updateHost: 'host { id version address }',
    createHostSet: 'hostSet { id version }',
    addHostSetHosts: 'hostSet { id version }',
    authorizeSession: 'session { id endpoint hostId }',
  },
);
interface BoundScope {
  readonly id: string;
  readonly version: number;
  readonly addressPolicy: object | null;
}
/** Sets the whole policy of a scope. */
const bound = async (id: string, policy: { allow?: string[]; deny?: string[] }): Promise<BoundScope> => {
  const { data } = await server.ask('query ($id: ID!) { scope(id: $id) { version } }', { id }, admin);
  const { version: expectedVersion } = data!['scope'] as BoundScope;
  return (await made('setScopeAddressPolicy', {
    id,
    expectedVersion,
    allow: null,
    deny: null,
    ...policy,
  })) as BoundScope;
};
afterEach(async () => {
  await bound('global', {});
  await bound(org, {});
});
let count = 0;
const target = (address: string | null, more: object = {}): object => ({
  ...{ scopeId: project, name: `target ${(count += 1)}`, defaultPort: host.port, address },
  ...more,
});
/** A set with a host at each address. */
const setOf = async (...addresses: string[]): Promise<{ id: string; hosts: string[]; catalog: string }> => {
  const { id: hostCatalogId } = await made('createHostCatalog', { scopeId: project });
  const { id } = await made('createHostSet', { hostCatalogId });
  const hosts: string[] = [];
  for (const address of addresses) hosts.push((await made('createHost', { hostCatalogId, address })).id);
  await made('addHostSetHosts', { id, expectedVersion: 1, hostIds: hosts });
  return { id, hosts, catalog: hostCatalogId };
};

describe('the address policy of a scope', () => {
  test('is set on global and orgs, kept in one spelling, and shown', async () => {
    const first = await bound(org, { allow: ['10.1.2.3/8', '*.Corp', 'DB.example'], deny: ['10.9.0.0/16'] });
    expect(first.addressPolicy).toEqual({
      allow: ['10.0.0.0/8', '*.corp', 'db.example'],
      deny: ['10.9.0.0/16'],
    });
    const { id, version: expectedVersion } = first;
    const denied = await made('setScopeAddressPolicy', { id, expectedVersion, deny: ['127.0.0.0/8'] });
    expect(denied).toMatchObject({
      version: expectedVersion + 1,
      addressPolicy: { allow: ['10.0.0.0/8', '*.corp', 'db.example'], deny: ['127.0.0.0/8'] },
    });
    const again = { id, expectedVersion: expectedVersion + 1 };
    expect(await made('setScopeAddressPolicy', { ...again, deny: ['127.0.0.1/8'] })).toMatchObject({
      version: expectedVersion + 1,
    });
    expect(await made('setScopeAddressPolicy', { ...again, allow: [], deny: null })).toMatchObject({
      addressPolicy: null,
    });
    expect(await code('setScopeAddressPolicy', { ...again, allow: ['10.0.0.0/8'] })).toBe('VERSION_CONFLICT');
  });

  test.each([
    ['on a project', { id: project, deny: ['10.0.0.0/8'] }, 'input.id: is a project'],
    ['of nothing', {}, 'changes nothing'],
    ['of what is no entry', { deny: ['10.0.0.0/8', 'db example'] }, 'input.deny.1: must be a range'],
    ['of too many', { allow: Array.from({ length: 201 }, (_, i) => `h${i}`) }, 'more than 200 entries'],
  ])('%s is refused', async (_, input, sentence) => {
    const rows = await server.database.sql<{ id: string; version: number }>('select id, version from scope');
    const id = (input as { id?: string }).id ?? org;
    const expectedVersion = rows.find((row) => row.id === id)?.version;
    expect(await refusal('setScopeAddressPolicy', { id, expectedVersion, ...input })).toContain(sentence);
  });

  test('needs update on the scope, and is hidden where grants hide it', async () => {
    await bound(org, { deny: ['10.9.0.0/16'] });
    const grants = ['ids=*;type=scope;actions=read;output_fields=id,name'];
    const { token } = await newUser(server, [
      { scope: 'global', grants, grantScopes: ['this', 'descendants'] },
    ]);
    const { data } = await server.ask(`{ scope(id: "${org}") { id addressPolicy { deny } } }`, {}, token);
    expect(data?.['scope']).toEqual({ id: org, addressPolicy: null });
    const input = { id: org, expectedVersion: 1, deny: [] };
    expect(await code('setScopeAddressPolicy', input, token)).toBe('FORBIDDEN');
  });

  test('is audited with what was there', async () => {
    await bound(org, { deny: ['10.8.0.0/16'] });
    await bound(org, { deny: ['10.9.0.0/16'] });
    const rows = await server.database.sql(
      `select before->'addressDeny' as before, after->'addressDeny' as after from audit
       where operation = 'setScopeAddressPolicy' and resource_id = $1 and outcome = 'done' order by id desc limit 1`,
      [org],
    );
    expect(rows).toEqual([{ before: ['10.8.0.0/16'], after: ['10.9.0.0/16'] }]);
  });
});

describe('whoever administers a project', () => {
  const everything = ['ids=*;type=*;actions=*'];
  const policyOfOrg = 'is refused by the address policy of o_1234567890';

  test('goes round it neither by a target nor by a host, made or changed, nor by a set, in any spelling', async () => {
    const inside = await setOf('10.0.0.1', '127.0.0.1');
    const outside = await setOf('10.0.0.1');
    const { id } = await made('createTarget', target('10.0.0.1'));
    const hosted = await made('createTarget', target(null));
    await made('createAlias', { value: 'bounded.corp', destinationId: id });
    await bound(org, { deny: ['127.0.0.0/8', '*.internal'] });
    const { token } = await newUser(server, [{ scope: project, grants: everything }]);
    for (const address of [
      '127.0.0.1',
      '127.1',
      '0x7f.1',
      '::ffff:127.0.0.1',
      '64:ff9b::7f00:1',
      'db.INTERNAL',
    ]) {
      const tries: [string, object][] = [
        ['createTarget', target(address)],
        ['createTarget', target(address, { withAliases: [] })],
        ['updateTarget', { id, expectedVersion: 1, address }],
        ['createHost', { hostCatalogId: outside.catalog, address }],
        ['updateHost', { id: outside.hosts[0], expectedVersion: 1, address }],
      ];
      for (const [mutation, input] of tries) {
        expect([mutation, address, await refusal(mutation, input, token)]).toEqual([
          mutation,
          address,
          `input.address: ${policyOfOrg}`,
        ]);
      }
    }
    const byAlias = { id: 'bounded.corp', expectedVersion: 1, address: '127.0.0.1' };
    // The alias is no way round, whether or not it is seen.
    expect(await refusal('updateTarget', byAlias, token)).toBe(`input.address: ${policyOfOrg}`);
    for (const mutation of ['addTargetHostSources', 'setTargetHostSources']) {
      const input = { id: hosted.id, expectedVersion: 1, hostSourceIds: [outside.id, inside.id] };
      expect(await refusal(mutation, input, token)).toBe(
        `input.hostSourceIds: ${inside.id} has a host whose address ${policyOfOrg}`,
      );
    }
    expect(
      await made(
        'addTargetHostSources',
        { id: hosted.id, expectedVersion: 1, hostSourceIds: [outside.id] },
        token,
      ),
    ).toMatchObject({ version: 2 });
    expect(await made('updateTarget', { id, expectedVersion: 1, address: '10.0.0.2' }, token)).toMatchObject({
      address: '10.0.0.2',
    });
  });

  test('is bounded by global and by the org at once', async () => {
    await bound('global', { allow: ['10.0.0.0/8', '*.corp'] });
    await bound(org, { allow: ['10.1.0.0/16', '*.db.corp'], deny: ['10.1.1.0/24'] });
    const { token } = await newUser(server, [{ scope: project, grants: everything }]);
    const of = async (address: string): Promise<string | undefined> =>
      (await refusal('createTarget', target(address), token))?.replace(
        'input.address: is refused by the address policy of ',
        '',
      );
    expect(await of('10.1.0.1')).toBeUndefined();
    expect(await of('a.db.corp')).toBeUndefined();
    expect(await of('10.2.0.1')).toBe(org);
    expect(await of('10.1.1.1')).toBe(org);
    expect(await of('11.0.0.1')).toBe('global');
    expect(await of('a.corp')).toBe(org);
    expect(await of('localhost')).toBe('global');
  });

  test('is told which entry it was only when that may be read', async () => {
    await bound(org, { deny: ['10.9.0.0/16', 'secret.example'] });
    const reader = await newUser(server, [{ scope: project, grants: everything }]);
    expect(await refusal('createTarget', target('10.9.0.1'), reader.token)).toBe(
      `input.address: ${policyOfOrg}`,
    );
    expect(await refusal('createTarget', target('10.9.0.1'))).toBe(
      `input.address: ${policyOfOrg}, which denies 10.9.0.0/16`,
    );
  });

  test('learns nothing of hosts it does not see by attaching their set', async () => {
    const { id } = await setOf('10.9.0.1');
    await bound(org, { deny: ['10.9.0.0/16'] });
    const { token } = await newUser(server, [
      { scope: project, grants: ['ids=*;type=target;actions=*', `ids=${id};actions=read`] },
    ]);
    const hosted = await made('createTarget', target(null));
    const answer: Answer = await run(
      'addTargetHostSources',
      { id: hosted.id, expectedVersion: 1, hostSourceIds: [id] },
      token,
    );
    expect(answer.errors?.[0]?.message).toContain('has a host whose address is refused');
    expect(masked(answer)).not.toContain('10.9.0.1');
  });
});

describe('a policy that is tightened', () => {
  test('refuses new sessions to what was written before, and chooses among the hosts that are left', async () => {
    const { id: targetId } = await made('createTarget', target('10.0.0.1'));
    const set = await setOf('10.0.0.1', '10.0.0.2', '10.1.0.1');
    const hosted = await made('createTarget', target(null));
    await made('addTargetHostSources', { id: hosted.id, expectedVersion: 1, hostSourceIds: [set.id] });
    expect(await made('authorizeSession', { targetId })).toMatchObject({
      endpoint: `tcp://10.0.0.1:${host.port}`,
    });
    await bound('global', { deny: ['10.0.0.0/16'] });
    const refused =
      'input.targetId: leads where the address policy of global refuses to go; ask who administers that';
    expect(await refusal('authorizeSession', { targetId })).toBe(refused);
    for (let i = 0; i < 8; i += 1)
      expect((await made('authorizeSession', { targetId: hosted.id })).hostId).toBe(set.hosts[2]);
    expect(await refusal('authorizeSession', { targetId: hosted.id, hostId: set.hosts[0] })).toBe(refused);
    await bound('global', { deny: ['10.0.0.0/8'] });
    expect(await refusal('authorizeSession', { targetId: hosted.id })).toBe(refused);
    // What is there stays, and may be changed in other ways.
    expect(await code('updateTarget', { id: targetId, expectedVersion: 1, defaultPort: 23 })).toBeUndefined();
  });

  test('bounds where a name leads, though the name itself is allowed', async () => {
    const { id } = await made('createTarget', target('localhost'));
    const open = await authorize(server, admin, id);
    const { socket } = await open.open();
    expect(await echo(socket, 'unbounded')).toBe('unbounded');
    socket.destroy();
    for (const [scope, policy, why] of [
      ['global', { deny: ['127.0.0.0/8', '::1'] }, 'denies it'],
      [org, { allow: ['localhost', '10.0.0.0/8'] }, 'allows only others'],
    ] as const) {
      await bound(scope, {
        allow: [...('allow' in policy ? policy.allow : [])],
        deny: [...('deny' in policy ? policy.deny : [])],
      });
      const session = await authorize(server, admin, id);
      await expect(session.open()).rejects.toThrow(`the address policy above its project ${why}`);
      await bound(scope, {});
    }
    await bound(org, { allow: ['localhost'] });
    const named = await authorize(server, admin, id);
    const again = await named.open();
    expect(await echo(again.socket, 'by name')).toBe('by name');
    again.socket.destroy();
  });
});
