import { buildSchema, Kind, parse, type DocumentNode, type GraphQLError } from 'graphql';
import { documentPreparer, exceeded, type Asked, type Prepared } from '../../src/graphql/document';
import { defaultLimits } from '../../src/limits';

const { document: documentLimits } = defaultLimits;

const schema = buildSchema(`
  type Query { ping: Int, sum(of: [Int!], note: String): Int, me: User }
  type User { id: ID, name: String, friend: User, friends: [User!] }
  type Mutation { poke: Int, wake: User }
  type Subscription { ticks: Int, tocks: Int }
`);

const signedIn = { operationName: null, variables: {}, mayIntrospect: true };
const anonymous = { operationName: null, variables: {}, mayIntrospect: false };

function prepare(source: string, options: Asked = signedIn) {
  return documentPreparer(schema, documentLimits).prepare(source, options);
}

function errorsOf(prepared: Prepared): { code: unknown; message: string }[] {
  const errors: readonly GraphQLError[] = 'errors' in prepared ? prepared.errors : [];
  return errors.map(({ extensions, message }) => ({ code: extensions['code'], message }));
}

const times = (count: number, text: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => text(i)).join(' ');
const nested = (depth: number) => `{ me ${'{ friend '.repeat(depth - 2)}{ id }${' }'.repeat(depth - 1)}`;
const manyFragments = (count: number) =>
  `{ me { ${times(count, (i) => `...f${i}`)} } } ${times(count, (i) => `fragment f${i} on User { id }`)}`;

/** Limit, how it is filled to a number, the number it stands at, and what is said above it. */
const limits: readonly (readonly [string, (count: number) => string, number, RegExp])[] = [
  ['tokens', (count) => `{ sum ( of : [ ${'1 '.repeat(count - 9)}] ) }`, 2000, /2000 tokens/],
  ['levels of fields', nested, 12, /nested deeper than 12 levels/],
  [
    'levels of fields behind a fragment',
    (count) =>
      `{ me { ...f } } fragment f on User ${'{ friend '.repeat(count - 2)}{ id }${' }'.repeat(count - 2)}`,
    12,
    /nested deeper than 12 levels/,
  ],
  [
    'levels of fields behind inline fragments',
    (count) => `{ me ${'{ ... on User { friend '.repeat(count - 2)}{ id }${' } }'.repeat(count - 2)} }`,
    12,
    /nested deeper than 12 levels/,
  ],
  ['aliases', (count) => `{ me { ${times(count, (i) => `a${i}: id`)} } }`, 30, /more than 30 aliases/],
  [
    'aliases of __typename',
    (count) => `{ me { ${times(count, (i) => `a${i}: __typename`)} } }`,
    30,
    /30 aliases/,
  ],
  [
    'aliases over all operations and fragments',
    (count) =>
      `query a { x: ping } query b { me { ...f } } fragment f on User { ${times(count - 1, (i) => `a${i}: id`)} }`,
    30,
    /more than 30 aliases/,
  ],
  [
    'directives',
    (count) => `{ ${times(count, () => 'ping @include(if: true)')} }`,
    5,
    /more than 5 directives/,
  ],
  [
    'directives anywhere in it',
    (count) =>
      `{ me @include(if: true) { ...f @skip(if: false) } } fragment f on User { ${times(count - 2, () => 'id @skip(if: false)')} }`,
    5,
    /more than 5 directives/,
  ],
  ['root fields', (count) => `{ ${times(count, () => 'ping')} }`, 20, /more than 20 root fields/],
  [
    'root fields behind fragments',
    (count) =>
      `{ ping ...f ...f ... { ping } } fragment f on Query { ${times(count / 2 - 1, () => 'ping')} }`,
    20,
    /more than 20 root fields/,
  ],
  ['mutations', (count) => `mutation { ${times(count, () => 'poke')} }`, 10, /more than 10 root fields/],
  [
    'mutations behind a fragment',
    (count) => `mutation { poke ...f } fragment f on Mutation { ${times(count - 1, () => 'poke')} }`,
    10,
    /more than 10 root fields/,
  ],
  ['fragments', manyFragments, 30, /more than 30 fragments/],
];

describe('a document', () => {
  test.each(limits)('may have as many %s as the limit says', (name, filled, limit) => {
    const prepared = prepare(filled(limit), {
      ...signedIn,
      operationName: name.includes('operations') ? 'b' : null,
    });
    expect(errorsOf(prepared)).toEqual([]);
  });

  test.each(limits)('must not have more %s than the limit says', (name, filled, limit, message) => {
    const above = filled(limit + (filled(limit + 1).includes('...f ...f ...') ? 2 : 1));
    for (const options of name === 'tokens' ? [signedIn] : [signedIn, anonymous]) {
      expect(errorsOf(prepare(above, options))).toEqual([
        {
          code: expect.stringMatching(/^GRAPHQL_(PARSE|VALIDATION)_FAILED$/),
          message: expect.stringMatching(message),
        },
      ]);
    }
  });

  test('stands under the limits in each of its operations, also in those that do not run', () => {
    const source = `query small { ping } query large { ${times(21, () => 'ping')} }`;
    expect(errorsOf(prepare(source, { ...signedIn, operationName: 'small' }))).toEqual([
      { code: 'GRAPHQL_VALIDATION_FAILED', message: 'the document has more than 20 root fields' },
    ]);
  });

  test('may have fewer tokens from callers who have not signed in', () => {
    const filled = (count: number) => `{ sum ( of : [ ${'1 '.repeat(count - 9)}] ) }`;
    expect(errorsOf(prepare(filled(400), anonymous))).toEqual([]);
    expect(errorsOf(prepare(filled(401), anonymous))).toMatchObject([{ code: 'GRAPHQL_PARSE_FAILED' }]);
  });

  test('stands under the limits it is prepared with', () => {
    const strict = documentPreparer(schema, { ...documentLimits, depth: 1 });
    expect(errorsOf(strict.prepare('{ ping }', signedIn))).toEqual([]);
    expect(errorsOf(strict.prepare('{ me { id } }', signedIn))).toHaveLength(1);
  });

  test.each([
    ['does not parse', '{ ping', 'GRAPHQL_PARSE_FAILED'],
    ['is empty', '', 'GRAPHQL_PARSE_FAILED'],
    ['asks for an unknown field', '{ pong }', 'GRAPHQL_VALIDATION_FAILED'],
    ['spreads an unknown fragment', '{ ...f }', 'GRAPHQL_VALIDATION_FAILED'],
    ['subscribes to two streams at once', 'subscription { ticks tocks }', 'GRAPHQL_VALIDATION_FAILED'],
  ])('that %s is refused', (_, source, code) => {
    expect(errorsOf(prepare(source))).toEqual([{ code, message: expect.any(String) }]);
  });

  test('with a hundred faults is refused with a handful of them', () => {
    const errors = errorsOf(prepare(`{ me { ${times(100, (i) => `x${i}`)} } }`));
    expect(errors.length).toBeGreaterThan(1);
    expect(errors.length).toBeLessThanOrEqual(6);
  });
});

/** The document, with a count of how often the selections of its fragments are looked at. */
function counted(source: string): { document: DocumentNode; looks: () => number } {
  const document = parse(source);
  let looks = 0;
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.FRAGMENT_DEFINITION) continue;
    const { selections } = definition.selectionSet;
    Object.defineProperty(definition.selectionSet, 'selections', {
      enumerable: true,
      get: () => {
        looks += 1;
        return selections;
      },
    });
  }
  return { document, looks: () => looks };
}

/** A chain of fragments, each of which spreads the next one twice. */
function doubling(steps: number, last: string, first: string, on: string): string {
  const links = times(steps, (i) => `fragment f${i} on ${on} { ...f${i + 1} ...f${i + 1} }`);
  return `${first} ${links} fragment f${steps} on ${on} { ${last} }`;
}

const loops: readonly (readonly [string, string, RegExp])[] = [
  [
    'spreads itself',
    '{ me { ...f } } fragment f on User { ...f }',
    /Cannot spread fragment "f" within itself/,
  ],
  [
    'spreads itself below a field, twice',
    '{ me { ...f } } fragment f on User { friend { ...f } friends { ...f } }',
    /Cannot spread fragment "f" within itself/,
  ],
  [
    'comes back over two others',
    '{ me { ...a } } fragment a on User { ...b } fragment b on User { ...c } fragment c on User { friend { ...a } ...a }',
    /Cannot spread fragment "a" within itself/,
  ],
];
const bombs: readonly (readonly [string, string, string | null])[] = [
  [
    'doubles 25 times at the root',
    doubling(25, 'ping', '{ ...f0 }', 'Query'),
    'the document has more than 20 root fields',
  ],
  ['doubles 25 times below a field', doubling(25, 'id', '{ me { ...f0 } }', 'User'), null],
  [
    'doubles 25 times by another field each time',
    `{ me { ...f0 } } ${times(25, (i) => `fragment f${i} on User { friend { ...f${i + 1} } friends { ...f${i + 1} } }`)} fragment f25 on User { id }`,
    'the document is nested deeper than 12 levels',
  ],
];

describe('a fragment that', () => {
  test.each(loops)('%s is named in a refusal at once', (_, source, message) => {
    const begun = performance.now();
    const errors = errorsOf(prepare(source));
    expect(performance.now() - begun).toBeLessThan(1000);
    expect(errors).toContainEqual({
      code: 'GRAPHQL_VALIDATION_FAILED',
      message: expect.stringMatching(message),
    });
  });

  test.each(bombs)('%s is judged at once', (_, source, message) => {
    const begun = performance.now();
    const errors = errorsOf(prepare(source));
    expect(performance.now() - begun).toBeLessThan(1000);
    expect(errors.map((error) => error.message)).toEqual(message === null ? [] : [message]);
  });

  test.each([...loops, ...bombs])('%s is measured once, however often it is spread', (_, source) => {
    const { document, looks } = counted(source);
    const fragments = document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
    exceeded(document, documentLimits);
    expect(looks()).toBeGreaterThan(0);
    expect(looks()).toBeLessThanOrEqual(5 * fragments.length);
  });
});

describe('a caller without a token', () => {
  test.each([
    ['the schema', '{ __schema { types { name } } }'],
    ['a type', '{ __type(name: "User") { name } }'],
    ['the schema behind a fragment', '{ ...f } fragment f on Query { __schema { queryType { name } } }'],
    ['the schema under another name', '{ ping: __schema { queryType { name } } }'],
  ])('may not look at %s, though one who is signed in may', (_, source) => {
    const errors = errorsOf(prepare(source, anonymous));
    expect(errors.length).toBeGreaterThan(0);
    for (const { code } of errors) expect(code).toBe('GRAPHQL_VALIDATION_FAILED');
    expect(errorsOf(prepare(source, signedIn))).toEqual([]);
  });

  test('may ask for __typename', () => {
    expect(errorsOf(prepare('{ __typename me { __typename } }', anonymous))).toEqual([]);
  });

  test.each([
    ['a field', '{ me { nam } }'],
    ['an argument', '{ sum(off: [1]) }'],
    ['a type', '{ ... on Quer { ping } }'],
  ])('is not told how %s is spelled, though one who is signed in is', (_, source) => {
    const messages = (options: typeof signedIn) =>
      errorsOf(prepare(source, options)).map(({ message }) => message);
    expect(messages(anonymous)).toEqual([expect.not.stringContaining('Did you mean')]);
    expect(messages(signedIn)).toEqual([expect.stringContaining('Did you mean')]);
  });
});

describe('the operation to run', () => {
  const two = 'query a { ping } mutation b { poke }';

  test.each([
    ['is the only one when none is named', 'mutation { poke }', null, 'mutation'],
    ['is the only one under its name', 'query a { ping }', 'a', 'query'],
    ['is the one that is named', two, 'b', 'mutation'],
    ['may be a subscription', 'subscription { ticks }', null, 'subscription'],
  ])('%s', (_, source, operationName, operation) => {
    expect(prepare(source, { ...signedIn, operationName })).toMatchObject({ operation });
  });

  test.each([
    ['there are two', two, null, 'name the operation to run: the document has several, or none'],
    ['none has that name', two, 'c', 'the document has no operation of that name'],
    ['the only one has another name', 'query a { ping }', 'b', 'the document has no operation of that name'],
  ])('must be named rightly when %s', (_, source, operationName, message) => {
    expect(errorsOf(prepare(source, { ...signedIn, operationName }))).toEqual([
      { code: 'GRAPHQL_VALIDATION_FAILED', message },
    ]);
  });

  test('is needed', () => {
    expect(errorsOf(prepare('fragment f on Query { ping }'))).not.toEqual([]);
  });
});

describe('a document that comes again', () => {
  test.each([
    ['a sound one', '{ ping me { name } }'],
    ['one that does not parse', '{ ping'],
    ['one above a limit', nested(13)],
    ['one that is not valid', '{ pong }'],
  ])('gets the same answer: %s', (_, source) => {
    const preparer = documentPreparer(schema, documentLimits);
    const first = preparer.prepare(source, signedIn);
    expect(preparer.prepare(source, signedIn)).toEqual(first);
    expect(preparer.prepare(source, signedIn)).toEqual(
      documentPreparer(schema, documentLimits).prepare(source, signedIn),
    );
  });

  test('is parsed once', () => {
    const preparer = documentPreparer(schema, documentLimits);
    const documentOf = () => {
      const prepared = preparer.prepare('{ ping }', signedIn);
      return 'document' in prepared ? prepared.document : null;
    };
    expect(documentOf()).not.toBeNull();
    expect(documentOf()).toBe(documentOf());
  });

  test('is judged anew for a caller who may do more or less', () => {
    const preparer = documentPreparer(schema, documentLimits);
    const source = '{ __schema { queryType { name } } }';
    const judge = (options: typeof signedIn) => errorsOf(preparer.prepare(source, options)).length > 0;
    expect([anonymous, signedIn, anonymous, signedIn].map(judge)).toEqual([true, false, true, false]);
  });

  test('may name another operation each time', () => {
    const preparer = documentPreparer(schema, documentLimits);
    const operation = (operationName: string | null) =>
      preparer.prepare('query a { ping } mutation b { poke }', { ...signedIn, operationName });
    expect(operation('a')).toMatchObject({ operation: 'query' });
    expect(operation('b')).toMatchObject({ operation: 'mutation' });
    expect(errorsOf(operation(null))).toHaveLength(1);
    expect(operation('a')).toMatchObject({ operation: 'query' });
  });

  test('has been forgotten when four million characters of others came between', () => {
    const preparer = documentPreparer(schema, documentLimits);
    const documentOf = (source: string) => {
      const prepared = preparer.prepare(source, signedIn);
      return 'document' in prepared ? prepared.document : null;
    };
    const first = documentOf('{ ping }');
    for (let i = 0; i < 50; i++) documentOf(`{ sum(note: "${i}${'x'.repeat(100_000)}") }`);
    expect(documentOf('{ ping }')).not.toBe(first);
  });
});
