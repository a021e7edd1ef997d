import 'reflect-metadata';
import * as fc from 'fast-check';
import { makeAcl } from '../../src/grant/acl';
import { listPredicate, Params, reachSql } from '../../src/grant/list-predicate';
import { idActionsOf, type ResourceType } from '../../src/grant/resource-type';
import {
  callers,
  columnsOf,
  grantText,
  isOpen,
  isVisible,
  kindNames,
  me,
  narrowingGrantText,
  openWorlds,
  worldOf,
  type Item,
} from '../support/list-worlds';
import type { TestDatabase } from '../support/test-database';

let database: TestDatabase;
let fill: (items: readonly Item[]) => Promise<void>;
beforeAll(async () => {
  ({ database, fill } = await openWorlds());
});
afterAll(() => database.drop());

async function selected(type: ResourceType, conditionOf: (params: Params) => string): Promise<string[]> {
  const params = new Params();
  const condition = conditionOf(params);
  const rows = await database.sql<{ id: string }>(
    `select x.id from item x where x.type = ${params.add(type, 'text')} and ${condition}`,
    params.values,
  );
  return rows.map(({ id }) => id).sort();
}

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
