import * as fc from 'fast-check';
import { makeAcl, type RoleGrant } from '../../src/grant/acl';
import { isSelfAction } from '../../src/grant/action';
import { parseGrant, printGrant } from '../../src/grant/grant';
import { idActionsOf } from '../../src/grant/resource-type';
import { newUser } from '../support/identities';
import { startTestServer, type TestServer } from '../support/test-server';

const orgs = ['o_laws0', 'o_laws1'];
const projects = ['p_laws0', 'p_laws1', 'p_laws2'];
const parents: Record<string, string | null> = {
  global: null,
  ...Object.fromEntries(orgs.map((id) => [id, 'global'])),
  ...{ p_laws0: 'o_laws0', p_laws1: 'o_laws0', p_laws2: 'o_laws1' },
};
const scopes = Object.keys(parents);

interface Row {
  readonly id: string;
  readonly projectId: string;
  readonly name: string;
  readonly isMine: boolean;
  /** Creation, last change, expiry: each one of few moments, so that most share theirs with others. */
  readonly moments: readonly [number, number, number];
}

let server: TestServer;
let me: { id: string; token: string };
beforeAll(async () => {
  server = await startTestServer();
  const { sql } = server.database;
  await sql(`delete from role_principal where principal_id in ('u_anon', 'u_auth')`);
  for (const id of [...orgs, ...projects])
    await sql('insert into scope (id, type, parent_id) values ($1, $2, $3)', [
      id,
      id.startsWith('o') ? 'org' : 'project',
      parents[id],
    ]);
  me = await newUser(server);
  await sql('alter table session disable trigger user'); // its states are not asked for
});
afterAll(() => server.stop());

const timeOf = (moment: number): string => `2026-03-04T05:06:0${moment}.00${moment}Z`;

/** How a list is filled, and by what it is sorted. */
interface Kind {
  readonly field: string;
  readonly type: 'target' | 'session';
  readonly prefix: string;
  readonly grants: readonly string[];
  readonly orders: Readonly<Record<string, (row: Row) => string>>;
  insert(rows: readonly Row[]): Promise<unknown>;
}

const columnsOf = (rows: readonly Row[]): unknown[] => [
  rows.map(({ id }) => id),
  rows.map(({ projectId }) => projectId),
  rows.map(({ name }) => name),
  ...[0, 1, 2].map((which) => rows.map(({ moments }) => timeOf(moments[which]!))),
];
const given =
  'unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::timestamptz[])';
const byCreation = (row: Row) => timeOf(row.moments[0]);
const byChange = (row: Row) => timeOf(row.moments[1]);

const kinds: Kind[] = [
  {
    ...{ field: 'targets', type: 'target', prefix: 'ttcp' },
    grants: ['actions=read', 'actions=list,read', 'actions=*', 'actions=list', 'actions=no-op'],
    orders: { CREATED_AT: byCreation, UPDATED_AT: byChange, NAME: ({ name }) => name },
    insert: (rows) =>
      server.database.sql(
        `insert into target (id, scope_id, name, created_at, updated_at, default_port)
         select i.a, i.b, i.c, i.d, i.e, 1 from ${given} i(a, b, c, d, e, f)`,
        columnsOf(rows),
      ),
  },
  {
    ...{ field: 'sessions', type: 'session', prefix: 's' },
    grants: [
      'actions=read',
      'actions=list,read',
      'actions=list,read:self',
      'actions=cancel:self',
      'actions=*',
    ],
    orders: {
      ...{ CREATED_AT: byCreation, UPDATED_AT: byChange },
      EXPIRES_AT: ({ moments }) => timeOf(moments[2]).replace('2026', '2027'),
    },
    insert: (rows) =>
      server.database.sql(
        `insert into session (id, project_id, target_name, created_at, updated_at, expires_at, max_expires_at,
           status, termination_reason, terminated_at, user_id, user_name, auth_token_id, org_id, target_id,
           endpoint_host, endpoint_port, connection_limit)
         select i.a, i.b, i.c, i.d, i.e, i.f + interval '1 year', i.f + interval '1 year',
           'terminated', 'timed out', i.f, i.g, 'x', 'at_laws', p.parent_id, 'ttcp_laws', 'x', 1, -1
         from ${given.replace(')', ', $7::text[])')} i(a, b, c, d, e, f, g) join scope p on p.id = i.b`,
        [...columnsOf(rows), rows.map(({ isMine }) => (isMine ? me.id : 'u_other'))],
      ),
  },
];

const moment = fc.constantFrom(0, 1, 2);
const rowOf = (prefix: string): fc.Arbitrary<Row> =>
  fc.record({
    id: fc
      .string({ unit: fc.constantFrom(...Array.from('01Az')), minLength: 4, maxLength: 5 })
      .map((text) => `${prefix}_${text}`),
    projectId: fc.constantFrom(...projects),
    name: fc.constantFrom('a', 'B', 'b', 'ä', 'a b', 'zz', 'Z', '東', '🚪', 'aa'),
    isMine: fc.boolean(),
    moments: fc.tuple(moment, moment, moment),
  });
// A name is taken once in a project.
const rowsOf = (prefix: string): fc.Arbitrary<Row[]> =>
  fc
    .uniqueArray(rowOf(prefix), { selector: ({ id }) => id, minLength: 6, maxLength: 24 })
    .map((rows) => rows.map((row, i) => ({ ...row, name: `${row.name}${i % 3}${row.id.split('_')[1]}` })));

const grantScopesOf = (home: string): string[] => {
  const below = scopes.filter((id) => parents[id] === home);
  if (home === 'global') return ['this', 'children', 'descendants', ...scopes.slice(1)];
  return below.length > 0 ? ['this', 'children', ...below] : ['this'];
};

/** Roles that often let the caller list somewhere, and see some of what is there. */
function grantsOf({ type, grants }: Kind, rows: readonly Row[]): fc.Arbitrary<RoleGrant[]> {
  const ids = rows.length === 0 ? ['ttcp_none'] : rows.map(({ id }) => id);
  const text = fc.oneof(
    fc.constantFrom(...grants).map((actions) => `ids=*;type=${type};${actions}`),
    fc
      .tuple(
        fc.uniqueArray(fc.constantFrom(...ids), { minLength: 1, maxLength: 4 }),
        fc.constantFrom(...grants),
      )
      .map(
        ([some, actions]) => `ids=${some.join()};${actions.replace('list,', '').replace('=list', '=read')}`,
      ),
  );
  const one = fc
    .record({ home: fc.constantFrom('global', 'global', ...scopes), reach: fc.nat(), canonical: text })
    .map(({ home, reach, canonical }): RoleGrant => {
      const possible = grantScopesOf(home);
      const grantScope = possible[reach % possible.length]!;
      return { roleId: 'r', roleScopeId: home, grantScope, canonical: printGrant(parseGrant(canonical)) };
    });
  const opening: RoleGrant = {
    ...{ roleId: 'r', roleScopeId: 'global', grantScope: 'descendants' },
    canonical: `type=${type};actions=list`,
  };
  return fc
    .tuple(fc.array(one, { minLength: 1, maxLength: 4 }), fc.integer({ min: 0, max: 3 }))
    .map(([some, dice]) => (dice === 0 ? some : [...some, opening]));
}

interface Case {
  readonly rows: Row[];
  readonly late: Row[];
  readonly grants: RoleGrant[];
  readonly place: readonly [scopeId: string, recursive: boolean];
  readonly field: string;
  readonly direction: 'ASC' | 'DESC';
  readonly size: number;
}

const caseOf = (kind: Kind): fc.Arbitrary<Case> =>
  fc.tuple(rowsOf(kind.prefix), rowsOf(kind.prefix)).chain(([rows, others]) =>
    fc.record({
      rows: fc.constant(rows),
      late: fc.constant(others.filter(({ id }) => !rows.some((row) => row.id === id))),
      grants: grantsOf(kind, [...rows, ...others]),
      place: fc.oneof(
        { weight: 4, arbitrary: fc.constant(['global', true] as const) },
        { weight: 3, arbitrary: fc.tuple(fc.constantFrom(...orgs), fc.constant(true)) },
        { weight: 3, arbitrary: fc.tuple(fc.constantFrom(...projects), fc.boolean()) },
        { weight: 1, arbitrary: fc.tuple(fc.constantFrom(...scopes), fc.boolean()) },
      ),
      field: fc.constantFrom(...Object.keys(kind.orders)),
      direction: fc.constantFrom('ASC', 'DESC'),
      size: fc.integer({ min: 1, max: 7 }),
    }),
  );

async function grant(grants: readonly RoleGrant[]): Promise<void> {
  const { sql } = server.database;
  await sql(`delete from role where id like 'r_laws%'`);
  for (const [i, { roleScopeId, grantScope, canonical }] of grants.entries()) {
    const id = `r_laws${i}`;
    await sql('insert into role (id, scope_id) values ($1, $2)', [id, roleScopeId]);
    await sql('insert into role_principal (role_id, principal_id) values ($1, $2)', [id, me.id]);
    await sql('insert into role_grant (role_id, canonical, raw) values ($1, $2, $2)', [id, canonical]);
    await sql('insert into role_grant_scope (role_id, grant_scope) values ($1, $2)', [id, grantScope]);
  }
}

/** The list as the engine and the order say it, one row at a time; null where the caller may not list. */
function expected(kind: Kind, rows: readonly Row[], one: Case): string[] | null {
  const { type } = kind;
  const acl = makeAcl({ userId: me.id, accountId: null }, one.grants);
  const on = (id: string) => ({ type, scopeId: id, parentScopeId: parents[id] ?? null, pin: null });
  const isOpen = (scopeId: string | null): boolean =>
    scopeId !== null && (acl.may('list', { ...on(scopeId), id: null }) || isOpen(parents[scopeId] ?? null));
  const [scopeId, recursive] = one.place;
  const mayList = recursive ? scopes.some(isOpen) : acl.may('list', { ...on(scopeId), id: null });
  if (!mayList) return null;
  const isVisible = (row: Row): boolean =>
    acl
      .actionsOn(idActionsOf(type), { ...on(row.projectId), id: row.id })
      .some((action) => !isSelfAction(action) || (type === 'session' && row.isMine) || type !== 'session');
  const isThere = ({ projectId }: Row): boolean =>
    projectId === scopeId || (recursive && (scopeId === 'global' || parents[projectId] === scopeId));
  const keyOf = (row: Row) => Buffer.from(`${kind.orders[one.field]!(row)}\0${row.id}`);
  const sign = one.direction === 'ASC' ? 1 : -1;
  return rows
    .filter((row) => isThere(row) && isOpen(row.projectId) && isVisible(row))
    .sort((a, b) => sign * Buffer.compare(keyOf(a), keyOf(b)))
    .map(({ id }) => id);
}

interface Read {
  readonly ids: string[];
  readonly pageInfo: Record<'hasNextPage' | 'hasPreviousPage', boolean> &
    Record<'startCursor' | 'endCursor', string | null>;
}

async function read({ field }: Kind, one: Case, window: Record<string, unknown>): Promise<Read | string> {
  const order = `orderBy: { field: ${one.field}, direction: ${one.direction} }`;
  const { data, errors } = await server.ask(
    `query ($scopeId: ID!, $recursive: Boolean!, $first: Int, $after: String, $last: Int, $before: String) {
      ${field}(scopeId: $scopeId, recursive: $recursive, first: $first, after: $after, last: $last, before: $before, ${order}) {
        nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      }
    }`,
    { scopeId: one.place[0], recursive: one.place[1], ...window },
    me.token,
  );
  if (errors) return errors[0]!.extensions['code'] as string;
  const { nodes, pageInfo } = data![field];
  return { ids: nodes.map(({ id }: { id: string }) => id), pageInfo };
}

/** All pages in one direction, as they are read; `between` runs after the first. */
async function readAll(
  kind: Kind,
  one: Case,
  way: 'forward' | 'backward',
  between: () => Promise<unknown> = () => Promise.resolve(),
): Promise<Read[]> {
  const pages: Read[] = [];
  for (let cursor: string | null = null; ;) {
    const page = await read(
      kind,
      one,
      way === 'forward' ? { first: one.size, after: cursor } : { last: one.size, before: cursor },
    );
    if (typeof page === 'string') throw new Error(page);
    pages.push(page);
    if (pages.length === 1) await between();
    const { hasNextPage, hasPreviousPage, startCursor, endCursor } = page.pageInfo;
    const isInside: boolean[] = pages.map((_, i) => i > 0);
    expect(way === 'forward' ? hasPreviousPage : hasNextPage).toBe(isInside.at(-1));
    if (!(way === 'forward' ? hasNextPage : hasPreviousPage)) return pages;
    cursor = way === 'forward' ? endCursor : startCursor;
  }
}

async function prepare(kind: Kind, one: Case): Promise<string[] | null> {
  await server.database.sql('delete from session');
  await server.database.sql('delete from target');
  await kind.insert(one.rows);
  await grant(one.grants);
  return expected(kind, one.rows, one);
}

describe.each(kinds)('the pages of $field, for any permission, place and order', (kind) => {
  const seen = { lists: 0, items: 0, refused: 0 };
  const check = (law: (one: Case, list: string[]) => Promise<void>) =>
    fc.assert(
      fc.asyncProperty(caseOf(kind), async (one) => {
        const list = await prepare(kind, one);
        if (list === null) {
          expect(await read(kind, one, { first: 1 })).toMatch(/^(FORBIDDEN|NOT_FOUND)$/);
          seen.refused += 1;
          return;
        }
        const first = await read(kind, one, { first: 1 });
        // Who may list somewhere, but sees nothing of this scope and nothing below it, learns nothing of it.
        if (typeof first === 'string') {
          expect([first, list]).toEqual(['NOT_FOUND', []]);
          return;
        }
        seen.lists += 1;
        seen.items += list.length;
        await law(one, list);
      }),
      { numRuns: 60 },
    );

  test('are the list, forward and backward, each item once', async () => {
    await check(async (one, list) => {
      const [forward, backward] = [await readAll(kind, one, 'forward'), await readAll(kind, one, 'backward')];
      expect(forward.flatMap(({ ids }) => ids)).toEqual(list);
      expect([...backward].reverse().flatMap(({ ids }) => ids)).toEqual(list);
      const pages = Math.max(1, Math.ceil(list.length / one.size));
      expect([forward.length, backward.length]).toEqual([pages, pages]);
    });
    expect(seen.lists).toBeGreaterThan(20);
    expect(seen.items).toBeGreaterThan(60);
  });

  test.each(['forward', 'backward'] as const)(
    'do not shift %s when rows come in between, and bring those that come in behind',
    async (way) => {
      await check(async (one, list) => {
        const pages = await readAll(kind, one, way, () => kind.insert(one.late));
        const all = expected(kind, [...one.rows, ...one.late], one)!;
        const inOrder = way === 'forward' ? all : [...all].reverse();
        const read = pages.flatMap(({ ids }) => (way === 'forward' ? ids : [...ids].reverse()));
        const first = read.slice(0, pages[0]!.ids.length);
        const rest = pages.length === 1 ? [] : inOrder.slice(inOrder.indexOf(first.at(-1)!) + 1);
        expect(read).toEqual([...first, ...rest]);
        expect(new Set(read).size).toBe(read.length);
        expect(list.filter((id) => !read.includes(id))).toEqual([]);
      });
    },
  );
});
