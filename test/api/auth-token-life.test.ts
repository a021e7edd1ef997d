import { changesOf, codeOf, type Changes } from '../support/changes';
import { newUser } from '../support/identities';
import { masked } from '../support/masked';
import { authorize, makeTarget } from '../support/session-client';
import { startTestServer, type Answer, type TestServer } from '../support/test-server';

let server: TestServer;
let admin: string;
let changes: Changes;
beforeAll(async () => {
  server = await startTestServer();
  admin = await server.signIn();
  changes = changesOf(
    () => server,
    () => admin,
    {},
  );
});
afterAll(() => server.stop());

const run: Changes['run'] = (...args) => changes.run(...args);
const made: Changes['made'] = (...args) => changes.made(...args);
const read = (id: string, token: string | null): Promise<Answer> =>
  server.ask(
    `query ($id: ID!) { authToken(id: $id) {
      id userId accountId authMethodId scopeId createdAt expiresAt lastUsedAt authorizedActions
      user { id } account { id }
    } }`,
    { id },
    token,
  );
const list = (args: string, token: string | null): Promise<Answer> =>
  server.ask(`{ authTokens(${args}) { nodes { id userId authorizedActions } } }`, {}, token);
const idsOf = ({ data }: Answer): string[] => data!['authTokens'].nodes.map(({ id }: { id: string }) => id);
const tokenGrant = (...actions: string[]): { scope: string; grants: string[] } => ({
  scope: 'global',
  grants: [`ids=*;type=auth-token;actions=${actions.join()}`],
});

describe('a token', () => {
  test('is read by its holder, whole but for its secret', async () => {
    const { id, token, tokenId } = await newUser(server);
    const { data } = await read(tokenId, token);
    expect(data!['authToken']).toMatchObject({
      ...{ id: tokenId, userId: id, authMethodId: 'ampw_1234567890', scopeId: 'global' },
      ...{ authorizedActions: ['READ_SELF', 'DELETE_SELF'], user: { id } },
    });
    expect(data!['authToken'].account).toEqual({ id: data!['authToken'].accountId });
    const { data: schema } = await server.ask('{ __type(name: "AuthToken") { fields { name } } }', {}, admin);
    const fields = schema!['__type'].fields.map(({ name }: { name: string }) => name);
    expect(fields.filter((name: string) => /secret|hash|^token$/i.test(name))).toEqual([]);
  });

  test('says in the answer to the login what its holder may do with it', async () => {
    const { data } = await server.ask(
      `mutation { authenticate(input: { loginName: "user", password: "password" }) {
        authToken { authorizedActions account { loginName } }
      } }`,
    );
    expect(data!['authenticate'].authToken).toEqual({
      authorizedActions: ['READ_SELF', 'DELETE_SELF'],
      account: { loginName: 'user' },
    });
  });

  test('of another is the same as a missing one, to read and to delete', async () => {
    const [me, other] = [await newUser(server), await newUser(server)];
    const hidden = await read(other.tokenId, me.token);
    expect(codeOf(hidden)).toBe('NOT_FOUND');
    expect(masked(hidden)).toBe(masked(await read('at_0000000000', me.token)));
    const kept = await run('deleteAuthToken', { id: other.tokenId }, me.token);
    expect(masked(kept)).toBe(masked(await run('deleteAuthToken', { id: 'at_0000000000' }, me.token)));
    expect((await server.ask('{ viewer { id } }', {}, other.token)).data!['viewer']).toEqual({
      id: other.id,
    });
  });

  test.each<[string, string[], (string | undefined)[], (string | undefined)[]]>([
    ['who may read', ['read'], [undefined, 'FORBIDDEN'], ['READ', 'READ_SELF']],
    ['who may delete', ['delete'], ['FORBIDDEN', undefined], ['DELETE', 'DELETE_SELF']],
    ['who sees it', ['no-op'], ['FORBIDDEN', 'FORBIDDEN'], ['NO_OP']],
  ])('of another is for %s', async (_, actions, [readCode, deleteCode], shown) => {
    const me = await newUser(server, [tokenGrant('list', ...actions)]);
    const other = await newUser(server);
    const listed = await list('scopeId: "global"', me.token);
    const node = listed.data!['authTokens'].nodes.find(({ id }: { id: string }) => id === other.tokenId);
    expect(node).toEqual({ id: other.tokenId, userId: other.id, authorizedActions: shown });
    expect(codeOf(await read(other.tokenId, me.token))).toBe(readCode);
    expect(codeOf(await run('deleteAuthToken', { id: other.tokenId }, me.token))).toBe(deleteCode);
  });
});

describe('a list of tokens', () => {
  test('holds one’s own alone where no more than that is granted, and from above, too', async () => {
    const me = await newUser(server);
    await newUser(server);
    for (const args of ['scopeId: "global"', 'scopeId: "global", recursive: true'])
      expect(idsOf(await list(args, me.token))).toEqual([me.tokenId]);
    expect(idsOf(await list('scopeId: "global", first: 100', admin))).toContain(me.tokenId);
    expect(codeOf(await list('scopeId: "global"', null))).toBe('UNAUTHENTICATED');
  });

  test('is sorted by login or by end, and narrowed to users', async () => {
    const users = [await newUser(server), await newUser(server), await newUser(server)];
    await server.database.sql('alter table auth_token disable trigger auth_token_immutable');
    for (const [i, { tokenId }] of users.entries())
      await server.database.sql(
        `update auth_token set created_at = timestamptz '2026-01-01' + make_interval(days => $2),
           expires_at = timestamptz '2099-01-01' - make_interval(days => $2) where id = $1`,
        [tokenId, i],
      );
    await server.database.sql('alter table auth_token enable trigger auth_token_immutable');
    const ids = users.map(({ tokenId }) => tokenId);
    const back = [...ids].reverse();
    const filter = `filter: { userIdIn: [${users.map(({ id }) => `"${id}"`).join()}] }`;
    const orders: [string, string[]][] = [
      ['', back],
      ['orderBy: {}', back],
      ['orderBy: { direction: ASC }', ids],
      ['orderBy: { field: EXPIRES_AT }', ids],
      ['orderBy: { field: EXPIRES_AT, direction: ASC }', back],
    ];
    for (const [order, expected] of orders) {
      const args = `scopeId: "global", ${filter}, ${order}`;
      expect([order, idsOf(await list(args, admin))]).toEqual([order, expected]);
      const { data } = await server.ask(
        `{ authTokens(${args}, first: 2) { nodes { id } pageInfo { endCursor } } }`,
        {},
        admin,
      );
      const { endCursor } = data!['authTokens'].pageInfo;
      expect(idsOf(await list(`${args}, after: "${endCursor}"`, admin))).toEqual(expected.slice(2));
    }
  });

  test.each([
    ['filter: { userIdIn: ["u_1234567890"] }', 'filter.userIdIn', 'user_id'],
    ['orderBy: { field: EXPIRES_AT }', 'orderBy.field', 'expiration_time'],
  ])('does not tell what is hidden by %s', async (terms, path, field) => {
    const limited = 'ids=*;type=auth-token;actions=list,read;output_fields=id';
    await server.database.sql(`update role_grant set canonical = 'ids=*;type=auth-token;actions=read:self'
      where canonical = 'ids=*;type=auth-token;actions=list'`);
    const { token } = await newUser(server, [{ scope: 'global', grants: [limited] }]);
    const { errors } = await list(`scopeId: "global", ${terms}`, token);
    expect(errors![0]!.extensions).toMatchObject({
      code: 'INVALID_INPUT',
      issues: [{ path, message: expect.stringContaining(`${field} is hidden from you`) }],
    });
  });
});

describe('signing out', () => {
  test('ends the token and the sessions made with it, and none made with another', async () => {
    const [token, other] = [await server.signIn(), await server.signIn()];
    const target = await makeTarget(server, 22);
    const [session, kept] = [await authorize(server, token, target), await authorize(server, other, target)];
    const id = token.split('_').slice(0, 2).join('_');
    expect(await made('deleteAuthToken', { id }, token)).toBe(id);
    expect((await server.ask('{ viewer { id } }', {}, token)).data!['viewer']).toBeNull();
    expect(codeOf(await run('deleteAuthToken', { id }, token))).toBe('UNAUTHENTICATED');
    const statusOf = async (one: string) =>
      (await server.ask(`{ session(id: "${one}") { status terminationReason } }`, {}, other)).data![
        'session'
      ];
    expect(await statusOf(session.id)).toEqual({
      status: 'TERMINATED',
      terminationReason: 'PERMISSION_REVOKED',
    });
    expect(await statusOf(kept.id)).toEqual({ status: 'PENDING', terminationReason: null });
  });

  test('is audited, and told to the log, without anything of the secret', async () => {
    const { id, token, tokenId } = await newUser(server);
    await made('deleteAuthToken', { id: tokenId }, token);
    const [audit] = await server.database.sql(
      `select operation, outcome, actor_id, before->>'userId' as "user", after, a::text as all from audit a
       where resource_id = $1`,
      [tokenId],
    );
    const { all, ...rest } = audit as { all: string };
    expect(rest).toEqual({
      ...{ operation: 'deleteAuthToken', outcome: 'done', actor_id: id, user: id, after: null },
    });
    expect(all).not.toMatch(/AAAA|secret/);
    const facts = await server.database.sql<{ kind: string }>(
      `select kind from event where subject_id = $1 union all select kind from event_inbox where subject_id = $1`,
      [tokenId],
    );
    expect(facts.map(({ kind }) => kind)).toEqual(['auth-token.deleted']);
  });
});
