import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  buildSchema,
  getNamedType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isNonNullType,
  isObjectType,
  type GraphQLInputType,
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

/** A list of the schema: `hosts`, which lies in what `hostCatalogId` names. */
export interface ListField {
  readonly name: string;
  readonly type: string;
  /** The argument that says where. */
  readonly place: string;
  readonly filters: readonly { readonly name: string; readonly type: GraphQLInputType }[];
  readonly orders: readonly string[];
}

export const listFields: readonly ListField[] = Object.values(queries)
  .filter(({ args }) => args.some(({ name }) => name === 'first'))
  .map(({ name, type, args }) => {
    const argument = (wanted: string) => args.find((one) => one.name === wanted);
    const filter = getNamedType(argument('filter')?.type);
    const order = getNamedType(argument('orderBy')?.type);
    const by = isInputObjectType(order) ? getNamedType(order.getFields()['field']!.type) : null;
    return {
      name,
      type: getNamedType((getNamedType(type) as GraphQLObjectType).getFields()['nodes']!.type).name,
      place: args.find((one) => isNonNullType(one.type) && one.name.endsWith('Id'))!.name,
      filters: isInputObjectType(filter) ? Object.values(filter.getFields()) : [],
      orders: isEnumType(by) ? by.getValues().map((value) => value.name) : [],
    };
  });

/** A selection that follows every link of a type one step: to objects, lists of objects, and pages of them. */
export function linksOf(type: string): string {
  const fields = Object.values((schema.getType(type) as GraphQLObjectType).getFields());
  return fields
    .flatMap(({ name, type: of, args }) => {
      const named = getNamedType(of);
      if (!isObjectType(named)) return [];
      const isPage = args.some((one) => one.name === 'first');
      const shown = isPage ? getNamedType(named.getFields()['nodes']!.type) : named;
      if (!isObjectType(shown) || !nodeTypes.includes(shown.name)) return [];
      return isPage ? [`${name}(first: 50) { nodes { __typename id } }`] : [`${name} { __typename id }`];
    })
    .join(' ');
}

/** The fields of a type that hold a value of their own and may be null, as whatever grants can hide is. */
export function hideableFields(type: string): string[] {
  return Object.values((schema.getType(type) as GraphQLObjectType).getFields())
    .filter(({ type: of, args }) => !isNonNullType(of) && args.length === 0)
    .map(({ name, type: of }) => (isCompositeType(getNamedType(of)) ? `${name} { __typename }` : name));
}

/** Mutations that may be repeated under a key. */
export const repeatableMutations: readonly string[] = Object.values(mutations)
  .filter(({ args }) => {
    const input = getNamedType(args[0]!.type);
    return isInputObjectType(input) && 'idempotencyKey' in input.getFields();
  })
  .map(({ name }) => name);
