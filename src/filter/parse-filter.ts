import type { FilterExpression } from './filter-expression.js';
import { FilterFault } from './filter-fault.js';
import { readCollection, seesCollection } from './read-collection.js';
import { readMatch, seesOperator } from './read-match.js';
import { filterLimits, space, TextReader } from './text-reader.js';

const or = /[ \t\r\n]+or[ \t\r\n]+/y;
const and = /[ \t\r\n]+and[ \t\r\n]+/y;
const not = /not[ \t\r\n]+/y;
const notWord = /not/y;
const gluedNot = /not\(/y;
const open = /\([ \t\r\n]*/y;
const connective = /[ \t\r\n]+(?:and|or)[ \t\r\n]/y;
const gluedConnective = /[ \t\r\n]*(?:and|or)[^a-zA-Z0-9_]/y;
const otherConnective = /&&|\|\||AND|OR/y;
const closings = { ')': /[ \t\r\n]*\)/y, '}': /[ \t\r\n]*\}/y, 'the end': /[ \t\r\n]*$/y } as const;

/**
 * Reads a filter. Throws a FilterFault that shows the place and says what was expected; a text that is too long,
 * nested too deep or has too many comparisons is refused too.
 */
export function parseFilter(text: string): FilterExpression {
  const { characters } = filterLimits;
  if (text.length > characters) {
    throw new FilterFault(`a filter has at most ${characters} characters`, text, characters, true);
  }
  const reader = new TextReader(text);
  reader.take(space);
  return readOr(reader, 0, 'the end');
}

type Closing = keyof typeof closings;

/** Everything up to a closing sign, and the sign. */
function readOr(reader: TextReader, depth: number, closing: Closing): FilterExpression {
  reader.checkDepth(depth);
  const terms: FilterExpression[] = [];
  do {
    if (seesCollection(reader)) {
      terms.push(readCollection(reader, () => readOr(reader, depth + 1, '}')));
      break;
    }
    terms.push(readAnd(reader, depth));
  } while (reader.take(or));
  if (!reader.take(closings[closing])) throw missingClosing(reader, closing);
  return joined('or', terms);
}

function readAnd(reader: TextReader, depth: number): FilterExpression {
  const terms: FilterExpression[] = [];
  do terms.push(readNot(reader, depth));
  while (reader.take(and));
  return joined('and', terms);
}

function readNot(reader: TextReader, depth: number): FilterExpression {
  reader.checkDepth(depth);
  if (reader.sees(gluedNot)) throw reader.fault('expected a space after not', reader.at + 3);
  if (!reader.sees(not)) return readGroup(reader, depth);
  const negated = (): FilterExpression => {
    reader.take(not);
    return { kind: 'not', term: readNot(reader, depth + 1) };
  };
  return isSelectorNot(reader) ? reader.either(negated, () => readMatch(reader)) : negated();
}

// `not in x` is about a value that is called not, and `not in in x` about one that is called in.
function isSelectorNot(reader: TextReader): boolean {
  const { at } = reader;
  reader.take(notWord);
  const isSelector = seesOperator(reader);
  reader.at = at;
  return isSelector;
}

function readGroup(reader: TextReader, depth: number): FilterExpression {
  return reader.take(open) ? readOr(reader, depth + 1, ')') : readMatch(reader);
}

function joined(kind: 'or' | 'and', terms: readonly FilterExpression[]): FilterExpression {
  const [first] = terms;
  return first && terms.length === 1 ? first : { kind, terms };
}

function missingClosing(reader: TextReader, closing: Closing): FilterFault {
  const isAfterCollection = reader.sees(connective);
  const isGlued = reader.sees(gluedConnective);
  reader.take(space);
  if (isAfterCollection) return reader.fault('any and all stand last; put this one in parentheses to go on');
  if (isGlued) return reader.fault('a word such as and needs space on both sides');
  if (reader.sees(otherConnective))
    return reader.fault('expected the word and, or the word or, in lower case');
  return reader.fault(`expected and, or or ${closing}`);
}
