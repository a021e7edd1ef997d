import { newUser } from '../support/identities';
import { startTestServer, type Answer, type TestServer } from '../support/test-server';

let server: TestServer;
let admin: string;

/** A list of named resources: where it is asked for, and how a row of it is written. */
interface Kind {
  readonly place: string;
  readonly type: string;
  readonly prefix: string;
  readonly columns: string;
  readonly values: string;
  readonly isAlwaysNamed?: boolean;
}
const kinds: Record<string, Kind> = {
  scopes: {
    ...{ place: 'scopeId: "o_lists00000"', type: 'scope', prefix: 'p' },
    ...{ columns: 'scope (type, parent_id', values: `'project', 'o_lists00000'` },
  },
  users: {
    ...{ place: 'scopeId: "o_lists00000"', type: 'user', prefix: 'u' },
    ...{ columns: 'iam_user (scope_id', values: `'o_lists00000'` },
  },
  groups: {
    ...{ place: 'scopeId: "o_lists00000"', type: 'group', prefix: 'g' },
    ...{ columns: 'iam_group (scope_id', values: `'o_lists00000'` },
  },
  roles: {
    ...{ place: 'scopeId: "o_lists00000"', type: 'role', prefix: 'r' },
    ...{ columns: 'role (scope_id', values: `'o_lists00000'` },
  },
  authMethods: {
    ...{ place: 'scopeId: "o_lists00000"', type: 'auth-method', prefix: 'ampw' },
    ...{ columns: 'auth_method (scope_id', values: `'o_lists00000'` },
  },
  accounts: {
    ...{ place: 'authMethodId: "ampw_lists00000"', type: 'account', prefix: 'acctpw' },
    ...{
      columns: 'account (auth_method_id, scope_id, login_name',
      values: `'ampw_lists00000', 'o_other00000', substr(md5(random()::text), 1, 20)`,
    },
  },
  targets: {
    ...{ place: 'scopeId: "p_lists00000"', type: 'target', prefix: 'ttcp', isAlwaysNamed: true },
    ...{ columns: 'target (scope_id, default_port', values: `'p_lists00000', 1` },
  },
  aliases: {
    ...{ place: 'scopeId: "global"', type: 'alias', prefix: 'alt' },
    ...{ columns: 'alias (value', values: `'a' || md5($1)` },
  },
  hostCatalogs: {
    ...{ place: 'scopeId: "p_lists00000"', type: 'host-catalog', prefix: 'hcst' },
    ...{ columns: 'host_catalog (scope_id', values: `'p_lists00000'` },
  },
  hosts: {
    ...{ place: 'hostCatalogId: "hcst_lists00000"', type: 'host', prefix: 'hst' },
    ...{
      columns: 'host (host_catalog_id, scope_id, address',
      values: `'hcst_lists00000', 'p_other00000', 'db.example'`,
    },
  },
  credentialStores: {
    ...{ place: 'scopeId: "p_lists00000"', type: 'credential-store', prefix: 'csst' },
    ...{ columns: 'credential_store (scope_id', values: `'p_lists00000'` },
  },
  credentials: {
    ...{ place: 'credentialStoreId: "csst_lists00000"', type: 'credential', prefix: 'credp' },
    ...{
      columns: 'credential (credential_store_id, scope_id, type, password_hmac',
      values: `'csst_lists00000', 'p_other00000', 'password', 'x'`,
    },
  },
  hostSets: {
    ...{ place: 'hostCatalogId: "hcst_lists00000"', type: 'host-set', prefix: 'hsst' },
    ...{ columns: 'host_set (host_catalog_id, scope_id', values: `'hcst_lists00000', 'p_other00000'` },
  },
};
const fields = Object.keys(kinds);

// What has no name stands first in time, so that it is last by name for no other reason.
const rows: [string, string | null, string, string][] = [
  ['none', null, '2026-01-01', '2026-03-03'],
  ['beta', 'beta', '2026-01-02', '2026-03-03'],
  ['Beta', 'Beta', '2026-01-02', '2026-03-01'],
  ['elk0', 'Älg', '2026-01-03', '2026-03-05'],
  ['alp1', 'alpha', '2026-01-04', '2026-03-04'],
  ['alp2', 'alpha 2', '2026-01-05', '2026-03-02'],
];

beforeAll(async () => {
  server = await startTestServer();
  admin = await server.signIn();
  // What everybody may see is taken away, so that each test grants what it means.
  await server.database.sql(`delete from role_principal where principal_id in ('u_anon', 'u_auth')`);
  const { sql } = server.database;
  await sql(`insert into scope (id, type, parent_id, created_at) values ('o_lists00000', 'org', 'global', '2025-01-01'),
    ('o_other00000', 'org', 'global', '2025-01-01')`);
  await sql(`insert into scope (id, type, parent_id, created_at) values
    ('p_lists00000', 'project', 'o_other00000', '2025-01-01'), ('p_other00000', 'project', 'o_other00000', '2025-01-01')`);
  await sql(`insert into host_catalog (id, scope_id) values ('hcst_lists00000', 'p_other00000')`);
  await sql(`insert into credential_store (id, scope_id) values ('csst_lists00000', 'p_other00000')`);
  await sql(`insert into auth_method (id, scope_id) values ('ampw_lists00000', 'o_other00000')`);
  for (const { prefix, columns, values, isAlwaysNamed } of Object.values(kinds)) {
    for (const [id, name, createdAt, updatedAt] of rows) {
      await sql(
        `insert into ${columns}, id, name, created_at, updated_at) values (${values}, $1, $2, $3, $4)`,
        [`${prefix}_${id}`, name ?? (isAlwaysNamed ? 'ö' : null), createdAt, updatedAt],
      );
    }
  }
});
afterAll(() => server.stop());

const listed = (field: string, terms: string, window = 'first: 100', token = admin): Promise<Answer> =>
  server.ask(
    `{ ${field}(${kinds[field]!.place}, ${terms} ${window}) {
      nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    } }`,
    {},
    token,
  );
const idsOf = (field: string, { data, errors }: Answer): string[] => {
  expect(errors).toBeUndefined();
  return data![field].nodes.map(({ id }: { id: string }) => id.replace(/^[a-z]+_/, ''));
};

const byTime = ['none', 'Beta', 'beta', 'elk0', 'alp1', 'alp2'];
const byChange = ['Beta', 'alp2', 'beta', 'none', 'alp1', 'elk0'];
const byName = ['Beta', 'alp1', 'alp2', 'beta', 'elk0', 'none'];
const backward = (order: string) => `orderBy: { field: ${order}, direction: DESC }`;

describe.each(fields)('%s', (field) => {
  const { isAlwaysNamed = false, type } = kinds[field]!;
  // A target always has a name, here the greatest; elsewhere what has none stays last.
  const byNameBack = isAlwaysNamed
    ? [...byName].reverse()
    : [...byName.slice(0, -1).reverse(), ...byName.slice(-1)];

  test.each([
    ['oldest first unless told otherwise', '', byTime],
    ['oldest first by an order that says nothing', 'orderBy: {}', byTime],
    ['newest first', 'orderBy: { direction: DESC }', [...byTime].reverse()],
    ['by the last change', 'orderBy: { field: UPDATED_AT }', byChange],
    ['by the last change, latest first', backward('UPDATED_AT'), [...byChange].reverse()],
    ['by name, the nameless last', 'orderBy: { field: NAME }', byName],
    ['by name backward, the nameless last again', backward('NAME'), byNameBack],
  ])('are sorted %s, and so are their pages', async (_, terms, expected) => {
    expect(idsOf(field, await listed(field, terms))).toEqual(expected);
    const pages: string[][] = [];
    for (let after: string | null = null, isMore = true; isMore;) {
      const page = await listed(field, terms, `first: 2, after: ${JSON.stringify(after)}`);
      pages.push(idsOf(field, page));
      ({ endCursor: after, hasNextPage: isMore } = page.data![field].pageInfo);
    }
    expect(pages).toEqual([expected.slice(0, 2), expected.slice(2, 4), expected.slice(4)]);
    const { startCursor } = (await listed(field, terms, 'last: 1')).data![field].pageInfo;
    const back = await listed(field, terms, `last: 4, before: ${JSON.stringify(startCursor)}`);
    expect(idsOf(field, back)).toEqual(expected.slice(1, 5));
  });

  test.each([
    ['idIn: ["PREFIX_beta", "PREFIX_none", "nonsense"]', ['none', 'beta']],
    ['idIn: []', []],
    ['nameContains: "ALPHA"', ['alp1', 'alp2']],
    ['nameContains: "%"', []],
    ['nameIn: ["beta", "Beta", "ALPHA"]', ['Beta', 'beta']],
    ['nameIn: []', []],
    ['createdAfter: "2026-01-03T00:00:00Z"', ['elk0', 'alp1', 'alp2']],
    ['createdBefore: "2026-01-02T00:00:00Z"', ['none']],
    ['createdAfter: "2026-01-04T00:00:00Z", nameIn: ["alpha", "beta"]', ['alp1']],
  ])('are narrowed by %s', async (filter, expected) => {
    const terms = `filter: { ${filter.replaceAll('PREFIX', kinds[field]!.prefix)} }`;
    expect(idsOf(field, await listed(field, terms))).toEqual(expected);
  });

  test.each([
    [`idIn: [${Array(51).fill('"x"').join()}]`, 'filter.idIn', 'holds more than 50 values'],
    [`nameIn: [${Array(51).fill('"x"').join()}]`, 'filter.nameIn', 'holds more than 50 values'],
    [`nameContains: "${'x'.repeat(129)}"`, 'filter.nameContains', 'is longer than 128 characters'],
  ])('are not narrowed by more than they may: %#', async (filter, path, message) => {
    const { errors } = await listed(field, `filter: { ${filter} }`);
    expect(errors![0]!.extensions).toMatchObject({ code: 'INVALID_INPUT', issues: [{ path, message }] });
  });

  test('tell nothing of names that are hidden, neither by a filter nor by their order', async () => {
    const grants = [`ids=*;type=${type};actions=list,read;output_fields=id`];
    const { token } = await newUser(server, [
      { scope: 'global', grants, grantScopes: ['this', 'descendants'] },
    ]);
    const hidden = [
      ['filter: { nameContains: "a" }', 'filter.nameContains'],
      ['filter: { nameIn: ["alpha"] }', 'filter.nameIn'],
      ['orderBy: { field: NAME }', 'orderBy.field'],
    ] as const;
    for (const [terms, path] of hidden) {
      const { errors } = await listed(field, terms, 'first: 100', token);
      expect(errors?.[0]!.extensions).toMatchObject({
        code: 'INVALID_INPUT',
        issues: [{ path, message: expect.stringMatching(/^name is hidden from you/) }],
      });
    }
    const shown = 'filter: { createdAfter: "2026-01-04T00:00:00Z" }, orderBy: { field: UPDATED_AT }';
    expect(idsOf(field, await listed(field, shown, 'first: 100', token))).toEqual(['alp2', 'alp1']);
  });
});

describe('targets', () => {
  beforeAll(async () => {
    const { sql } = server.database;
    await sql(`update target set address = 'db.example' where id in ('ttcp_alp1', 'ttcp_beta')`);
    await sql(`insert into host_catalog (id, scope_id) values ('hcst_goes00000', 'p_lists00000')`);
    await sql(`insert into host_set (id, host_catalog_id, scope_id) values
      ('hsst_one000000', 'hcst_goes00000', 'p_lists00000'), ('hsst_two000000', 'hcst_goes00000', 'p_lists00000')`);
    await sql(`insert into target_host_source (target_id, host_set_id, scope_id) values
      ('ttcp_alp2', 'hsst_one000000', 'p_lists00000'), ('ttcp_alp2', 'hsst_two000000', 'p_lists00000'),
      ('ttcp_elk0', 'hsst_two000000', 'p_lists00000')`);
    await sql(`insert into credential_store (id, scope_id) values ('csst_goes00000', 'p_lists00000')`);
    await sql(`insert into credential (id, credential_store_id, scope_id, type, password_hmac)
      values ('credp_goes00000', 'csst_goes00000', 'p_lists00000', 'password', 'x')`);
    await sql(`insert into target_credential_source (target_id, credential_id, scope_id)
      values ('ttcp_elk0', 'credp_goes00000', 'p_lists00000')`);
  });

  test.each([
    ['addressIn: ["db.example", "other"]', ['beta', 'alp1']],
    ['hostSourceIdIn: ["hsst_one000000"]', ['alp2']],
    ['hostSourceIdIn: ["hsst_one000000", "hsst_two000000"]', ['elk0', 'alp2']],
    ['brokeredCredentialSourceIdIn: ["credp_goes00000", "credp_none00000"]', ['elk0']],
    ['hostSourceIdIn: ["hsst_two000000"], nameContains: "alpha"', ['alp2']],
  ])('are narrowed by %s', async (filter, expected) => {
    expect(idsOf('targets', await listed('targets', `filter: { ${filter} }`))).toEqual(expected);
  });

  test.each([
    ['addressIn: ["db.example"]', 'filter.addressIn', 'address'],
    ['hostSourceIdIn: ["hsst_one000000"]', 'filter.hostSourceIdIn', 'host_source_ids'],
    [
      'brokeredCredentialSourceIdIn: ["credp_goes00000"]',
      'filter.brokeredCredentialSourceIdIn',
      'brokered_credential_source_ids',
    ],
  ])('tell nothing by %s where that is hidden', async (filter, path, hidden) => {
    const grants = ['ids=*;type=target;actions=list,read;output_fields=id,name'];
    const { token } = await newUser(server, [{ scope: 'p_lists00000', grants }]);
    const { errors } = await listed('targets', `filter: { ${filter} }`, 'first: 1', token);
    expect(errors![0]!.extensions).toMatchObject({
      issues: [{ path, message: expect.stringContaining(`${hidden} is hidden from you`) }],
    });
  });
});
