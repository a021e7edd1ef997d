import { grantTo, newUser } from '../support/identities';
import { startTestServer, type Answer, type TestServer } from '../support/test-server';

let server: TestServer;
let admin: string;
beforeAll(async () => {
  server = await startTestServer();
  admin = await server.signIn();
  await server.database.sql(`insert into scope (id, type, parent_id) values
    ('o_other00000', 'org', 'global'), ('p_other00000', 'project', 'o_other00000')`);
});
afterAll(() => server.stop());

const project = 'p_1234567890';
const fields =
  'id at requestId actorKind actorId actorName clientAddress operation resourceType resourceId scopeId outcome errorCode denialId comment before after authorizedActions';
const list = async (args: string, token: string = admin, selection = fields) => {
  const answer = await server.ask(
    `{ auditEntries(${args}) { nodes { ${selection} } pageInfo { hasNextPage endCursor } } }`,
    {},
    token,
  );
  return { ...answer, nodes: answer.data?.['auditEntries']?.nodes as any[] | undefined };
};
const only = async (args: string, token = admin): Promise<any> => {
  const { nodes, errors } = await list(args, token);
  expect({ errors, length: nodes?.length }).toEqual({ errors: undefined, length: 1 });
  return nodes![0];
};
const codeOf = ({ errors }: Pick<Answer, 'errors'>) => errors?.[0]?.extensions['code'];
const masked = (answer: object): string => JSON.stringify(answer).replaceAll(/(denial|req)_\w+/g, '');
const newCatalog = async (name: string, scopeId = project, token = admin): Promise<string> => {
  const { data, errors } = await server.ask(
    'mutation ($input: CreateHostCatalogInput!) { createHostCatalog(input: $input) { hostCatalog { id } } }',
    { input: { scopeId, name } },
    token,
  );
  expect(errors).toBeUndefined();
  return data!['createHostCatalog'].hostCatalog.id as string;
};
const deleteCatalog = (id: string, token = admin) =>
  server.ask('mutation ($id: ID!) { deleteHostCatalog(input: { id: $id }) { deletedId } }', { id }, token);
const aboutOnly = (id: string, more = '') =>
  `scopeId: "${project}", filter: { resourceIdIn: ["${id}"]${more} }`;
const auditor = (scope: string, grantScopes: string[], ...grants: string[]) =>
  newUser(server, [
    {
      scope,
      grantScopes,
      grants: grants.length > 0 ? grants : ['ids=*;type=audit-entry;actions=list,read'],
    },
  ]);

describe('an entry', () => {
  test('tells who did what to what, from where, and what it was before and after', async () => {
    const id = await newCatalog('told');
    await server.ask(
      'mutation ($input: UpdateHostCatalogInput!) { updateHostCatalog(input: $input) { hostCatalog { id } } }',
      { input: { id, expectedVersion: 1, name: 'told again' } },
      admin,
    );
    const entry = await only(aboutOnly(id, ', operationIn: ["updateHostCatalog"]'));
    expect(entry).toEqual({
      ...{ id: expect.stringMatching(/^ae_[0-9a-f]{20}$/), at: expect.stringMatching(/Z$/) },
      ...{ requestId: expect.stringMatching(/^req_/), clientAddress: expect.stringMatching(/127\.0\.0\.1/) },
      ...{ actorKind: 'USER', actorId: 'u_1234567890', actorName: 'admin' },
      ...{ operation: 'updateHostCatalog', resourceType: 'host-catalog', resourceId: id, scopeId: project },
      ...{ outcome: 'DONE', errorCode: null, denialId: null, comment: null },
      before: { scopeId: project, name: 'told', description: null },
      after: { scopeId: project, name: 'told again', description: null },
      authorizedActions: ['NO_OP', 'READ'],
    });
    const document = `query ($id: ID!) { auditEntry(id: $id) { ${fields} scope { id } } node(id: $id) { ... on AuditEntry { ${fields} } } }`;
    const { data } = await server.ask(document, { id: entry.id }, admin);
    expect(data).toEqual({ auditEntry: { ...entry, scope: { id: project } }, node: entry });
  });

  test('of a refusal stands where the object does, is found by the denial, and names the object', async () => {
    const id = await newCatalog('refused');
    const [seer, stranger] = [
      await newUser(server, [{ scope: project, grants: ['ids=*;type=host-catalog;actions=read'] }]),
      await newUser(server),
    ];
    for (const [who, code] of [
      [seer, 'FORBIDDEN'],
      [stranger, 'NOT_FOUND'],
    ] as const) {
      const refusal = await deleteCatalog(id, who.token);
      expect(codeOf(refusal)).toBe(code);
      const { denialId, requestId } = refusal.errors![0]!.extensions;
      expect(await only(`scopeId: "${project}", filter: { denialId: "${denialId}" }`)).toMatchObject({
        ...{ actorId: who.id, actorName: who.name, operation: 'deleteHostCatalog', requestId, denialId },
        ...{ resourceType: 'host-catalog', resourceId: id, scopeId: project },
        ...{ outcome: 'REFUSED', errorCode: code, before: null, after: null },
        comment: refusal.errors![0]!.message,
      });
    }
  });

  test('of what is nowhere, and of a login that failed, stands in global', async () => {
    const refusal = await deleteCatalog('hcst_nowhere00');
    const { requestId } = refusal.errors![0]!.extensions;
    expect(await only(`scopeId: "global", filter: { requestId: "${requestId}" }`)).toMatchObject({
      ...{ resourceType: 'host-catalog', resourceId: null, scopeId: 'global', errorCode: 'NOT_FOUND' },
    });
    const login = await server.ask(
      'mutation { authenticate(input: { loginName: "admin", password: "wrong" }) { token } }',
    );
    const request = login.errors![0]!.extensions['requestId'];
    expect(await only(`scopeId: "global", filter: { requestId: "${request}" }`)).toMatchObject({
      ...{ actorKind: 'ANONYMOUS', actorId: 'anonymous', actorName: null, operation: 'authenticate' },
      ...{ outcome: 'REFUSED', errorCode: 'UNAUTHENTICATED', after: { loginName: 'admin' } },
    });
  });

  test('that the release before this one writes finds its place too', async () => {
    await server.database.sql(
      `insert into audit (request_id, actor_kind, actor_id, operation, resource_id, scope_id, outcome) values
       ('req_before0001', 'user', 'u_1234567890', 'x', 'hcst_before000', 'p_other00000', 'done'),
       ('req_before0002', 'user', 'u_1234567890', 'x', null, null, 'done')`,
    );
    const rows = await server.database.sql(
      `select scope_id, scope_parent_id from audit where request_id like 'req_before%' order by id`,
    );
    expect(rows).toEqual([
      { scope_id: 'p_other00000', scope_parent_id: 'o_other00000' },
      { scope_id: 'global', scope_parent_id: null },
    ]);
  });
});

describe('the audit', () => {
  test.each<[string, string, string[], Record<string, string | string[]>]>([
    [
      'its project alone',
      project,
      ['this'],
      { [project]: 'shown', o_1234567890: 'FORBIDDEN', below: [project] },
    ],
    [
      'an org and its projects',
      'o_1234567890',
      ['this', 'children'],
      { [project]: 'shown', o_1234567890: 'empty', p_other00000: 'FORBIDDEN', below: [project] },
    ],
    [
      'everything below global',
      'global',
      ['descendants'],
      { [project]: 'shown', p_other00000: 'shown', global: 'FORBIDDEN', below: [project, 'p_other00000'] },
    ],
    ['global alone', 'global', ['this'], { [project]: 'FORBIDDEN', global: 'shown' }],
  ])('is shown of %s to who is granted it there', async (_, scope, grantScopes, expected) => {
    await newCatalog(`seen ${_}`);
    await newCatalog(`seen ${_}`, 'p_other00000');
    const { token } = await auditor(scope, grantScopes);
    const { below, ...scopes } = expected;
    for (const [scopeId, what] of Object.entries(scopes)) {
      const answer = await list(`scopeId: "${scopeId}"`, token);
      const got = codeOf(answer) ?? (answer.nodes!.length > 0 ? 'shown' : 'empty');
      expect([scopeId, got]).toEqual([scopeId, what]);
    }
    if (below === undefined) return;
    const { nodes } = await list('scopeId: "global", recursive: true, first: 100', token);
    expect([...new Set(nodes!.map(({ scopeId }) => scopeId))].sort()).toEqual(below);
  });

  test.each([
    ['nobody who only has what everybody has', []],
    [
      'nobody who may do everything else',
      ['ids=*;type=host-catalog;actions=*', 'ids=*;type=session;actions=*'],
    ],
  ])('is shown to %s', async (_, grants) => {
    const [entry] = (await list(`scopeId: "${project}", first: 1`)).nodes!;
    const { token } = await newUser(server, [{ scope: project, grants }]);
    expect(codeOf(await list(`scopeId: "${project}"`, token))).toBe('FORBIDDEN');
    expect(codeOf(await list('scopeId: "global", recursive: true', token))).toBe('FORBIDDEN');
    const query = (id: string) => `{ auditEntry(id: "${id}") { id } }`;
    const hidden = await server.ask(query(entry.id), {}, token);
    expect(codeOf(hidden)).toBe('NOT_FOUND');
    expect(masked(hidden)).toBe(masked(await server.ask(query('ae_00000000000000000000'), {}, token)));
    const node = await server.ask(`{ node(id: "${entry.id}") { id } }`, {}, token);
    expect(node.data).toEqual({ node: null });
  });

  test('asks a caller without a token to sign in', async () => {
    expect(codeOf(await list('scopeId: "global"', ''))).toBe('UNAUTHENTICATED');
  });

  test('tells the same of a scope that is hidden as of one that is missing', async () => {
    await server.database.sql(`delete from role_principal where principal_id in ('u_anon', 'u_auth')`);
    const { token } = await auditor(project, ['this']);
    const hidden = await list('scopeId: "p_other00000"', token);
    expect(codeOf(hidden)).toBe('NOT_FOUND');
    expect(masked(hidden)).toBe(masked(await list('scopeId: "p_missing000"', token)));
  });

  test('of a scope that was deleted stays with those who audit above it', async () => {
    await server.database.sql(`insert into scope (id, type, parent_id) values
      ('o_going00000', 'org', 'global'), ('p_going00000', 'project', 'o_going00000')`);
    const id = await newCatalog('gone', 'p_going00000');
    const inOrg = await auditor('o_going00000', ['children'], 'ids=*;type=audit-entry;actions=list,read');
    const below = await auditor('global', ['descendants']);
    const elsewhere = await auditor('o_1234567890', ['this', 'children']);
    const all = `scopeId: "global", recursive: true, filter: { resourceIdIn: ["${id}"] }`;
    const idsFor = async (token: string, args = all) =>
      (await list(args, token)).nodes!.map(({ resourceId }) => resourceId);
    await server.database.sql(`delete from scope where id = 'p_going00000'`);
    for (const { token } of [inOrg, below, { token: admin }]) expect(await idsFor(token)).toEqual([id]);
    expect(await idsFor(inOrg.token, all.replace('global', 'o_going00000'))).toEqual([id]);
    expect(await idsFor(elsewhere.token)).toEqual([]);
    const [entry] = (await list(all, inOrg.token)).nodes!;
    const { data } = await server.ask(
      `{ auditEntry(id: "${entry.id}") { scopeId scope { id } } }`,
      {},
      inOrg.token,
    );
    expect(data!['auditEntry']).toEqual({ scopeId: 'p_going00000', scope: null });
    await server.database.sql(`delete from scope where id = 'o_going00000'`);
    for (const { token } of [below, { token: admin }]) expect(await idsFor(token)).toEqual([id]);
  });

  test('comes newest first in pages that make up the list', async () => {
    for (const n of [1, 2, 3, 4, 5]) await newCatalog(`paged ${n}`);
    const base = `scopeId: "${project}", filter: { operationIn: ["createHostCatalog"] }`;
    const whole = (await list(`${base}, first: 100`)).nodes!;
    expect(whole.slice(0, 5).map(({ after }) => after.name)).toEqual(
      [5, 4, 3, 2, 1].map((n) => `paged ${n}`),
    );
    const seen: string[] = [];
    for (let after: string | null = null; ;) {
      const { data } = await list(`${base}, first: 2, after: ${JSON.stringify(after)}`);
      const { nodes, pageInfo } = data!['auditEntries'];
      seen.push(...nodes.map(({ id }: { id: string }) => id));
      if (!pageInfo.hasNextPage) break;
      after = pageInfo.endCursor;
    }
    expect(seen).toEqual(whole.map(({ id }) => id));
  });

  test('is narrowed by who, what, about what, how it ended and when, joined by AND', async () => {
    const { id: actor, token } = await newUser(server, [
      { scope: project, grants: ['ids=*;type=host-catalog;actions=create,read'] },
    ]);
    const catalog = await newCatalog('narrow', project, token);
    await deleteCatalog(catalog, token);
    const base = `actorIdIn: ["${actor}"]`;
    const count = async (filter: string) =>
      (await list(`scopeId: "${project}", filter: { ${filter} }`)).nodes!.length;
    const [{ at }] = (await list(`scopeId: "${project}", filter: { ${base}, outcomeIn: [DONE] }`))
      .nodes as any;
    const later = new Date(Date.parse(at) + 1).toISOString();
    const cases: [string, number][] = [
      [base, 2],
      [`${base}, operationIn: ["deleteHostCatalog"]`, 1],
      [`${base}, operationIn: ["deleteHostCatalog", "createHostCatalog"]`, 2],
      [`${base}, resourceIdIn: ["${catalog}"]`, 2],
      [`${base}, resourceTypeIn: ["host"]`, 0],
      [`${base}, outcomeIn: [REFUSED, FAILED]`, 1],
      [`${base}, outcomeIn: [REFUSED], operationIn: ["createHostCatalog"]`, 0],
      [`${base}, operationIn: []`, 0],
      [`${base}, after: "${at}", before: "${later}", outcomeIn: [DONE]`, 1],
      [`${base}, before: "${at}"`, 0],
    ];
    for (const [filter, matches] of cases) expect([filter, await count(filter)]).toEqual([filter, matches]);
  });

  test('refuses a filter of more values than a filter may hold', async () => {
    const many = JSON.stringify(Array(51).fill('x'));
    expect(codeOf(await list(`scopeId: "global", filter: { operationIn: ${many} }`))).toBe('INVALID_INPUT');
  });
});

describe('what output fields keep back', () => {
  const grants = ['ids=*;type=audit-entry;actions=list,read;output_fields=id,operation,scope_id'];

  test('is null, and no filter tells it', async () => {
    const id = await newCatalog('kept back');
    const { token } = await auditor(project, ['this'], ...grants);
    const [entry] = (await list(`scopeId: "${project}", first: 1`, token)).nodes!;
    expect(entry).toMatchObject({
      ...{ operation: 'createHostCatalog', scopeId: project, outcome: 'DONE' },
      ...{ actorId: null, actorName: null, resourceId: null, after: null, clientAddress: null },
    });
    const refused = await list(aboutOnly(id), token);
    expect(refused.errors![0]!.message).toContain('filter.resourceIdIn: resource_id is hidden from you');
  });

  test('is told by no filter either where the scopes it is kept back in are gone', async () => {
    await server.database.sql(`insert into scope (id, type, parent_id) values
      ('o_ghost00000', 'org', 'global'), ('p_ghost00000', 'project', 'o_ghost00000')`);
    const id = await newCatalog('ghost', 'p_ghost00000');
    const { token, id: userId } = await auditor('o_ghost00000', ['children'], ...grants);
    await server.database.sql(`delete from scope where id = 'p_ghost00000'`);
    const [all, guess] = [
      `scopeId: "o_ghost00000", recursive: true`,
      `scopeId: "o_ghost00000", recursive: true, filter: { resourceIdIn: ["${id}"] }`,
    ];
    expect((await list(all, token)).nodes).toHaveLength(1);
    expect((await list(guess, token)).nodes).toEqual([]);
    await grantTo(server, userId, {
      scope: 'o_ghost00000',
      grantScopes: ['children'],
      grants: ['ids=*;type=audit-entry;output_fields=resource_id'],
    });
    expect((await list(guess, token)).nodes).toHaveLength(1);
  });
});
