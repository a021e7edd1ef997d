import {
  buildSchema,
  getVariableValues,
  GraphQLError,
  type OperationDefinitionNode,
  parse,
  validate,
} from 'graphql';
import { silentLog } from '../../src/core/log';
import { formatError } from '../../src/graphql/error-format';

const schema = buildSchema(`
  type Query { set(input: Login!): Int }
  input Login { name: String!, password: String!, level: Level, at: [Int!] }
  enum Level { LOW }
`);
const document = parse('query ($input: Login!) { set(input: $input) }');
const [operation] = document.definitions as [OperationDefinitionNode];
const said = (error: unknown): string => formatError(error, 'req_1', silentLog).message;

/** What is said of an input, beginning with the first thing that is wrong with it. */
function saidOf(input: unknown): string {
  const { errors = [] } = getVariableValues(schema, operation.variableDefinitions ?? [], { input });
  expect(errors.length).toBeGreaterThan(0);
  return said(errors[0]);
}

describe('an error about a variable tells its place and the reason, and never the value:', () => {
  test.each<[string, unknown, string]>([
    [
      'a field too few',
      { password: 'horse' },
      'input; Field "name" of required type "String!" was not provided.',
    ],
    [
      'a field too many',
      { name: 'a', password: 'horse; battery', size: 1 },
      'input; Field "size" is not defined by type "Login".',
    ],
    [
      'a field that is nearly right, without the right one',
      { name: 'a', password: 'horse; battery', passwort: 'horse' },
      'input; Field "passwort" is not defined by type "Login".',
    ],
    [
      'a word that is nearly right, likewise',
      { name: 'a', password: 'horse', level: 'LOV' },
      'input.level; Value "LOV" does not exist in "Level" enum.',
    ],
    [
      'what is no text',
      { name: 'a', password: ['horse; battery'] },
      'input.password; String cannot represent a non string value',
    ],
    [
      'what is no number',
      { name: 'a', password: 'horse', at: [1.5] },
      'input.at[0]; Int cannot represent non-integer value: 1.5',
    ],
    [
      'nothing',
      { name: 'a', password: null },
      'input.password; Expected non-nullable type "String!" not to be null.',
    ],
    ['what is no object', 'horse', 'input; Expected type "Login" to be an object.'],
    [
      'a word that is none',
      { name: 'a', password: 'horse', level: 'HIGH' },
      'input.level; Value "HIGH" does not exist in "Level" enum.',
    ],
  ])('%s', (_, input, rest) => {
    const message = saidOf(input);
    expect(message).toBe(`Variable "$${rest.replace('; ', '" has an invalid value; ')}`);
    expect(message).not.toMatch(/horse|battery/);
  });

  test('a text that is written as a number', () => {
    const written = parse('{ set(input: { name: "a", password: 12345678 }) }');
    const [error] = validate(schema, written);
    expect(
      said(new GraphQLError(error!.message, { extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } })),
    ).toBe('String cannot represent a non string value');
  });
});
