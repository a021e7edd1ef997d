import type { Match } from '../../src/filter/filter-expression';
import { FilterFault } from '../../src/filter/filter-fault';
import { parseFilter } from '../../src/filter/parse-filter';
import { filterLimits } from '../../src/filter/text-reader';
import { printFilter } from '../support/print-filter';

function matchOf(text: string): Match {
  const filter = parseFilter(text);
  if (filter.kind !== 'match') throw new Error(`${text} is no single comparison`);
  return filter;
}

function valueOf(text: string): string {
  const match = matchOf(`a == ${text}`);
  return 'value' in match ? match.value : '';
}

function faultOf(text: string): FilterFault {
  try {
    parseFilter(text);
  } catch (error) {
    if (error instanceof FilterFault) return error;
    throw error;
  }
  throw new Error(`${text} was accepted`);
}

const comparisons: readonly (readonly [string, string])[] = [
  ['"/a" == `b`', 'a == b'],
  ['"/a" == `b`', 'a==b'],
  ['"/a" == `b`', ' \t\r\n a\t==\nb '],
  ['"/a" != `b`', 'a != b'],
  ['`b` in "/a"', 'b in a'],
  ['`b` in "/a"', 'a contains b'],
  ['`b` in "/a"', 'a\n contains\t b'],
  ['`b` not in "/a"', 'b not in a'],
  ['`b` not in "/a"', 'a not contains b'],
  ['`b` not in "/a"', 'b not \n in a'],
  ['"/a" matches `b`', 'a matches b'],
  ['"/a" not matches `b`', 'a not matches b'],
  ['"/a" is empty', 'a is empty'],
  ['"/a" is not empty', 'a is\tnot  empty'],
  ['`7` in "/a"', '7 in a'],
  ['`x y` in "/a"', '"x y" in a'],
];

const selectors: readonly (readonly [string, readonly string[]])[] = [
  ['a', ['a']],
  ['a_1/b', ['a_1/b']],
  ['tags.type', ['tags', 'type']],
  ['tags.type.0', ['tags', 'type', '0']],
  ['tags["a b"]', ['tags', 'a b']],
  ['tags[ `a"b` ].c', ['tags', 'a"b', 'c']],
  ['tags["a\\tb"]', ['tags', 'a\tb']],
  ['"/tags/type"', ['tags', 'type']],
  ['"/tags/type/0"', ['tags', 'type', '0']],
  ['"/a-b/c.d/e_f/g:h|i/é9"', ['a-b', 'c.d', 'e_f', 'g:h|i', 'é9']],
  ['"/a~1b/c~0d/e~01"', ['a/b', 'c~d', 'e~1']],
  ['""', ['']],
];

const values: readonly (readonly [string, string, string])[] = [
  ['a bare word', 'dev', 'dev'],
  ['a bare boolean', 'true', 'true'],
  ['a bare word with slashes, dots and keys', 'a/b.c["d e"].0', 'a/b.c.d e.0'],
  ['a number', '12', '12'],
  ['a negative number', '-12', '-12'],
  ['nought', '0', '0'],
  ['a fraction', '-0.50', '-0.50'],
  ['a text in "', '"us east"', 'us east'],
  ['an empty text', '""', ''],
  ['a text with escapes', '"a\\n\\t\\\\b\\a\\b\\f\\r\\v"', 'a\n\t\\b\x07\b\f\r\v'],
  ['a text with numbers of letters', '"\\x41\\101\\u00e9\\U0001F600"', 'AAé😀'],
  ['a text in back-quotes', '`a\\n"b"\nc`', 'a\\n"b"\nc'],
  ['a text in back-quotes without its carriage returns', '`a\r\nb`', 'a\nb'],
  ['a text in " like a pointer, without its first slash', '"/srv/data"', 'srv/data'],
  ['a text in " with a slash that is no pointer', '"/srv data"', '/srv data'],
  ['a text in back-quotes like a pointer', '`/srv/data`', '/srv/data'],
];

/** Name, text, and how it prints; what binds closer stands in parentheses. */
const structures: readonly (readonly [string, string, string])[] = [
  ['and binds closer than or', 'a==1 or b==2 and c==3', '"/a" == `1` or ("/b" == `2` and "/c" == `3`)'],
  [
    'and binds closer than or, left of it too',
    'a==1 and b==2 or c==3',
    '("/a" == `1` and "/b" == `2`) or "/c" == `3`',
  ],
  ['not binds closer than and', 'not a==1 and b==2', '(not "/a" == `1`) and "/b" == `2`'],
  ['not may stand behind and', 'a==1 and not b==2', '"/a" == `1` and (not "/b" == `2`)'],
  ['not may be repeated', 'not not a==1', 'not (not "/a" == `1`)'],
  ['parentheses bind closest', 'not (a==1 or b==2)', 'not ("/a" == `1` or "/b" == `2`)'],
  ['parentheses around one comparison say nothing', '( (a==1) )', '"/a" == `1`'],
  [
    'parentheses keep a group on the right',
    'a==1 or (b==2 or c==3)',
    '"/a" == `1` or ("/b" == `2` or "/c" == `3`)',
  ],
  ['parentheses need no space inside', '(a==1) or (b==2)', '"/a" == `1` or "/b" == `2`'],
  ['or is a list from left to right', 'a==1 or b==2 or c==3', '"/a" == `1` or "/b" == `2` or "/c" == `3`'],
  ['any may be all there is', 'any l as x { x==1 }', 'any "/l" as x { "/x" == `1` }'],
  ['braces need no spaces', 'all l as x{x==a}', 'all "/l" as x { "/x" == `a` }'],
  ['two names', 'any m as k , v { k==a }', 'any "/m" as k, v { "/k" == `a` }'],
  ['an index alone', 'any m as k,_ { k==a }', 'any "/m" as k, _ { "/k" == `a` }'],
  ['a value alone', 'all m as _, v { v==a }', 'all "/m" as _, v { "/v" == `a` }'],
  [
    'any may stand last in or',
    'a==1 or any l as x { x==1 }',
    '"/a" == `1` or (any "/l" as x { "/x" == `1` })',
  ],
  [
    'any may stand in parentheses anywhere',
    'not (any l as x { x==1 }) and a==1',
    '(not (any "/l" as x { "/x" == `1` })) and "/a" == `1`',
  ],
  [
    'any holds or, and and any',
    'any l as x { x==1 or all x as y { y==2 and y==3 } }',
    'any "/l" as x { "/x" == `1` or (all "/x" as y { "/y" == `2` and "/y" == `3` }) }',
  ],
  ['a selector may be called any', 'any in all and all is empty', '`any` in "/all" and "/all" is empty'],
  ['a collection may be called is', 'any is as x { x==1 }', 'any "/is" as x { "/x" == `1` }'],
  ['a selector may be called not', 'not == 1 or not is empty', '"/not" == `1` or "/not" is empty'],
  ['not is a value where nothing else fits', 'not in a', '`not` in "/a"'],
  ['not is not where something follows it', 'not in in a', 'not `in` in "/a"'],
  ['a selector may be called and', 'and == or and or != and', '"/and" == `or` and "/or" != `and`'],
];

describe('a filter', () => {
  test.each(comparisons)('reads %s from %j', (printed, text) => {
    expect(printFilter(parseFilter(text))).toBe(printed);
  });

  test.each(selectors)('may select %s', (selector, path) => {
    expect(matchOf(`${selector} is empty`).path).toEqual(path);
  });

  test.each(values)('may compare with %s', (_, text, value) => {
    expect(valueOf(text)).toBe(value);
  });

  test.each(structures)('is put together: %s', (_, text, printed) => {
    expect(printFilter(parseFilter(text))).toBe(printed);
  });

  test('has its regular expressions compiled when it is read', () => {
    const match = matchOf('a matches `^b+$`');
    expect('pattern' in match && match.pattern.isIn('bbb')).toBe(true);
  });
});

/** Text up to the caret, text from there on, and what is said. */
const refused: readonly (readonly [string, string, string])[] = [
  ['', '', 'expected a comparison, such as "dev" in "/tags/type"'],
  ['a == 1 and ', '', 'expected a comparison, such as "dev" in "/tags/type"'],
  ['', ')', 'expected a comparison, such as "dev" in "/tags/type"'],
  ['a', '', 'expected ==, !=, in, contains, matches or is empty'],
  ['a ', 'isnt b', 'expected ==, !=, in, contains, matches or is empty'],
  ['a ', '= 1', 'equality is written =='],
  ['a == ', '', 'expected a value after =='],
  ['a != ', ')', 'expected a value after !='],
  ['a contains', '', 'expected a value after contains'],
  ['a not matches ', '', 'expected a value after not matches'],
  ['a not contains ', '(b)', 'expected a value after not contains'],
  ['a contains', '"b"', 'expected a space after the operator'],
  ['a ', 'IN b', 'operators are written in lower case'],
  ['a is ', 'full', 'expected empty or not empty after is'],
  ['a is not ', 'full', 'expected empty after is not'],
  ['a not ', 'full', 'expected in, contains or matches after not'],
  ['a in', '', 'expected a selector after in, such as "/tags/type"'],
  ['a in ', '(b)', 'expected a selector after in, such as "/tags/type"'],
  ['a not in', '', 'expected a selector after not in, such as "/tags/type"'],
  ['a not in ', '"b c"', 'expected a selector after not in, such as "/tags/type"'],
  ['5 ', '== a', 'expected in or not in; left of other operators stands a selector'],
  ['"b c" ', 'is empty', 'expected in or not in; left of other operators stands a selector'],
  ['a == 5', 'x', 'expected a space after the number; quote it to go on'],
  ['any l as x { x == 5', '}', 'expected a space after the number; quote it to go on'],
  ['a == 0', '1', 'expected a space after the number; quote it to go on'],
  ['a == ', '"b', 'this text has no closing quote'],
  ['a == ', '`b', 'this text has no closing quote'],
  ['a == ', "'b'", 'a text is quoted with " or with back-quotes'],
  ['a == "b', '\nc"', 'a text in " ends on its line; one in back-quotes may go on'],
  ['a == "b', '\\"c"', 'a text in " holds no "; quote it with back-quotes'],
  ['a matches "b', '\\d"', 'there is no escape \\d; back-quotes take a text as it stands'],
  ['a == "b', '\\u12"', 'there is no escape \\u; back-quotes take a text as it stands'],
  ['a == "b', '\\ud800"', 'there is no escape \\u; back-quotes take a text as it stands'],
  ['a == "', '\\xff"', '\\x and octal escapes end at 7f; write the letter itself'],
  ['a[', '0] == 1', 'expected a key in quotes after ['],
  ['a["b" ', '== 1', 'expected ] after the key'],
  ['not', '(a == 1)', 'expected a space after not'],
  ['not matches == ', '', 'expected a value after =='],
  ['not in ', '', 'expected a selector after in, such as "/tags/type"'],
  ['(a == 1', '', 'expected and, or or )'],
  ['a == 1', ')', 'expected and, or or the end'],
  ['a == 1 ', 'b == 2', 'expected and, or or the end'],
  ['any l as x { x == 1 ', '', 'expected and, or or }'],
  ['a == 1 ', '&& b == 2', 'expected the word and, or the word or, in lower case'],
  ['a == 1 ', 'AND b == 2', 'expected the word and, or the word or, in lower case'],
  ['(a == 1)', 'and b == 2', 'a word such as and needs space on both sides'],
  ['a == 1 ', 'or(b == 2)', 'a word such as and needs space on both sides'],
  ['any ', '', 'expected a selector after any'],
  ['all l ', '{ x == 1 }', 'expected as and a name after the selector'],
  ['any l as ', '5 { x == 1 }', 'expected a name, or two with a comma, one of which may be _'],
  ['any l as ', '_, _ { x == 1 }', 'expected a name, or two with a comma, one of which may be _'],
  ['any l as ', 'x, x { x == 1 }', 'x cannot stand for both the index and the value'],
  ['any l as x ', 'x == 1', 'expected { after the name'],
  ['a == 1 and any ', 'l as x { x == 1 }', 'any and all stand last; put this one in parentheses'],
  ['any l as x { x == 1 } ', 'and a == 1', 'any and all stand last; put this one in parentheses to go on'],
  ['a matches ', '"b("', 'not a regular expression: missing closing ): `b(`'],
  ['a matches ', '`(?=b)`', 'not a regular expression: invalid or unsupported Perl syntax: `(?=`'],
  ['a matches ', '`(b{40}){50}`', 'too large a regular expression; repeat less in it'],
];

describe('a text that is no filter', () => {
  test.each(refused)('is refused at its place: %s↑%s', (before, after, reason) => {
    const { message, offset, reason: said } = faultOf(before + after);
    const shown = (before + after).replace('\n', ' ');
    expect(message).toBe(`${reason}\n  ${shown}\n  ${' '.repeat(before.length)}^`);
    expect({ offset, said }).toEqual({ offset: before.length, said: reason });
  });

  test('is shown around the fault when it is long', () => {
    const fault = faultOf(`${'a == 1 or '.repeat(10)}b = 2 or ${'a == 1 or '.repeat(10)}c == 3`);
    expect(fault.message).toBe(
      [
        'equality is written ==',
        `  …${'a == 1 or '.repeat(10).slice(-46)}b = 2 or a == 1 or a == 1 …`,
        `  ${' '.repeat(49)}^`,
      ].join('\n'),
    );
  });

  test('is shown with one sign for each letter, so that the caret stands below its place', () => {
    expect(faultOf('a == "😀\té" b').message).toBe(
      'expected and, or or the end\n  a == "😀 é" b\n             ^',
    );
  });
});

const many = (count: number): string => Array.from({ length: count }, () => 'a==b').join(' or ');

describe('the limits of a filter', () => {
  const { characters, depth, comparisons: most } = filterLimits;

  test.each([
    ['characters', `a == "${'x'.repeat(characters - 7)}"`, `a == "${'x'.repeat(characters - 6)}"`],
    ['comparisons', many(most), many(most + 1)],
    ['levels of parentheses', ...bothSides((n) => `${'('.repeat(n)}a==b${')'.repeat(n)}`)],
    ['levels of not', ...bothSides((n) => `${'not '.repeat(n)}a==b`)],
    ['levels of any', ...bothSides((n) => `${'any l as x {'.repeat(n)}a==b${'}'.repeat(n)}`)],
    [
      'size of regular expressions',
      'a matches `b{1000}` or a matches `b{1000}`',
      'a matches `b{1000}` or a matches `b{1000}c`',
    ],
  ])('hold its %s', (_, fits, exceeds) => {
    expect(parseFilter(fits)).toHaveProperty('kind');
    expect(() => parseFilter(exceeds)).toThrow(FilterFault);
  });

  function bothSides(make: (count: number) => string): [string, string] {
    return [make(depth), make(depth + 1)];
  }

  test.each([
    ['ten thousand characters', 'a == "b" or '.repeat(900), 'a filter has at most 2048 characters'],
    ['ten thousand parentheses', '('.repeat(10_000), 'a filter has at most 2048 characters'],
    ['two thousand parentheses', '('.repeat(2000), 'a filter is nested at most 64 levels deep'],
    ['too many comparisons', many(129), 'a filter has at most 128 comparisons'],
  ])('are told: %s', (_, text, reason) => {
    expect(faultOf(text).reason).toBe(reason);
  });
});
