import { makeIdentity } from '../../src/proxy/identity';
import {
  authorize,
  authorizeDocument,
  echo,
  eventually,
  makeTarget,
  sessionOf,
  startHost,
  type TestHost,
} from '../support/session-client';
import { newUser } from '../support/identities';
import { startTestServer, type TestServer } from '../support/test-server';

let server: TestServer;
let host: TestHost;
let admin: string;
let target: string;

beforeAll(async () => {
  server = await startTestServer();
  host = await startHost();
  admin = await server.signIn();
  await server.database.sql(`delete from role_grant where canonical like '%type=target%'`);
  target = await makeTarget(server, host.port);
});
afterAll(async () => {
  await server.stop();
  await host.close();
});

const user = (...grants: string[]) => newUser(server, [{ scope: 'p_1234567890', grants }]);
const cancelDocument = 'mutation ($id: ID!) { cancelSession(input: { id: $id }) { session { id status } } }';
const redeemDocument = `mutation ($input: RedeemAuthorizationInput!) {
  redeemAuthorization(input: $input) { session { id } authorization { token workers { name address thumbprint } } }
}`;
const detached = async () => {
  const { data } = await server.ask(authorizeDocument, { input: { targetId: target } }, admin);
  return {
    id: data!['authorizeSession'].session.id as string,
    token: data!['authorizeSession'].authorization.token as string,
  };
};
const redeem = (token: string, key = makeIdentity('test').publicKey) =>
  server.ask(redeemDocument, { input: { token, clientPublicKey: key } });

describe('asking for a session', () => {
  test('needs authorize-session on the target, and says so to those who see it', async () => {
    const { token } = await user('ids=*;type=target;actions=list,read');
    const { errors } = await server.ask(authorizeDocument, { input: { targetId: target } }, token);
    expect(errors![0]).toMatchObject({ extensions: { code: 'FORBIDDEN', action: 'authorize-session' } });
  });

  test('is told the same of a hidden target as of a missing one', async () => {
    const { token } = await user();
    const ask = async (targetId: string) =>
      JSON.stringify(await server.ask(authorizeDocument, { input: { targetId } }, token)).replaceAll(
        /(denial|req)_\w+/g,
        '',
      );
    expect(await ask(target)).toBe(await ask('ttcp_0000000000'));
  });

  test.each([
    ['neither id nor name', {}, 'give targetId or name'],
    ['both', { targetId: 'ttcp_1234567890', name: 'x', scopeId: 'p_1234567890' }, 'give targetId or name'],
    ['a name without a scope', { name: 'x' }, 'name goes with scopeId or scopeName'],
    ['a name with two scopes', { name: 'x', scopeId: 'p_1234567890', scopeName: 'y' }, 'name goes with'],
    ['an id with a scope', { targetId: 'ttcp_1234567890', scopeName: 'y' }, 'a scope goes with name only'],
    [
      'a key that is none',
      { targetId: 'ttcp_1234567890', clientPublicKey: 'AAAA' },
      'must be an Ed25519 public key',
    ],
    [
      'a host for a target with an address',
      { targetId: 'ttcp_1234567890', hostId: 'hst_1234567890' },
      'goes to an address',
    ],
  ])('refuses %s', async (_, input, message) => {
    const { errors } = await server.ask(authorizeDocument, { input }, admin);
    expect(errors![0]).toMatchObject({
      message: expect.stringContaining(message),
      extensions: { code: 'INVALID_INPUT' },
    });
  });

  test('refuses a host that is not among those of the target', async () => {
    const { errors } = await server.ask(
      authorizeDocument,
      { input: { targetId: 'ttcp_0987654321', hostId: 'hst_0000000000' } },
      admin,
    );
    expect(errors![0]).toMatchObject({
      extensions: {
        code: 'INVALID_INPUT',
        issues: [{ path: 'input.hostId', message: expect.stringContaining('is no host of this target') }],
      },
    });
  });

  test('takes any host of the target’s sets, each in time', async () => {
    const { sql } = server.database;
    const columns = `'hcst_1234567890', 'p_1234567890'`;
    await sql(
      `insert into host (id, host_catalog_id, scope_id, address) values ('hst_aaaaaaaaaa', ${columns}, '127.0.0.2'), ('hst_bbbbbbbbbb', ${columns}, '127.0.0.3')`,
    );
    await sql(
      `insert into host_set_member (host_set_id, host_id, host_catalog_id) values ('hsst_1234567890', 'hst_aaaaaaaaaa', 'hcst_1234567890'), ('hsst_1234567890', 'hst_bbbbbbbbbb', 'hcst_1234567890')`,
    );
    const seen = new Set<string>();
    for (let tries = 0; seen.size < 3 && tries < 100; tries++) {
      const { data } = await server.ask(
        'mutation { authorizeSession(input: { targetId: "ttcp_0987654321" }) { session { hostId hostSetId endpoint } } }',
        {},
        admin,
      );
      const { hostId, hostSetId, endpoint } = data!['authorizeSession'].session;
      expect(hostSetId).toBe('hsst_1234567890');
      expect(endpoint).toMatch(/^tcp:\/\/(localhost|127\.0\.0\.[23]):22$/);
      seen.add(hostId);
    }
    expect([...seen].sort()).toEqual(['hst_1234567890', 'hst_aaaaaaaaaa', 'hst_bbbbbbbbbb']);
  });

  test('finds a target by its name in any case, within what the caller may use', async () => {
    const ask = (input: object, token = admin) =>
      server.ask(authorizeDocument, { input: { ...input } }, token);
    const byId = await ask({ name: 'GENERATED TARGET with a direct address', scopeId: 'p_1234567890' });
    expect(byId.data!['authorizeSession'].session.status).toBe('PENDING');
    const byName = await ask({
      name: 'generated target with a direct address',
      scopeName: 'Generated project scope',
    });
    expect(byName.data!['authorizeSession'].session.status).toBe('PENDING');
    await server.database.sql(
      `insert into scope (id, type, parent_id, name) values ('o_twin000000', 'org', 'global', 'twin'), ('p_twin000000', 'project', 'o_twin000000', 'Generated project scope')`,
    );
    await server.database.sql(
      `insert into target (id, scope_id, name, address, default_port) values ('ttcp_twin000000', 'p_twin000000', 'Generated target with a direct address', '127.0.0.1', 22)`,
    );
    const both = await ask({
      name: 'Generated target with a direct address',
      scopeName: 'Generated project scope',
    });
    expect(both.errors![0]).toMatchObject({ message: expect.stringContaining('several projects have it') });
    const { token } = await user('ids=*;type=target;actions=authorize-session');
    const mine = await ask(
      { name: 'Generated target with a direct address', scopeName: 'Generated project scope' },
      token,
    );
    expect(mine.errors).toBeUndefined();
  });
});

describe('a target that is named', () => {
  const ask = (input: object, token: string) => server.ask(authorizeDocument, { input }, token);
  const make = async (id: string, project: string, name: string): Promise<string> => {
    const place = [project, project.replace('p_', 'o_'), `${project} org`];
    await server.database.sql(
      `insert into scope (id, type, parent_id, name) values ('${place[1]}', 'org', 'global', '${place[2]}') on conflict do nothing`,
    );
    await server.database.sql(
      `insert into scope (id, type, parent_id, name) values ('${place[0]}', 'project', '${place[1]}', 'Same') on conflict do nothing`,
    );
    await server.database.sql(
      'insert into target (id, scope_id, name, address, default_port) values ($1, $2, $3, $4, 22)',
      [id, project, name, '127.0.0.1'],
    );
    return id;
  };
  const targetOf = async (input: object, token: string): Promise<string> => {
    const { data, errors } = await server.ask(
      'mutation ($input: AuthorizeSessionInput!) { authorizeSession(input: $input) { session { targetId } } }',
      { input },
      token,
    );
    expect(errors).toBeUndefined();
    return data!['authorizeSession'].session.targetId as string;
  };
  const useTargets = (scope: string, ...grants: string[]) => newUser(server, [{ scope, grants }]);

  test('in the sixth org is found by a caller who is granted that one alone', async () => {
    for (const n of [1, 2, 3, 4, 5, 6]) await make(`ttcp_prod00000${n}`, `p_six00000${n}`, 'prod');
    const { token } = await useTargets('p_six000006', 'ids=ttcp_prod000006;actions=authorize-session');
    expect(await targetOf({ name: 'prod', scopeName: 'Same' }, token)).toBe('ttcp_prod000006');
    const stranger = await newUser(server);
    const { errors } = await ask({ name: 'prod', scopeName: 'Same' }, stranger.token);
    expect(errors![0]).toMatchObject({ extensions: { code: 'NOT_FOUND' } });
  });

  test('is the one of the very name, where another differs from it in case', async () => {
    const [lower, upper] = [await make('ttcp_dblower0', 'p_case0000', 'db'), 'ttcp_dbupper0'];
    await make(upper, 'p_case0000', 'DB');
    const { token } = await useTargets('p_case0000', 'ids=*;type=target;actions=authorize-session');
    expect(await targetOf({ name: 'db', scopeId: 'p_case0000' }, token)).toBe(lower);
    expect(await targetOf({ name: 'DB', scopeId: 'p_case0000' }, token)).toBe(upper);
    const { errors } = await ask({ name: 'Db', scopeId: 'p_case0000' }, token);
    expect(errors![0]).toMatchObject({
      message: 'input.name: fits "db" and "DB"; write it as it is',
      extensions: { code: 'INVALID_INPUT' },
    });
  });

  test('is not another that differs in case, when the very one is seen and may not be used', async () => {
    const { token } = await useTargets(
      'p_case0000',
      'ids=ttcp_dblower0;actions=authorize-session',
      'ids=ttcp_dbupper0;actions=read',
    );
    const { errors } = await ask({ name: 'DB', scopeId: 'p_case0000' }, token);
    expect(errors![0]).toMatchObject({ extensions: { code: 'FORBIDDEN', action: 'authorize-session' } });
    expect(await targetOf({ name: 'dB', scopeId: 'p_case0000' }, token)).toBe('ttcp_dblower0');
  });

  test('is told the same of when it is hidden as when it is missing', async () => {
    const { token } = await useTargets('p_case0000', 'ids=ttcp_dblower0;actions=no-op');
    const mask = (answer: object) => JSON.stringify(answer).replaceAll(/(denial|req)_\w+/g, '');
    const hidden = await ask({ name: 'prod', scopeName: 'Same' }, token);
    expect(mask(hidden)).toBe(mask(await ask({ name: 'nothing', scopeName: 'Same' }, token)));
  });
});

describe('seeing and ending sessions', () => {
  test('those who hold only :self actions see and end their own, and nobody else’s', async () => {
    const grants = [
      'ids=*;type=target;actions=authorize-session',
      'ids=*;type=session;actions=list,read:self,cancel:self',
    ];
    const [alice, bob] = [await user(...grants), await user(...grants)];
    const hers = await authorize(server, alice.token, target);
    const list = (token: string) =>
      server.ask('{ sessions(scopeId: "p_1234567890") { nodes { id authorizedActions } } }', {}, token);
    expect((await list(alice.token)).data!['sessions'].nodes).toEqual([
      { id: hers.id, authorizedActions: ['READ_SELF', 'CANCEL_SELF'] },
    ]);
    expect((await list(bob.token)).data!['sessions'].nodes).toEqual([]);
    const stolen = await server.ask(cancelDocument, { id: hers.id }, bob.token);
    expect(stolen.errors![0]).toMatchObject({ extensions: { code: 'NOT_FOUND' } });
    const read = await server.ask(
      'query ($id: ID!) { session(id: $id) { id } node(id: $id) { id } }',
      { id: hers.id },
      bob.token,
    );
    expect(read.data).toEqual({ session: null, node: null });
    expect((await server.ask(cancelDocument, { id: hers.id }, alice.token)).errors).toBeUndefined();
  });

  test('one who may read them all may still not end them', async () => {
    const { token } = await user('ids=*;type=session;actions=list,read');
    const session = await authorize(server, admin, target);
    const { errors } = await server.ask(cancelDocument, { id: session.id }, token);
    expect(errors![0]).toMatchObject({ extensions: { code: 'FORBIDDEN', action: 'cancel' } });
  });

  test('a refused cancel changes nothing and leaves an audit row with the denial', async () => {
    const { token, id } = await user('ids=*;type=session;actions=list,read');
    const session = await authorize(server, admin, target);
    const { errors } = await server.ask(cancelDocument, { id: session.id }, token);
    const [row] = await server.database.sql(
      'select outcome, error_code, operation, denial_id from audit where actor_id = $1',
      [id],
    );
    expect(row).toEqual({
      outcome: 'refused',
      error_code: 'FORBIDDEN',
      operation: 'cancelSession',
      denial_id: errors![0]!.extensions['denialId'],
    });
    const [{ status }] = (await server.database.sql<{ status: string }>(
      'select status from session where id = $1',
      [session.id],
    )) as [{ status: string }];
    expect(status).toBe('pending');
  });
});

describe('a detached token', () => {
  test('binds the session to the key of whoever redeems it first, without a sign-in', async () => {
    const { id, token } = await detached();
    const identity = makeIdentity('test');
    const { data, errors } = await redeem(token, identity.publicKey);
    expect(errors).toBeUndefined();
    expect(data!['redeemAuthorization']).toMatchObject({ session: { id }, authorization: { token: null } });
    const { socket } = await sessionOf(
      id,
      identity,
      data!['redeemAuthorization'].authorization.workers,
    ).open();
    expect(await echo(socket, 'redeemed')).toBe('redeemed');
    socket.destroy();
  });

  test('works once: the second redemption is refused by name, audited, and told to those who watch', async () => {
    const { id, token } = await detached();
    await redeem(token);
    const { errors } = await redeem(token);
    expect(errors![0]).toMatchObject({ extensions: { code: 'AUTHORIZATION_REPLAYED' } });
    const kinds = await eventually('the events', async () => {
      const rows = await server.database.sql<{ kind: string }>(
        'select kind from event where subject_id = $1 order by id',
        [id],
      );
      return rows.length === 3 && rows.map(({ kind }) => kind);
    });
    expect(kinds).toEqual(['session.created', 'session.bound', 'session.authorization_replayed']);
    const audit = await server.database.sql(
      'select operation, outcome, error_code from audit where resource_id = $1 order by id',
      [id],
    );
    expect(audit.slice(1)).toEqual([
      { operation: 'redeemAuthorization', outcome: 'done', error_code: null },
      { operation: 'redeemAuthorization', outcome: 'refused', error_code: 'AUTHORIZATION_REPLAYED' },
      { operation: 'reportReplay', outcome: 'done', error_code: null },
    ]);
  });

  test('of 20 redemptions at once exactly one wins', async () => {
    const { token } = await detached();
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => redeem(token)));
    expect(outcomes.filter(({ errors }) => !errors)).toHaveLength(1);
    expect(new Set(outcomes.flatMap(({ errors }) => errors?.[0]?.extensions['code'] ?? []))).toEqual(
      new Set(['AUTHORIZATION_REPLAYED']),
    );
  });

  test.each([
    ['nonsense', () => 'nonsense', 'UNAUTHENTICATED'],
    [
      'one with another secret',
      (token: string) => token.replace(/.$/, (c) => (c === 'A' ? 'B' : 'A')),
      'UNAUTHENTICATED',
    ],
    [
      'one of another session',
      (token: string) => token.replace(/^s_\w{10}/, 's_0000000000'),
      'UNAUTHENTICATED',
    ],
  ])('%s is not valid', async (_, change, code) => {
    const { token } = await detached();
    expect((await redeem(change(token))).errors![0]).toMatchObject({ extensions: { code } });
  });

  test('is over after its time, and so is the session that nobody took', async () => {
    const { id, token } = await detached();
    await server.database.sql(`update session set detached_expires_at = postern_now() where id = $1`, [id]);
    expect((await redeem(token)).errors![0]).toMatchObject({
      extensions: { code: 'INVALID_STATE' },
      message: expect.stringContaining('expired'),
    });
  });

  test('is stored as a hash, and no event or audit row holds it', async () => {
    const { token } = await detached();
    const secret = token.split('_')[2]!;
    for (const table of ['session', 'event', 'event_inbox', 'audit']) {
      const rows = await server.database.sql<{ row: string }>(`select t::text as row from ${table} t`);
      for (const { row } of rows) expect(row).not.toContain(secret);
    }
  });
});
