import { EvaluationFault } from './evaluation-fault.js';
import { printPath, type Match } from './filter-expression.js';
import { isMap, type Found } from './find-value.js';
import { nameOfKind, standsFor } from './stands-for.js';
import type { Work } from './work.js';

/** Compares what was found. Of a member that a map does not have, only negated comparisons and `is empty` hold. */
export function evaluateMatch(match: Match, found: Found, work: Work): boolean {
  work.spend(1);
  if (found === null) return match.operator === 'empty' ? !match.isNegated : match.isNegated;
  return holds(match, found.value, work) !== match.isNegated;
}

function holds(match: Match, value: unknown, work: Work): boolean {
  switch (match.operator) {
    case 'equal':
      return isEqual(match, match.value, value);
    case 'in':
      return isIn(match, match.value, value, work);
    case 'matches':
      if (typeof value !== 'string') throw unfit(match, value, 'matches is for texts');
      work.spendOnSearch(value.length, match.pattern.size);
      return match.pattern.isIn(value);
    case 'empty':
      return isEmpty(match, value);
  }
}

function isEqual(match: Match, literal: string, value: unknown): boolean {
  const answer = standsFor(literal, value);
  if (answer === 'no-kind') throw unfit(match, value, '== and != are for texts, numbers and booleans');
  if (answer !== 'no-literal') return answer;
  const message = `${printPath(match.path)} is ${nameOfKind(value)}, and ${JSON.stringify(literal)} is not`;
  throw new EvaluationFault('bad-literal', message);
}

function isIn(match: Match, literal: string, value: unknown, work: Work): boolean {
  if (typeof value === 'string') {
    work.spendOnSearch(value.length, 1);
    return value.includes(literal);
  }
  if (isMap(value)) return Object.hasOwn(value, literal);
  if (!Array.isArray(value)) throw unfit(match, value, 'in and contains are for lists, maps and texts');
  work.spend(value.length);
  return value.some((item: unknown) => isMember(match, literal, item));
}

// A list may hold values of several kinds; a literal that is no value of one of them is not that one.
function isMember(match: Match, literal: string, item: unknown): boolean {
  if (item === null || item === undefined) return false;
  const answer = standsFor(literal, item);
  if (answer === 'no-kind') {
    const message = `in and contains look for texts, numbers and booleans; ${printPath(match.path)} has ${nameOfKind(item)}`;
    throw new EvaluationFault('wrong-kind', message);
  }
  return answer === true;
}

function isEmpty(match: Match, value: unknown): boolean {
  if (typeof value === 'string' || Array.isArray(value)) return value.length === 0;
  if (isMap(value)) return Object.keys(value).length === 0;
  throw unfit(match, value, 'is empty is for lists, maps and texts');
}

function unfit({ path }: Match, value: unknown, what: string): EvaluationFault {
  return new EvaluationFault('wrong-kind', `${what}; ${printPath(path)} is ${nameOfKind(value)}`);
}
