import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import fc from 'fast-check';
import { RE2JS } from 're2js';
import { EvaluationFault } from '../../src/filter/evaluation-fault';
import { evaluateFilter } from '../../src/filter/evaluate-filter';
import type { FilterExpression } from '../../src/filter/filter-expression';
import { FilterFault } from '../../src/filter/filter-fault';
import { parseFilter } from '../../src/filter/parse-filter';
import { estimateSize, mostPatternSize } from '../../src/filter/pattern-size';
import { printFilter } from '../support/print-filter';

const names = ['a', 'b', 'tags', 'not', 'any', 'x/y', 'p~q', '0', '1', 'é'];
const path = fc.array(fc.constantFrom(...names), { minLength: 1, maxLength: 3 });
const value = fc.oneof(
  fc.constantFrom('a', 'dev', '1', '2.5', 'true', '', 'x/y', '/a'),
  fc.string({ unit: 'binary', maxLength: 8 }).filter((text) => !/[`\r]/.test(text)),
);
const local = fc.constantFrom('a', 'x', 'tags');
const memberNames = fc.oneof(
  local.map((single) => ({ single, index: null, value: null })),
  local.map((index) => ({ single: null, index, value: null })),
  local.map((name) => ({ single: null, index: null, value: name })),
  fc.constant({ single: null, index: 'k', value: 'v' }),
);
const isNegated = fc.boolean();
const kind = <K extends string>(...kinds: K[]): fc.Arbitrary<K> => fc.constantFrom(...kinds);
const pattern = fc.constantFrom('^a', 'd|e', '', '[0-9]+$');
const patternOf = (source: string) => ({
  size: estimateSize(source),
  isIn: (text: string) => RE2JS.compile(source).test(text),
});

const match: fc.Arbitrary<FilterExpression> = fc.oneof(
  fc.record({ kind: kind('match'), path, isNegated, operator: kind('equal', 'in'), value }),
  fc.record({ kind: kind('match'), path, isNegated, operator: kind('empty') }),
  fc
    .record({ kind: kind('match'), path, isNegated, operator: kind('matches'), value: pattern })
    .map((one) => ({ ...one, pattern: patternOf(one.value) })),
);

const { filter } = fc.letrec<{ filter: FilterExpression }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    match,
    fc.record({ kind: kind('or', 'and'), terms: fc.array(tie('filter'), { minLength: 2, maxLength: 3 }) }),
    fc.record({ kind: kind('not'), term: tie('filter') }),
    fc.record({ kind: kind('any', 'all'), path, names: memberNames, term: tie('filter') }),
  ),
}));

const leaf = fc.oneof(value, fc.integer(), fc.double(), fc.boolean(), fc.constant(null), fc.bigInt());
const { datum } = fc.letrec((tie) => ({
  datum: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.array(tie('datum'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...names), tie('datum'), { maxKeys: 5 }),
  ),
}));
const world = fc.dictionary(fc.constantFrom(...names), datum, { minKeys: 1 });

function answerOf(expression: FilterExpression, of: unknown): boolean | string {
  try {
    return evaluateFilter(expression, of);
  } catch (error) {
    if (error instanceof EvaluationFault) return error.kind;
    throw error;
  }
}

const opposite = (answer: boolean | string): boolean | string =>
  typeof answer === 'string' ? answer : !answer;
const asData = (expression: FilterExpression): unknown => JSON.parse(JSON.stringify(expression));

const words =
  'not in any all as is empty contains matches and or == != ( ) { } [ ] , . _ " ` a b "/a" "x y" `z` 1 -1.5 0'.split(
    ' ',
  );
const soup = fc
  .array(fc.constantFrom(...words, '\\', "'", '/', '~', '=', '\n', 'é', '😀'), { maxLength: 30 })
  .chain((parts) => fc.constantFrom(' ', '', '  ').map((glue) => parts.join(glue)));

/** How often a pattern is tried on a text that is read, whether it is a filter or not. */
function tried(text: string): number {
  const spy = jest.spyOn(RegExp.prototype, 'exec');
  try {
    parseFilter(text);
  } catch (error) {
    expect(error).toBeInstanceOf(FilterFault);
  }
  const { length } = spy.mock.calls;
  spy.mockRestore();
  return length;
}

describe('reading a filter', () => {
  test('gives again what was printed', () => {
    fc.assert(
      fc.property(filter, (expression) => {
        const text = printFilter(expression);
        fc.pre(text.length <= 2048);
        expect(asData(parseFilter(text))).toEqual(asData(expression));
      }),
      { numRuns: 500 },
    );
  });

  test('ends in a filter or in a fault that points into the text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 60 }), soup), (text) => {
        try {
          parseFilter(text);
        } catch (error) {
          expect(error).toBeInstanceOf(FilterFault);
          const { message, reason, offset } = error as FilterFault;
          const [first, , caret, ...rest] = message.split('\n');
          expect({ first, rest }).toEqual({ first: reason, rest: [] });
          expect(caret).toMatch(/^ {2,}\^$/);
          expect(offset).toBeGreaterThanOrEqual(0);
          expect(offset).toBeLessThanOrEqual(text.length);
        }
      }),
      { numRuns: 1500 },
    );
  });

  // Work is counted, not timed.
  test.each([
    ['opened parentheses', (n: number) => '('.repeat(n)],
    ['nots', (n: number) => 'not '.repeat(n / 4)],
    ['nots that might be selectors', (n: number) => 'not in '.repeat(n / 7)],
    ['spaces', (n: number) => `a${' '.repeat(n - 1)}`],
    ['quotes', (n: number) => '"'.repeat(n)],
    ['slashes', (n: number) => `"${'/a'.repeat(n / 2 - 1)}`],
    ['selectors', (n: number) => 'a.'.repeat(n / 2)],
    ['opened collections', (n: number) => 'any a as b{'.repeat(n / 11)],
    ['comparisons', (n: number) => 'a==b and '.repeat(n / 9)],
  ])('takes time in proportion to the text: %s', (_, make) => {
    expect(tried(make(2000))).toBeLessThanOrEqual(5 * tried(make(500)) + 100);
  });
});

describe('evaluating a filter', () => {
  test('ends in an answer or in one kind of fault', () => {
    fc.assert(
      fc.property(filter, fc.oneof(world, fc.anything()), (expression, of) => {
        expect(['boolean', 'string']).toContain(typeof answerOf(expression, of));
      }),
      { numRuns: 1500 },
    );
  });

  test('gives the opposite where a comparison is negated, also of what is missing', () => {
    fc.assert(
      fc.property(match, world, (one, of) => {
        fc.pre(one.kind === 'match' && one.operator !== 'empty');
        const negated = { ...one, isNegated: one.kind === 'match' && !one.isNegated } as FilterExpression;
        expect(answerOf(negated, of)).toBe(opposite(answerOf(one, of)));
      }),
      { numRuns: 1000 },
    );
  });

  test('holds of any where it does not fail of all', () => {
    fc.assert(
      fc.property(path, memberNames, filter, world, (at, given, term, of) => {
        const any = answerOf({ kind: 'any', path: at, names: given, term }, of);
        const all = answerOf({ kind: 'all', path: at, names: given, term: { kind: 'not', term } }, of);
        expect(any).toBe(opposite(all));
      }),
      { numRuns: 1000 },
    );
  });

  test('leaves what it is asked about as it was', () => {
    fc.assert(
      fc.property(filter, fc.jsonValue({ maxDepth: 3 }), (expression, of) => {
        const before = JSON.stringify(of);
        answerOf(expression, of);
        expect(JSON.stringify(of)).toBe(before);
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    ['loops within loops', `${'any l as x { '.repeat(30)}x == b${' }'.repeat(30)}`, Array(30).fill('a')],
    ['long lists', 'any l as x { b in l }', Array(10_000).fill('a')],
    [
      'large regular expressions on long texts',
      'any l as x { x matches `^(a?){400}b` }',
      Array(100).fill('a'.repeat(10_000)),
    ],
  ])('is given up when it is too much: %s', (_, text, l) => {
    expect(answerOf(parseFilter(text), { l })).toBe('too-much-work');
  });
});

/** How large a regular expression became; null when it is none. */
function sizeOf(source: string): number | null {
  try {
    return RE2JS.compile(source).programSize();
  } catch {
    return null;
  }
}

describe('the regular expressions of a filter', () => {
  const long = `${'a'.repeat(100_000)}!`;

  test.each([
    ['(a+)+$', false],
    ['^(a|a)*$', false],
    ['(a*)*b', false],
    ['(.*)(.*)(.*)(.*)x', false],
    ['([a-zA-Z]+)*!', true],
    ['(a|aa)+!$', true],
  ])('search 100 kB for %s in one go', (source, isFound) => {
    expect(evaluateFilter(parseFilter(`a matches \`${source}\``), { a: long })).toBe(isFound);
  });

  test('are not larger than estimated, within a small factor', () => {
    const piece = fc.constantFrom(
      ...[
        'a',
        '.',
        '\\d',
        '[a-c]',
        '[](]',
        '[[:alpha:])]',
        '\\Qa(b\\E',
        '\\Q\\E',
        '\\(',
        '(?i)',
        '^',
        '\\b',
        '|',
      ],
      ...['(', '(?:', '(?P<n>', ')', ')', '*', '+?', '{2}', '{0,3}', '{2,}', '{30}', '{100}', '{,2}', '\\pL'],
    );
    let compiled = 0;
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const source = pieces.join('');
        const size = estimateSize(source);
        if (size > mostPatternSize) return;
        const real = sizeOf(source);
        if (real === null) return;
        compiled += 1;
        expect(real).toBeLessThanOrEqual(3 * size + 10);
      }),
      { numRuns: 1500 },
    );
    expect(compiled).toBeGreaterThan(100);
  });

  test('are loaded with the first of them, not with the filter', () => {
    const script = `
      const { parseFilter } = require('./dist/filter/parse-filter.js');
      const isLoaded = () => Object.keys(require.cache).some((file) => file.includes('re2js'));
      parseFilter('a == b');
      const before = isLoaded();
      parseFilter('a matches b');
      process.stdout.write([before, isLoaded()].join(' '));`;
    const cwd = join(__dirname, '..', '..');
    expect(execFileSync(process.execPath, ['-e', script], { cwd, encoding: 'utf8' })).toBe('false true');
  });
});
