import type { Pattern } from './pattern.js';

/** A filter, understood. Parentheses are gone, and `contains` has become `in`, which means the same. */
export type FilterExpression =
  | { readonly kind: 'or' | 'and'; readonly terms: readonly FilterExpression[] }
  | { readonly kind: 'not'; readonly term: FilterExpression }
  | Match
  | Collection;

/** The way to a value: names of members, and numbers in lists. Never empty. */
export type Path = readonly string[];

/** A path as a filter may spell it: `"/tags/type"`. */
export function printPath(path: Path): string {
  return `"/${path.map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1')).join('/')}"`;
}

/** One comparison. `isNegated` is true for `!=`, `not in`, `not matches` and `is not empty`. */
export type Match = {
  readonly kind: 'match';
  readonly path: Path;
  readonly isNegated: boolean;
} & (
  | { readonly operator: 'equal' | 'in'; readonly value: string }
  | { readonly operator: 'matches'; readonly value: string; readonly pattern: Pattern }
  | { readonly operator: 'empty' }
);

/** `any` or `all` of a list or a map, with names that stand for its members inside `term`. */
export interface Collection {
  readonly kind: 'any' | 'all';
  readonly path: Path;
  readonly names: MemberNames;
  readonly term: FilterExpression;
}

/** The names a collection gives to its members. */
export interface MemberNames {
  /** A single name: the value in a list, the key in a map. */
  readonly single: string | null;
  /** The number in a list, the key in a map. */
  readonly index: string | null;
  readonly value: string | null;
}
