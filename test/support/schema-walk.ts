import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  buildSchema,
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  type GraphQLObjectType,
} from 'graphql';

/** The schema as it is committed. */
export const schema = buildSchema(readFileSync(join(__dirname, '..', '..', 'schema.graphql'), 'utf8'));

const mutations = schema.getMutationType()!.getFields();
const queries = schema.getQueryType()!.getFields();

export const mutationNames: readonly string[] = Object.keys(mutations);

const node = schema.getType('Node');

/** Names of the types of objects that can be fetched by their id alone. */
export const nodeTypes: readonly string[] = isInterfaceType(node)
  ? schema.getPossibleTypes(node).map(({ name }) => name)
  : [];

/** The query that reads one object of a type, `hostSet`; null where there is none. */
export function queryOf(type: string): string | null {
  const name = `${type.charAt(0).toLowerCase()}${type.slice(1)}`;
  return name in queries ? name : null;
}

/** A document of a mutation with `$input` that asks for each field of its answer, and of objects for their type. */
export function mutationDocument(name: string): string {
  const { type, args } = mutations[name]!;
  const payload = getNamedType(type) as GraphQLObjectType;
  const selection = Object.values(payload.getFields()).map(({ name: field, type: of }) => {
    const named = getNamedType(of);
    if (!isCompositeType(named)) return field;
    const hasId = isObjectType(named) && 'id' in named.getFields();
    return `${field} { __typename ${hasId ? 'id' : ''} }`;
  });
  return `mutation ($input: ${String(args[0]!.type)}) { ${name}(input: $input) { ${selection.join(' ')} } }`;
}
