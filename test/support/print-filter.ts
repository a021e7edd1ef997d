import {
  printPath,
  type Collection,
  type FilterExpression,
  type Match,
} from '../../src/filter/filter-expression';

/** A text that reads as this filter again. Values without back-quotes and carriage returns can be printed. */
export function printFilter(filter: FilterExpression): string {
  switch (filter.kind) {
    case 'or':
    case 'and':
      return filter.terms.map(printInner).join(` ${filter.kind} `);
    case 'not':
      return `not ${printInner(filter.term)}`;
    case 'match':
      return printMatch(filter);
    case 'any':
    case 'all':
      return printCollection(filter);
  }
}

function printInner(filter: FilterExpression): string {
  return filter.kind === 'match' ? printMatch(filter) : `(${printFilter(filter)})`;
}

function printMatch(match: Match): string {
  const path = printPath(match.path);
  const not = match.isNegated ? 'not ' : '';
  switch (match.operator) {
    case 'equal':
      return `${path} ${match.isNegated ? '!=' : '=='} \`${match.value}\``;
    case 'in':
      return `\`${match.value}\` ${not}in ${path}`;
    case 'matches':
      return `${path} ${not}matches \`${match.value}\``;
    case 'empty':
      return `${path} is ${not}empty`;
  }
}

function printCollection({ kind, path, names: { single, index, value }, term }: Collection): string {
  const names = single ?? `${index ?? '_'}, ${value ?? '_'}`;
  return `${kind} ${printPath(path)} as ${names} { ${printFilter(term)} }`;
}
