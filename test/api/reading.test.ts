import { newUser } from '../support/identities';
import { startTestServer, type TestServer } from '../support/test-server';

let server: TestServer;
let admin: string;
beforeAll(async () => {
  server = await startTestServer();
  admin = await server.signIn();
  // What everybody may do on targets is taken away, so that each test grants what it means.
  await server.database.sql(`delete from role_grant where canonical like '%type=target%'`);
  await server.database.sql(`insert into alias (id, value) values ('alt_1234567890', 'generated.corp')`);
});
afterAll(() => server.stop());

const list = async (field: string, args: string, token: string | null, more = 'id') => {
  const answer = await server.ask(
    `{ ${field}(${args}) { nodes { ${more} } pageInfo { hasNextPage hasPreviousPage endCursor startCursor } } }`,
    {},
    token,
  );
  return { ...answer, nodes: answer.data?.[field]?.nodes as any[] | undefined };
};
const codeOf = ({ errors }: { errors: any }): string | undefined => errors?.[0]?.extensions.code;

describe('lists', () => {
  test.each([
    ['scopes', 'scopeId: "global"', ['o_1234567890']],
    ['scopes', 'scopeId: "global", recursive: true', ['o_1234567890', 'p_1234567890']],
    ['scopes', 'scopeId: "o_1234567890"', ['p_1234567890']],
    ['users', 'scopeId: "global"', ['u_0987654321', 'u_1234567890', 'u_anon', 'u_auth', 'u_recovery']],
    ['authMethods', 'scopeId: "global"', ['ampw_1234567890']],
    ['accounts', 'authMethodId: "ampw_1234567890"', ['acctpw_0987654321', 'acctpw_1234567890']],
    ['hostCatalogs', 'scopeId: "p_1234567890"', ['hcst_1234567890']],
    ['hostCatalogs', 'scopeId: "o_1234567890", recursive: true', ['hcst_1234567890']],
    ['hosts', 'hostCatalogId: "hcst_1234567890"', ['hst_1234567890']],
    ['hostSets', 'hostCatalogId: "hcst_1234567890"', ['hsst_1234567890']],
    ['aliases', 'scopeId: "global"', ['alt_1234567890']],
    ['aliases', 'scopeId: "o_1234567890"', []],
    ['targets', 'scopeId: "p_1234567890"', ['ttcp_0987654321', 'ttcp_1234567890']],
    ['targets', 'scopeId: "global"', []],
    ['targets', 'scopeId: "global", recursive: true', ['ttcp_0987654321', 'ttcp_1234567890']],
    ['sessions', 'scopeId: "global", recursive: true', []],
  ])('%s(%s) shows an administrator all of them', async (field, args, ids) => {
    const { nodes, errors } = await list(field, args, admin);
    expect(errors).toBeUndefined();
    expect(nodes!.map((node) => node.id).sort()).toEqual(ids);
  });

  test.each([
    ['a caller without a token', null, 'UNAUTHENTICATED'],
    ['a token that is no token', 'at_0000000000_x', 'UNAUTHENTICATED'],
  ])('%s is asked to sign in', async (_, token, code) => {
    expect(codeOf(await list('targets', 'scopeId: "p_1234567890"', token))).toBe(code);
  });

  test('one may see the scopes without a token, with no more than is needed to sign in', async () => {
    const { nodes } = await list(
      'scopes',
      'scopeId: "global", recursive: true',
      null,
      'id name primaryAuthMethodId authorizedActions',
    );
    expect(nodes).toEqual([
      {
        id: 'o_1234567890',
        name: 'Generated org scope',
        primaryAuthMethodId: null,
        authorizedActions: ['NO_OP'],
      },
      {
        id: 'p_1234567890',
        name: 'Generated project scope',
        primaryAuthMethodId: null,
        authorizedActions: ['NO_OP'],
      },
    ]);
  });

  test('a grant on one target shows that one alone, in a list of its project and from above', async () => {
    const { token } = await newUser(server, [
      { scope: 'p_1234567890', grants: ['type=target;actions=list', 'ids=ttcp_0987654321;actions=read'] },
    ]);
    for (const args of ['scopeId: "p_1234567890"', 'scopeId: "global", recursive: true']) {
      const { nodes } = await list('targets', args, token, 'id authorizedActions');
      expect(nodes).toEqual([{ id: 'ttcp_0987654321', authorizedActions: ['READ'] }]);
    }
  });

  test('without list there is no list, however much may be read', async () => {
    const { token } = await newUser(server, [
      { scope: 'p_1234567890', grants: ['ids=*;type=target;actions=read'] },
    ]);
    expect(codeOf(await list('targets', 'scopeId: "p_1234567890"', token))).toBe('FORBIDDEN');
    expect(codeOf(await list('targets', 'scopeId: "global", recursive: true', token))).toBe('FORBIDDEN');
  });

  test('a scope that is missing and one that is hidden are one answer', async () => {
    // Everybody sees the scopes of this installation; here they are hidden from strangers.
    await server.database.sql(`delete from role_grant_scope where grant_scope = 'descendants' and role_id in
      (select role_id from role_principal where principal_id in ('u_anon', 'u_auth'))`);
    const { token } = await newUser(server);
    const masked = (answer: { errors: any }) => ({
      ...answer.errors[0],
      message: answer.errors[0].message.replace(/denial_\w+/, ''),
      extensions: { ...answer.errors[0].extensions, denialId: '', requestId: '' },
    });
    const hidden = await list('targets', 'scopeId: "p_1234567890"', token);
    const missing = await list('targets', 'scopeId: "p_0000000000"', token);
    expect(masked(hidden)).toEqual(masked(missing));
    expect(codeOf(hidden)).toBe('NOT_FOUND');
  });
});

describe('pages', () => {
  const names = Array.from({ length: 7 }, (_, i) => `page-${i}`);
  beforeAll(async () => {
    for (const name of names) {
      await server.database.sql(
        `insert into target (id, scope_id, name, address, default_port, created_at) values ($1, 'p_1234567890', $2, '127.0.0.1', 1, '2020-01-01T00:00:00Z')`,
        [`ttcp_${name.replace('-', '')}0`, name],
      );
    }
  });
  const filter = 'scopeId: "p_1234567890", filter: { nameContains: "PAGE-" }';

  test('forward and backward they are the list, and cursors say where a page stands', async () => {
    const seen: string[] = [];
    let after: string | null = null;
    for (;;) {
      const { nodes, data } = await list(
        'targets',
        `${filter}, first: 3, after: ${JSON.stringify(after)}`,
        admin,
        'name',
      );
      seen.push(...nodes!.map((node) => node.name));
      expect(data!['targets'].pageInfo.hasPreviousPage).toBe(after !== null);
      after = data!['targets'].pageInfo.endCursor;
      if (!data!['targets'].pageInfo.hasNextPage) break;
    }
    expect(seen).toEqual(names);
    const last = await list('targets', `${filter}, last: 3`, admin, 'name');
    expect(last.nodes!.map((node) => node.name)).toEqual(names.slice(-3));
    const before = await list(
      'targets',
      `${filter}, last: 3, before: ${JSON.stringify(last.data!['targets'].pageInfo.startCursor)}`,
      admin,
      'name',
    );
    expect(before.nodes!.map((node) => node.name)).toEqual(names.slice(1, 4));
  });

  test.each([
    ['first: 0', 'first: must be 1 to 100'],
    ['first: -1', 'first: must be 1 to 100'],
    ['first: 101', 'first: must be 1 to 100'],
    ['last: 101', 'last: must be 1 to 100'],
    ['first: 1, last: 1', 'last: give first or last, not both'],
    ['after: "x"', 'after: is not a cursor of this list'],
    ['first: 1, before: "x"', 'before: goes with last'],
  ])('%s is refused, never clamped', async (args, message) => {
    const { errors } = await list('targets', `scopeId: "p_1234567890", ${args}`, admin);
    expect(errors![0]).toMatchObject({ message, extensions: { code: 'INVALID_INPUT' } });
  });

  test('a cursor of another list, of another caller, or with a flipped bit does not open', async () => {
    const { data } = await list('targets', `${filter}, first: 1`, admin);
    const cursor = data!['targets'].pageInfo.endCursor as string;
    const flipped = cursor.slice(0, -1) + (cursor.endsWith('A') ? 'B' : 'A');
    const { token } = await newUser(server, [
      { scope: 'p_1234567890', grants: ['ids=*;type=target;actions=list,read'] },
    ]);
    const tries: [string, string, string][] = [
      [filter, flipped, admin],
      ['scopeId: "p_1234567890"', cursor, admin],
      [filter, cursor, token],
    ];
    for (const [args, after, who] of tries) {
      const { errors } = await list('targets', `${args}, after: ${JSON.stringify(after)}`, who);
      expect(errors![0]).toMatchObject({ message: 'after: is not a cursor of this list' });
    }
  });
});

describe('single objects', () => {
  const kinds: [string, string, string][] = [
    ['scope', 'p_1234567890', 'Scope'],
    ['user', 'u_1234567890', 'User'],
    ['account', 'acctpw_1234567890', 'Account'],
    ['target', 'ttcp_1234567890', 'Target'],
    ['hostCatalog', 'hcst_1234567890', 'HostCatalog'],
    ['host', 'hst_1234567890', 'Host'],
    ['hostSet', 'hsst_1234567890', 'HostSet'],
    ['alias', 'alt_1234567890', 'Alias'],
  ];

  test.each(kinds)('%s(%s) is read, and node gives the same object', async (field, id, type) => {
    const { data } = await server.ask(
      `query ($id: ID!) { ${field}(id: $id) { id version createdAt authorizedActions } node(id: $id) { __typename id ... on Versioned { version createdAt } ... on Authorizable { authorizedActions } } }`,
      { id },
      admin,
    );
    expect(data!['node']).toEqual({ __typename: type, ...data![field] });
    expect(data![field].authorizedActions).toEqual(
      expect.arrayContaining(['NO_OP', 'READ', 'UPDATE', 'DELETE']),
    );
  });

  test.each(kinds)(
    '%s: a stranger is told the same of a hidden one as of a missing one',
    async (field, id) => {
      const { token } = await newUser(server);
      const missing = id.replace(/_.*/, '_0000000000');
      const ask = (one: string) =>
        server.ask(`query ($id: ID!) { ${field}(id: $id) { id } }`, { id: one }, token);
      const mask = (answer: object) => JSON.stringify(answer).replaceAll(/(denial|req)_\w+/g, '');
      const hidden = await ask(id);
      expect(codeOf(hidden)).toBe('NOT_FOUND');
      expect(mask(hidden)).toBe(mask(await ask(missing)));
      const nodes = await server.ask(
        `{ node(id: "${id}") { id } nodes(ids: ["${id}", "${missing}", "nonsense"]) { id } }`,
        {},
        token,
      );
      expect(nodes.data).toEqual({ node: null, nodes: [null, null, null] });
    },
  );

  test('node gives a token to its holder and to who may read tokens, and to nobody else', async () => {
    const holder = await newUser(server);
    const reader = await newUser(server, [
      { scope: 'global', grants: ['ids=*;type=auth-token;actions=read;output_fields=id,user_id'] },
    ]);
    const query = `query ($id: ID!) { node(id: $id) {
      __typename ... on AuthToken { id userId accountId scopeId expiresAt }
    } }`;
    const nodeFor = async (token: string | null) =>
      (await server.ask(query, { id: holder.tokenId }, token)).data!['node'];
    expect(await nodeFor(holder.token)).toMatchObject({
      __typename: 'AuthToken',
      id: holder.tokenId,
      userId: holder.id,
      scopeId: 'global',
      accountId: expect.stringMatching(/^acctpw_/),
    });
    expect(await nodeFor(reader.token)).toEqual({
      ...{ __typename: 'AuthToken', id: holder.tokenId, userId: holder.id },
      ...{ accountId: null, scopeId: null, expiresAt: null },
    });
    expect(await nodeFor((await newUser(server)).token)).toBeNull();
    expect(await nodeFor(null)).toBeNull();
  });

  test('one that is seen but not read is forbidden, and the answer says which action is missing', async () => {
    const { token } = await newUser(server, [
      { scope: 'p_1234567890', grants: ['ids=ttcp_1234567890;actions=no-op'] },
    ]);
    const { errors } = await server.ask('{ target(id: "ttcp_1234567890") { id } }', {}, token);
    expect(errors![0]).toMatchObject({
      message: expect.stringMatching(/^you may not read this target \(denial denial_\w{10}\)$/),
      extensions: {
        code: 'FORBIDDEN',
        action: 'read',
        resourceType: 'target',
        denialId: expect.stringMatching(/^denial_/),
      },
    });
  });

  test('references are null where they are hidden, and output fields keep the rest back', async () => {
    const { token } = await newUser(server, [
      { scope: 'p_1234567890', grants: ['ids=ttcp_1234567890;actions=read;output_fields=id,name,scope_id'] },
    ]);
    const { data } = await server.ask(
      '{ target(id: "ttcp_1234567890") { id version name address defaultPort scopeId scope { id } hostSources { id } } }',
      {},
      token,
    );
    expect(data!['target']).toEqual({
      id: 'ttcp_1234567890',
      version: 1,
      name: 'Generated target with a direct address',
      address: null,
      defaultPort: null,
      scopeId: 'p_1234567890',
      scope: null,
      hostSources: null,
    });
  });
});
