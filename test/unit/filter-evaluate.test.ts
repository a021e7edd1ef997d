import { EvaluationFault, type EvaluationFaultKind } from '../../src/filter/evaluation-fault';
import { evaluateFilter, matchesFilter } from '../../src/filter/evaluate-filter';
import { parseFilter } from '../../src/filter/parse-filter';

const datum = {
  text: 'us-east-1',
  none: '',
  yes: true,
  no: false,
  int: 31,
  minus: -8,
  big: 9223372036854775807n,
  float: 0.25,
  nothing: null,
  texts: ['dev', 'prod', '1'],
  numbers: [1, 2.5, 31],
  mixed: ['x', 7, true, null],
  maps: [
    { name: 'a', size: 1 },
    { name: 'b', size: 2 },
  ],
  lists: [['dev'], []],
  empty: [],
  tags: { type: ['dev', 'prod'], region: ['eu'], 'a/b': ['slash'], '': ['unnamed'] },
  blank: {},
  deep: { er: { still: 'here' } },
};

type Answer = boolean | EvaluationFaultKind;

function answerOf(text: string): Answer {
  try {
    return evaluateFilter(parseFilter(text), datum);
  } catch (error) {
    if (error instanceof EvaluationFault) return error.kind;
    throw error;
  }
}

const rules: Readonly<Record<string, readonly (readonly [string, Answer])[]>> = {
  '== compares a text letter by letter': [
    ['text == "us-east-1"', true],
    ['text == "US-EAST-1"', false],
    ['text == "us-east"', false],
    ['none == ""', true],
    ['text != "us-east-1"', false],
    ['text != eu', true],
  ],
  '== reads a boolean in the words of Go': [
    ['yes == true', true],
    ['yes == T', true],
    ['yes == 1', true],
    ['no == false', true],
    ['no == "FALSE"', true],
    ['no != true', true],
    ['yes == yes', 'bad-literal'],
    ['yes != tRUE', 'bad-literal'],
  ],
  '== reads an integer in any base': [
    ['int == 31', true],
    ['int == "0x1f"', true],
    ['int == "0X1F"', true],
    ['int == "0b11111"', true],
    ['int == "0o37"', true],
    ['int == "037"', true],
    ['int == "+3_1"', true],
    ['int != 30', true],
    ['minus == -8', true],
    ['minus == "-0x8"', true],
    ['big == 9223372036854775807', true],
    ['big == 9223372036854775806', false],
    ['int == 9223372036854775808', 'bad-literal'],
    ['int == "-9223372036854775808"', false],
    ['int == 31.0', 'bad-literal'],
    ['int == "08"', 'bad-literal'],
    ['int == "3__1"', 'bad-literal'],
    ['int == ""', 'bad-literal'],
    ['int != many', 'bad-literal'],
  ],
  '== reads a fraction in decimals': [
    ['float == 0.25', true],
    ['float == ".25"', true],
    ['float == "25e-2"', true],
    ['float == "2_5E-0_2"', true],
    ['float == 1', false],
    ['float != inf', true],
    ['float == "-Infinity"', false],
    ['float != nan', true],
    ['float == "1e999"', 'bad-literal'],
    ['float == some', 'bad-literal'],
    ['float == "."', 'bad-literal'],
  ],
  '== is for texts, numbers and booleans': [
    ['texts == dev', 'wrong-kind'],
    ['tags != dev', 'wrong-kind'],
    ['nothing == dev', 'wrong-kind'],
  ],
  'in looks for a member of a list': [
    ['dev in texts', true],
    ['texts contains dev', true],
    ['de in texts', false],
    ['1 in texts', true],
    ['eu not in texts', true],
    ['texts not contains dev', false],
    ['dev in empty', false],
    ['31 in numbers', true],
    ['"0x1f" in numbers', true],
    ['2.5 in numbers', true],
    ['many in numbers', false],
    ['x in mixed', true],
    ['7 in mixed', true],
    ['true in mixed', true],
    ['nothing in mixed', false],
    ['9223372036854775808 in numbers', 'bad-literal'],
    ['a in maps', 'wrong-kind'],
    ['dev in lists', 'wrong-kind'],
  ],
  'in looks for a key of a map': [
    ['type in tags', true],
    ['dev in tags', false],
    ['`a/b` in tags', true],
    ['toString in tags', false],
    ['`__proto__` in tags', false],
    ['type not in blank', true],
  ],
  'in looks for a part of a text': [
    ['east in text', true],
    ['text contains "st-1"', true],
    ['"" in none', true],
    ['west in text', false],
    ['west not in text', true],
  ],
  'in is for lists, maps and texts': [
    ['3 in int', 'wrong-kind'],
    ['true not in yes', 'wrong-kind'],
    ['x in nothing', 'wrong-kind'],
  ],
  'matches searches a text anywhere': [
    ['text matches east', true],
    ['text matches `^us-(east|west)-\\d$`', true],
    ['text matches `^east`', false],
    ['text not matches `^east`', true],
    ['text matches `(?i)EAST`', true],
    ['none matches ""', true],
    ['int matches `\\d`', 'wrong-kind'],
    ['texts matches dev', 'wrong-kind'],
    ['nothing not matches dev', 'wrong-kind'],
  ],
  'is empty is for lists, maps and texts': [
    ['empty is empty', true],
    ['texts is empty', false],
    ['blank is empty', true],
    ['tags is not empty', true],
    ['none is empty', true],
    ['text is not empty', true],
    ['int is empty', 'wrong-kind'],
    ['no is empty', 'wrong-kind'],
    ['nothing is not empty', 'wrong-kind'],
  ],
  'a missing member of a map makes what is negated true, and is empty': [
    ['tags.none == dev', false],
    ['tags.none != dev', true],
    ['dev in tags.none', false],
    ['dev not in "/tags/none"', true],
    ['tags.none matches dev', false],
    ['tags.none not matches dev', true],
    ['tags.none is empty', true],
    ['tags.none is not empty', false],
    ['any tags.none as x { x == 1 }', false],
    ['all tags.none as x { x == 1 }', true],
    ['not "/tags/none" == dev', true],
    ['maps.0.none != 1', true],
    ['tags.toString != 1', true],
    ['"/tags/__proto__" is empty', true],
  ],
  'any other missing path is not found': [
    ['none2 == dev', 'not-found'],
    ['none2 is empty', 'not-found'],
    ['none2 != dev', 'not-found'],
    ['not none2 == dev', 'not-found'],
    ['toString is empty', 'not-found'],
    ['tags.none.first == dev', 'not-found'],
    ['deep.none.still != dev', 'not-found'],
    ['any none2 as x { x == 1 }', 'not-found'],
  ],
  'a path through what has no members is a fault of another kind': [
    ['text.first == dev', 'wrong-kind'],
    ['nothing.first != dev', 'wrong-kind'],
    ['texts.3 == dev', 'wrong-kind'],
    ['"/texts/-1" == dev', 'wrong-kind'],
    ['texts.first == dev', 'wrong-kind'],
    ['texts["0x9999999999999999999"] == dev', 'bad-literal'],
  ],
  'a path goes through maps and lists': [
    ['deep.er.still == here', true],
    ['"/deep/er/still" == here', true],
    ['deep["er"][`still`] == here', true],
    ['texts.1 == prod', true],
    ['"/texts/1" == prod', true],
    ['texts["0x1"] == prod', true],
    ['texts[""] == dev', true],
    ['maps.1.name == b', true],
    ['slash in "/tags/a~1b"', true],
    ['unnamed in tags[""]', true],
  ],
  'any and all go through lists': [
    ['any texts as t { t == prod }', true],
    ['any texts as t { t == eu }', false],
    ['all texts as t { t != eu }', true],
    ['all texts as t { t == dev }', false],
    ['any empty as t { t == dev }', false],
    ['all empty as t { t == dev }', true],
    ['any texts as i, t { i == 1 and t == prod }', true],
    ['any texts as i, _ { i == 2 }', true],
    ['any texts as i, _ { i == 3 }', false],
    ['all texts as _, t { t matches `^[a-z1]` }', true],
    ['any maps as m { m.name == b and m.size == 2 }', true],
    ['any maps as m { "/m/name" == b }', true],
    ['all maps as m { m.none is empty }', true],
    ['any maps as m { m is empty }', false],
    ['any lists as l { any l as t { t == dev } }', true],
    ['all lists as i, l { all l as t { t == dev and i == 0 } }', true],
  ],
  'any and all go through maps': [
    ['any tags as k { k == region }', true],
    ['all tags as k { k not matches `^x` }', true],
    ['any tags as k, v { k == type and dev in v }', true],
    ['any tags as _, v { eu in v }', true],
    ['any tags as k, _ { k == eu }', false],
    ['any tags as _, v { any v as t { t == slash } }', true],
    ['any blank as k { k == region }', false],
    ['any tags as k { k.first == r }', 'wrong-kind'],
    ['any tags as k { any k as t { t == r } }', 'wrong-kind'],
  ],
  'any and all are for lists and maps': [
    ['any text as t { t == u }', 'wrong-kind'],
    ['all int as i { i == 3 }', 'wrong-kind'],
    ['any nothing as n { n == x }', 'wrong-kind'],
  ],
  'a name hides what it is called like': [
    ['any texts as text { text == dev }', true],
    ['any texts as x { any numbers as x { x == 31 } }', true],
    ['any texts as texts { texts == dev }', true],
    ['any texts as x { x == dev and text == "us-east-1" }', true],
    ['x == dev or any texts as x { x == dev }', 'not-found'],
  ],
  'and and or stop where the answer is known': [
    ['text == x and none2 == dev', false],
    ['yes == true or none2 == dev', true],
    ['yes == true and none2 == dev', 'not-found'],
    ['none2 == dev or yes == true', 'not-found'],
    ['none2 == dev and text == x', 'not-found'],
    ['any texts as t { t == dev or none2 == dev }', true],
    ['all texts as t { t == prod and none2 == dev }', false],
  ],
  'and binds closer than or, and not closest': [
    ['yes == true or yes == true and no == true', true],
    ['(yes == true or yes == true) and no == true', false],
    ['not no == true and yes == true', true],
    ['not (no == true or yes == true)', false],
    ['not not yes == true', true],
    ['no == true and no == true or yes == true', true],
  ],
};

const rows = Object.entries(rules).flatMap(([rule, cases]) =>
  cases.map(([text, answer]) => [rule, text, answer] as const),
);

describe('a filter that is evaluated', () => {
  test.each(rows)('%s: %s gives %s', (_, text, answer) => {
    expect(answerOf(text)).toBe(answer);
  });

  test.each([
    ['none2 == 1', 'there is no "/none2"'],
    ['tags.none.x == 1', 'there is no "/tags/none"'],
    ['text.x == 1', '"/text" has no members'],
    ['texts.9 == 1', 'the list on the way to "/texts/9" has no 9'],
    ['texts == 1', '== and != are for texts, numbers and booleans; "/texts" is a list'],
    ['1 in float', 'in and contains are for lists, maps and texts; "/float" is a fraction'],
    ['1 in maps', 'in and contains look for texts, numbers and booleans; "/maps" has a map'],
    ['yes matches x', 'matches is for texts; "/yes" is a boolean'],
    ['nothing is empty', 'is empty is for lists, maps and texts; "/nothing" is nothing'],
    ['any int as x { x == 1 }', 'any is for lists and maps; "/int" is an integer'],
    ['int == "a~b"', '"/int" is an integer, and "a~b" is not'],
    ['int == 99999999999999999999', '99999999999999999999 is out of range'],
    ['any tags as k { k.a == 1 }', 'k is a key, so there is no "/k/a"'],
    ['tags["a~b"].c == 1', 'there is no "/tags/a~0b"'],
  ])('says why there is no answer to %s', (text, message) => {
    expect(() => evaluateFilter(parseFilter(text), datum)).toThrow(
      new EvaluationFault('wrong-kind', message),
    );
  });

  test.each([
    ['none2 == 1', false],
    ['not none2 == 1', false],
    ['text == "us-east-1"', true],
    ['text == x', false],
  ])('matches nothing where a path leads nowhere: %s', (text, isMatch) => {
    expect(matchesFilter(parseFilter(text), datum)).toBe(isMatch);
  });

  test('does not match in silence where it does not fit', () => {
    expect(() => matchesFilter(parseFilter('texts == 1'), datum)).toThrow(EvaluationFault);
  });
});
