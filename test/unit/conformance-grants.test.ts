import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const command = join(__dirname, '..', '..', 'scripts', 'conformance-grants.js');
const folder = mkdtempSync(join(tmpdir(), 'conformance-'));
const file = join(folder, 'cases.json');
afterAll(() => rmSync(folder, { recursive: true }));

function run(...args: string[]): { status: number | null; out: string[]; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], { encoding: 'utf8' });
  return { status, out: stdout.trim().split('\n'), err: stderr.trim() };
}

function runOn(content: unknown): ReturnType<typeof run> {
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return run(file);
}

const at = { role_scope_id: 'o_a', grant_scope_id: 'o_a' };
const passing = {
  id: 'sub_action/part',
  kind: 'sub_action',
  input: { grant_actions: ['read:self'], wanted: 'read' },
  expect: { matches: true },
};
const failing = {
  id: 'parse/wrong',
  kind: 'parse',
  input: { grant: 'ids=u_a;actions=fly', ...at },
  expect: { ok: false, error_class: 'action_empty' },
};

describe('the command for conformance', () => {
  test('passes when all cases do', () => {
    expect(runOn({ cases: [passing, passing] })).toEqual({ status: 0, out: ['2 passed, 0 failed'], err: '' });
  });

  test('fails when one case does, and says what came instead', () => {
    expect(runOn({ cases: [failing, passing] })).toEqual({
      status: 1,
      out: [
        'FAILED parse/wrong',
        '  error_class: expected "action_empty", got "action_unknown"',
        '1 passed, 1 failed',
      ],
      err: '',
    });
  });

  test('looks at lists as sets, and at what is expected alone', () => {
    const input = { actions: ['read', 'list', 'read'], output_fields: null };
    const same = { id: 'a', kind: 'actions', input, expect: { ok: true, actions: ['list', 'read'] } };
    const more = { id: 'b', kind: 'actions', input, expect: { actions: ['list', 'read', 'delete'] } };
    expect(runOn({ cases: [same, more] }).out).toEqual([
      'FAILED b',
      '  actions: expected ["list","read","delete"], got ["list","read"]',
      '1 passed, 1 failed',
    ]);
  });

  test('asks the engine about a world of roles', () => {
    const worlds = {
      small: {
        roles: [
          {
            scope_id: 'o_a',
            grant_scope_ids: ['children'],
            principal_ids: ['u_auth'],
            grants: ['ids=*;type=target;actions=read'],
          },
        ],
      },
    };
    const asked = (id: string, scope: string, authorized: boolean) => ({
      id,
      kind: 'hierarchy_acl',
      input: {
        world: 'small',
        user_id: 'u_x',
        resource: {
          type: 'target',
          id: 'ttcp_x',
          scope_id: scope,
          parent_scope_id: scope === 'o_a' ? 'global' : 'o_a',
        },
        action: 'read',
      },
      expect: { authorized },
    });
    const cases = [asked('below', 'p_a', true), asked('itself', 'o_a', false), asked('wrong', 'o_a', true)];
    expect(runOn({ cases, worlds }).out).toEqual([
      'FAILED wrong',
      '  authorized: expected true, got false',
      '2 passed, 1 failed',
    ]);
  });

  test.each([
    ['of a kind nobody knows', { id: 'x', kind: 'colour', input: {}, expect: {} }, '"colour" is not known'],
    ['that expects nothing', { id: 'x', kind: 'parse', input: failing.input }, 'expects nothing'],
    [
      'with an input of another shape',
      { id: 'x', kind: 'acl', input: {}, expect: { authorized: true } },
      'threw',
    ],
    ['that is no case', null, 'the kind undefined is not known'],
  ])('counts a case %s as failed', (_, one, because) => {
    const { status, out } = runOn({ cases: [one, passing] });
    expect(status).toBe(1);
    expect(out.join('\n')).toContain(because);
    expect(out.at(-1)).toBe('1 passed, 1 failed');
  });

  test.each<readonly [string, unknown, string]>([
    ['that is not JSON', '{"cases":', 'is not valid JSON'],
    ['without cases', { kinds: {} }, 'it has no list "cases"'],
    ['with no case in it', { cases: [] }, 'holds no cases'],
  ])('says in a sentence what is wrong with a file %s', (_, content, because) => {
    const { status, err } = runOn(content);
    expect(status).toBe(2);
    expect(err).toContain(because);
    expect(err.split('\n')).toHaveLength(1);
  });

  test('says that a file is missing, or was not named', () => {
    expect(run(join(folder, 'none.json'))).toMatchObject({
      status: 2,
      err: expect.stringContaining('cannot be read'),
    });
    expect(run()).toMatchObject({ status: 2, err: expect.stringContaining('name a file of cases') });
  });
});
