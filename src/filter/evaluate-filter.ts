import { EvaluationFault } from './evaluation-fault.js';
import { evaluateMatch } from './evaluate-match.js';
import { printPath, type Collection, type FilterExpression } from './filter-expression.js';
import { findValue, isMap, type Local } from './find-value.js';
import { nameOfKind } from './stands-for.js';
import { Work } from './work.js';

/**
 * Whether a filter holds of a datum: texts, numbers, booleans, lists, and maps with names for keys. Throws an
 * EvaluationFault where there is no answer.
 */
export function evaluateFilter(filter: FilterExpression, datum: unknown): boolean {
  return evaluate(filter, { datum, locals: [], work: new Work() });
}

/** As evaluateFilter, with no match where a path leads nowhere; the other faults are thrown. */
export function matchesFilter(filter: FilterExpression, datum: unknown): boolean {
  try {
    return evaluateFilter(filter, datum);
  } catch (error) {
    if (error instanceof EvaluationFault && error.kind === 'not-found') return false;
    throw error;
  }
}

interface Surroundings {
  readonly datum: unknown;
  readonly locals: readonly Local[];
  readonly work: Work;
}

function evaluate(filter: FilterExpression, around: Surroundings): boolean {
  const { datum, locals, work } = around;
  switch (filter.kind) {
    case 'or':
      return filter.terms.some((term) => evaluate(term, around));
    case 'and':
      return filter.terms.every((term) => evaluate(term, around));
    case 'not':
      return !evaluate(filter.term, around);
    case 'match':
      return evaluateMatch(filter, findValue(datum, filter.path, locals, work), work);
    case 'any':
    case 'all':
      return evaluateCollection(filter, around);
  }
}

function evaluateCollection(collection: Collection, around: Surroundings): boolean {
  const { kind, path, term } = collection;
  const { datum, locals, work } = around;
  const found = findValue(datum, path, locals, work);
  if (found === null) return kind === 'all';
  const keys = keysOf(found.value);
  if (keys === null) {
    const message = `${kind} is for lists and maps; ${printPath(path)} is ${nameOfKind(found.value)}`;
    throw new EvaluationFault('wrong-kind', message);
  }
  work.spend(keys.length * (1 + locals.length));
  const isStopped = kind === 'any';
  for (const key of keys) {
    const inner = [...locals, ...namesOf(collection, key)];
    if (evaluate(term, { datum, locals: inner, work }) === isStopped) return isStopped;
  }
  return !isStopped;
}

function keysOf(value: unknown): readonly (string | number)[] | null {
  if (Array.isArray(value)) return [...value.keys()];
  return isMap(value) ? Object.keys(value) : null;
}

function namesOf({ path, names: { single, index, value } }: Collection, key: string | number): Local[] {
  const named: Local[] = [];
  const member = [...path, String(key)];
  const isInList = typeof key === 'number';
  if (single !== null) named.push(isInList ? { name: single, path: member } : { name: single, key });
  if (index !== null) named.push({ name: index, key });
  if (value !== null) named.push({ name: value, path: member });
  return named;
}
