import 'reflect-metadata';
import * as fc from 'fast-check';
import type { Acl } from '../../src/core/acl';
import { isSelfAction } from '../../src/grant/action';
import { makeAcl, type Caller, type RoleGrant } from '../../src/grant/acl';
import { parseGrant, printGrant } from '../../src/grant/grant';
import { listPredicate, Params, reachSql, type ListColumns } from '../../src/grant/list-predicate';
import { idActionsOf, type ResourceType } from '../../src/grant/resource-type';
import { windowSql } from '../../src/api/page';
import type { ListRange, Ranged } from '../../src/scope/list-range.rules';
import { containerRanges, listRanges } from '../../src/scope/list-ranges';
import { listedSql, type ListedTables } from '../../src/scope/listing.store';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

interface Scope {
  readonly id: string;
  readonly parentId: string | null;
}

interface Item {
  readonly id: string;
  readonly type: ResourceType;
  readonly scopeId: string;
  readonly scopeParentId: string | null;
  readonly ownerId: string | null;
  readonly pin: string | null;
}

interface World {
  readonly scopes: readonly Scope[];
  readonly items: readonly Item[];
  readonly grants: readonly RoleGrant[];
}

const me: Caller = { userId: 'u_me', accountId: 'acctpw_1' };
const anonymous: Caller = { userId: 'u_anon', accountId: null };
const owners = ['u_me', 'u_other'];

/** What lives where: its id prefix, and the prefix of the container that pins it. */
const kinds = {
  target: { prefix: 'ttcp', livesIn: 'project' },
  session: { prefix: 's', livesIn: 'project' },
  'host-catalog': { prefix: 'hcst', livesIn: 'project' },
  host: { prefix: 'hst', livesIn: 'project', pinPrefix: 'hcst' },
  'auth-method': { prefix: 'ampw', livesIn: 'above' },
  account: { prefix: 'acctpw', livesIn: 'above', pinPrefix: 'ampw' },
  user: { prefix: 'u', livesIn: 'above' },
} as const;
type Kind = keyof typeof kinds;
const kindNames = Object.keys(kinds) as Kind[];
// Sessions know ownership, and auth methods are what callers without a token may see: more of both.
const someKind = fc.constantFrom<Kind>(
  ...kindNames,
  ...(['session', 'session', 'auth-method', 'auth-method', 'auth-method'] as const),
);

const tree: fc.Arbitrary<Scope[]> = fc
  .array(fc.integer({ min: 1, max: 2 }), { minLength: 1, maxLength: 2 })
  .map((projectCounts) => [
    { id: 'global', parentId: null },
    ...projectCounts.flatMap((count, org) => [
      { id: `o_${org}`, parentId: 'global' },
      ...Array.from({ length: count }, (_, i) => ({ id: `p_${org}${i}`, parentId: `o_${org}` })),
    ]),
  ]);

// A handful of ids per kind, so that grants on one id often meet a row; a row may lie in any fitting scope.
function itemsIn(scopes: readonly Scope[]): fc.Arbitrary<Item[]> {
  const one = fc
    .record({
      type: someKind,
      number: fc.nat({ max: 3 }),
      place: fc.nat(),
      ownerId: fc.constantFrom(...owners),
      pinNumber: fc.nat({ max: 2 }),
    })
    .map(({ type, number, place, ownerId, pinNumber }): Item[] => {
      const kind: { prefix: string; livesIn: string; pinPrefix?: string } = kinds[type];
      const fitting = scopes.filter(({ id }) => id.startsWith('p_') === (kind.livesIn === 'project'));
      const scope = fitting[place % fitting.length];
      if (!scope) return [];
      return [
        {
          id: type === 'user' && number === 0 ? 'u_me' : `${kind.prefix}_${number}`,
          type,
          scopeId: scope.id,
          scopeParentId: scope.parentId,
          ownerId: type === 'session' ? ownerId : null,
          pin: kind.pinPrefix ? `${kind.pinPrefix}_${pinNumber}` : null,
        },
      ];
    });
  return fc.array(one, { minLength: 10, maxLength: 30 }).map((found) => {
    const byId = new Map(found.flat().map((item) => [item.id, item]));
    return [...byId.values()];
  });
}

function isGrant(text: string): boolean {
  try {
    parseGrant(text);
    return true;
  } catch {
    return false;
  }
}

const someActions = fc.oneof(
  fc.subarray(['no-op', 'read', 'read:self', 'cancel:self', 'delete', 'list', 'authenticate'], {
    minLength: 1,
    maxLength: 3,
  }),
  fc.constantFrom(
    ['*'],
    ['read:self'],
    ['read:self', 'list'],
    ['list'],
    ['create', 'list'],
    ['authenticate'],
  ),
);
const idsOfKind = someKind.chain((type) =>
  fc.record({
    type: fc.constant<string | null>(type),
    ids: fc
      .subarray([0, 1, 2, 3], { minLength: 1 })
      .map((numbers) => numbers.map((number) => `${kinds[type].prefix}_${number}`)),
  }),
);
/** What a grant speaks of: everything of a type, single ids, children by their container, a collection, oneself. */
const subject: fc.Arbitrary<{ ids: string[]; type: string | null }> = fc.oneof(
  fc.record({ ids: fc.constant<string[]>(['*']), type: fc.oneof(someKind, fc.constant('*')) }),
  fc.record({ ids: idsOfKind.map(({ ids }) => ids), type: fc.constant(null) }),
  idsOfKind,
  fc.record({ ids: fc.subarray(['hcst_0', 'hcst_1'], { minLength: 1 }), type: fc.constantFrom('host', '*') }),
  fc.record({
    ids: fc.subarray(['ampw_0', 'ampw_1'], { minLength: 1 }),
    type: fc.constantFrom('account', '*'),
  }),
  fc.record({ ids: fc.constant<string[]>([]), type: someKind }),
  fc.record({
    ids: fc.subarray(['{{user.id}}', '{{account.id}}'], { minLength: 1 }),
    type: fc.constant(null),
  }),
);
const grantText = fc
  .record({ subject, actions: someActions, hasFields: fc.boolean() })
  .map(({ subject: { ids, type }, actions, hasFields }) =>
    [
      ...(ids.length > 0 ? [`ids=${ids.join(',')}`] : []),
      ...(type === null ? [] : [`type=${type}`]),
      `actions=${actions.join(',')}`,
      ...(hasFields ? ['output_fields=id'] : []),
    ].join(';'),
  )
  .filter(isGrant)
  .map((text) => printGrant(parseGrant(text)));

// What a caller without a token may see is so little that chance alone would hardly ever grant it.
const anonymousGrantText = fc.oneof(
  grantText,
  fc
    .record({
      ids: fc.constantFrom('*', 'ampw_0', 'ampw_1,ampw_2'),
      actions: fc.constantFrom(
        '*',
        'no-op',
        'list',
        'authenticate',
        'read,authenticate',
        'read',
        'list,no-op',
      ),
    })
    .map(({ ids, actions }) => `ids=${ids};type=auth-method;actions=${actions}`)
    .filter(isGrant),
);

// Grants that narrow a list are rare among all grants.
const narrowingGrantText = fc.oneof(
  grantText,
  fc
    .record({
      subject: fc.constantFrom('ids=*;type=*', 'ids=*;type=target', 'type=target', 'ids=*;type=session'),
      actions: fc.constantFrom('actions=list;', 'actions=read;', ''),
      fields: fc.constantFrom('id', 'name', '*'),
    })
    .map(({ subject, actions, fields }) => `${subject};${actions}output_fields=${fields}`)
    .filter(isGrant),
);

/** The grant scopes a role may have where it lives. */
function grantScopesFor(scope: Scope, scopes: readonly Scope[]): string[] {
  if (scope.id === 'global') {
    const below = scopes.filter(({ id }) => id !== 'global').map(({ id }) => id);
    return ['this', 'children', 'descendants', ...below];
  }
  if (scope.parentId !== 'global') return ['this'];
  return ['this', 'children', ...scopes.filter(({ parentId }) => parentId === scope.id).map(({ id }) => id)];
}

function grantsIn(scopes: readonly Scope[], text: fc.Arbitrary<string>): fc.Arbitrary<RoleGrant[]> {
  const one = fc
    .record({ home: fc.nat(), reach: fc.nat(), canonical: text })
    .map(({ home, reach, canonical }): RoleGrant => {
      const scope = scopes[home % scopes.length]!;
      const possible = grantScopesFor(scope, scopes);
      return {
        roleId: 'r_one',
        roleScopeId: scope.id,
        grantScope: possible[reach % possible.length]!,
        canonical,
      };
    });
  return fc.array(one, { maxLength: 10 });
}

const worldOf = (text: fc.Arbitrary<string>): fc.Arbitrary<World> =>
  tree.chain((scopes) =>
    fc.record({ scopes: fc.constant(scopes), items: itemsIn(scopes), grants: grantsIn(scopes, text) }),
  );
const callers = [
  ['a user', me, worldOf(grantText)],
  ['a caller without a token', anonymous, worldOf(anonymousGrantText)],
] as const;

/** One by one, as the engine says it; a `:self` action counts on one's own alone, unless its parent is held. */
function isVisible(acl: Acl, caller: Caller, item: Item): boolean {
  const { type, id, scopeId, scopeParentId, pin } = item;
  const on = { type, id, scopeId, parentScopeId: scopeParentId, pin };
  return acl
    .actionsOn(idActionsOf(type), on)
    .some((action) => item.ownerId === caller.userId || !isSelfAction(action));
}

/** To list in a scope opens it and what is below it. */
function isOpen(acl: Acl, type: ResourceType, scope: Scope, scopes: readonly Scope[]): boolean {
  const on = { type, id: null, scopeId: scope.id, parentScopeId: scope.parentId, pin: null };
  if (acl.may('list', on)) return true;
  const parent = scopes.find(({ id }) => id === scope.parentId);
  return parent !== undefined && isOpen(acl, type, parent, scopes);
}

function columnsOf(type: ResourceType): ListColumns {
  return {
    id: 'x.id',
    scopeId: 'x.scope_id',
    scopeParentId: 'x.scope_parent_id',
    ...(type === 'session' ? { ownerId: 'x.owner_id', holdsParent: true } : {}),
    ...(type === 'host' || type === 'account' ? { pin: 'x.pin' } : {}),
  };
}

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await database.sql(
    'create temporary table item (id text, type text, scope_id text, scope_parent_id text, owner_id text, pin text)',
  );
  await database.sql('create temporary table scope (id text, parent_id text)');
});
afterAll(() => database.drop());

async function fill(items: readonly Item[], scopes: readonly Scope[] = []): Promise<void> {
  await database.sql('truncate item, scope');
  await database.sql('insert into scope select * from unnest($1::text[], $2::text[])', [
    scopes.map(({ id }) => id),
    scopes.map(({ parentId }) => parentId),
  ]);
  await database.sql(
    `insert into item select i->>'id', i->>'type', i->>'scopeId', i->>'scopeParentId', i->>'ownerId', i->>'pin'
     from jsonb_array_elements($1::jsonb) i`,
    [JSON.stringify(items)],
  );
}

async function selected(type: ResourceType, conditionOf: (params: Params) => string): Promise<string[]> {
  const params = new Params();
  const condition = conditionOf(params);
  const rows = await database.sql<{ id: string }>(
    `select x.id from item x where x.type = ${params.add(type, 'text')} and ${condition}`,
    params.values,
  );
  return rows.map(({ id }) => id).sort();
}

const compare = (one: readonly string[], other: readonly string[]): number =>
  one.join(' ') < other.join(' ') ? -1 : 1;
const idsOf = (items: readonly Item[]) => items.map(({ id }) => id).sort();

describe('a list in SQL', () => {
  test.each(callers)(
    'shows %s exactly the rows that the engine shows one by one',
    async (_, caller, world) => {
      const seen = { shown: 0, hidden: 0 };
      await fc.assert(
        fc.asyncProperty(world, async ({ items, grants }) => {
          const acl = makeAcl(caller, grants);
          await fill(items);
          for (const type of kindNames) {
            const permission = acl.listPermission(type, idActionsOf(type));
            const ofType = items.filter((item) => item.type === type);
            const expected = idsOf(ofType.filter((item) => isVisible(acl, caller, item)));
            expect(
              await selected(type, (params) => listPredicate(permission, columnsOf(type), params)),
            ).toEqual(expected);
            seen.shown += expected.length;
            seen.hidden += ofType.length - expected.length;
          }
        }),
        { numRuns: 300 },
      );
      expect(seen.shown).toBeGreaterThan(20);
      expect(seen.hidden).toBeGreaterThan(20);
    },
  );

  test.each(callers)(
    'opens to %s the scopes where it may list and those below them',
    async (_, caller, world) => {
      const seen = { open: 0, shut: 0 };
      await fc.assert(
        fc.asyncProperty(world, async ({ scopes, items, grants }) => {
          const acl = makeAcl(caller, grants);
          await fill(items);
          for (const type of kindNames) {
            const { listable } = acl.listPermission(type, idActionsOf(type));
            const open = new Set(
              scopes.filter((scope) => isOpen(acl, type, scope, scopes)).map(({ id }) => id),
            );
            const ofType = items.filter((item) => item.type === type);
            const expected = idsOf(ofType.filter(({ scopeId }) => open.has(scopeId)));
            expect(await selected(type, (params) => reachSql(listable, columnsOf(type), params))).toEqual(
              expected,
            );
            seen.open += expected.length;
            seen.shut += ofType.length - expected.length;
          }
        }),
        { numRuns: 300 },
      );
      expect(seen.open).toBeGreaterThan(20);
      expect(seen.shut).toBeGreaterThan(20);
    },
  );

  test('hides a field from a user where the engine hides it', async () => {
    const seen = { shown: 0, hidden: 0 };
    await fc.assert(
      fc.asyncProperty(worldOf(narrowingGrantText), async ({ items, grants }) => {
        const acl = makeAcl(me, grants);
        await fill(items);
        for (const type of ['target', 'session'] as const) {
          const { limited, shown } = acl.listedField(type, 'name');
          const ofType = items.filter((item) => item.type === type);
          const isHidden = ({ scopeId, scopeParentId }: Item): boolean => {
            const on = { type, id: null, scopeId, parentScopeId: scopeParentId, pin: null };
            const fields = acl.fieldsFor('list', on);
            return fields !== '*' && !fields.has('name');
          };
          const expected = idsOf(ofType.filter(isHidden));
          const found = await selected(
            type,
            (params) =>
              `${reachSql(limited, columnsOf(type), params)} and not ${reachSql(shown, columnsOf(type), params)}`,
          );
          expect(found).toEqual(expected);
          seen.hidden += expected.length;
          seen.shown += ofType.length - expected.length;
        }
      }),
      { numRuns: 1000 }, // few of the generated grants narrow anything
    );
    expect(seen.shown).toBeGreaterThan(20);
    expect(seen.hidden).toBeGreaterThan(20);
  });

  test('keeps from a user the session of another that is granted to it by id for :self alone', async () => {
    const place = { type: 'session', scopeId: 'p_00', scopeParentId: 'o_0', pin: null } as const;
    await fill([
      { ...place, id: 's_mine', ownerId: 'u_me' },
      { ...place, id: 's_theirs', ownerId: 'u_other' },
    ]);
    const canonical = 'ids=s_mine,s_theirs;actions=read:self';
    const acl = makeAcl(me, [{ roleId: 'r_one', roleScopeId: 'p_00', grantScope: 'this', canonical }]);
    const permission = acl.listPermission('session', idActionsOf('session'));
    const shown = await selected('session', (params) =>
      listPredicate(permission, columnsOf('session'), params),
    );
    expect(shown).toEqual(['s_mine']);
  });

  test('has few texts, so that callers share prepared statements', async () => {
    const texts = new Set<string>();
    await fc.assert(
      fc.asyncProperty(worldOf(grantText), ({ grants }) => {
        const permission = makeAcl(me, grants).listPermission('session', idActionsOf('session'));
        texts.add(listPredicate(permission, columnsOf('session'), new Params()));
        return Promise.resolve();
      }),
      { numRuns: 2000 },
    );
    expect(texts.size).toBeLessThan(200);
  });
});

describe('a page in SQL', () => {
  const rangedOf = (type: Kind): Ranged => ({
    columns: columnsOf(type),
    livesIn: kinds[type].livesIn === 'project' ? ['project'] : ['global', 'org'],
  });
  const tables = (type: Kind): ListedTables => ({ select: 'x.id', from: 'item x', columns: columnsOf(type) });

  async function paged(
    type: Kind,
    rangesOf: (params: Params) => ListRange[],
    more: (params: Params) => string[] = () => [],
  ): Promise<{ ids: string[]; sql: string }> {
    const params = new Params();
    const ranges = rangesOf(params);
    if (ranges.length === 0) return { ids: [], sql: '' };
    const window = { limit: 99, from: 'start', position: null, boundTo: '' } as const;
    const columns = { key: 'x.scope_id', keyType: 'text', id: 'x.id', descending: false };
    const cut = windowSql(window, columns, (value, cast) => params.add(value, cast));
    const conditions = [`x.type = ${params.add(type, 'text')}`, ...more(params)];
    const sql = listedSql(tables(type), ranges, conditions, 'x.scope_id', cut);
    const rows = await database.sql<{ id: string }>(sql, params.values);
    return { ids: rows.map(({ id }) => id), sql };
  }

  const isIn = (scope: Scope, recursive: boolean, item: Item): boolean =>
    item.scopeId === scope.id || (recursive && (scope.id === 'global' || item.scopeParentId === scope.id));

  test.each(callers)(
    'shows %s, in every scope and below it, exactly the rows that the engine shows there one by one',
    async (_, caller, world) => {
      const seen = { shown: 0, hidden: 0 };
      const texts = new Set<string>();
      await fc.assert(
        fc.asyncProperty(world, async ({ scopes, items, grants }) => {
          const acl = makeAcl(caller, grants);
          await fill(items, scopes);
          for (const type of kindNames) {
            const permission = acl.listPermission(type, idActionsOf(type));
            const open = new Set(
              scopes.filter((scope) => isOpen(acl, type, scope, scopes)).map(({ id }) => id),
            );
            for (const scope of scopes)
              for (const recursive of [false, true]) {
                const there = items.filter((item) => item.type === type && isIn(scope, recursive, item));
                const expected = there
                  .filter((item) => open.has(item.scopeId) && isVisible(acl, caller, item))
                  .sort((a, b) => compare([a.scopeId, a.id], [b.scopeId, b.id]));
                const { ids, sql } = await paged(type, (params) =>
                  listRanges(permission, { scope, recursive }, rangedOf(type), params),
                );
                expect(ids).toEqual(expected.map(({ id }) => id));
                if (type === 'session') texts.add(sql);
                seen.shown += expected.length;
                seen.hidden += there.length - expected.length;
              }
          }
        }),
        { numRuns: 150 },
      );
      expect(seen.shown).toBeGreaterThan(20);
      expect(seen.hidden).toBeGreaterThan(20);
      expect(texts.size).toBeLessThan(100);
    },
  );

  test.each(callers)('of a container shows %s what the engine shows of it', async (_, caller, world) => {
    const seen = { shown: 0, hidden: 0 };
    await fc.assert(
      fc.asyncProperty(world, async ({ scopes, items, grants }) => {
        const acl = makeAcl(caller, grants);
        await fill(items, scopes);
        for (const type of ['host', 'account'] as const) {
          const permission = acl.listPermission(type, idActionsOf(type));
          for (const scope of scopes)
            for (const id of [0, 1, 2].map((number) => `${kinds[type].pinPrefix}_${number}`)) {
              const owned = items.filter((item) => item.pin === id && item.scopeId === scope.id);
              const expected = idsOf(owned.filter((item) => isVisible(acl, caller, item)));
              const { ids } = await paged(
                type,
                (params) => containerRanges(permission, { id, scope }, rangedOf(type), params),
                (params) => [`x.scope_id = ${params.add(scope.id, 'text')}`],
              );
              expect(ids.sort()).toEqual(expected);
              seen.shown += expected.length;
              seen.hidden += owned.length - expected.length;
            }
        }
      }),
      { numRuns: 80 },
    );
    expect(seen.hidden).toBeGreaterThan(20);
    if (caller === me) expect(seen.shown).toBeGreaterThan(20);
  });
});
