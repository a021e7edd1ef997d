import type { Collection, FilterExpression, MemberNames } from './filter-expression.js';
import { seesOperator } from './read-match.js';
import { readSelector } from './read-selector.js';
import { faultAfterSpace, type TextReader } from './text-reader.js';

const quantifier = /(any|all)[ \t\r\n]+/y;
const quantifierWord = /any|all/y;
const as = /[ \t\r\n]+as[ \t\r\n]+/y;
const open = /[ \t\r\n]*\{[ \t\r\n]*/y;
const name = '[a-zA-Z][a-zA-Z0-9_/]*';
const comma = '[ \\t\\r\\n]*,[ \\t\\r\\n]*';
const names = new RegExp(`(_|${name})${comma}(_|${name})|(${name})`, 'y');

/** True where `any` or `all` begins a collection; `any in x` is about a selector of that name. */
export function seesCollection(reader: TextReader): boolean {
  if (!reader.sees(quantifier)) return false;
  const { at } = reader;
  reader.take(quantifierWord);
  const isSelector = seesOperator(reader);
  reader.at = at;
  return !isSelector;
}

/** Reads `any SELECTOR as NAMES { … }`; what stands in the braces is left to `readTerm`. */
export function readCollection(reader: TextReader, readTerm: () => FilterExpression): Collection {
  const kind = reader.take(quantifier)?.[1] === 'any' ? 'any' : 'all';
  const selector = readSelector(reader);
  if (!selector) throw reader.fault(`expected a selector after ${kind}`);
  if (!reader.take(as)) throw faultAfterSpace(reader, 'expected as and a name after the selector');
  const found = readNames(reader);
  if (!reader.take(open)) throw faultAfterSpace(reader, 'expected { after the name');
  return { kind, path: selector.path, names: found, term: readTerm() };
}

function readNames(reader: TextReader): MemberNames {
  const start = reader.at;
  const [, index, value, single] = reader.take(names) ?? [];
  if (single !== undefined) return { single, index: null, value: null };
  if (index === undefined || value === undefined || (index === '_' && value === '_')) {
    throw reader.fault('expected a name, or two with a comma, one of which may be _', start);
  }
  if (index === value) throw reader.fault(`${index} cannot stand for both the index and the value`, start);
  return { single: null, index: index === '_' ? null : index, value: value === '_' ? null : value };
}
