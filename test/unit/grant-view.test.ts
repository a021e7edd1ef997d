import type { Protected } from '../../src/core/acl';
import { makeAcl, type RoleGrant } from '../../src/grant/acl';
import { anonymous, me, nobody, on, role } from '../support/grant-world';

const readTargets = 'ids=*;type=target;actions=read';
const target = on('target', 'ttcp_x', 'p_a1');
const session = on('session', 's_x', 'p_a1');
const inProject = (...grants: string[]) => role('p_a1 this', ...grants);
const inGlobal = (...grants: string[]) => role('global this', ...grants);

describe('output fields', () => {
  const fields = (
    caller: typeof me | typeof anonymous,
    grants: RoleGrant[],
    action: string,
    thing: Protected,
  ) => {
    const shown = makeAcl(caller, grants).fieldsFor(action, thing);
    return shown === '*' ? '*' : [...shown].sort();
  };
  const idOnly = 'ids=*;type=target;actions=read;output_fields=id';

  test.each<readonly [string, RoleGrant[], string | string[]]>([
    ['are all when no grant names any', inProject(readTargets), '*'],
    ['are all when a grant on the one names none', inProject('ids=ttcp_x;actions=read'), '*'],
    ['are those a grant names', inProject(idOnly), ['id']],
    ['are those a grant on the one names', inProject('ids=ttcp_x;actions=read;output_fields=id'), ['id']],
    [
      'are those a stored grant on the one names without actions',
      inProject(readTargets, 'ids=ttcp_x;output_fields=id'),
      ['id'],
    ],
    [
      'are named whether the action is allowed or not',
      inProject('ids=*;type=target;output_fields=id'),
      ['id'],
    ],
    [
      'are those of all matching grants',
      inProject(idOnly, 'ids=ttcp_x;actions=read;output_fields=name'),
      ['id', 'name'],
    ],
    ['are not widened by a grant that names none', inProject(idOnly, 'ids=*;type=*;actions=*'), ['id']],
    ['are widened by a grant of *', inProject(idOnly, 'ids=*;type=*;actions=*;output_fields=*'), '*'],
    [
      'are added by a grant without actions',
      inProject(idOnly, 'ids=*;type=target;output_fields=name'),
      ['id', 'name'],
    ],
    [
      'are none when they are given and empty',
      inProject('ids=*;type=target;actions=read;output_fields='),
      [],
    ],
    [
      'are not those of another action',
      inProject(readTargets, 'ids=*;type=target;actions=list;output_fields=id'),
      '*',
    ],
    ['are not those of another id', inProject(readTargets, 'ids=ttcp_y;actions=read;output_fields=id'), '*'],
    ['are not those of another scope', [...inProject(readTargets), ...role('p_a2 this', idOnly)], '*'],
    ['are those a parent action names', inProject('ids=*;type=target;actions=*;output_fields=id'), ['id']],
  ])('%s', (_, grants, expected) => {
    expect(fields(me, grants, 'read', target)).toEqual(expected);
  });

  test('of a :self action are those its parent names', () => {
    const grants = inProject('ids=*;type=session;actions=read;output_fields=id,status');
    expect(fields(me, grants, 'read:self', session)).toEqual(['id', 'status']);
  });

  test('without a token are the few a sign-in page needs', () => {
    expect(
      fields(anonymous, inGlobal('ids=*;type=scope;actions=list'), 'list', on('scope', null, 'global')),
    ).toEqual([
      'authorized_actions',
      'authorized_collection_actions',
      'description',
      'id',
      'is_primary',
      'name',
      'plugin',
      'plugin_id',
      'primary_auth_method_id',
      'scope',
      'scope_id',
      'type',
    ]);
  });

  test('without a token are those a grant names', () => {
    const grants = inGlobal('ids=*;type=scope;actions=list;output_fields=id,version');
    expect(fields(anonymous, grants, 'list', on('scope', null, 'global'))).toEqual(['id', 'version']);
  });

  test('of a caller without an id are none', () => {
    expect(
      fields(nobody, inGlobal('ids=*;type=scope;actions=list'), 'list', on('scope', null, 'global')),
    ).toEqual([]);
  });
});

describe('the view key', () => {
  const other = { userId: 'u_other', accountId: 'acctpw_other' };
  const key = (caller: { userId: string; accountId: string | null }, grants: RoleGrant[]) =>
    makeAcl(caller, grants).viewKey;

  test('is the same for two callers with the same grants', () => {
    expect(key(me, inProject(readTargets))).toBe(key(other, inProject(readTargets)));
  });

  test('does not depend on the order of grants, on repeats, or on which role gives them', () => {
    const list = 'type=target;actions=list';
    const [repeated] = inProject(readTargets);
    const turned = [...inProject(list, readTargets), { ...repeated!, roleId: 'r_two' }];
    expect(key(me, turned)).toBe(key(me, inProject(readTargets, list)));
  });

  test.each([
    ['a :self action', 'ids=*;type=session;actions=read:self'],
    ['the user for a template', 'ids={{user.id}};actions=read'],
    ['the account for a template', 'ids={{.Account.Id}};actions=read'],
  ])('differs between callers who are granted %s', (_, grant) => {
    expect(key(me, inProject(grant))).not.toBe(key(other, inProject(grant)));
    expect(key(me, inProject(grant))).toBe(key(me, inProject(grant)));
  });

  test.each<readonly [string, RoleGrant[]]>([
    ['another action', inProject('ids=*;type=target;actions=list')],
    ['other output fields', inProject(`${readTargets};output_fields=id`)],
    ['another grant scope', role('p_a1 children', readTargets)],
    ['another scope of the role', role('p_a2 this', readTargets)],
    ['one grant more', inProject(readTargets, 'ids=ttcp_x;actions=delete')],
    ['no grant', []],
  ])('differs for %s', (_, grants) => {
    expect(key(me, grants)).not.toBe(key(me, inProject(readTargets)));
  });

  test.each([
    ['without a token', anonymous],
    ['without an id', nobody],
  ])('of a caller %s differs from that of a user with the same grants', (_, caller) => {
    const grants = inGlobal('ids=*;type=scope;actions=list,read');
    expect(key(caller, grants)).not.toBe(key(me, grants));
  });
});
