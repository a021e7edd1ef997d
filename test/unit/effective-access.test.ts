import fc from 'fast-check';
import { gives, isWayToMore } from '../../src/access/access-set.rules';
import {
  accessLines,
  accessSets,
  effectiveAccess,
  filledFor,
  type AccessOfAll,
} from '../../src/access/effective-access';
import { makeAcl, type RoleGrant } from '../../src/grant/acl';
import {
  collectionActionsOf,
  idActionsOf,
  isResourceType,
  isTopLevel,
  parentType,
  typeOfId,
} from '../../src/grant/resource-type';
import { roleGrant, roleGrants, storedGrant, thing } from '../support/grant-arbitraries';
import { on, role } from '../support/grant-world';

const me = { userId: 'u_me', accountIds: ['acctpw_mine'] };
const caller = { userId: 'u_me', accountId: 'acctpw_mine' };
const anybody = { userId: 'u_anon', accountId: null };
const textOf = (grants: readonly RoleGrant[], person = me): string[] =>
  accessLines(filledFor(person, accessSets(grants))).map(({ type, kind, ids, actions, reach }) => {
    const { scopes, parents, everywhere } = reach;
    const where = [...scopes, ...parents.map((id) => `below ${id}`), ...(everywhere ? ['everywhere'] : [])];
    return `${actions.join(',')} ${kind} ${type} ${ids.join(',')}`.trim() + ` in ${where.join(',')}`;
  });

describe('the sets of an access', () => {
  // Only what there is: things of a container's children lie in one of that type.
  const real = thing.filter(
    ({ type, pin }) =>
      isResourceType(type) &&
      (isTopLevel(type) ? pin === null : pin !== null && typeOfId(pin) === parentType(type)),
  );

  test('hold just what the engine allows', () => {
    const seen = { yes: 0, no: 0 };
    fc.assert(
      fc.property(
        roleGrants,
        fc.array(real, { minLength: 3 }),
        fc.boolean(),
        (grants, things, isAnonymous) => {
          const acl = makeAcl(isAnonymous ? anybody : caller, grants);
          const sets = isAnonymous ? accessSets(grants, true) : filledFor(me, accessSets(grants));
          for (const one of things) {
            if (!isResourceType(one.type)) continue;
            for (const action of one.id === null ? collectionActionsOf(one.type) : idActionsOf(one.type)) {
              const may = acl.may(action, one);
              expect([grants, one, action, sets.some((set) => gives(set, action, one))]).toEqual([
                grants,
                one,
                action,
                may,
              ]);
              seen[may ? 'yes' : 'no'] += 1;
            }
          }
        },
      ),
      { numRuns: 1500 },
    );
    expect(seen.yes).toBeGreaterThan(500);
    expect(seen.no).toBeGreaterThan(500);
  });

  test('do not depend on the order of grants, nor on saying a thing twice', () => {
    fc.assert(
      fc.property(roleGrants, roleGrant, (grants, more) => {
        const sets = accessSets([...grants, more]);
        expect(accessSets([more, ...[...grants].reverse(), more])).toEqual(sets);
      }),
    );
  });

  test('give the roles behind them, each of which gives some of it alone', () => {
    fc.assert(
      fc.property(fc.array(storedGrant, { maxLength: 5 }), (texts) => {
        const grants = texts.map((canonical, at) => ({
          roleId: `r_${at}`,
          roleScopeId: 'p_a1',
          grantScope: 'this',
          canonical,
        }));
        for (const { type, action, of, roleIds } of accessSets(grants)) {
          expect(roleIds.length).toBeGreaterThan(0);
          for (const roleId of roleIds) {
            const alone = accessSets(grants.filter((one) => one.roleId === roleId));
            expect(
              alone.some((set) => set.type === type && set.action === action && set.of.kind === of.kind),
            ).toBe(true);
          }
        }
      }),
    );
  });

  test.each<[string, RoleGrant[], string[]]>([
    [
      'everything everywhere',
      role('global descendants', 'ids=*;type=*;actions=*'),
      ['* all * in everywhere'],
    ],
    [
      'one action on one type',
      role('o_a children', 'ids=*;type=target;actions=read'),
      ['read all target in below o_a'],
    ],
    [
      'a parent with its parts',
      role('p_a1 this', 'ids=*;type=session;actions=read'),
      ['read,read:self all session in p_a1'],
    ],
    [
      'a collection',
      role('p_a1 this', 'type=host-catalog;actions=create,list'),
      ['create,list collection host-catalog in p_a1'],
    ],
    [
      'a collection and its things',
      role('p_a1 this', 'ids=*;type=target;actions=list,read'),
      ['list collection target in p_a1', 'read all target in p_a1'],
    ],
    [
      'things by their ids',
      role('p_a1 this', 'ids=ttcp_x,ttcp_y;actions=read'),
      ['read one target ttcp_x,ttcp_y in p_a1'],
    ],
    [
      'what lies in a container',
      role('p_a1 this', 'ids=hcst_x;type=*;actions=read,list'),
      ['list,read in host hcst_x in p_a1', 'list,read in host-set hcst_x in p_a1'],
    ],
    [
      "what is one's own",
      role('global this', 'ids={{.Account.Id}};actions=change-password', 'ids={{.User.Id}};actions=read'),
      ['change-password one account acctpw_mine in global', 'read one user u_me in global'],
    ],
    [
      'what a wider set says already, once',
      [
        ...role('p_a1 this', 'ids=ttcp_x;actions=read'),
        ...role('global descendants', 'ids=*;type=target;actions=read'),
        ...role('o_a children', 'ids=*;type=target;actions=read'),
      ],
      ['read all target in everywhere'],
    ],
    ['what no build can read, not at all', role('p_a1 this', 'ids=*;type=target;actions=reed'), []],
    ['fields alone, not at all', role('p_a1 this', 'ids=*;type=target;output_fields=id'), []],
  ])('say %s', (_, grants, expected) => {
    expect(textOf(grants)).toEqual(expected);
  });
});

describe('the effective access of all', () => {
  const all: AccessOfAll = {
    roles: [
      {
        id: 'r_1',
        scopeId: 'p_a1',
        grants: ['ids=*;type=target;actions=read'],
        grantScopes: ['this'],
        principalIds: ['u_me', 'g_x'],
      },
      {
        id: 'r_2',
        scopeId: 'global',
        grants: ['ids={{.User.Id}};actions=read'],
        grantScopes: ['this'],
        principalIds: ['u_auth'],
      },
      {
        id: 'r_3',
        scopeId: 'global',
        grants: ['ids=*;type=scope;actions=list,read'],
        grantScopes: ['this'],
        principalIds: ['u_anon'],
      },
    ],
    groups: [{ id: 'g_x', memberIds: ['u_x', 'u_y'] }],
  };
  const told = (world: AccessOfAll): Record<string, string[]> =>
    Object.fromEntries(
      [...effectiveAccess(world)].map(([id, sets]) => [
        id,
        sets.map(({ type, action, of, roleIds }) =>
          [action, type, of.kind, of.id ?? '', ...roleIds].join(' '),
        ),
      ]),
    );

  test('is told of each user, of everybody who has signed in, and of who has not', () => {
    expect(told(all)).toEqual({
      u_anon: ['list scope collection  r_3'],
      u_auth: ['list scope collection  r_3', 'read scope all  r_3', 'read user one {{.User.Id}} r_2'],
      u_me: ['read target all  r_1'],
      u_x: ['read target all  r_1'],
      u_y: ['read target all  r_1'],
    });
  });

  test('changes with the members of a group, for them alone', () => {
    const after = told({ ...all, groups: [{ id: 'g_x', memberIds: ['u_x', 'u_z'] }] });
    const { u_y: _gone, ...kept } = told(all);
    expect(after).toEqual({ ...kept, u_z: ['read target all  r_1'] });
  });
});

test.each([
  ['role', 'add-grants', true],
  ['role', 'remove-grants', false],
  ['group', 'set-members', true],
  ['account', 'set-password', true],
  ['account', 'change-password', false],
  ['auth-method', 'update', true],
  ['target', 'update', false],
  ['worker', 'create:worker-led', true],
] as const)('whether %s %s is a way to more is %s', (type, action, expected) => {
  expect(isWayToMore({ type, action })).toBe(expected);
});

test('a set of a container takes in its collection, and not another one', () => {
  const sets = accessSets(role('p_a1 this', 'ids=hcst_x;type=host;actions=list'));
  expect(sets.some((set) => gives(set, 'list', on('host', null, 'p_a1', 'hcst_x')))).toBe(true);
  expect(sets.some((set) => gives(set, 'list', on('host', null, 'p_a1', 'hcst_y')))).toBe(false);
});
