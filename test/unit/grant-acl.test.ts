import type { Protected } from '../../src/core/acl';
import { makeAcl, type RoleGrant } from '../../src/grant/acl';
import { idActionsOf } from '../../src/grant/resource-type';
import { anonymous, me, nobody, on, role } from '../support/grant-world';

const readTargets = 'ids=*;type=target;actions=read';
const target = (scopeId: string) => on('target', 'ttcp_x', scopeId);
const targets = (scopeId: string) => on('target', null, scopeId);
const host = on('host', 'hst_x', 'p_a1', 'hcst_x');
const hosts = on('host', null, 'p_a1', 'hcst_x');
const session = on('session', 's_x', 'p_a1');
const authMethod = on('auth-method', 'ampw_x', 'global');
const login = 'authenticate';

/** Name, grants, action, and what it is asked on. */
type Row = readonly [string, RoleGrant[], string, Protected];

const inProject = (...grants: string[]) => role('p_a1 this', ...grants);
const inGlobal = (...grants: string[]) => role('global this', ...grants);

const allowed: readonly Row[] = [
  ['this speaks for the scope of the role', role('p_a1 this', readTargets), 'read', target('p_a1')],
  [
    'this of a role in global speaks for global',
    inGlobal('ids=*;type=user;actions=read'),
    'read',
    on('user', 'u_x', 'global'),
  ],
  ['children of an org speaks for its projects', role('o_a children', readTargets), 'read', target('p_a2')],
  [
    'children of global speaks for orgs',
    role('global children', 'ids=*;type=group;actions=read'),
    'read',
    on('group', 'g_x', 'o_b'),
  ],
  [
    'descendants speaks for orgs',
    role('global descendants', 'ids=*;type=group;actions=read'),
    'read',
    on('group', 'g_x', 'o_a'),
  ],
  ['descendants speaks for projects', role('global descendants', readTargets), 'read', target('p_b1')],
  ['the id of a project speaks for it', role('global p_b1', readTargets), 'read', target('p_b1')],
  [
    'the id of an org speaks for it',
    role('global o_a', 'ids=*;type=user;actions=read'),
    'read',
    on('user', 'u_x', 'o_a'),
  ],
  ['every action of every type', inProject('ids=*;type=*;actions=*'), 'authorize-session', target('p_a1')],
  ['every action holds create', inProject('ids=*;type=*;actions=*'), 'create', targets('p_a1')],
  ['an action holds its sub-action', inProject('ids=*;type=session;actions=cancel'), 'cancel:self', session],
  [
    'create holds both ways to create a worker',
    inGlobal('type=worker;actions=create'),
    'create:worker-led',
    on('worker', null, 'global'),
  ],
  ['one id without a type', inProject('ids=ttcp_x;actions=read'), 'read', target('p_a1')],
  ['one id with its type', inProject('ids=ttcp_x;type=target;actions=read'), 'read', target('p_a1')],
  ['one of several ids', inProject('ids=ttcp_y,ttcp_x;actions=delete'), 'delete', target('p_a1')],
  ['the id of a child without a type', inProject('ids=hst_x;actions=read'), 'read', host],
  [
    'every action on one id',
    inProject('ids=ttcp_x;type=target;actions=*'),
    'authorize-session',
    target('p_a1'),
  ],
  ['a collection without ids', inProject('type=target;actions=list'), 'list', targets('p_a1')],
  ['a collection with ids=*', inProject('ids=*;type=target;actions=list'), 'list', targets('p_a1')],
  ['a child by its container', inProject('ids=hcst_x;type=host;actions=read'), 'read', host],
  ['a child by its container and type=*', inProject('ids=hcst_x;type=*;actions=update'), 'update', host],
  ['the list of a container', inProject('ids=hcst_x;type=host;actions=list'), 'list', hosts],
  ['a new child in a container', inProject('ids=hcst_y,hcst_x;type=*;actions=*'), 'create', hosts],
  ['a child by ids=*', inProject('ids=*;type=host;actions=read'), 'read', host],
  ['oneself', inGlobal('ids={{user.id}};actions=read'), 'read', on('user', 'u_me', 'global')],
  [
    'the account one signed in with',
    inGlobal('ids={{.Account.Id}};actions=change-password'),
    'change-password',
    on('account', 'acctpw_mine', 'global', 'ampw_x'),
  ],
  [
    'a stored grant on the type of a child and its own id',
    inProject('ids=hst_x;type=host;actions=read'),
    'read',
    host,
  ],
  ['the old key for one id', inProject('id=ttcp_x;type=target;actions=read'), 'read', target('p_a1')],
  [
    'a child by its container, in JSON',
    inProject('{"ids":["hcst_x"],"type":"*","actions":["read"]}'),
    'read',
    host,
  ],
  [
    'the grants of two roles add up',
    [...role('p_a2 this', readTargets), ...inProject('ids=*;type=target;actions=delete')],
    'delete',
    target('p_a1'),
  ],
];

const refused: readonly Row[] = [
  ['nothing is granted', [], 'read', target('p_a1')],
  ['this says nothing of a scope below', role('o_a this', readTargets), 'read', target('p_a1')],
  ['this says nothing of a scope beside', role('p_a2 this', readTargets), 'read', target('p_a1')],
  [
    'this says nothing of the scope above',
    inProject('ids=*;type=user;actions=read'),
    'read',
    on('user', 'u_x', 'o_a'),
  ],
  [
    'children says nothing of the scope of the role',
    role('o_a children', 'ids=*;type=*;actions=*'),
    'read',
    on('group', 'g_x', 'o_a'),
  ],
  [
    'children of global says nothing of projects',
    role('global children', readTargets),
    'read',
    target('p_a1'),
  ],
  [
    'children says nothing of the projects of another org',
    role('o_a children', readTargets),
    'read',
    target('p_b1'),
  ],
  [
    'descendants says nothing of global',
    role('global descendants', 'ids=*;type=*;actions=*'),
    'read',
    on('user', 'u_x', 'global'),
  ],
  ['the id of an org says nothing of its projects', role('global o_a', readTargets), 'read', target('p_a1')],
  ['another action', inProject(readTargets), 'update', target('p_a1')],
  [
    'a sub-action does not hold its parent',
    inProject('ids=*;type=session;actions=read:self'),
    'read',
    session,
  ],
  [
    'an action does not hold a longer one',
    inProject(readTargets),
    'read-certificate-authority',
    target('p_a1'),
  ],
  ['another type', inProject('ids=*;type=session;actions=*'), 'read', target('p_a1')],
  ['another id', inProject('ids=ttcp_y;actions=*'), 'read', target('p_a1')],
  [
    'the right id in a scope the role says nothing of',
    role('p_a2 this', 'ids=ttcp_x;actions=read'),
    'read',
    target('p_a1'),
  ],
  ['one id says nothing of its collection', inProject('ids=ttcp_x;actions=*'), 'list', targets('p_a1')],
  ['no collection action on one id', inProject('ids=ttcp_x;actions=*'), 'create', target('p_a1')],
  [
    'a collection says nothing of what is in it',
    inProject('type=target;actions=list'),
    'read',
    target('p_a1'),
  ],
  ['list says nothing of create', inProject('type=target;actions=list'), 'create', targets('p_a1')],
  [
    'a container says nothing of itself',
    inProject('ids=hcst_x;type=host;actions=*'),
    'read',
    on('host-catalog', 'hcst_x', 'p_a1'),
  ],
  [
    'type=* on a container says nothing of itself',
    inProject('ids=hcst_x;type=*;actions=*'),
    'delete',
    on('host-catalog', 'hcst_x', 'p_a1'),
  ],
  [
    'the id of a container alone says nothing of its children',
    inProject('ids=hcst_x;actions=*'),
    'read',
    host,
  ],
  ['another container', inProject('ids=hcst_y;type=host;actions=*'), 'read', host],
  ['another kind of child', inProject('ids=hcst_x;type=host-set;actions=*'), 'read', host],
  ['the list of another container', inProject('ids=hcst_y;type=host;actions=list'), 'list', hosts],
  [
    'another user is not oneself',
    inGlobal('ids={{user.id}};actions=read'),
    'read',
    on('user', 'u_x', 'global'),
  ],
  [
    'another account is not the one signed in with',
    inGlobal('ids={{account.id}};actions=read'),
    'read',
    on('account', 'acctpw_x', 'global', 'ampw_x'),
  ],
  ['a stored grant on all types and no ids', inProject('type=*;actions=*'), 'list', targets('p_a1')],
  ['a stored grant on children and no ids', inProject('type=host;actions=list'), 'list', hosts],
  [
    'a stored grant on a child by the id of no container',
    inProject('ids=ttcp_x;type=host;actions=read'),
    'read',
    host,
  ],
  ['type=* on the one itself', inProject('ids=ttcp_x;type=*;actions=read'), 'read', target('p_a1')],
  [
    'a role that lives nowhere',
    [{ roleId: 'r_one', roleScopeId: '', grantScope: 'this', canonical: readTargets }],
    'read',
    on('target', 'ttcp_x', ''),
  ],
  [
    'a grant without actions allows nothing',
    inProject('ids=*;type=target;output_fields=*'),
    'read',
    target('p_a1'),
  ],
];

const anonymousAllowed: readonly Row[] = [
  ['scopes may be listed', inGlobal('ids=*;type=scope;actions=list'), 'list', on('scope', null, 'global')],
  ['a scope may be seen', inGlobal('ids=*;type=scope;actions=no-op'), 'no-op', on('scope', 'o_a', 'global')],
  [
    'every action on scopes holds list',
    inGlobal('ids=*;type=scope;actions=*'),
    'list',
    on('scope', null, 'global'),
  ],
  [
    'auth methods may be listed',
    inGlobal('type=auth-method;actions=list'),
    'list',
    on('auth-method', null, 'global'),
  ],
  ['one may sign in', inGlobal('ids=*;type=auth-method;actions=authenticate'), login, authMethod],
  [
    'ids do not narrow a grant',
    inGlobal('ids=ampw_y;type=auth-method;actions=authenticate'),
    login,
    authMethod,
  ],
  [
    'descendants reaches an org',
    role('global descendants', 'ids=*;type=auth-method;actions=authenticate'),
    login,
    on('auth-method', 'ampw_x', 'o_a'),
  ],
];

const anonymousRefused: readonly Row[] = [
  ['no type is granted by type=*', inGlobal('ids=*;type=*;actions=*'), login, authMethod],
  ['scopes are not read', inGlobal('ids=*;type=scope;actions=*'), 'read', on('scope', 'o_a', 'global')],
  ['auth methods are not read', inGlobal('ids=*;type=auth-method;actions=*'), 'read', authMethod],
  ['targets are not listed', inProject('type=target;actions=list'), 'list', targets('p_a1')],
  ['targets are not seen', inProject('ids=*;type=target;actions=no-op'), 'no-op', target('p_a1')],
  ['no id is granted without a type', inGlobal('ids=ampw_x;actions=authenticate'), login, authMethod],
  [
    'the built-in user is not oneself',
    inGlobal('ids={{user.id}};actions=read'),
    'read',
    on('user', 'u_anon', 'global'),
  ],
  [
    'no sub-action of create is granted',
    inGlobal('ids=*;type=worker;actions=create'),
    'create:worker-led',
    on('worker', null, 'global'),
  ],
  [
    'this says nothing of another scope',
    inGlobal('ids=*;type=auth-method;actions=authenticate'),
    login,
    on('auth-method', 'ampw_x', 'o_a'),
  ],
];

describe('a caller who is signed in', () => {
  test.each(allowed)('is allowed: %s', (_, grants, action, thing) => {
    expect(makeAcl(me, grants).may(action, thing)).toBe(true);
  });

  test.each(refused)('is refused: %s', (_, grants, action, thing) => {
    expect(makeAcl(me, grants).may(action, thing)).toBe(false);
  });

  test('is not locked out by a stored grant that this build cannot read', () => {
    const unread: string[] = [];
    const newer = 'ids=*;type=target;actions=renew';
    const acl = makeAcl(me, inProject(newer, readTargets, 'ids=*;type=vault;actions=read'), (grant, why) =>
      unread.push(`${grant.canonical}: ${why}`),
    );
    expect(acl.may('read', target('p_a1'))).toBe(true);
    expect(acl.may('renew', target('p_a1'))).toBe(false);
    expect(acl.may('read', on('vault', 'v_x', 'p_a1'))).toBe(false);
    expect(unread).toEqual([
      expect.stringContaining('unknown action renew'),
      expect.stringContaining('unknown type vault'),
    ]);
    expect(makeAcl(me, inProject(newer)).actionsOn(idActionsOf('target'), target('p_a1'))).toEqual([]);
  });

  test('holds the actions of a resource in the order they are asked', () => {
    const acl = makeAcl(me, inProject('ids=*;type=session;actions=cancel,read:self'));
    expect(acl.actionsOn(idActionsOf('session'), session)).toEqual(['read:self', 'cancel', 'cancel:self']);
  });

  test('is judged by the parent that a scope has when it is asked', () => {
    const acl = makeAcl(me, role('o_a children', readTargets));
    const moved = { ...target('p_a1'), parentScopeId: 'o_b' };
    expect([
      acl.may('read', target('p_a1')),
      acl.may('read', moved),
      acl.may('read', target('p_a1')),
    ]).toEqual([...[true, false, true]]);
  });

  test('without an account matches no account by its own', () => {
    const acl = makeAcl({ userId: 'u_me', accountId: null }, inGlobal('ids={{account.id}};actions=read'));
    expect(acl.may('read', on('account', 'acctpw_mine', 'global', 'ampw_x'))).toBe(false);
  });
});

describe.each([
  ['a caller without a token', anonymous],
  ['a caller without an id', nobody],
])('%s', (_title, caller) => {
  test.each(anonymousAllowed)('is allowed: %s', (_, grants, action, thing) => {
    expect(makeAcl(caller, grants).may(action, thing)).toBe(true);
  });

  test.each(anonymousRefused)('is refused: %s', (_, grants, action, thing) => {
    expect(makeAcl(caller, grants).may(action, thing)).toBe(false);
  });
});
