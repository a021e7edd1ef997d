import { Client } from 'pg';
import { newUser } from '../support/identities';
import { fillListWorld } from '../support/list-world';
import { startTestServer, type TestServer } from '../support/test-server';

interface Statement {
  readonly text: string;
  readonly values: unknown[];
}
interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Index Recheck'?: number;
  readonly Plans?: Plan[];
}

const sessions = 20_000;
let server: TestServer;
let asked: Statement[] = [];
beforeAll(async () => {
  server = await startTestServer();
  // What everybody may do is taken away, so that each caller has what its row says.
  await server.database.sql(`delete from role_principal where principal_id in ('u_anon', 'u_auth')`);
  await fillListWorld(server.database, sessions);
  const query = Client.prototype.query as (...args: unknown[]) => unknown;
  jest.spyOn(Client.prototype, 'query').mockImplementation(function (this: Client, ...args: unknown[]) {
    const [statement] = args as [Statement | string];
    if (typeof statement !== 'string' && 'text' in statement) asked.push(statement);
    return query.apply(this, args) as never;
  });
});
afterAll(async () => {
  jest.restoreAllMocks();
  await server.stop();
});

const list = (type: string, ...more: string[]) => [`type=${type};actions=list`, ...more];
const inProjects = (projects: readonly string[], ...grants: string[]) =>
  projects.map((scope) => ({ scope, grants }));
const everywhere = (...grants: string[]) => [
  { scope: 'global', grants, grantScopes: ['this', 'descendants'] },
];
const own = everywhere('ids=*;type=session;actions=list,read:self');
const seeTargets = 'ids=*;type=target;actions=list,read';
const seeSessions = 'ids=*;type=session;actions=list,read';
const threeIds = 'ids=ttcp_wide0010,ttcp_wide2011,ttcp_wide4999;actions=read';

interface Caller {
  readonly field: 'targets' | 'sessions';
  readonly sees: string;
  readonly roles: Parameters<typeof newUser>[1];
  /** Nodes of its first page. */
  readonly shown: number;
  /** How many places its rows are read from, each along an index. */
  readonly places: number;
  /** Whose sessions it takes over. */
  readonly is?: string;
}
const callers: Caller[] = [
  {
    ...{ field: 'targets', sees: 'three of 5,000 by their ids', shown: 3, places: 1 },
    roles: everywhere(...list('target', threeIds)),
  },
  {
    ...{ field: 'targets', sees: 'three by their ids in their projects', shown: 3, places: 1 },
    roles: [
      ...inProjects(['p_wide10'], ...list('target', 'ids=ttcp_wide0010;actions=read')),
      ...inProjects(['p_wide11'], ...list('target', 'ids=ttcp_wide2011;actions=read')),
      ...inProjects(['p_wide49'], ...list('target', 'ids=ttcp_wide4999;actions=read')),
    ],
  },
  {
    ...{ field: 'targets', sees: 'one project', shown: 10, places: 1 },
    roles: inProjects(['p_wide03'], seeTargets),
  },
  {
    ...{ field: 'targets', sees: 'three projects', shown: 10, places: 3 },
    roles: inProjects(['p_wide03', 'p_wide17', 'p_wide31'], seeTargets),
  },
  {
    ...{ field: 'targets', sees: 'the ten projects of an org', shown: 10, places: 10 },
    roles: [{ scope: 'o_wide1', grants: [seeTargets], grantScopes: ['children'] }],
  },
  { field: 'targets', sees: 'all', shown: 10, places: 1, roles: everywhere(seeTargets) },
  {
    ...{ field: 'targets', sees: 'a project and three more', shown: 10, places: 2 },
    roles: [...inProjects(['p_wide03'], seeTargets), ...everywhere(...list('target', threeIds))],
  },
  { field: 'targets', sees: 'none', shown: 0, places: 0, roles: everywhere(...list('target')) },
  { field: 'sessions', sees: 'all', shown: 10, places: 1, roles: everywhere(seeSessions) },
  { field: 'sessions', sees: 'their own', shown: 10, places: 1, roles: own, is: 'u_wide07' },
  { field: 'sessions', sees: 'their own, who has none', shown: 0, places: 1, roles: own },
  {
    ...{ field: 'sessions', sees: 'one project whose sessions are old', shown: 10, places: 1 },
    roles: inProjects(['p_wide00'], seeSessions),
  },
  {
    ...{ field: 'sessions', sees: 'that project and another', shown: 10, places: 2 },
    roles: inProjects(['p_wide00', 'p_wide31'], seeSessions),
  },
  {
    ...{ field: 'sessions', sees: 'that project and their own, who has none', shown: 10, places: 2 },
    roles: [...own, ...inProjects(['p_wide00'], seeSessions)],
  },
  {
    ...{ field: 'sessions', sees: 'an org and their own', shown: 10, places: 2, is: 'u_wide08' },
    roles: [...own, { scope: 'o_wide0', grants: [seeSessions], grantScopes: ['children'] }],
  },
  { field: 'sessions', sees: 'none', shown: 0, places: 0, roles: everywhere(...list('session')) },
];

const nodesOf = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
/** Rows of the table that the plan has touched. */
const touched = (plan: Plan, table: string): number =>
  nodesOf(plan)
    .filter((node) => node['Relation Name'] === table)
    .reduce(
      (sum, node) =>
        sum +
        node['Actual Loops'] *
          (node['Actual Rows'] +
            (node['Rows Removed by Filter'] ?? 0) +
            (node['Rows Removed by Index Recheck'] ?? 0)),
      0,
    );

/** The plan of a prepared statement, as it is for these values or as it is for any. */
async function planOf({ text, values }: Statement, mode: string): Promise<Plan> {
  const { sql } = server.database;
  const literal = (value: unknown): string =>
    Array.isArray(value) ? `'{${value.map((one) => JSON.stringify(one)).join()}}'` : `'${String(value)}'`;
  await sql(`set plan_cache_mode = ${mode}`);
  await sql(`prepare page as ${text}`);
  const given = values.length === 0 ? '' : `(${values.map(literal).join()})`;
  const [row] = await sql<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
    `explain (analyze, format json) execute page${given}`,
  );
  await sql('deallocate page');
  return row!['QUERY PLAN'][0].Plan;
}

async function takeOver(from: string, id: string): Promise<void> {
  const { sql } = server.database;
  await sql('alter table session disable trigger user');
  await sql('update session set user_id = $1, user_ref = $1 where user_id = $2', [id, from]);
  await sql('alter table session enable trigger user');
  await sql('vacuum analyze session'); // or else their former places count as touched
}

describe('the first page of ten, from the root', () => {
  test.each(callers)(
    'of $field to a caller who sees $sees is one statement, which touches what it shows and little more',
    async ({ field, roles, shown, places, is }) => {
      const { id, token } = await newUser(server, roles);
      if (is !== undefined) await takeOver(is, id);
      asked = [];
      const { data, errors } = await server.ask(
        `{ ${field}(scopeId: "global", recursive: true, first: 10) { nodes { id } pageInfo { hasNextPage } } }`,
        {},
        token,
      );
      expect(errors).toBeUndefined();
      expect(data![field].nodes).toHaveLength(shown);
      expect(data![field].pageInfo.hasNextPage).toBe(shown === 10);
      const pages = asked.filter(({ text }) => /^select [tx]\.\*/.test(text));
      expect(pages).toHaveLength(Math.min(1, places));
      for (const page of pages)
        for (const mode of ['force_custom_plan', 'force_generic_plan']) {
          const table = field.slice(0, -1);
          const plan = await planOf(page, mode);
          const ways = nodesOf(plan).filter((node) => node['Relation Name'] === table);
          expect(ways.map((node) => node['Node Type'])).toEqual(
            ways.map(() => expect.stringMatching(/^(Index|Index Only|Bitmap Heap) Scan$/)),
          );
          // Eleven of each place, and eleven of these again.
          expect(touched(plan, table)).toBeLessThanOrEqual(places === 1 ? 11 : 11 * (places + 1));
        }
    },
  );
});
