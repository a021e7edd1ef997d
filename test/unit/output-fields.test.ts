import { addFields, fieldsOrDefault, type OutputFields } from '../../src/grant/output-fields';

describe('output fields that are put together', () => {
  test.each<readonly [OutputFields, OutputFields, OutputFields]>([
    [null, null, null],
    [null, [], []],
    [[], null, []],
    [[], [], []],
    [null, ['version', 'id'], ['id', 'version']],
    [['name'], ['id', 'name'], ['id', 'name']],
    [['name'], null, ['name']],
    [['name'], [], ['name']],
    [['*'], ['id'], ['*']],
    [['id'], ['name', '*'], ['*']],
    [['*'], null, ['*']],
    [['ID'], ['id'], ['ID', 'id']],
  ])('%j and %j are %j', (to, more, expected) => {
    expect(addFields(to, more)).toEqual(expected);
  });
});

describe('output fields that a caller sees', () => {
  test('are all by default', () => {
    expect(fieldsOrDefault(null, 'u_me')).toBe('*');
  });

  test('are few by default for anonymous callers, and none for nobody', () => {
    expect(fieldsOrDefault(null, 'u_anon')).toContain('is_primary');
    expect(fieldsOrDefault(null, 'u_anon')).not.toContain('version');
    expect(fieldsOrDefault(null, '')).toEqual(new Set());
  });

  test.each(['u_me', 'u_anon', ''])('are those that are named, whoever it is: "%s"', (userId) => {
    expect(fieldsOrDefault(['id'], userId)).toEqual(new Set(['id']));
    expect(fieldsOrDefault([], userId)).toEqual(new Set());
    expect(fieldsOrDefault(['*'], userId)).toBe('*');
  });
});
