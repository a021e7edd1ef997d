import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema, getOperationAST, parse } from 'graphql';
import { costOf } from '../../src/graphql/cost';
import { documentPreparer } from '../../src/graphql/document';
import { defaultLimits } from '../../src/limits';

const schema = buildSchema(readFileSync(join(__dirname, '..', '..', 'schema.graphql'), 'utf8'));

function cost(source: string, variables: Record<string, unknown> = {}): number {
  const document = parse(source);
  return costOf(schema, document, getOperationAST(document)!, variables);
}

describe('what an operation costs', () => {
  test.each<[string, string, Record<string, unknown>, number]>([
    ['a value', '{ __typename }', {}, 0],
    ['an object', '{ viewer { id name } }', {}, 1],
    ['an object in an object', '{ session(id: "s_1") { id user { id } } }', {}, 2],
    [
      'a page by what it is asked for',
      '{ users(scopeId: "global", first: 10) { nodes { id } } }',
      {},
      10 + 10,
    ],
    ['a page from its end', '{ users(scopeId: "global", last: 7) { nodes { id } } }', {}, 10 + 7],
    ['a page that says nothing', '{ users(scopeId: "global") { nodes { id } } }', {}, 10 + 25],
    [
      'a page without items',
      '{ users(scopeId: "global", first: 100) { pageInfo { hasNextPage } } }',
      {},
      10 + 100,
    ],
    [
      'a page by a variable',
      'query ($n: Int) { users(scopeId: "global", first: $n) { nodes { id } } }',
      { n: 100 },
      10 + 100,
    ],
    [
      'pages in a page, as often as there are items',
      '{ sessions(scopeId: "global", first: 10) { nodes { id connections(first: 5) { nodes { id } } } } }',
      {},
      10 + 10 * (1 + 10 + 5),
    ],
    ['as many objects as identifiers', '{ nodes(ids: ["a", "b", "c"]) { id } }', {}, 3],
    [
      'fields behind fragments',
      '{ session(id: "s_1") { ...f ... on Session { target { id } } } } fragment f on Session { user { id } }',
      {},
      3,
    ],
    ['the schema', '{ __schema { types { name } } }', {}, 8000],
  ])('%s', (_, source, variables, expected) => {
    expect(cost(source, variables)).toBe(expected);
  });

  test('is counted in no time for fragments that double at every step', () => {
    const steps = Array.from(
      { length: 25 },
      (_, i) => `fragment f${i} on Session { user { id } ...f${i + 1} ... on Session { ...f${i + 1} } }`,
    );
    const source = `{ session(id: "s_1") { ...f0 } } ${steps.join(' ')} fragment f25 on Session { id }`;
    expect(cost(source)).toBe(2 ** 25);
  });
});

describe('an operation that costs too much', () => {
  const preparer = documentPreparer(schema, defaultLimits.document);
  const judge = (source: string, variables: unknown = {}) =>
    preparer.prepare(source, { operationName: null, variables, mayIntrospect: true });
  const inside =
    'connections(first: 100) { nodes { session { connections(first: 100) { nodes { session { id } } } } } }';

  test('is refused with what it costs and what it may', () => {
    const answer = judge(`{ session(id: "s_1") { ${inside} } }`);
    if (!('errors' in answer)) throw new Error('it was let through');
    expect(answer.errors[0]!.extensions).toEqual({ code: 'COST_LIMIT', cost: 21_211, limit: 15_000 });
  });

  test.each<[string, string, unknown]>([
    [
      'by its aliases',
      `{ ${Array.from({ length: 20 }, (_, i) => `a${i}: sessions(scopeId: "global", first: 100) { nodes { user { id } target { id } connections(first: 10) { nodes { id } } } }`).join(' ')} }`,
      {},
    ],
    [
      'by its variables',
      `query ($n: Int = 100) { session(id: "s_1") { connections(first: $n) { nodes { session { connections(first: $n) { nodes { session { id } } } } } } } }`,
      {},
    ],
    [
      'by asking for the schema twice',
      '{ a: __schema { types { name } } b: __schema { types { name } } }',
      {},
    ],
  ])('is refused %s', (_, source, variables) => {
    expect(judge(source, variables)).toMatchObject({ errors: [{ extensions: { code: 'COST_LIMIT' } }] });
  });

  test('is not what the largest page of the playground costs', () => {
    const source = `{ sessions(scopeId: "global", recursive: true, first: 100) { nodes { id user { id } target { id } states { status } connections(first: 5) { nodes { id } } } } }`;
    expect(judge(source)).toHaveProperty('document');
  });
});
