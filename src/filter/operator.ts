import type { Match } from './filter-expression.js';

/** How a comparison is written, and what it becomes. */
export interface Operator {
  readonly name: Match['operator'];
  readonly isNegated: boolean;
  readonly text: string;
  /** With the white space it needs, or may have, on both sides. */
  readonly pattern: RegExp;
  /** What stands behind it. */
  readonly takes: 'value' | 'selector' | 'nothing';
}

const sign = (text: string): RegExp => new RegExp(`[ \\t\\r\\n]*${text}[ \\t\\r\\n]*`, 'y');
const words = (text: string, end: string): RegExp =>
  new RegExp(`[ \\t\\r\\n]+${text.replaceAll(' ', '[ \\t\\r\\n]+')}${end}`, 'y');

function operator(name: Operator['name'], text: string, takes: Operator['takes']): Operator {
  const pattern = /[a-z]/.test(text) ? words(text, takes === 'nothing' ? '' : '[ \\t\\r\\n]+') : sign(text);
  return { name, isNegated: /^!|\bnot\b/.test(text), text, pattern, takes };
}

/** No two of them match in the same place. */
export const operators: readonly Operator[] = [
  operator('equal', '==', 'value'),
  operator('equal', '!=', 'value'),
  operator('in', 'contains', 'value'),
  operator('in', 'not contains', 'value'),
  operator('matches', 'matches', 'value'),
  operator('matches', 'not matches', 'value'),
  operator('empty', 'is empty', 'nothing'),
  operator('empty', 'is not empty', 'nothing'),
  operator('in', 'in', 'selector'),
  operator('in', 'not in', 'selector'),
];
