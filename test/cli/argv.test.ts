import { normalizeArgv } from '../../src/cli/argv';

const same = [
  ['nothing', []],
  ['words', ['targets', 'list']],
  ['two dashes', ['--scope-id=p_1', '--recursive']],
  ['one letter', ['-h']],
  ['one letter with a value', ['-p=1']],
  ['a dash alone, for standard input', ['--authz-token', '-']],
  ['a negative number', ['--limit', '-1']],
  ['an upper-case word', ['-Xmx']],
  ['a value that begins with a dash', ['--comment', '-- no']],
  ['a value with a dash within', ['--id', 's-1']],
  ['a path', ['--password', 'file://-odd']],
  ['a word that begins with a digit', ['-9lives']],
] satisfies [string, string[]][];

const changed = [
  ['a flag with a value behind =', ['-scope-id=p_1'], ['--scope-id=p_1']],
  ['a flag with a value behind it', ['-scope-id', 'p_1'], ['--scope-id', 'p_1']],
  ['a switch', ['-recursive'], ['--recursive']],
  ['a flag of two letters', ['-id=s_1'], ['--id=s_1']],
  ['a flag with a digit', ['-tls13'], ['--tls13']],
  ['a value that looks like a flag', ['-authz-token=-x'], ['--authz-token=-x']],
  ['a value with = within', ['-listen=unix:/tmp/a=b'], ['--listen=unix:/tmp/a=b']],
  ['an empty value', ['-token='], ['--token=']],
  ['a value of several lines', ['-comment=one\ntwo'], ['--comment=one\ntwo']],
  ['help', ['sessions', '-help'], ['sessions', '--help']],
  ['some of several', ['-id', 's_1', '--format', 'json'], ['--id', 's_1', '--format', 'json']],
  ['all before --', ['-exec=psql', '--', '-id'], ['--exec=psql', '--', '-id']],
] satisfies [string, string[], string[]][];

describe('a command line', () => {
  test.each(changed)('may have long flags with one dash: %s', (_, given, expected) => {
    expect(normalizeArgv(given)).toEqual(expected);
  });

  test.each(same)('is left as it is otherwise: %s', (_, given) => {
    expect(normalizeArgv(given)).toEqual(given);
  });

  test.each([
    [['connect', '--', '-c', '-quiet', '-v=1']],
    [['connect', '--', '-quiet', '--', '-verbose']],
    [['--', '-quiet']],
  ])('keeps what stands behind -- for another program: %p', (given) => {
    expect(normalizeArgv(given)).toEqual(given);
  });
});
