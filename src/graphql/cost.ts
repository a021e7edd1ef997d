import {
  getNamedType,
  getNullableType,
  isCompositeType,
  isListType,
  isObjectType,
  isInterfaceType,
  Kind,
  valueFromASTUntyped,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

export interface CostPrices {
  /** A page is a statement of its own at the database. */
  readonly page: number;
  /** Items that a page or a list of objects is taken to hold where nothing says how many. */
  readonly usualItems: number;
  /** Introspection answers with the whole schema, so that one document may ask for it once. */
  readonly introspection: number;
}

export const costPrices: CostPrices = { page: 10, usualItems: 25, introspection: 8000 };

/**
 * What an operation costs at most: an object is 1, a page its price and as many times its items as were
 * asked for. Counted with the variables it comes with, because `first: $n` costs what n says.
 */
export function costOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
  prices: CostPrices = costPrices,
): number {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  const known = new Map<string, number>(); // each fragment is counted once, however often it is spread
  const typeNamed = (name: string): GraphQLCompositeType | null => {
    const type = schema.getType(name);
    return isCompositeType(type) ? type : null;
  };

  const ofSet = (set: SelectionSetNode, type: GraphQLCompositeType): number =>
    set.selections.reduce((sum, selection) => sum + ofSelection(selection, type), 0);
  const ofFragment = (name: string): number => {
    const seen = known.get(name);
    if (seen !== undefined) return seen;
    known.set(name, 0);
    const fragment = fragments.get(name);
    const type = fragment ? typeNamed(fragment.typeCondition.name.value) : null;
    const cost = fragment && type ? ofSet(fragment.selectionSet, type) : 0;
    known.set(name, cost);
    return cost;
  };
  const ofSelection = (selection: SelectionNode, type: GraphQLCompositeType): number => {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return ofFragment(selection.name.value);
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      const inner = selection.typeCondition ? typeNamed(selection.typeCondition.name.value) : type;
      return inner ? ofSet(selection.selectionSet, inner) : 0;
    }
    const name = selection.name.value;
    if (name === '__schema' || name === '__type') return prices.introspection;
    const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined;
    const returned = field ? getNamedType(field.type) : null;
    if (!field || !returned || !isCompositeType(returned) || !selection.selectionSet) return 0;
    const given = (argument: string): unknown => {
      const node = selection.arguments?.find((one) => one.name.value === argument)?.value;
      return node ? valueFromASTUntyped(node, variables) : undefined;
    };
    const inner = ofSet(selection.selectionSet, returned);
    if (isPage(field))
      return prices.page + sizeOf([given('first'), given('last')], prices) * Math.max(1, inner);
    const ids = given('ids');
    if (Array.isArray(ids)) return ids.length * (1 + inner);
    // Lists inside a page were counted with it; others hold a few.
    const isPlainList = isListType(getNullableType(field.type)) && !['nodes', 'edges'].includes(name);
    return isPlainList ? prices.usualItems * (1 + inner) : 1 + inner;
  };

  const root = schema.getRootType(operation.operation);
  return root ? ofSet(operation.selectionSet, root) : 0;
}

function isPage(field: GraphQLField<unknown, unknown>): boolean {
  return field.args.some(({ name }) => name === 'first');
}

function sizeOf(asked: readonly unknown[], { usualItems }: CostPrices): number {
  const numbers = asked.filter((one) => typeof one === 'number');
  return numbers.length === 0 ? usualItems : Math.max(0, ...numbers);
}
