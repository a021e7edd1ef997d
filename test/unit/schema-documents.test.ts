import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema, type GraphQLSchema } from 'graphql';

interface Found {
  readonly line: number;
  readonly text: string;
  readonly variables: object | null;
}

const root = join(__dirname, '..', '..');
// eslint-disable-next-line @typescript-eslint/no-require-imports -- a script of plain JavaScript
const { documentsIn, faultsOf } = require('../../scripts/documents.js') as {
  documentsIn(text: string): Found[];
  faultsOf(schema: GraphQLSchema, document: { text: string; variables?: object | null }): string[];
};
const schema = buildSchema(readFileSync(join(root, 'schema.graphql'), 'utf8'));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

describe('the documents that the schema check looks at', () => {
  test('are all examples of the playground, with their variables', () => {
    const found = documentsIn(read('src/graphql/playground/playground.js'));
    const titles = [...read('src/graphql/playground/playground.js').matchAll(/^ {2}'[^']+': \{/gm)];
    expect(titles.length).toBeGreaterThan(5);
    expect(found.length).toBeGreaterThanOrEqual(titles.length);
    expect(found.filter(({ variables }) => variables !== null).length).toBe(titles.length - 1);
  });

  test.each(readdirSync(join(root, 'examples')).filter((name) => name.endsWith('.js')))(
    'are those of examples/%s',
    (name) => {
      expect(documentsIn(read(join('examples', name))).length).toBeGreaterThanOrEqual(2);
    },
  );

  test('are told from other texts in braces', () => {
    expect(documentsIn(`JSON.parse('{}');\nask("{ about { version } }", \`{ "json": 1 }\`)`)).toEqual([
      { line: 2, text: '{ about { version } }', variables: null },
    ]);
  });
});

test.each<[string, string, object | null, string]>([
  ['a field that is gone', '{ viewer { nick } }', null, 'Cannot query field "nick" on type "User".'],
  ['one that does not parse', '{ viewer {', null, 'Syntax Error: Expected Name, found <EOF>.'],
  [
    'a variable of another shape',
    'mutation ($input: CancelSessionInput!) { cancelSession(input: $input) { session { id } } }',
    { input: { sessionId: 's_1' } },
    'Field "sessionId" is not defined by type "CancelSessionInput".',
  ],
])('a document with %s is told of', (_, text, variables, fault) => {
  expect(faultsOf(schema, { text, variables }).join('\n')).toContain(fault);
});
