import type { Match } from './filter-expression.js';
import type { FilterFault } from './filter-fault.js';
import { operators, type Operator } from './operator.js';
import { compilePattern } from './pattern.js';
import { readLiteral, readValue } from './read-value.js';
import { readSelector } from './read-selector.js';
import { faultAfterSpace, type TextReader } from './text-reader.js';

const collectionWord = /(?:any|all)[ \t\r\n]/y;

/** Reads one comparison: a selector and what it is compared with, or a value, `in` and a selector. */
export function readMatch(reader: TextReader): Match {
  const isCollection = reader.sees(collectionWord);
  const selector = readSelector(reader);
  const left = selector?.text ?? readLiteral(reader);
  if (left === null) throw reader.fault('expected a comparison, such as "dev" in "/tags/type"');
  const operator = operators.find(
    ({ takes, pattern }) => (selector !== null || takes === 'selector') && reader.take(pattern),
  );
  if (operator) {
    reader.addComparison();
    if (operator.takes === 'selector') return readIn(reader, operator, left);
    if (selector) return readRight(reader, operator, selector.path);
  }
  if (isCollection) throw faultAfterSpace(reader, 'any and all stand last; put this one in parentheses');
  if (selector) throw missingOperator(reader);
  throw faultAfterSpace(reader, 'expected in or not in; left of other operators stands a selector');
}

/** True where an operator follows a selector that is the one word just read. */
export function seesOperator(reader: TextReader): boolean {
  return operators.some(({ pattern }) => reader.sees(pattern));
}

function readIn(reader: TextReader, { isNegated, text }: Operator, value: string): Match {
  const target = readSelector(reader);
  if (target) return { kind: 'match', path: target.path, operator: 'in', isNegated, value };
  throw reader.finalFault(`expected a selector after ${text}, such as "/tags/type"`);
}

function readRight(reader: TextReader, { name, isNegated, text }: Operator, path: Match['path']): Match {
  if (name === 'empty') return { kind: 'match', path, operator: name, isNegated };
  const start = reader.at;
  const value = readValue(reader);
  if (value === null) throw reader.fault(`expected a value after ${text}`);
  if (name !== 'matches') return { kind: 'match', path, operator: name, isNegated, value };
  const refuse = (reason: string): FilterFault => reader.finalFault(reason, start);
  const pattern = compilePattern(value, reader.patternRoom, refuse);
  reader.patternRoom -= pattern.size;
  return { kind: 'match', path, operator: name, isNegated, value, pattern };
}

/** What may have been meant where no operator is, up to the place that is wrong; the first that fits is told. */
const nearMisses: readonly (readonly [RegExp, string])[] = [
  [/[ \t\r\n]*(?==)/y, 'equality is written =='],
  [/[ \t\r\n]+in[ \t\r\n]*$/y, 'expected a selector after in, such as "/tags/type"'],
  [/[ \t\r\n]+not[ \t\r\n]+in[ \t\r\n]*$/y, 'expected a selector after not in, such as "/tags/type"'],
  [/[ \t\r\n]+(?:not[ \t\r\n]+)?contains[ \t\r\n]*$/y, 'expected a value after contains'],
  [/[ \t\r\n]+(?:not[ \t\r\n]+)?matches[ \t\r\n]*$/y, 'expected a value after matches'],
  [/[ \t\r\n]+(?:not[ \t\r\n]+)?(?:in|contains|matches)(?=["`(])/y, 'expected a space after the operator'],
  [/[ \t\r\n]+(?=(?:NOT|IN|IS|CONTAINS|MATCHES)[ \t\r\n])/y, 'operators are written in lower case'],
  [/[ \t\r\n]+is[ \t\r\n]+not(?:[ \t\r\n]+|$)/y, 'expected empty after is not'],
  [/[ \t\r\n]+is(?:[ \t\r\n]+|$)/y, 'expected empty or not empty after is'],
  [/[ \t\r\n]+not(?:[ \t\r\n]+|$)/y, 'expected in, contains or matches after not'],
  [/[ \t\r\n]*/y, 'expected ==, !=, in, contains, matches or is empty'],
];

function missingOperator(reader: TextReader): FilterFault {
  const found = nearMisses.find(([pattern]) => reader.take(pattern));
  return reader.fault(found?.[1] ?? 'expected an operator');
}
