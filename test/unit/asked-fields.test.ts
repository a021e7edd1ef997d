import { buildSchema, graphql, type GraphQLResolveInfo } from 'graphql';
import { isAskedFor } from '../../src/api/asked-fields';

const schema = buildSchema(
  'type Query { page: Page } type Page { nodes: [Item] cursor: String } type Item { states: String page: Page }',
);

async function isAsked(source: string): Promise<boolean> {
  let asked: boolean | undefined;
  const page = (_args: unknown, _context: unknown, info: GraphQLResolveInfo) => {
    asked ??= isAskedFor('states', info);
    return null;
  };
  const { errors } = await graphql({ schema, source, rootValue: { page } });
  expect(errors).toBeUndefined();
  return asked!;
}

test.each([
  ['right below', '{ page { nodes { states } } }', true],
  ['under another name', '{ page { nodes { x: states } } }', true],
  ['not at all', '{ page { cursor nodes { page { cursor } } } }', false],
  ['as a name that it gives to another', '{ page { states: cursor } }', false],
  ['in a fragment right there', '{ page { nodes { ... on Item { states } } } }', true],
  [
    'in a fragment of a fragment',
    '{ page { ...a } } fragment a on Page { nodes { ...b } } fragment b on Item { states }',
    true,
  ],
  ['not even in a fragment', '{ page { ...a } } fragment a on Page { cursor }', false],
  ['in the second of two that are one', '{ page { cursor } page { nodes { states } } }', true],
])('a field that is asked for %s is found where it is', async (_, source, expected) => {
  expect(await isAsked(source)).toBe(expected);
});
