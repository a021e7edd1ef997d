import { isGrantFault } from '../../src/grant/grant-fault';
import {
  addGrants,
  readNewGrant,
  removeGrants,
  setGrants,
  type GrantsChange,
  type HeldGrant,
  type RoleGrantsFault,
  type RoleGrantsFaultKind,
} from '../../src/role/role-grants.rules';

const read = 'ids=*;type=target;actions=read';
const list = 'type=target;actions=list';
const old = 'id=ttcp_x;actions=read';
const renamed = 'ids=*;type=target;actions=add-host-sets,read';

const held = (...texts: string[]): HeldGrant[] => texts.map((canonical) => ({ canonical, raw: canonical }));
const textsOf = (grants: readonly HeldGrant[]) => grants.map(({ canonical }) => canonical);

function done(change: GrantsChange | RoleGrantsFault): GrantsChange {
  if (isGrantFault(change)) throw change;
  return change;
}

function refused(change: unknown): RoleGrantsFault {
  if (isGrantFault(change)) return change as RoleGrantsFault;
  throw new Error('nothing was refused');
}

describe('grants that a role is given', () => {
  test.each<readonly [string, HeldGrant[], string[], string[]]>([
    ['the first', [], [read], [read]],
    ['one more', held(list), [read], [list, read]],
    ['the same twice in two ways of writing', [], [read, 'type=target;actions=READ;ids=*'], [read]],
    ['in JSON', [], ['{"ids":["*"],"type":"target","actions":["read"]}'], [read]],
    ['one like an old one', held(old), ['ids=ttcp_x;actions=read'], [old, 'ids=ttcp_x;actions=read']],
  ])('stand beside those it has: %s', (_, before, raws, after) => {
    const change = done(addGrants(before, raws));
    expect(textsOf(change.grants)).toEqual(after);
    expect(textsOf(change.added)).toEqual(after.slice(before.length));
    expect([change.removed, change.isNewVersion]).toEqual([[], true]);
  });

  test.each([
    ['an escape of the terminal', 'ids=*;type=user;actions=read;output_fields=id,\u001b[31m'],
    ['an override of the direction', 'ids=*;type=user;actions=read;output_fields=\u202Eid'],
    ['a line break under a key of no meaning', 'note=a\nb;ids=*;type=user;actions=read'],
    [
      'an escape that JSON spells out',
      '{"ids":["*"],"type":"user","actions":["read"],"output_fields":["\\u001b"]}',
    ],
  ])('are refused when they hold what nobody sees: %s', (_, raw) => {
    const { kind, problem } = refused(addGrants([], [raw]));
    expect(kind).toBe('grant_unprintable');
    expect(JSON.stringify(problem)).toContain('characters that cannot be seen');
  });

  test('keep how they were first written', () => {
    const raw = 'actions=read;type=TARGET;ids=*';
    expect(done(addGrants([], [raw, read])).added).toEqual([{ canonical: read, raw }]);
    expect(done(setGrants(held(read), [raw])).grants).toEqual(held(read));
  });

  const refusals: readonly (readonly [string, string, RoleGrantsFaultKind, RegExp])[] = [
    ['an empty text', '', 'grant_empty', /there is nothing/],
    ['what is no grant', 'unparseable', 'seg_equals', /key=value/],
    ['what can grant nothing', 'type=host;actions=list', 'nothing_authorized', /below its container/],
    ['the old key', old, 'id_deprecated', /write ids=ttcp_x/],
    ['the old key for all', 'id=*;type=target;actions=read', 'id_deprecated', /write ids=\*/],
    ['an action of old', renamed, 'action_deprecated', /add-host-sets is called add-host-sources/],
    [
      'an action of old for credentials',
      'ids=*;type=target;actions=remove-credential-libraries',
      'action_deprecated',
      /remove-credential-sources/,
    ],
    ['fields that are given and empty', `${read};output_fields=`, 'output_fields_empty', /leave it out/],
  ];

  test.each(refusals)('are not %s', (_, raw, kind, because) => {
    for (const change of [addGrants([], [read, raw]), setGrants([], [read, raw])]) {
      const fault = refused(change);
      expect(fault.kind).toBe(kind);
      expect(fault.problem).toMatchObject({
        code: 'INVALID_INPUT',
        issues: [{ path: 'grants.1', message: expect.stringMatching(because) }],
      });
    }
    expect(refused(readNewGrant(raw)).at('x').message).toBe(`x: ${refused(readNewGrant(raw)).sentence}`);
  });

  test('are refused together, with all that is wrong', () => {
    const fault = refused(addGrants(held(read), ['x', list, old], 'input.grants'));
    expect(fault.kind).toBe('seg_equals');
    expect(fault.message).toMatch(/^input\.grants\.0: .*; input\.grants\.2: id is the old key/);
  });

  test('are not those the role has', () => {
    const fault = refused(
      addGrants(held(list, read), ['ids=*;actions=read;type=target', old.replace('id', 'ids')]),
    );
    expect(fault.kind).toBe('grant_exists');
    expect(fault.code).toBe('CONFLICT');
    expect(fault.message).toContain(JSON.stringify(read));
  });

  test('are not none', () => {
    expect(refused(addGrants(held(read), [])).kind).toBe('grants_empty');
  });
});

describe('grants that a role is set to', () => {
  test.each<readonly [string, HeldGrant[], string[], string[], boolean]>([
    ['from none', [], [read], [read], true],
    ['to others', held(list), [read], [read], true],
    ['to some of them', held(list, read), [read, read], [read], true],
    ['to more', held(read), [list, read], [read, list], true],
    ['to the same in another order', held(read, list), [list, read], [read, list], false],
    ['to none', held(read, old), [], [], true],
    ['to none from none', [], [], [], false],
  ])('take the place of those it has: %s', (_, before, raws, after, isNewVersion) => {
    const change = done(setGrants(before, raws));
    expect(textsOf(change.grants)).toEqual(after);
    expect(change.isNewVersion).toBe(isNewVersion);
    expect(textsOf(change.removed)).toEqual(textsOf(before).filter((text) => !after.includes(text)));
    expect(textsOf(change.added)).toEqual(after.filter((text) => !textsOf(before).includes(text)));
  });
});

describe('grants that are taken from a role', () => {
  test.each<readonly [string, HeldGrant[], string[], string[]]>([
    ['one of two', held(read, list), [list], [read]],
    ['all', held(read, list), [list, read], []],
    ['one that is named twice', held(read, list), [read, 'type=target;ids=*;actions=read'], [list]],
    ['one it does not have', held(read), [list], [read]],
    ['one from none', [], [list], []],
    ['one with the old key', held(old, read), [old], [read]],
    ['one with an action of old', held('ids=*;type=target;actions=add-host-sets,read'), [renamed], []],
    ['none with the new key for the old one', held(old), ['ids=ttcp_x;actions=read'], [old]],
    [
      'one that only another build can read',
      held('ids=*;type=vault;actions=renew', read),
      ['ids=*;type=vault;actions=renew'],
      [read],
    ],
  ])('are gone, and the version is new: %s', (_, before, raws, after) => {
    const change = done(removeGrants(before, raws));
    expect(textsOf(change.grants)).toEqual(after);
    expect(textsOf(change.removed)).toEqual(textsOf(before).filter((text) => !after.includes(text)));
    expect([change.added, change.isNewVersion]).toEqual([[], true]);
  });

  test.each<readonly [string, string[], RoleGrantsFaultKind]>([
    ['none', [], 'grants_empty'],
    ['an empty text', [read, ''], 'grant_empty'],
    ['what is no grant', [read, ';unparsable=2'], 'seg_equals'],
    ['what can grant nothing', ['type=host;actions=list'], 'nothing_authorized'],
  ])('are not %s', (_, raws, kind) => {
    expect(refused(removeGrants(held(read), raws)).kind).toBe(kind);
  });
});
