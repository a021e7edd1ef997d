import { makeAcl, type RoleGrant } from '../../src/grant/acl';
import {
  collectionActions,
  scopeCollectionActions,
  type CollectionHolder,
} from '../../src/grant/collection-actions';
import { anonymous, me, role } from '../support/grant-world';

const everything = 'ids=*;type=*;actions=*';
const global = { id: 'global', type: 'global', parentId: null } as const;
const org = { id: 'o_a', type: 'org', parentId: 'global' } as const;
const project = { id: 'p_a1', type: 'project', parentId: 'o_a' } as const;

const inScope = (
  caller: typeof me | typeof anonymous,
  grants: RoleGrant[],
  scope: typeof global | typeof org | typeof project,
) =>
  scopeCollectionActions(makeAcl(caller, grants), scope).map(
    ({ collection, actions }) => `${collection}: ${actions.join(' ')}`,
  );

function inContainer(holder: CollectionHolder, id: string, ...grants: string[]): string[] {
  const place = { holder, id, scopeId: 'p_a1', scopeParentId: 'o_a' };
  return collectionActions(makeAcl(me, role('p_a1 this', ...grants)), place).map(
    ({ collection, actions }) => `${collection}: ${actions.join(' ')}`,
  );
}

describe('the collections of a scope', () => {
  test('are those that its type holds, with all that may be asked of them', () => {
    expect(inScope(me, role('global this', everything), global)).toEqual([
      ...['aliases', 'auth-methods'].map((name) => `${name}: create list`),
      'auth-tokens: list',
      ...['groups', 'roles'].map((name) => `${name}: create list`),
      'scopes: create list list-keys rotate-keys destroy-key-version',
      'users: create list',
      'workers: create:controller-led create:worker-led list',
    ]);
    expect(inScope(me, role('o_a this', everything), org)).toEqual([
      'auth-methods: create list',
      'auth-tokens: list',
      ...['groups', 'roles'].map((name) => `${name}: create list`),
      'scopes: create list list-keys rotate-keys destroy-key-version',
      'users: create list',
    ]);
    expect(inScope(me, role('p_a1 this', everything), project)).toEqual([
      ...['credential-stores', 'groups', 'host-catalogs', 'roles'].map((name) => `${name}: create list`),
      'scopes: list-keys rotate-keys destroy-key-version',
      'sessions: list',
      'targets: create list',
    ]);
  });

  test.each<readonly [string, RoleGrant[], string[]]>([
    ['that may be listed', role('p_a1 this', 'type=target;actions=list'), ['targets: list']],
    ['by children of the org', role('o_a children', 'ids=*;type=session;actions=*'), ['sessions: list']],
    ['and not those of which nothing may be asked', role('p_a1 this', 'ids=*;type=target;actions=read'), []],
    ['and not by grants on one', role('p_a1 this', 'ids=ttcp_x;actions=*'), []],
    ['and not by grants elsewhere', role('o_a this', everything), []],
    ['and not types that live elsewhere', role('p_a1 this', 'ids=*;type=user;actions=*'), []],
  ])('are those %s', (_, grants, expected) => {
    expect(inScope(me, grants, project)).toEqual(expected);
  });

  test('hold the parts of an action that is granted as a whole', () => {
    expect(inScope(me, role('global this', 'type=worker;actions=create'), global)).toEqual([
      'workers: create:controller-led create:worker-led',
    ]);
  });

  test('are few for anonymous callers', () => {
    const grants = role(
      'global this',
      'ids=*;type=scope;actions=*',
      'ids=*;type=auth-method;actions=*',
      everything,
    );
    expect(inScope(anonymous, grants, global)).toEqual(['auth-methods: list', 'scopes: list']);
  });
});

describe('the collections of a container', () => {
  test.each<readonly [CollectionHolder, string[]]>([
    ['auth-method password', ['accounts: create list']],
    ['auth-method oidc', ['accounts: create list', 'managed-groups: create list']],
    ['auth-method ldap', ['accounts: create list', 'managed-groups: create list']],
    ['host-catalog static', ['host-sets: create list', 'hosts: create list']],
    ['host-catalog plugin', ['host-sets: create list', 'hosts: list']],
    ['credential-store vault', ['credential-libraries: create list']],
    ['credential-store static', ['credentials: create list']],
  ])('are those that a %s holds', (holder, expected) => {
    expect(inContainer(holder, 'x_y', everything)).toEqual(expected);
  });

  test.each<readonly [string, string, string[]]>([
    ['one kind by its id', 'ids=hcst_x;type=host;actions=list', ['hosts: list']],
    ['all kinds by its id', 'ids=hcst_x;type=*;actions=create', ['host-sets: create', 'hosts: create']],
    ['one kind in all containers', 'ids=*;type=host-set;actions=list,create', ['host-sets: create list']],
    ['none by the id of another', 'ids=hcst_y;type=*;actions=*', []],
    ['none by the id of the container alone', 'ids=hcst_x;actions=*', []],
    ['none by a grant on the container', 'ids=*;type=host-catalog;actions=*', []],
  ])('may be granted: %s', (_, grant, expected) => {
    expect(inContainer('host-catalog static', 'hcst_x', grant)).toEqual(expected);
  });
});
