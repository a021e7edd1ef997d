import { makeAcl, type RoleGrant } from '../../src/grant/acl';
import { anywherePermissions, scopePermissions } from '../../src/grant/scope-permission';
import { scopedGrants } from '../../src/grant/scoped-grant';
import { anonymous, me, role, scopesOfTree } from '../support/grant-world';

const some = (...places: string[]) => scopesOfTree.filter(({ id }) => places.includes(id));
const readTargets = 'ids=*;type=target;actions=read';
const oneTarget = 'ids=ttcp_x;actions=read';

/** What is shown, as `scope: what`, with `own` where only one's own is. */
function shown(
  grants: RoleGrant[],
  places: string[],
  { type = 'target', actions = ['read'], userId = me.userId } = {},
): string[] {
  const scoped = scopedGrants(grants, { ...me, userId });
  return scopePermissions(userId, scoped, some(...places), type, actions).map(
    ({ grantScope, isAll, isOnlySelf, ids }) =>
      `${grantScope}: ${[...(isAll ? ['all'] : []), ...ids].join(' ')}${isOnlySelf ? ' own' : ''}`,
  );
}

describe('what a caller may see in each scope', () => {
  test.each<readonly [string, RoleGrant[], string[]]>([
    ['all in the scope of the role', role('p_a1 this', readTargets), ['p_a1: all']],
    ['all below it', role('o_a children', readTargets), ['p_a1: all', 'p_a2: all']],
    ['all but global', role('global descendants', readTargets), ['o_a: all', 'p_a1: all', 'p_a2: all']],
    ['one of them', role('p_a1 this', oneTarget), ['p_a1: ttcp_x']],
    [
      'one of them here and all there',
      [...role('p_a1 this', oneTarget), ...role('p_a2 this', readTargets)],
      ['p_a1: ttcp_x', 'p_a2: all'],
    ],
    ['all and one of them', role('p_a1 this', readTargets, oneTarget), ['p_a1: all ttcp_x']],
    ['all of every type', role('p_a1 this', 'ids=*;type=*;actions=*'), ['p_a1: all']],
    ['nothing by another action', role('p_a1 this', 'ids=*;type=target;actions=delete'), []],
    ['nothing by another type', role('p_a1 this', 'ids=*;type=session;actions=read'), []],
    ['nothing by grants on collections', role('p_a1 this', 'type=target;actions=list'), []],
    ['nothing by fields alone', role('p_a1 this', 'ids=*;type=target;output_fields=id'), []],
    ['nothing without grants', [], []],
  ])('is %s', (_, grants, expected) => {
    expect(shown(grants, ['global', 'o_a', 'p_a1', 'p_a2'])).toEqual(expected);
  });

  test('asks for actions by their names, not by their parents', () => {
    const cancel = role('p_a1 this', 'ids=*;type=session;actions=cancel');
    expect(shown(cancel, ['p_a1'], { type: 'session', actions: ['cancel:self'] })).toEqual([]);
    expect(shown(cancel, ['p_a1'], { type: 'session', actions: ['cancel', 'cancel:self'] })).toEqual([
      'p_a1: all',
    ]);
  });

  test.each<readonly [string, string[], string[]]>([
    [
      'own where all actions are about oneself',
      ['ids=*;type=session;actions=list,read:self'],
      ['p_a1: all own'],
    ],
    ['all where one action is not', ['ids=*;type=session;actions=read,read:self'], ['p_a1: all']],
    [
      'all where one grant is not',
      ['ids=*;type=session;actions=read:self', 'ids=s_x;actions=read'],
      ['p_a1: all s_x'],
    ],
    ['all by every action', ['ids=*;type=session;actions=*'], ['p_a1: all']],
  ])('is only %s', (_, grants, expected) => {
    const asked = { type: 'session', actions: ['read', 'read:self'] };
    expect(shown(role('p_a1 this', ...grants), ['p_a1'], asked)).toEqual(expected);
  });

  test('is everything for the recovery user', () => {
    expect(shown([], ['global', 'p_a1'], { userId: 'u_recovery' })).toEqual(['global: all', 'p_a1: all']);
  });

  test.each<readonly [string, string, string, string[]]>([
    [
      'auth methods to sign in with',
      'ids=*;type=auth-method;actions=authenticate',
      'auth-method',
      ['o_a: all'],
    ],
    [
      'all of them where one is named',
      'ids=ampw_x;type=auth-method;actions=no-op',
      'auth-method',
      ['o_a: all'],
    ],
    ['none by type=*', 'ids=*;type=*;actions=*', 'auth-method', []],
    ['no auth method that may be read', 'ids=*;type=auth-method;actions=read', 'auth-method', []],
    ['no targets', readTargets, 'target', []],
  ])('is for anonymous callers: %s', (_, grant, type, expected) => {
    const asked = { type, actions: ['no-op', 'read', 'authenticate'], userId: anonymous.userId };
    expect(shown(role('o_a this', grant), ['o_a'], asked)).toEqual(expected);
  });
});

/** The permissions for things anywhere, as `role scope / grant scope: what`. */
function anywhere(grants: readonly RoleGrant[]): string[] {
  return anywherePermissions(scopedGrants(grants, me), 'target', ['read', 'delete'])
    .map(
      ({ roleScopeId, roleParentScopeId, grantScope, isAll, ids }) =>
        `${roleScopeId} in ${roleParentScopeId} / ${grantScope}: ${[...(isAll ? ['all'] : []), ...ids].join(' ')}`,
    )
    .sort();
}

/** Like `role`, for grants that know the parent of their role's scope. */
function roleIn(parent: string | null, place: string, ...grants: string[]): RoleGrant[] {
  return role(place, ...grants).map((one) => ({ ...one, roleParentScopeId: parent }));
}

describe('what a caller has rights on anywhere', () => {
  test.each<readonly [string, RoleGrant[], string[]]>([
    ['in one scope', roleIn('o_a', 'p_a1 this', readTargets), ['p_a1 in o_a / p_a1: all']],
    [
      'in the children of a scope',
      roleIn('global', 'o_a children', oneTarget),
      ['o_a in global / children: ttcp_x'],
    ],
    [
      'in the children of global',
      roleIn(null, 'global children', oneTarget),
      ['global in null / children: ttcp_x'],
    ],
    [
      'in all but global',
      roleIn(null, 'global descendants', readTargets),
      ['global in null / descendants: all'],
    ],
    [
      'in two scopes that one role speaks for',
      [...roleIn(null, 'global p_a1', oneTarget), ...roleIn(null, 'global p_b1', readTargets)],
      ['global in null / p_a1: ttcp_x', 'global in null / p_b1: all'],
    ],
    [
      'in all, and said for global alone beside it',
      [
        ...roleIn(null, 'global descendants', readTargets),
        ...roleIn(null, 'global this', oneTarget),
        ...roleIn('global', 'o_a children', readTargets),
        ...roleIn('o_a', 'p_a1 this', readTargets),
      ],
      ['global in null / descendants: all', 'global in null / global: ttcp_x'],
    ],
    [
      'in all children, and not said again for each of them',
      [
        ...roleIn('global', 'o_a children', readTargets),
        ...roleIn('o_a', 'p_a1 this', readTargets),
        ...roleIn('global', 'o_a p_a2', oneTarget),
        ...roleIn('o_b', 'p_b1 this', oneTarget),
      ],
      ['o_a in global / children: all', 'p_b1 in o_b / p_b1: ttcp_x'],
    ],
    [
      'on one in all children, which leaves others to be said',
      [
        ...roleIn('global', 'o_a children', oneTarget),
        ...roleIn('o_a', 'p_a1 this', 'ids=ttcp_y;actions=read'),
      ],
      ['o_a in global / children: ttcp_x', 'p_a1 in o_a / p_a1: ttcp_y'],
    ],
    [
      'on one everywhere, which leaves others to be said',
      [...roleIn(null, 'global descendants', oneTarget), ...roleIn('o_a', 'p_a1 this', readTargets)],
      ['global in null / descendants: ttcp_x', 'p_a1 in o_a / p_a1: all'],
    ],
    [
      'nowhere',
      roleIn('o_a', 'p_a1 this', 'ids=*;type=session;actions=read', 'type=target;actions=list'),
      [],
    ],
  ])('is told for where it stands: %s', (_, grants, expected) => {
    expect(anywhere(grants)).toEqual(expected);
  });
});

describe('a list permission', () => {
  test('counts an action whose part was asked for', () => {
    const acl = makeAcl(me, role('p_a1 this', 'ids=*;type=session;actions=cancel'));
    const { all, own } = acl.listPermission('session', ['cancel:self']);
    expect([all.scopes, own.scopes]).toEqual([['p_a1'], []]);
  });

  test('opens no collection by a stored grant on children without ids', () => {
    const acl = makeAcl(me, role('p_a1 this', 'type=host;actions=list', 'type=*;actions=list'));
    expect(acl.listPermission('host', ['read']).listable.scopes).toEqual([]);
    expect(acl.listPermission('target', ['read']).listable.scopes).toEqual([]);
  });
});
