import { newUser } from '../support/identities';
import { startTestServer, type TestServer } from '../support/test-server';

let server: TestServer;
let admin: string;
beforeAll(async () => {
  server = await startTestServer();
  admin = await server.signIn();
});
afterAll(() => server.stop());

const project = 'p_1234567890';
const target = 'ttcp_1234567890';
const authorize = async (token: string, input: object = {}): Promise<any> => {
  const { data, errors } = await server.ask(
    `mutation ($input: AuthorizeSessionInput!) { authorizeSession(input: $input) {
       session { id } authorization { token connectCommand workers { address } } } }`,
    { input: { targetId: target, ...input } },
    token,
  );
  return errors ? errors[0]!.extensions['code'] : data?.['authorizeSession'];
};

describe('a link', () => {
  test('leads from a scope to what stands in it, and from a target and a user to their sessions', async () => {
    const { session } = await authorize(admin);
    const { data, errors } = await server.ask(
      `{ rootScope { children { nodes { children { nodes { id } } } } }
         scope(id: "${project}") {
           targets(filter: { idIn: ["${target}"] }) { nodes { id sessions { nodes { id user { sessions(first: 1) { nodes { id } } } } } } }
           sessions { nodes { id } } }
         hostCatalog(id: "hcst_1234567890") { hosts { nodes { id } } hostSets(first: 1) { nodes { id } } } }`,
      {},
      admin,
    );
    expect(errors).toBeUndefined();
    expect(data!['rootScope'].children.nodes).toEqual([{ children: { nodes: [{ id: project }] } }]);
    const found = data!['scope'];
    expect(found.sessions.nodes).toEqual([{ id: session.id }]);
    expect(found.targets.nodes).toEqual([
      {
        id: target,
        sessions: { nodes: [{ id: session.id, user: { sessions: { nodes: [{ id: session.id }] } } }] },
      },
    ]);
    expect(data!['hostCatalog']).toEqual({
      hosts: { nodes: [{ id: 'hst_1234567890' }] },
      hostSets: { nodes: [{ id: 'hsst_1234567890' }] },
    });
  });

  test('to a list that may not be opened is null, without an error', async () => {
    const grants = ['ids=*;type=scope;actions=read', `ids=${target};actions=read`];
    const reader = await newUser(server, [{ scope: project, grants }]);
    await server.database.sql(`delete from role_principal where principal_id in ('u_auth', 'u_anon')`);
    const { data, errors } = await server.ask(
      `{ target(id: "${target}") { id sessions { nodes { id } } } }`,
      {},
      reader.token,
    );
    expect(errors).toBeUndefined();
    expect(data).toEqual({ target: { id: target, sessions: null } });
  });

  test('narrows by what it is about, whatever a filter beside it names', async () => {
    const { data } = await server.ask(
      `{ target(id: "${target}") { sessions(filter: { targetIdIn: ["ttcp_0987654321"] }) { nodes { id } } } }`,
      {},
      admin,
    );
    expect(data).toEqual({ target: { sessions: { nodes: [] } } });
  });
});

describe('the actions on the collections', () => {
  const ask = async (token: string, more = ''): Promise<any> => {
    const actions = 'authorizedCollectionActions { collection actions }';
    const { data } = await server.ask(
      `{ scope(id: "${project}") { ${actions} } hostCatalog(id: "hcst_1234567890") { ${actions} } ${more} }`,
      {},
      token,
    );
    return data;
  };

  test('of a scope and a catalog are all there are for an administrator', async () => {
    const { scope, hostCatalog, authMethods } = await ask(
      admin,
      'authMethods(scopeId: "global") { nodes { authorizedCollectionActions { collection actions } accounts { nodes { loginName } } } }',
    );
    expect(authMethods.nodes).toEqual([
      {
        authorizedCollectionActions: [{ collection: 'accounts', actions: ['CREATE', 'LIST'] }],
        accounts: { nodes: expect.arrayContaining([{ loginName: 'admin' }]) },
      },
    ]);
    expect(hostCatalog.authorizedCollectionActions).toEqual([
      { collection: 'host-sets', actions: ['CREATE', 'LIST'] },
      { collection: 'hosts', actions: ['CREATE', 'LIST'] },
    ]);
    expect(scope.authorizedCollectionActions).toContainEqual({ collection: 'sessions', actions: ['LIST'] });
  });

  test('are those granted, also where the place itself is hidden', async () => {
    const grants = [
      'ids=hcst_1234567890;actions=read;output_fields=id',
      'ids=hcst_1234567890;type=host;actions=create',
      'type=target;actions=list',
    ];
    const reader = await newUser(server, [
      { scope: project, grants },
      { scope: 'o_1234567890', grants: ['ids=*;type=scope;actions=read'] },
    ]);
    const { scope, hostCatalog } = await ask(reader.token);
    expect(hostCatalog.authorizedCollectionActions).toEqual([{ collection: 'hosts', actions: ['CREATE'] }]);
    expect(scope.authorizedCollectionActions).toEqual([{ collection: 'targets', actions: ['LIST'] }]);
  });
});

describe('asking for a session again with the same key', () => {
  const idempotencyKey = '4f0c1f2e-9b1d-4c57-8a58-1d1d9e0c7b11';
  test('answers with the session there is, and does not show its token again', async () => {
    const first = await authorize(admin, { idempotencyKey });
    expect(first.authorization.token).toMatch(/^s_/);
    const again = await authorize(admin, { idempotencyKey });
    expect(again.session).toEqual(first.session);
    expect(again.authorization).toMatchObject({ token: null, connectCommand: null });
    expect(again.authorization.workers).toEqual(first.authorization.workers);
    expect(await authorize(admin, { idempotencyKey, targetId: 'ttcp_0987654321' })).toBe(
      'IDEMPOTENCY_MISMATCH',
    );
  });

  test('by somebody else makes a session of theirs', async () => {
    const grants = [`ids=${target};actions=authorize-session`];
    const other = await newUser(server, [{ scope: project, grants }]);
    const theirs = await authorize(other.token, { idempotencyKey });
    const mine = await authorize(admin, { idempotencyKey });
    expect(theirs.session.id).not.toBe(mine.session.id);
    expect(theirs.authorization.token).toMatch(/^s_/);
  });
});
