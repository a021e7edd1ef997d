import { isGrantFault } from '../../src/grant/grant-fault';
import {
  addGrantScopes,
  removeGrantScopes,
  setGrantScopes,
  type GrantScopesChange,
  type GrantScopesFault,
  type GrantScopesFaultKind,
  type RoleHome,
} from '../../src/role/grant-scopes.rules';
import { scopesOfTree } from '../support/grant-world';

// The tree of these tests, with names that ids of the API may have.
const asId = (id: string) => ({ p_a1: 'p_A1', p_a2: 'p_A2', p_b1: 'p_B1', o_a: 'o_A', o_b: 'o_B' })[id] ?? id;
const parents = new Map(
  scopesOfTree.map(({ id, parentId }) => [asId(id), parentId === null ? null : asId(parentId)]),
);

const homes: Record<string, RoleHome> = {
  global: { scopeId: 'global', type: 'global' },
  org: { scopeId: 'o_A', type: 'org' },
  project: { scopeId: 'p_A1', type: 'project' },
};

/** Where the role lives, what it has, and what is asked, each as words. */
type Asked = readonly [home: string, held: string, named: string];
const words = (text: string) => text.split(' ').filter((word) => word !== '');
const added = ([home, held, named]: Asked) =>
  addGrantScopes(homes[home]!, words(held), words(named), parents);
const set = ([home, held, named]: Asked) => setGrantScopes(homes[home]!, words(held), words(named), parents);
const removed = ([home, held, named]: Asked) => removeGrantScopes(homes[home]!, words(held), words(named));

function done(change: GrantScopesChange | GrantScopesFault): [string, boolean] {
  if (isGrantFault(change)) throw change;
  return [change.grantScopes.join(' '), change.isNewVersion];
}

function kindOf(change: GrantScopesChange | GrantScopesFault): string {
  if (!isGrantFault(change)) return 'nothing was refused';
  return change.kind;
}

describe('a role that is to speak for more scopes', () => {
  test.each<readonly [...Asked, string]>([
    ['global', '', 'this descendants', 'this descendants'],
    ['global', 'this', 'children p_A1', 'this children p_A1'],
    ['global', 'this', 'o_A p_B1', 'this o_A p_B1'],
    ['global', 'o_A', 'global', 'o_A this'],
    ['org', 'this', 'children', 'this children'],
    ['org', 'this', 'p_A1 p_A2', 'this p_A1 p_A2'],
    ['org', '', 'o_A', 'this'],
    ['project', '', 'p_A1', 'this'],
  ])('gets them: in %s, with "%s", add "%s"', (home, held, named, after) => {
    expect(done(added([home, held, named]))).toEqual([after, true]);
  });

  test.each<readonly [...Asked, string]>([
    ['global', 'this', 'this', 'this'],
    ['global', 'this', 'global global', 'this'],
    ['global', 'global', 'this', 'this'],
    ['org', 'this children', 'children', 'this children'],
    ['project', 'p_A1', 'this', 'this'],
  ])('keeps its version where it has them: in %s, with "%s", add "%s"', (home, held, named, after) => {
    expect(done(added([home, held, named]))).toEqual([after, false]);
  });

  test.each<readonly [...Asked, GrantScopesFaultKind]>([
    ['global', 'children', 'descendants', 'grant_scopes_clash'],
    ['global', 'descendants', 'children', 'grant_scopes_clash'],
    ['global', 'descendants', 'p_A1', 'grant_scopes_clash'],
    ['global', 'o_A', 'children', 'grant_scopes_clash'],
    ['global', 'children', 'o_A', 'grant_scopes_clash'],
    ['global', 'p_A1', 'descendants', 'grant_scopes_clash'],
    ['org', 'this p_A1', 'children', 'grant_scopes_clash'],
    ['org', 'children', 'p_A1', 'grant_scopes_clash'],
    ['global', '', 'p_Z9', 'grant_scope_unknown'],
    ['org', '', 'p_Z9 children', 'grant_scope_unknown'],
    ['org', '', 'p_B1', 'grant_scope_not_allowed'],
    ['org', '', 'o_B', 'grant_scope_not_allowed'],
    ['org', '', 'global', 'grant_scope_not_allowed'],
    ['org', '', 'descendants', 'grant_scope_not_allowed'],
    ['project', '', 'children', 'grant_scope_not_allowed'],
    ['project', '', 'descendants', 'grant_scope_not_allowed'],
    ['project', '', 'o_A', 'grant_scope_not_allowed'],
    ['project', '', 'p_A2', 'grant_scope_not_allowed'],
    ['global', '', 'r_A1', 'grant_scope_malformed'],
    ['global', '', 'everywhere', 'grant_scope_malformed'],
    ['global', '', 'p_A1-x', 'grant_scope_malformed'],
    ['global', 'this', '', 'grant_scopes_empty'],
  ])('is refused: in %s, with "%s", add "%s"', (home, held, named, kind) => {
    expect(kindOf(added([home, held, named]))).toBe(kind);
  });

  test('is told which of them is wrong and what it may be', () => {
    const fault = addGrantScopes(homes['org']!, [], ['this', 'p_B1'], parents, 'input.grantScopes');
    expect(isGrantFault(fault) && fault.message).toBe(
      'input.grantScopes.1: p_B1 is no project of the org the role lives in',
    );
    const empty = addGrantScopes(homes['org']!, [], ['this', ''], parents);
    expect(isGrantFault(empty) && [empty.kind, empty.code]).toEqual(['grant_scope_empty', 'INVALID_INPUT']);
  });
});

describe('a role that is to speak for other scopes', () => {
  test.each<readonly [...Asked, string, boolean]>([
    ['global', 'this o_A', 'children p_A1', 'children p_A1', true],
    ['global', 'descendants', 'children', 'children', true],
    ['global', '', 'global children this', 'this children', true],
    ['global', 'this children', 'children this children', 'children this', false],
    ['global', 'this descendants', '', '', true],
    ['org', 'this p_A1', 'children', 'children', true],
    ['org', '', '', '', false],
    ['project', 'this', 'p_A1 this', 'this', false],
  ])('gets them alone: in %s, with "%s", set "%s"', (home, held, named, after, isNewVersion) => {
    expect(done(set([home, held, named]))).toEqual([after, isNewVersion]);
  });

  test.each<readonly [...Asked, GrantScopesFaultKind]>([
    ['global', '', 'children descendants', 'grant_scopes_clash'],
    ['global', 'children', 'children descendants', 'grant_scopes_clash'],
    ['global', '', 'descendants o_A', 'grant_scopes_clash'],
    ['global', '', 'children o_A', 'grant_scopes_clash'],
    ['org', '', 'children p_A1', 'grant_scopes_clash'],
    ['org', 'this', 'this p_B1', 'grant_scope_not_allowed'],
    ['project', '', 'p_B1', 'grant_scope_not_allowed'],
    ['global', '', 'p_Z9', 'grant_scope_unknown'],
  ])('is refused: in %s, with "%s", set "%s"', (home, held, named, kind) => {
    expect(kindOf(set([home, held, named]))).toBe(kind);
  });
});

describe('a role that is to speak for fewer scopes', () => {
  test.each<readonly [...Asked, string, boolean]>([
    ['global', 'this descendants', 'descendants', 'this', true],
    ['global', 'this descendants', 'global descendants', '', true],
    ['global', 'this children p_A1', 'children p_A1 children', 'this', true],
    ['global', 'this', 'p_Z9', 'this', false],
    ['org', '', 'this', '', false],
    ['project', 'this', 'o_B', 'this', false],
  ])('has the others left: in %s, with "%s", remove "%s"', (home, held, named, after, isNewVersion) => {
    expect(done(removed([home, held, named]))).toEqual([after, isNewVersion]);
  });

  test.each<readonly [...Asked, GrantScopesFaultKind]>([
    ['global', 'this', '', 'grant_scopes_empty'],
    ['global', 'this', 'r_A1', 'grant_scope_malformed'],
  ])('is refused: in %s, with "%s", remove "%s"', (home, held, named, kind) => {
    expect(kindOf(removed([home, held, named]))).toBe(kind);
  });
});
