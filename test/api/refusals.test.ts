import { keptLog } from '../support/kept-log';
import { authorizeDocument } from '../support/session-client';
import { grantTo, newUser } from '../support/identities';
import { collect, startTestServer, type Answer, type TestServer } from '../support/test-server';

const log = keptLog();
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({}, {}, undefined, log);
  // What everybody may see and do is taken away, so that each test grants what it means.
  await server.database.sql(
    `delete from role_grant where canonical like '%type=target%' or canonical like '%type=scope%' or canonical like '%type=session%' or canonical like '%type=auth-token%'`,
  );
  await server.database.sql(`insert into scope (id, type, parent_id, name) values
    ('o_hidden0000', 'org', 'global', 'hidden'), ('p_hidden0000', 'project', 'o_hidden0000', 'hidden'),
    ('o_above00000', 'org', 'global', 'above'), ('p_below00000', 'project', 'o_above00000', 'below')`);
});
afterAll(() => server.stop());

const extensionsOf = ({ errors }: Pick<Answer, 'errors'>): Record<string, any> =>
  errors?.[0]?.extensions ?? {};
const masked = (answer: object): string => JSON.stringify(answer).replaceAll(/(denial|req)_\w+/g, '');
const linesOf = (denialId: string) => log.lines.filter(({ facts }) => facts['denialId'] === denialId);

test('one stored grant that this build does not know locks nobody out, and is told of once', async () => {
  const { token, id } = await newUser(server, [
    { scope: 'p_1234567890', grants: ['ids=*;type=target;actions=list,read'] },
  ]);
  const roleId = await grantTo(server, id, {
    scope: 'p_1234567890',
    grants: ['ids=*;type=target;actions=renew', 'ids=*;type=target;actions=delete'],
  });
  for (let times = 0; times < 3; times++) {
    const { data, errors } = await server.ask(
      '{ target(id: "ttcp_1234567890") { authorizedActions } }',
      {},
      token,
    );
    expect(errors).toBeUndefined();
    expect(data!['target'].authorizedActions).toEqual(['READ', 'DELETE']);
  }
  const lines = log.lines.filter(({ facts }) => facts['roleId'] === roleId);
  expect(lines).toEqual([
    {
      level: 'warn',
      message: 'a stored grant is not known to this build and gives nothing',
      facts: {
        roleId,
        grant: 'ids=*;type=target;actions=renew',
        reason: expect.stringContaining('unknown action renew'),
      },
    },
  ]);
});

describe('a recursive list', () => {
  const inProject = (scope: string, ...grants: string[]) => newUser(server, [{ scope, grants }]);
  const listTargets = 'type=target;actions=list';

  test.each([['targets'], ['hostCatalogs'], ['scopes'], ['users'], ['authTokens'], ['sessions']])(
    'of %s in a scope that is hidden is told the same as in one that is missing',
    async (field) => {
      const { token } = await newUser(server, [
        {
          scope: 'p_below00000',
          grants: [listTargets, 'type=host-catalog;actions=list', 'type=session;actions=list'],
        },
        {
          scope: 'o_above00000',
          grants: ['type=scope;actions=list', 'type=user;actions=list', 'type=auth-token;actions=list'],
        },
      ]);
      const ask = (scopeId: string) =>
        server.ask(`{ ${field}(scopeId: "${scopeId}", recursive: true) { nodes { id } } }`, {}, token);
      for (const id of ['o_hidden0000', 'p_hidden0000']) {
        const hidden = await ask(id);
        expect(extensionsOf(hidden)['code']).toBe('NOT_FOUND');
        expect(masked(hidden)).toBe(masked(await ask('o_missing000')));
      }
    },
  );

  test('a stream of a scope that is hidden is refused as that of one that is missing', async () => {
    const { token } = await inProject('p_below00000', 'type=session;actions=list');
    const watch = async (scopeId: string): Promise<unknown[]> => {
      const query = `subscription { sessionEvents(scopeId: "${scopeId}", recursive: true) { __typename } }`;
      const stream = collect(server.live(token), { query }, 'sessionEvents');
      await stream.ended;
      expect(stream.items).toEqual([]);
      return stream.errors;
    };
    const hidden = await watch('o_hidden0000');
    expect(JSON.stringify(hidden)).toContain('NOT_FOUND');
    expect(masked(hidden)).toBe(masked(await watch('o_missing000')));
  });

  test.each<[string, string, string, string[]]>([
    ['above a project where one may list', 'p_below00000', 'this', [listTargets]],
    ['above a project that children of the org lets one list in', 'o_above00000', 'children', [listTargets]],
    ['that one sees', 'o_above00000', 'this', ['ids=o_above00000;actions=no-op', listTargets]],
  ])('of a scope %s is answered', async (_, scope, grantScope, grants) => {
    const { token } = await newUser(server, [{ scope, grants, grantScopes: [grantScope] }]);
    const { errors } = await server.ask(
      '{ targets(scopeId: "o_above00000", recursive: true) { nodes { id } } }',
      {},
      token,
    );
    expect(errors).toBeUndefined();
  });

  test('from the root is answered to who may list anywhere', async () => {
    const { token } = await inProject('p_below00000', listTargets);
    const { errors } = await server.ask(
      '{ targets(scopeId: "global", recursive: true) { nodes { id } } }',
      {},
      token,
    );
    expect(errors).toBeUndefined();
  });
});

describe('a field that a caller is kept from', () => {
  const listed = 'id,status,type,created_time';
  const limited = (scope: string) => ({
    scope,
    grants: [
      `ids=*;type=session;actions=list,read;output_fields=${listed}`,
      'ids=*;type=target;actions=list,read;output_fields=id',
    ],
  });
  const sessions = (place: string, args: string, token: string) =>
    server.ask(`{ sessions(${place}, ${args}) { nodes { id } } }`, {}, token);
  const [project, all] = ['scopeId: "p_1234567890"', 'scopeId: "global", recursive: true'];
  const hiding: [string, string, string, string][] = [
    ['filter: { userIdIn: ["u_1234567890"] }', 'filter.userIdIn', 'user_id', 'sessions'],
    ['filter: { targetIdIn: ["ttcp_1234567890"] }', 'filter.targetIdIn', 'target_id', 'sessions'],
    ['orderBy: { field: EXPIRES_AT, direction: ASC }', 'orderBy.field', 'expiration_time', 'sessions'],
    ['filter: { nameContains: "direct" }', 'filter.nameContains', 'name', 'targets'],
  ];

  test.each(hiding)('is not told by %s', async (args, path, field, list) => {
    const { token } = await newUser(server, [limited('p_1234567890')]);
    for (const place of [project, all]) {
      const answer = await server.ask(`{ ${list}(${place}, ${args}) { nodes { id } } }`, {}, token);
      expect(extensionsOf(answer)).toMatchObject({
        code: 'INVALID_INPUT',
        issues: [{ path, message: expect.stringContaining(`${field} is hidden from you`) }],
      });
    }
  });

  test('is not told by the filter of a stream', async () => {
    const { token } = await newUser(server, [limited('p_1234567890')]);
    const query = `subscription { sessionEvents(${all}, filter: { userIdIn: ["u_1234567890"] }) { __typename } }`;
    const stream = collect(server.live(token), { query }, 'sessionEvents');
    await stream.ended;
    expect(stream.items).toEqual([]);
    expect(JSON.stringify(stream.errors)).toContain('user_id is hidden from you');
  });

  test('may be asked of where it is shown, and what is never hidden everywhere', async () => {
    const { token, id } = await newUser(server, [limited('p_1234567890')]);
    await grantTo(server, id, { scope: 'p_below00000', grants: ['ids=*;type=session;actions=list,read'] });
    const user = 'filter: { userIdIn: ["u_1234567890"] }';
    expect((await sessions('scopeId: "p_below00000"', user, token)).errors).toBeUndefined();
    expect((await sessions('scopeId: "o_above00000", recursive: true', user, token)).errors).toBeUndefined();
    expect((await sessions(all, user, token)).errors).toHaveLength(1);
    const plain =
      'filter: { statusIn: [ACTIVE], createdAfter: "2026-01-01T00:00:00Z" }, orderBy: { field: UPDATED_AT }';
    expect((await sessions(all, plain, token)).errors).toBeUndefined();
  });

  test('is shown again by another grant, and may then be asked of', async () => {
    const { token, id } = await newUser(server, [limited('p_1234567890')]);
    await grantTo(server, id, {
      scope: 'global',
      grants: ['ids=*;type=session;output_fields=user_id'],
      grantScopes: ['descendants'],
    });
    expect((await sessions(all, 'filter: { userIdIn: ["u_1"] }', token)).errors).toBeUndefined();
    expect((await sessions(all, 'filter: { targetIdIn: ["t_1"] }', token)).errors).toHaveLength(1);
  });
});

describe('a denial id that is handed out', () => {
  test.each([
    ['a read of what is seen', '{ target(id: "ttcp_1234567890") { id } }', 'FORBIDDEN', 'read', 'target'],
    [
      'a list in a scope that is seen',
      '{ sessions(scopeId: "p_1234567890") { nodes { id } } }',
      'FORBIDDEN',
      'list',
      'session',
    ],
    ['a read of what is hidden', '{ user(id: "u_1234567890") { id } }', 'NOT_FOUND', 'read', 'user'],
    ['a read of what is missing', '{ user(id: "u_0000000000") { id } }', 'NOT_FOUND', 'read', 'user'],
    [
      'a list in a container that is hidden',
      '{ hosts(hostCatalogId: "hcst_1234567890") { nodes { id } } }',
      'NOT_FOUND',
      'list',
      'host-catalog',
    ],
  ])('by %s stands in one line of the log', async (_, query, code, action, resourceType) => {
    const { token, id } = await newUser(server, [
      { scope: 'p_1234567890', grants: ['ids=ttcp_1234567890;actions=no-op'] },
      { scope: 'o_1234567890', grants: ['ids=p_1234567890;actions=no-op'] },
    ]);
    const { requestId, denialId, ...facts } = extensionsOf(await server.ask(query, {}, token));
    expect(facts).toMatchObject({ code, resourceType });
    expect(linesOf(denialId as string)).toEqual([
      {
        level: 'info',
        message: 'a read was refused',
        facts: expect.objectContaining({
          ...{ requestId, actor: id, action, resourceType, outcome: code, denialId },
        }),
      },
    ]);
  });

  test('by a subscription stands in one line of the log', async () => {
    const { token, id } = await newUser(server);
    const query = 'subscription { sessionEvents(scopeId: "p_1234567890") { __typename } }';
    const stream = collect(server.live(token), { query }, 'sessionEvents');
    await stream.ended;
    const [, denialId] = /"denialId":"(denial_\w+)"/.exec(JSON.stringify(stream.errors))!;
    expect(linesOf(denialId!)).toMatchObject([
      { facts: { actor: id, action: 'list', resourceType: 'scope' } },
    ]);
  });

  test('by a mutation stands in its audit row and in its line', async () => {
    const { token } = await newUser(server);
    const answer = await server.ask(authorizeDocument, { input: { targetId: 'ttcp_1234567890' } }, token);
    const { denialId } = extensionsOf(answer);
    expect(linesOf(denialId as string)).toMatchObject([{ message: 'authorizeSession' }]);
    expect(
      await server.database.sql('select operation, error_code from audit where denial_id = $1', [denialId]),
    ).toEqual([{ operation: 'authorizeSession', error_code: 'NOT_FOUND' }]);
  });
});
