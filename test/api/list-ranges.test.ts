import 'reflect-metadata';
import * as fc from 'fast-check';
import { windowSql } from '../../src/api/page';
import { makeAcl, type RoleGrant } from '../../src/grant/acl';
import { Params } from '../../src/grant/list-predicate';
import { idActionsOf } from '../../src/grant/resource-type';
import type { ListRange, Ranged } from '../../src/scope/list-range.rules';
import { containerRanges, listRanges } from '../../src/scope/list-ranges';
import { listedSql, type ListedTables } from '../../src/scope/listing.store';
import {
  callers,
  columnsOf,
  isOpen,
  isVisible,
  kindNames,
  kinds,
  me,
  openWorlds,
  type Item,
  type Kind,
  type Scope,
} from '../support/list-worlds';
import type { TestDatabase } from '../support/test-database';

let database: TestDatabase;
let fill: (items: readonly Item[], scopes: readonly Scope[]) => Promise<void>;
beforeAll(async () => {
  ({ database, fill } = await openWorlds());
});
afterAll(() => database.drop());

const compare = (one: readonly string[], other: readonly string[]): number =>
  one.join(' ') < other.join(' ') ? -1 : 1;
const idsOf = (items: readonly Item[]) => items.map(({ id }) => id).sort();

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

  test('does not take a project that is named for one of the projects that may be listed', async () => {
    const scopes = [
      { id: 'global', parentId: null },
      ...['o_0', 'o_1'].map((id) => ({ id, parentId: 'global' })),
      ...['p_00', 'p_10'].map((id) => ({ id, parentId: `o_${id[2]}` })),
    ];
    const place = { type: 'target', ownerId: null, pin: null } as const;
    await fill(
      [
        { ...place, id: 'ttcp_0', scopeId: 'p_00', scopeParentId: 'o_0' },
        { ...place, id: 'ttcp_1', scopeId: 'p_10', scopeParentId: 'o_1' },
      ],
      scopes,
    );
    const grant = (roleScopeId: string, grantScope: string, canonical: string): RoleGrant => ({
      ...{ roleId: 'r_one', roleScopeId, grantScope, canonical },
    });
    const acl = makeAcl(me, [
      grant('o_0', 'children', 'type=target;actions=list'),
      ...['p_00', 'p_10'].map((id) => grant(id, 'this', 'ids=*;type=target;actions=read')),
    ]);
    const permission = acl.listPermission('target', idActionsOf('target'));
    const { ids } = await paged('target', (params) =>
      listRanges(permission, { scope: scopes[0]!, recursive: true }, rangedOf('target'), params),
    );
    expect(ids).toEqual(['ttcp_0']);
  });

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
      { numRuns: 160 },
    );
    expect(seen.hidden).toBeGreaterThan(20);
    if (caller === me) expect(seen.shown).toBeGreaterThan(20);
  });
});
