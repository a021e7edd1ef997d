import fc from 'fast-check';
import { collectionActionsOf, idActionsOf, type ResourceType } from '../../src/grant/resource-type';
import {
  fillAccessWorld,
  heldGrants,
  mayBruteForce,
  putRoles,
  randomRole,
  type AccessWorld,
  type Thing,
} from '../support/access-world';
import { startWorld, type World } from '../support/world';

let world: World;
let people: AccessWorld;
beforeAll(async () => {
  world = await startWorld();
  people = await fillAccessWorld(world);
});
afterAll(() => world.server.stop());

const enumName = (action: string): string => action.toUpperCase().replaceAll(/[-:]/g, '_');
const named = ({ on }: Thing): string => {
  if (on.id !== null) return `resourceId: "${on.id}"`;
  return `type: "${on.type}", ${on.pin === null ? `scopeId: "${on.scopeId}"` : `containerId: "${on.pin}"`}`;
};
const actionsOn = ({ on }: Thing): readonly string[] =>
  on.id === null ? collectionActionsOf(on.type as ResourceType) : idActionsOf(on.type as ResourceType);

/** Asks several things in one document; the answers in their order. */
async function askAll(fields: readonly string[]): Promise<any[]> {
  const answers: any[] = [];
  for (let at = 0; at < fields.length; at += 15) {
    const part = fields.slice(at, at + 15).map((field, i) => `a${i}: ${field}`);
    const { data, errors } = await world.server.ask(`{ ${part.join('\n')} }`, {}, world.admin);
    expect(errors).toBeUndefined();
    answers.push(...part.map((_, i) => data![`a${i}`]));
  }
  return answers;
}

const worlds = 5;
const seen = { yes: 0, no: 0, everybody: 0, users: 0 };
const rounds = Array.from({ length: worlds }, (_, i) => i + 1);

describe.each(rounds)('in random world %i', () => {
  let may: (user: { id: string; accountIds: readonly string[] }, action: string, thing: Thing) => boolean;
  let grantsOf: Awaited<ReturnType<typeof heldGrants>>;
  const cases: { thing: Thing; action: string }[] = [];
  const anybody = { id: 'u_anon', accountIds: [] };

  beforeAll(async () => {
    const roles = fc.sample(randomRole(people), 40);
    await putRoles(world, roles);
    grantsOf = await heldGrants(world);
    may = (user, action, thing) => mayBruteForce(user, grantsOf(user.id), action, thing);
    cases.splice(0);
    for (const thing of people.things) for (const action of actionsOn(thing)) cases.push({ thing, action });
  });

  test('explainAccess says of everybody, every action and every thing what the engine says', async () => {
    for (const user of [...people.users, anybody]) {
      const answers = await askAll(
        cases.map(
          ({ thing, action }) =>
            `explainAccess(userId: "${user.id}", action: ${enumName(action)}, ${named(thing)}) { isAllowed decidedBy { roleId grant grantScope } misses { kind roleId grant } }`,
        ),
      );
      for (const [at, { thing, action }] of cases.entries()) {
        const { isAllowed, decidedBy, misses } = answers[at];
        const expected = may(user, action, thing);
        expect({ user, action, thing, isAllowed }).toEqual({ user, action, thing, isAllowed: expected });
        expect([decidedBy.length > 0, misses.length > 0]).toEqual([expected, !expected]);
        for (const { roleId, grant, grantScope } of decidedBy) {
          const alone = grantsOf(user.id).filter(
            (one) => one.roleId === roleId && one.canonical === grant && one.grantScope === grantScope,
          );
          expect(mayBruteForce(user, alone, action, thing)).toBe(true);
        }
        seen[expected ? 'yes' : 'no'] += 1;
      }
    }
  });

  test('whoCan names everybody of whom the engine says so, and nobody else', async () => {
    const admin = {
      id: 'u_1234567890',
      accountIds: (
        await world.server.database.sql<{ id: string }>(
          `select id from account where user_id = 'u_1234567890'`,
        )
      ).map(({ id }) => id),
    };
    const users = [...people.users, admin];
    const answers = await askAll(
      cases.map(
        ({ thing, action }) =>
          `whoCan(action: ${enumName(action)}, ${named(thing)}, most: 500) { holders { kind userId paths { isHidden roleId holding groupId } } hiddenCount moreCount }`,
      ),
    );
    for (const [at, { thing, action }] of cases.entries()) {
      const { holders, hiddenCount, moreCount } = answers[at];
      expect([hiddenCount, moreCount]).toEqual([0, 0]);
      const kinds: string[] = holders.map(({ kind }: { kind: string }) => kind);
      const names: string[] = holders.filter((one: any) => one.kind === 'USER').map((one: any) => one.userId);
      const expected = users.filter((user) => may(user, action, thing)).map(({ id }) => id);
      const said = kinds.includes('SIGNED_IN') ? users.map(({ id }) => id) : names;
      expect({ thing, action, may: [...said].sort() }).toEqual({ thing, action, may: [...expected].sort() });
      expect(expected).toEqual(expect.arrayContaining(names));
      expect(kinds.includes('NOT_SIGNED_IN')).toBe(may(anybody, action, thing));
      for (const { userId, paths } of holders) {
        const roles = new Set(grantsOf(userId).map(({ roleId }) => roleId));
        expect(paths.length).toBeGreaterThan(0);
        for (const path of paths) expect([path.isHidden, roles.has(path.roleId)]).toEqual([false, true]);
      }
      seen.everybody += Number(kinds.includes('SIGNED_IN'));
      seen.users += names.length;
    }
  });
});

test('these worlds held enough of everything', () => {
  expect(Object.values(seen).map((count) => count > 50)).toEqual([true, true, true, true]);
});
