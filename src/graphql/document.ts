import { createHash } from 'node:crypto';
import {
  getOperationAST,
  getVariableValues,
  GraphQLError,
  Kind,
  NoSchemaIntrospectionCustomRule,
  parse,
  specifiedRules,
  validate,
  visit,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type OperationTypeNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import { Failure, type ErrorCode } from '../core/failure.js';
import { costOf } from './cost.js';

/** What a document may hold. One pipeline for HTTP and WebSocket, so that neither is the softer way in. */
export interface DocumentLimits {
  readonly tokens: number;
  /** For callers who have not signed in, who need little. */
  readonly anonymousTokens: number;
  readonly depth: number;
  readonly aliases: number;
  readonly directives: number;
  readonly rootFields: number;
  readonly mutations: number;
  readonly fragments: number;
  /** See cost.ts. */
  readonly cost: number;
}

export type Prepared =
  | { readonly document: DocumentNode; readonly operation: OperationTypeNode }
  | { readonly errors: readonly GraphQLError[] };

export interface Asked {
  readonly operationName: string | null;
  /** As they came; what does not fit is refused when the operation runs. */
  readonly variables: unknown;
  /** Anonymous callers may not introspect, and may say less at once. */
  readonly mayIntrospect: boolean;
}

export interface Preparer {
  /** Parses, limits and validates a document, and counts what its operation costs. */
  prepare(source: string, asked: Asked): Prepared;
}

const cacheEntries = 1000;
const cacheCharacters = 4_000_000;

export function documentPreparer(schema: GraphQLSchema, limits: DocumentLimits): Preparer {
  const checked = new LRUCache<string, DocumentNode | readonly GraphQLError[]>({
    max: cacheEntries,
    maxSize: cacheCharacters,
  });
  const check = (source: string, mayIntrospect: boolean): DocumentNode | readonly GraphQLError[] => {
    let document: DocumentNode;
    try {
      document = parse(source, { maxTokens: mayIntrospect ? limits.tokens : limits.anonymousTokens });
    } catch (error) {
      return [
        coded(
          'GRAPHQL_PARSE_FAILED',
          error instanceof GraphQLError ? error : new GraphQLError('the document does not parse'),
        ),
      ];
    }
    const excess = exceeded(document, limits);
    if (excess !== null) return [coded('GRAPHQL_VALIDATION_FAILED', new GraphQLError(excess))];
    const rules = mayIntrospect ? specifiedRules : [...specifiedRules, NoSchemaIntrospectionCustomRule];
    const errors = validate(schema, document, rules, { maxErrors: 5, hideSuggestions: !mayIntrospect });
    return errors.length > 0 ? errors.map((error) => coded('GRAPHQL_VALIDATION_FAILED', error)) : document;
  };
  const costWith = (
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: unknown,
  ): number => {
    const raw = typeof variables === 'object' && variables !== null ? variables : {};
    const { coerced } = getVariableValues(
      schema,
      operation.variableDefinitions ?? [],
      { ...raw },
      { maxErrors: 1 },
    );
    return coerced ? costOf(schema, document, operation, coerced) : 0;
  };
  return {
    prepare(source, { operationName, variables, mayIntrospect }) {
      const key = createHash('sha256').update(source).digest('base64') + (mayIntrospect ? '+' : '-');
      const known = checked.get(key) ?? check(source, mayIntrospect);
      checked.set(key, known, { size: source.length + 1000 });
      if (!('kind' in known)) return { errors: known };
      const operation = getOperationAST(known, operationName);
      if (operation) {
        const cost = costWith(known, operation, variables);
        if (cost > limits.cost) return { errors: [tooDear(cost, limits.cost)] };
        return { document: known, operation: operation.operation };
      }
      const message =
        operationName === null
          ? 'name the operation to run: the document has several, or none'
          : 'the document has no operation of that name';
      return { errors: [coded('GRAPHQL_VALIDATION_FAILED', new GraphQLError(message))] };
    },
  };
}

function tooDear(cost: number, limit: number): GraphQLError {
  const { problem, message } = new Failure({ code: 'COST_LIMIT', cost, limit });
  return new GraphQLError(message, { extensions: { ...problem } });
}

function coded(code: ErrorCode, { message, nodes, source, positions }: GraphQLError): GraphQLError {
  const place = { nodes: nodes ?? null, source: source ?? null, positions: positions ?? null };
  return new GraphQLError(message, { ...place, extensions: { code } });
}

/** What a document has too much of; null when it is within the limits. Counts, and never expands a fragment twice. */
export function exceeded(document: DocumentNode, limits: DocumentLimits): string | null {
  const counts = { aliases: 0, directives: 0, fragments: 0 };
  visit(document, {
    Field: (node) => {
      if (node.alias) counts.aliases += 1;
    },
    Directive: () => {
      counts.directives += 1;
    },
    FragmentDefinition: () => {
      counts.fragments += 1;
    },
  });
  for (const name of ['aliases', 'directives', 'fragments'] as const) {
    if (counts[name] > limits[name]) return `the document has more than ${limits[name]} ${name}`;
  }
  const fragments = new Map<string, FragmentDefinitionNode>();
  const operations: OperationDefinitionNode[] = [];
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
    if (definition.kind === Kind.OPERATION_DEFINITION) operations.push(definition);
  }
  const measure = measurer(fragments);
  for (const { operation, selectionSet } of operations) {
    const { fields, depth } = measure(selectionSet);
    const most = operation === 'mutation' ? limits.mutations : limits.rootFields;
    if (fields > most) return `the document has more than ${most} root fields`;
    if (depth > limits.depth) return `the document is nested deeper than ${limits.depth} levels`;
  }
  return null;
}

interface Shape {
  /** Fields right at the top of the set, fragments opened. */
  readonly fields: number;
  readonly depth: number;
}

// Each fragment is measured once, however often it is spread; one inside itself counts nothing, because
// validation names the cycle.
function measurer(fragments: ReadonlyMap<string, FragmentDefinitionNode>): (set: SelectionSetNode) => Shape {
  const known = new Map<string, Shape>();
  const nothing: Shape = { fields: 0, depth: 0 };
  const ofFragment = (name: string): Shape => {
    const seen = known.get(name);
    if (seen) return seen;
    known.set(name, nothing);
    const fragment = fragments.get(name);
    const shape = fragment ? ofSet(fragment.selectionSet) : nothing;
    known.set(name, shape);
    return shape;
  };
  const ofSelection = (selection: SelectionNode): Shape => {
    switch (selection.kind) {
      case Kind.FIELD:
        return { fields: 1, depth: 1 + (selection.selectionSet ? ofSet(selection.selectionSet).depth : 0) };
      case Kind.INLINE_FRAGMENT:
        return ofSet(selection.selectionSet);
      case Kind.FRAGMENT_SPREAD:
        return ofFragment(selection.name.value);
    }
  };
  const ofSet = (set: SelectionSetNode): Shape => {
    let fields = 0;
    let depth = 0;
    for (const selection of set.selections) {
      const shape = ofSelection(selection);
      fields += shape.fields;
      depth = Math.max(depth, shape.depth);
    }
    return { fields, depth };
  };
  return ofSet;
}
