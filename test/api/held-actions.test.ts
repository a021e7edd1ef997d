import * as fc from 'fast-check';
import { idActionsOf, type ResourceType } from '../../src/grant/resource-type';
import { grantTo, newUser } from '../support/identities';
import { codeOf } from '../support/changes';
import { startTestServer, type Answer, type TestServer } from '../support/test-server';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  // What everybody may see is taken away, so that a caller has what it is given here and no more.
  await server.database.sql(`delete from role_principal where principal_id in ('u_anon', 'u_auth')`);
  const { sql } = server.database;
  await sql(`insert into iam_user (id, scope_id, type) values ('u_heldactions', 'o_1234567890', 'service')`);
  await sql(`insert into iam_group (id, scope_id) values ('g_heldactions', 'o_1234567890')`);
  await sql(`insert into role (id, scope_id) values ('r_heldactions', 'o_1234567890')`);
});
afterAll(() => server.stop());

interface Kind {
  readonly type: ResourceType;
  readonly field: string;
  readonly id: string;
  /** What members of it are called in the mutation and in its input, by the end of the action. */
  readonly members: Readonly<Record<string, readonly [string, string]>>;
}
const kinds: readonly Kind[] = [
  { type: 'user', field: 'user', id: 'u_heldactions', members: { accounts: ['Accounts', 'accountIds'] } },
  { type: 'group', field: 'group', id: 'g_heldactions', members: { members: ['Members', 'memberIds'] } },
  {
    ...{ type: 'role', field: 'role', id: 'r_heldactions' },
    members: {
      principals: ['Principals', 'principalIds'],
      grants: ['Grants', 'grantStrings'],
      'grant-scopes': ['GrantScopes', 'grantScopeIds'],
    },
  },
];
/** Of actions that no mutation here stands for. */
const others = ['no-op', 'list-resolvable-aliases'];

/** Asks for an action at a version that is not there, so that what is allowed changes nothing. */
function attempt({ field, id, members }: Kind, action: string, token: string): Promise<Answer> {
  const type = field.charAt(0).toUpperCase() + field.slice(1);
  if (action === 'read') return server.ask(`{ ${field}(id: "${id}") { id } }`, {}, token);
  const send = (mutation: string, input: string): Promise<Answer> =>
    server.ask(
      `mutation { ${mutation}(input: { id: "${id}", expectedVersion: 77${input} }) { __typename } }`,
      {},
      token,
    );
  if (action === 'update') return send(`update${type}`, ', description: "x"');
  if (action === 'delete') return send(`delete${type}`, '');
  if (action === 'issue-api-token')
    return server.ask(
      `mutation { issueApiToken(input: { userId: "${id}", name: "ci" }) { __typename } }`,
      {},
      token,
    );
  const [, verb = '', rest = ''] = /^(add|set|remove)-(.*)$/.exec(action) ?? [];
  const [name, list] = members[rest]!;
  return send(`${verb}${type}${name}`, `, ${list}: ["this"]`);
}

test.each(kinds)('what may be done with a $type is what its authorizedActions say', async (kind) => {
  const { type, field, id } = kind;
  const all = idActionsOf(type);
  const someActions = fc.subarray([...all], { minLength: 1 });
  await fc.assert(
    fc.asyncProperty(someActions, fc.boolean(), async (actions, isReadable) => {
      const held = isReadable ? [...new Set([...actions, 'read'])] : actions;
      const { token, id: user } = await newUser(server);
      await grantTo(server, user, {
        scope: 'o_1234567890',
        grants: [`ids=*;type=${type};actions=${held.join(',')}`],
      });
      const { data } = await server.ask(
        `{ node(id: "${id}") { ... on Authorizable { authorizedActions } } }`,
        {},
        token,
      );
      const told = (data!['node'].authorizedActions as string[]).map((action) =>
        action.toLowerCase().replaceAll('_', '-'),
      );
      expect([...told].sort()).toEqual([...held].sort());
      for (const action of all.filter((one) => !others.includes(one))) {
        const code = codeOf(await attempt(kind, action, token)) ?? 'done';
        const allowed = ['read', 'issue-api-token'].includes(action) ? 'done' : 'VERSION_CONFLICT';
        expect([field, action, code]).toEqual([field, action, told.includes(action) ? allowed : 'FORBIDDEN']);
      }
    }),
    { numRuns: 8 },
  );
});

test.each(kinds)('a $type of which one holds nothing is told as one that is missing', async (kind) => {
  const { token } = await newUser(server);
  const masked = (answer: Answer): string => JSON.stringify(answer).replaceAll(/(denial|req)_\w+/g, '');
  for (const action of idActionsOf(kind.type).filter((one) => !others.includes(one))) {
    const hidden = await attempt(kind, action, token);
    expect([action, codeOf(hidden)]).toEqual([action, 'NOT_FOUND']);
    const missing = await attempt({ ...kind, id: kind.id.replace('held', 'none') }, action, token);
    expect(masked(hidden)).toBe(masked(missing));
  }
});
