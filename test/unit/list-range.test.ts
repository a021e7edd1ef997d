import type { Reach } from '../../src/core/acl';
import { isAllBelow, meet, partBelow } from '../../src/scope/list-range.rules';

const reach = (scopes: string[], parents: string[] = [], everywhere = false): Reach => ({
  scopes,
  parents,
  everywhere,
});
const everywhere = reach([], [], true);

describe('what two reaches have in common', () => {
  test.each<[string, Reach, Reach, Reach, boolean]>([
    ['one project is itself', reach(['p_a']), reach(['p_a', 'p_b']), reach(['p_a']), true],
    ['two projects are nothing', reach(['p_a']), reach(['p_b']), reach([]), true],
    ['everywhere takes the other', everywhere, reach(['p_a'], ['o_a']), reach(['p_a'], ['o_a']), true],
    ['everywhere is without global', everywhere, reach(['global', 'o_a']), reach(['o_a']), true],
    ['all orgs hold an org', reach([], ['global']), reach(['o_a']), reach(['o_a']), true],
    ['all orgs hold no project', reach([], ['global']), reach(['p_a']), reach([]), true],
    ['all orgs hold no projects of one', reach([], ['global']), reach([], ['o_a']), reach([]), true],
    ['projects of one org', reach([], ['o_a', 'o_b']), reach([], ['o_a']), reach([], ['o_a']), true],
    ['a project may be of an org', reach(['p_a']), reach([], ['o_a']), reach(['p_a']), false],
    ['or the other way round', reach([], ['o_a']), reach(['p_a']), reach(['p_a']), false],
    [
      'what is sure beside what is not',
      reach(['p_a', 'p_b']),
      reach(['p_a'], ['o_a']),
      reach(['p_a', 'p_b']),
      false,
    ],
  ])('%s', (_, one, other, common, isSure) => {
    expect(meet(one, other)).toEqual({ reach: common, isSure });
  });
});

describe('the part of a reach that lies below', () => {
  const levels = ['global', 'org', 'project'] as const;
  const wide = reach(['global', 'o_a', 'p_a'], ['global', 'o_b']);

  test.each([
    ['global, of what lives anywhere', 'global', levels, wide, wide],
    ['global, of what lives in projects', 'global', ['project'], wide, reach(['p_a'], ['o_b'])],
    ['global, of what lives above', 'global', ['global', 'org'], wide, reach(['global', 'o_a'], ['global'])],
    ['an org that is named', 'o_a', levels, wide, reach(['o_a', 'p_a'])],
    ['an org whose projects are', 'o_b', levels, wide, reach(['o_b'], ['o_b'])],
    ['an org, of everywhere', 'o_c', levels, everywhere, reach(['o_c'], ['o_c'])],
    ['an org, of what lives in projects, everywhere', 'o_c', ['project'], everywhere, reach([], ['o_c'])],
  ] as const)('%s', (_, root, livesIn, whole, part) => {
    expect(partBelow(root, livesIn, whole)).toEqual(part);
  });

  test.each([
    ['everywhere below global, of what lives in projects', 'global', ['project'], everywhere, true],
    ['everywhere below global, of what lives in global too', 'global', levels, everywhere, false],
    ['that with global', 'global', levels, reach(['global'], [], true), true],
    ['an org without its projects', 'o_a', levels, reach(['o_a']), false],
    ['an org without its projects, of what lives in orgs', 'o_a', ['global', 'org'], reach(['o_a']), true],
  ] as const)('is all there is: %s: %s', (_, root, livesIn, part, isAll) => {
    expect(isAllBelow(root, livesIn, part)).toBe(isAll);
  });
});
