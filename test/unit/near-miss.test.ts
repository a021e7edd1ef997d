import { missSentence, type Names } from '../../src/access/access-sentence';
import { nearMisses } from '../../src/access/near-miss.rules';
import { decidingGrants, type Question } from '../../src/access/question.rules';
import type { RoleGrant } from '../../src/grant/acl';
import { on } from '../support/grant-world';

const names: Names = {
  role: (id) => `role "${id}"`,
  scope: (id) => (id === 'global' ? 'global' : `${id.startsWith('o_') ? 'org' : 'project'} "${id.slice(2)}"`),
  group: (id) => `group "${id}"`,
  person: '"me"',
};
const me = { userId: 'u_me', accountIds: ['acctpw_mine'] };
const anybody = { userId: 'u_anon', accountIds: [] };

/** `p_a1 this ids=…`: a role of that scope, which speaks for this, with one grant. */
const grants = (roleId: string, lines: readonly string[]): RoleGrant[] =>
  lines.map((line) => {
    const [roleScopeId = '', grantScope = '', canonical = ''] = line.split(' ');
    return { roleId, roleScopeId, grantScope, canonical };
  });

const target = on('target', 'ttcp_x', 'p_a1');
const targets = on('target', null, 'p_a1');
const host = on('host', 'hst_x', 'p_a1', 'hcst_x');
const hosts = on('host', null, 'p_a1', 'hcst_x');
const session = on('session', 's_x', 'p_a1');

type Row = [
  what: string,
  action: string,
  thing: Question['on'],
  held: string[],
  sentences: string[],
  more?: { others?: string[]; groups?: string[]; owner?: string; person?: typeof me },
];

describe('the nearest miss', () => {
  test.each<Row>([
    [
      'in another project',
      ...(['read', target] as const),
      ['p_a2 this ids=*;type=target;actions=read'],
      ['role "held" grants read in project "a2", not in project "a1"'],
    ],
    [
      'in several other scopes, told once',
      ...(['read', target] as const),
      ['o_a this ids=*;type=target;actions=read', 'o_a p_a2 ids=*;type=target;actions=read'],
      ['role "held" grants read in org "a" and in project "a2", not in project "a1"'],
    ],
    [
      'in the children of another org',
      ...(['read', target] as const),
      ['o_b children ids=*;type=target;actions=read'],
      ['role "held" grants read in the projects of org "b", not in project "a1"'],
    ],
    [
      'in orgs, not in projects',
      ...(['read', target] as const),
      ['global children ids=*;type=*;actions=read'],
      ['role "held" grants read in the orgs, not in project "a1"'],
    ],
    [
      'below global, not in it',
      ...(['read', on('worker', 'w_x', 'global')] as const),
      ['global descendants ids=*;type=worker;actions=read'],
      ['role "held" grants read everywhere below global, not in global'],
    ],
    [
      'another action',
      ...(['authorize-session', target] as const),
      ['p_a1 this ids=*;type=target;actions=list,no-op,read'],
      ['role "held" grants list, no-op and read here, not authorize-session'],
    ],
    [
      'the part of an action instead of all of it',
      ...(['create', on('worker', null, 'global')] as const),
      ['global this type=worker;actions=create:worker-led'],
      ['role "held" grants create:worker-led here, not create'],
    ],
    [
      'fields and no action',
      ...(['read', target] as const),
      ['p_a1 this ids=*;type=target;output_fields=id,name'],
      ['role "held" names fields to show here, and grants no action'],
    ],
    [
      'another id',
      ...(['read', target] as const),
      ['p_a1 this ids=ttcp_y;actions=read'],
      ['role "held" grants read here on ttcp_y, not on ttcp_x'],
    ],
    [
      'other ids, of which not all are told',
      ...(['read', target] as const),
      ['p_a1 this ids=ttcp_1,ttcp_2,ttcp_3,ttcp_4,ttcp_5;actions=read'],
      ['role "held" grants read here on ttcp_1, ttcp_2, ttcp_3 and 2 more, not on ttcp_x'],
    ],
    [
      "one's own account, not another",
      ...(['change-password', on('account', 'acctpw_x', 'global', 'ampw_x')] as const),
      ['global this ids={{.Account.Id}};actions=change-password'],
      ['role "held" grants change-password here on {{.Account.Id}}, not on acctpw_x'],
    ],
    [
      'oneself, not another user',
      ...(['list-resolvable-aliases', on('user', 'u_x', 'global')] as const),
      ['global this ids={{.User.Id}};actions=list-resolvable-aliases;type=user'],
      ['role "held" grants list-resolvable-aliases here on {{.User.Id}}, not on u_x'],
    ],
    [
      'another container',
      ...(['read', host] as const),
      ['p_a1 this ids=hcst_y;type=host;actions=read'],
      ['role "held" grants read here on the hosts of hcst_y, not on those of hcst_x'],
    ],
    [
      'the collection of another container',
      ...(['list', hosts] as const),
      ['p_a1 this ids=hcst_y;type=host;actions=list'],
      ['role "held" grants list here on the hosts of hcst_y, not on those of hcst_x'],
    ],
    [
      'another catalog itself',
      ...(['update', on('host-catalog', 'hcst_x', 'p_a1')] as const),
      ['p_a1 this ids=hcst_y;actions=update'],
      ['role "held" grants update here on hcst_y, not on hcst_x'],
    ],
    [
      'another type',
      ...(['read', host] as const),
      ['p_a1 this ids=*;type=host-set;actions=read'],
      ['role "held" grants read here on host sets, not on hosts'],
    ],
    [
      'another type in the container',
      ...(['read', host] as const),
      ['p_a1 this ids=hcst_x;type=host-set;actions=read'],
      ['role "held" grants read here on host sets, not on hosts'],
    ],
    [
      'the collection alone',
      ...(['read', target] as const),
      ['p_a1 this type=target;actions=create,list'],
      [
        'role "held" grants create and list on the targets here as a collection alone, because its grant names no ids',
      ],
    ],
    [
      'single ones and not the collection',
      ...(['list', targets] as const),
      ['p_a1 this ids=ttcp_x;actions=*'],
      ['role "held" grants everything here on ttcp_x alone, and nothing on the targets as a collection'],
    ],
    [
      'a catalog and not the collection of catalogs',
      ...(['list', on('host-catalog', null, 'p_a1')] as const),
      ['p_a1 this ids=hcst_x;actions=read'],
      ['role "held" grants read here on hcst_x alone, and nothing on the host catalogs as a collection'],
    ],
    [
      "one's own alone",
      ...(['cancel', session] as const),
      ['p_a1 this ids=*;type=session;actions=cancel:self,list'],
      ['role "held" grants cancel:self here, which is about one\'s own sessions; this one is not'],
      { owner: 'u_x' },
    ],
    [
      "one's own alone, asked by its own name",
      ...(['read:self', session] as const),
      ['p_a1 this ids=*;type=session;actions=read:self'],
      ['role "held" grants read:self here, which is about one\'s own sessions; this one is not'],
      { owner: 'u_x' },
    ],
    [
      "one's own in another project",
      ...(['cancel', session] as const),
      ['p_a2 this ids=*;type=session;actions=cancel:self'],
      ['role "held" grants cancel in project "a2", not in project "a1"'],
      { owner: 'u_me' },
    ],
    [
      'to who has signed in',
      ...(['read', on('scope', 'o_a', 'global')] as const),
      ['global this ids=*;type=scope;actions=read'],
      [
        'role "held" grants read to everybody, but who has not signed in may only list and see scopes, and list, see and sign in by auth methods',
      ],
      { person: anybody },
    ],
    [
      'to anonymous callers, but elsewhere',
      ...(['list', on('scope', null, 'o_a')] as const),
      ['o_b this ids=*;type=scope;actions=list'],
      ['role "held" grants list in org "b", not in org "a"'],
      { person: anybody },
    ],
    [
      'to others',
      ...(['read', target] as const),
      [],
      ['role "other" grants read here, but "me" does not hold it'],
      { others: ['p_a1 this ids=*;type=target;actions=read'] },
    ],
    [
      'to a group one is not in',
      ...(['read', target] as const),
      [],
      ['role "other" grants read here, but "me" is not in group "g_dba", which holds it'],
      { others: ['p_a1 this ids=ttcp_x;actions=read'], groups: ['g_dba'] },
    ],
    [
      'to several groups',
      ...(['read', target] as const),
      [],
      [
        'role "other" grants everything here, but "me" is in none of those that hold it: group "g_a" and group "g_b"',
      ],
      { others: ['global descendants ids=*;type=*;actions=*'], groups: ['g_a', 'g_b'] },
    ],
    ['of nothing', 'read', target, ['p_a2 this ids=*;type=host;actions=update'], []],
    [
      'of another scope and another action',
      'read',
      target,
      ['p_a2 this ids=*;type=target;actions=update'],
      [],
    ],
    ['of what no build can read', 'read', target, ['p_a1 this ids=*;type=target;actions=reed'], []],
  ])('is a role that grants it %s', (_, action, thing, held, sentences, more = {}) => {
    const { others = [], groups = [], owner = null, person = me } = more;
    const question = { action, on: thing, ownerId: owner };
    expect(decidingGrants(person, grants('held', held), question)).toEqual([]);
    const misses = nearMisses(person, grants('held', held), grants('other', others), question);
    expect(misses.map((miss) => missSentence(miss, question, names, groups))).toEqual(sentences);
  });

  test('comes first, before those that are further away', () => {
    const question = { action: 'cancel', on: session, ownerId: 'u_x' };
    const held = [
      'p_a1 this ids=*;type=target;actions=cancel',
      'p_a1 this type=session;actions=list',
      'p_a1 this ids=*;type=session;actions=read',
      'p_a2 this ids=*;type=session;actions=cancel',
      'p_a1 this ids=s_y;actions=cancel',
      'p_a1 this ids=*;type=session;actions=cancel:self',
    ];
    const others = [
      'global descendants ids=*;type=*;actions=*',
      'p_a1 this ids=*;type=session;actions=cancel',
    ];
    expect(
      nearMisses(me, grants('held', held), grants('other', others), question).map(({ kind }) => kind),
    ).toEqual([
      ...['only self', 'other id', 'other scope', 'not a principal', 'other action', 'collection only'],
      ...['not a principal of a wide role', 'other type'],
    ]);
  });
});
