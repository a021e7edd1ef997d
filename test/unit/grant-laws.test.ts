import fc from 'fast-check';
import type { ListPermission, Protected, Reach } from '../../src/core/acl';
import { isSelfAction } from '../../src/grant/action';
import { makeAcl, type Caller, type RoleGrant } from '../../src/grant/acl';
import {
  grantJson,
  parseGrant,
  parseStoredGrant,
  printGrant,
  printGrantJson,
  type Grant,
} from '../../src/grant/grant';
import { readRawGrant } from '../../src/grant/grant-syntax';
import { makeJudge } from '../../src/grant/judge';
import { isAnonymousId } from '../../src/grant/output-fields';
import { idActionsOf, isResourceType, isTopLevel, typeOfId } from '../../src/grant/resource-type';
import { scopePermissions } from '../../src/grant/scope-permission';
import { scopedGrants } from '../../src/grant/scoped-grant';
import {
  action,
  almostGrant,
  almostJson,
  anyAction,
  anyType,
  roleGrant,
  roleGrants,
  storedGrant,
  thing,
} from '../support/grant-arbitraries';
import { faultOf } from '../support/grant-fault';
import { anonymous, me, nobody, scopesOfTree } from '../support/grant-world';

const many = { numRuns: 2000 };

describe('the reader of grants', () => {
  const text = fc.oneof(
    almostGrant,
    almostJson,
    fc.string({ unit: 'binary' }),
    fc.json(),
    fc.string().map((rest) => `{${rest}`),
  );

  test('throws nothing but faults of a grant', () => {
    const seen = { read: 0, refused: 0 };
    fc.assert(
      fc.property(text, (written) => {
        for (const read of [parseGrant, parseStoredGrant, readRawGrant]) {
          if (faultOf(() => read(written)) === null) seen.read += 1;
          else seen.refused += 1;
        }
      }),
      many,
    );
    expect(seen.read).toBeGreaterThan(100);
    expect(seen.refused).toBeGreaterThan(100);
  });

  test('reads what it printed to what was printed', () => {
    fc.assert(
      fc.property(text, (written) => {
        if (faultOf(() => parseStoredGrant(written)) !== null) return;
        const printed = printGrant(parseStoredGrant(written));
        expect(printGrant(parseStoredGrant(printed))).toBe(printed);
        expect(printGrant(parseStoredGrant(printGrantJson(parseStoredGrant(written))))).toBe(printed);
      }),
      many,
    );
  });

  test('takes no grant when it is written that it would not take when it is stored', () => {
    fc.assert(
      fc.property(text, (written) => {
        if (faultOf(() => parseGrant(written)) === null) {
          expect(parseStoredGrant(written)).toEqual(parseGrant(written));
        }
      }),
      many,
    );
  });

  const word = fc.string({ unit: 'grapheme', minLength: 1 }).filter((one) => !/[,;=]/.test(one));
  const grant: fc.Arbitrary<Grant> = fc.record({
    ids: fc.array(
      word.map((rest) => `ttcp_${rest}`),
      { minLength: 1, maxLength: 3 },
    ),
    isOldId: fc.constant(false),
    type: fc.constantFrom(null, 'target' as const),
    actions: fc.subarray(['delete', 'no-op', 'read', 'update'] as const, { minLength: 1 }),
    outputFields: fc.oneof(
      fc.constant(null),
      fc.uniqueArray(word.filter((one) => one !== '*')).map((list) => list.sort()),
    ),
  });

  test('reads both forms of a grant back to the grant', () => {
    fc.assert(
      fc.property(grant, (one) => {
        const old = { ...one, ids: one.ids.slice(0, 1), isOldId: true };
        for (const each of [one, old]) {
          expect(parseGrant(printGrant(each))).toEqual(each);
          expect(parseGrant(printGrantJson(each))).toEqual(each);
          expect(JSON.parse(printGrantJson(each))).toEqual(grantJson(each));
        }
      }),
    );
  });

  test('knows the stored form of a grant by its text', () => {
    fc.assert(
      fc.property(storedGrant, (stored) => expect(printGrant(parseStoredGrant(stored))).toBe(stored)),
    );
  });
});

/** The rules once more, one grant and one id after the other, without any shortcut. */
function isAllowed(caller: Caller, grants: readonly RoleGrant[], asked: string, on: Protected): boolean {
  const isAnonymous = caller.userId === '' || caller.userId === 'u_anon';
  return grants.some((one) => {
    const place = { this: one.roleScopeId }[one.grantScope] ?? one.grantScope;
    const covered =
      place === 'children'
        ? on.parentScopeId === one.roleScopeId
        : place === 'descendants'
          ? on.scopeId !== 'global'
          : on.scopeId === place;
    const { ids, type, actions } = parseStoredGrant(one.canonical, caller);
    const granted = [asked, asked.split(':')[0], '*'].some((name) => (actions as string[]).includes(name!));
    if (!covered || !granted) return false;
    if (isAnonymous) {
      const possible = { scope: ['list', 'no-op'], 'auth-method': ['list', 'no-op', 'authenticate'] };
      return type === on.type && ((possible as Record<string, string[]>)[on.type] ?? []).includes(asked);
    }
    const isOfCollections = /^(list|create)(:|$)/.test(asked);
    const topLevel = isResourceType(on.type) && isTopLevel(on.type);
    const typeFits = type !== null && (type === '*' || type === on.type);
    if (ids.length === 0) return on.id === null && type === on.type && topLevel && isOfCollections;
    return ids.some(
      (id) =>
        (id === '*' && typeFits) ||
        (id === on.id && !isOfCollections && (type === null || type === typeOfId(id))) ||
        (id === on.pin && typeFits && !topLevel),
    );
  });
}

const askedOften = ['read', 'read:self', 'list', 'create', 'create:worker-led', 'no-op', 'authenticate'];
const callers = fc.constantFrom<Caller>(me, me, me, anonymous, nobody, { userId: 'u_me', accountId: null });

describe('the access out of grants', () => {
  test('is what the rules say of each grant alone', () => {
    const seen = { allowed: 0, refused: 0 };
    fc.assert(
      fc.property(
        callers,
        roleGrants,
        fc.array(thing, { minLength: 4, maxLength: 12 }),
        (caller, grants, things) => {
          const acl = makeAcl(caller, grants);
          const pairs = things.flatMap((on) => askedOften.map((asked) => [asked, on] as const));
          const expected = pairs.filter(([asked, on]) => isAllowed(caller, grants, asked, on));
          expect(pairs.filter(([asked, on]) => acl.may(asked, on))).toEqual(expected);
          for (const [asked, on] of pairs) {
            const alone = grants.filter((one) => isAllowed(caller, [one], asked, on));
            expect(new Set(acl.why(asked, on))).toEqual(new Set(alone));
          }
          seen.allowed += expected.length;
          seen.refused += pairs.length - expected.length;
        },
      ),
      many,
    );
    expect(seen.allowed).toBeGreaterThan(1000);
    expect(seen.refused).toBeGreaterThan(1000);
  });

  test('loses nothing by one grant more, but for fields where none were named before', () => {
    fc.assert(
      fc.property(callers, roleGrants, roleGrant, action, thing, (caller, grants, more, asked, on) => {
        const [before, after] = [makeAcl(caller, grants), makeAcl(caller, [...grants, more])];
        if (before.may(asked, on)) expect(after.may(asked, on)).toBe(true);
        const named = (given: readonly RoleGrant[]) =>
          makeJudge(scopedGrants(given, caller), isAnonymousId(caller.userId))(on).fields(asked);
        const [shown, later] = [named(grants), named([...grants, more])];
        if (shown !== null && !later?.includes('*'))
          expect(later).toEqual(expect.arrayContaining([...shown]));
      }),
      many,
    );
  });

  test('does not depend on the order of grants', () => {
    fc.assert(
      fc.property(callers, roleGrants, action, thing, (caller, grants, asked, on) => {
        const [one, other] = [makeAcl(caller, grants), makeAcl(caller, [...grants].reverse())];
        expect(other.may(asked, on)).toBe(one.may(asked, on));
        expect(other.fieldsFor(asked, on)).toEqual(one.fieldsFor(asked, on));
      }),
    );
  });

  test('never reaches global by descendants, or the scope of the role by children', () => {
    const below = fc.array(
      fc
        .tuple(roleGrant, fc.constantFrom('children', 'descendants'))
        .map(([one, grantScope]) => ({ ...one, grantScope })),
    );
    fc.assert(
      fc.property(callers, below, action, thing, (caller, grants, asked, on) => {
        const inGlobal = { ...on, scopeId: 'global', parentScopeId: null };
        expect(makeAcl(caller, grants).may(asked, inGlobal)).toBe(false);
        const children = grants.filter(
          (one) => one.grantScope === 'children' && one.roleScopeId === on.scopeId,
        );
        expect(makeAcl(caller, children).may(asked, on)).toBe(false);
      }),
      many,
    );
  });

  test('never gives more to anonymous callers than signing in takes', () => {
    const possible = [
      'scope list',
      'scope no-op',
      'auth-method list',
      'auth-method no-op',
      'auth-method authenticate',
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(anonymous, nobody),
        roleGrants,
        anyType,
        anyAction,
        thing,
        (caller, grants, type, asked, on) => {
          const everything = grants.map((one) => ({ ...one, canonical: `ids=*;type=${type};actions=*` }));
          for (const given of [grants, everything]) {
            const may = makeAcl(caller, given).may(asked, { ...on, type });
            if (may) expect(possible).toContain(`${type} ${asked}`);
          }
        },
      ),
      many,
    );
  });

  test('shows in no scope a thing that the permission of the scope leaves out', () => {
    const seen = { shown: 0 };
    fc.assert(
      fc.property(callers, roleGrants, thing, (caller, grants, on) => {
        if (on.id === null || !isResourceType(on.type)) return;
        const idActions = idActionsOf(on.type);
        if (makeAcl(caller, grants).actionsOn(idActions, on).length === 0) return;
        seen.shown += 1;
        const asked = [...idActions, ...idActions.map((one) => one.split(':')[0]!)];
        const scoped = scopedGrants(grants, caller);
        const [permission] = scopePermissions(caller.userId, scoped, scopesOfTree, on.type, asked).filter(
          ({ grantScope }) => grantScope === on.scopeId,
        );
        expect(permission).toBeDefined();
        expect(permission!.isAll || permission!.ids.some((id) => id === on.id || id === on.pin)).toBe(true);
      }),
      { numRuns: 5000 }, // most grants are about something else
    );
    expect(seen.shown).toBeGreaterThan(50);
  });

  test('puts into a list permission just what it shows one by one', () => {
    const seen = { shown: 0, hidden: 0 };
    fc.assert(
      fc.property(callers, roleGrants, thing, fc.boolean(), (caller, grants, on, isOwn) => {
        if (on.id === null || !isResourceType(on.type)) return;
        const acl = makeAcl(caller, grants);
        const actions = acl.actionsOn(idActionsOf(on.type), on);
        const isShown = actions.some((one) => isOwn || !isSelfAction(one));
        const permission = acl.listPermission(on.type, idActionsOf(on.type));
        expect([grants, on, isListed(permission, on, isOwn)]).toEqual([grants, on, isShown]);
        seen[isShown ? 'shown' : 'hidden'] += 1;
      }),
      { numRuns: 5000 }, // most grants are about something else
    );
    expect(seen.shown).toBeGreaterThan(50);
    expect(seen.hidden).toBeGreaterThan(50);
  });

  test('opens for lists the scopes in which it may list, and those below', () => {
    const seen = { open: 0, shut: 0 };
    fc.assert(
      fc.property(callers, roleGrants, thing, (caller, grants, { type }) => {
        const acl = makeAcl(caller, grants);
        const { listable } = acl.listPermission(type, ['read']);
        const mayList = (scopeId: string | null): boolean => {
          const scope = scopesOfTree.find(({ id }) => id === scopeId);
          if (scope === undefined) return false;
          const on = { type, id: null, scopeId: scope.id, parentScopeId: scope.parentId, pin: null };
          return acl.may('list', on) || mayList(scope.parentId);
        };
        const open = scopesOfTree.filter(({ id }) => mayList(id));
        expect(scopesOfTree.filter(({ id, parentId }) => isIn(listable, id, parentId))).toEqual(open);
        seen.open += open.length;
        seen.shut += scopesOfTree.length - open.length;
      }),
      many,
    );
    expect(seen.open).toBeGreaterThan(50);
    expect(seen.shut).toBeGreaterThan(50);
  });
});

function isIn({ scopes, parents, everywhere }: Reach, scopeId: string, parentId: string | null): boolean {
  const isBelow = parentId !== null && parents.includes(parentId);
  return scopes.includes(scopeId) || isBelow || (everywhere && scopeId !== 'global');
}

function isListed(permission: ListPermission, on: Protected, isOwn: boolean): boolean {
  const isHere = (reach: Reach) => isIn(reach, on.scopeId, on.parentScopeId);
  const pin = isResourceType(on.type) && isTopLevel(on.type) ? null : on.pin;
  const isNamed = (ids: ListPermission['ids']) =>
    ids.some(({ id, reach }) => (id === on.id || id === pin) && isHere(reach));
  const { all, own, ids, ownIds } = permission;
  return isHere(all) || isNamed(ids) || (isOwn && (isHere(own) || isNamed(ownIds)));
}
