import { createHash } from 'node:crypto';
import { ArgsType, Field, Int, ObjectType, type ClassType } from 'type-graphql';
import { invalidInput } from '../core/failure.js';
import type { CursorCodec } from './cursor.js';

@ObjectType({ simpleResolvers: true, description: 'Where a page stands in its list.' })
export class PageInfo {
  @Field(() => Boolean, { description: 'Whether more items follow.' })
  hasNextPage!: boolean;

  @Field(() => Boolean, { description: 'Whether items precede.' })
  hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true, description: 'Cursor of the first item, null on an empty page.' })
  startCursor!: string | null;

  @Field(() => String, { nullable: true, description: 'Cursor of the last item, null on an empty page.' })
  endCursor!: string | null;
}

/** Which part of a list is asked for, as the client says it. */
export interface PageQuery {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly last?: number | null;
  readonly before?: string | null;
}

@ArgsType()
export class PageArgs implements PageQuery {
  @Field(() => Int, {
    nullable: true,
    description: 'Number of items from the start, 1 to 100; 25 when neither is given.',
  })
  first?: number | null;

  @Field(() => String, { nullable: true, description: 'Cursor to start after.' })
  after?: string | null;

  @Field(() => Int, { nullable: true, description: 'Number of items from the end, 1 to 100.' })
  last?: number | null;

  @Field(() => String, { nullable: true, description: 'Cursor to end before.' })
  before?: string | null;
}

export interface Edge<T> {
  readonly cursor: string;
  readonly node: T;
}

export interface Page<T> {
  readonly edges: readonly Edge<T>[];
  readonly nodes: readonly T[];
  readonly pageInfo: PageInfo;
}

/** The type `XEdge` of a page of a type. */
export function edgeType<T extends object>(
  name: string,
  plural: string,
  type: () => ClassType<T>,
): ClassType<Edge<T>> {
  @ObjectType(`${name}Edge`, { simpleResolvers: true, description: `An item of a page of ${plural}.` })
  class EdgeType implements Edge<T> {
    @Field(() => String, { description: 'Position of the item.' })
    cursor!: string;

    @Field(type, { description: 'The item.' })
    node!: T;
  }
  return EdgeType;
}

/** The page types `XConnection` and `XEdge` of a type, as Relay names them. */
export function pageTypes<T extends object>(
  name: string,
  plural: string,
  type: () => ClassType<T>,
): ClassType<Page<T>> {
  const EdgeType = edgeType(name, plural, type);

  @ObjectType(`${name}Connection`, { simpleResolvers: true, description: `One page of ${plural}.` })
  class PageType implements Page<T> {
    @Field(() => [EdgeType], { description: 'Items with their cursors.' })
    edges!: Edge<T>[];

    @Field(() => [type()], { description: 'Items without their cursors.' })
    nodes!: T[];

    @Field(() => PageInfo, { description: 'Where the page stands in the list.' })
    pageInfo!: PageInfo;
  }
  return PageType;
}

/** Which part of a list is asked for. `position` is the sort key and the id of a neighbour. */
export interface PageWindow {
  readonly limit: number;
  readonly from: 'start' | 'end';
  readonly position: readonly [string, string] | null;
  readonly boundTo: string;
}

const defaultSize = 25;
const largestSize = 100;

/**
 * Reads the arguments of a page. `list` names the list with everything that decides its content: field,
 * caller, filter and order. Refuses sizes out of range, both directions at once, and foreign cursors.
 */
export function pageWindow(args: PageArgs, cursors: CursorCodec, list: readonly unknown[]): PageWindow {
  const { first = null, last = null, after = null, before = null } = args;
  if (first !== null && last !== null) throw invalidInput('last', 'give first or last, not both');
  if (after !== null && before !== null) throw invalidInput('before', 'give after or before, not both');
  if (first !== null && before !== null) throw invalidInput('before', 'goes with last');
  if (last !== null && after !== null) throw invalidInput('after', 'goes with first');
  const from = last !== null || before !== null ? 'end' : 'start';
  const limit = (from === 'end' ? last : first) ?? defaultSize;
  if (limit < 1 || limit > largestSize) {
    throw invalidInput(from === 'end' ? 'last' : 'first', `must be 1 to ${largestSize}`);
  }
  const boundTo = createHash('sha256').update(JSON.stringify(list)).digest('base64url');
  const cursor = after ?? before;
  const position = cursor === null ? null : cursors.open(cursor, boundTo);
  if (cursor !== null && position?.length !== 2) {
    throw invalidInput(after === null ? 'before' : 'after', 'is not a cursor of this list');
  }
  return { limit, from, position: position as [string, string] | null, boundTo };
}

/** A window over `(key, id)` in SQL. */
export interface WindowSql {
  /** Rows behind the position, or `true`. */
  readonly where: string;
  readonly direction: 'asc' | 'desc';
  /** Placeholder: one row more than asked for, so that the next page is known of. */
  readonly limit: string;
  readonly orderAndLimit: string;
}

/** The SQL of a window. `add` collects a parameter and gives its placeholder. */
export function windowSql(
  window: PageWindow,
  columns: { key: string; keyType: string; id: string; descending: boolean },
  add: (value: unknown, cast?: string) => string,
): WindowSql {
  const ascending = columns.descending === (window.from === 'end');
  const direction = ascending ? 'asc' : 'desc';
  const where = window.position
    ? `(${columns.key}, ${columns.id}::text) ${ascending ? '>' : '<'} (${add(window.position[0], columns.keyType)}, ${add(window.position[1], 'text')})`
    : 'true';
  const limit = add(window.limit + 1, 'int');
  const orderAndLimit = `order by ${columns.key} ${direction}, ${columns.id}::text ${direction} limit ${limit}`;
  return { where, direction, limit, orderAndLimit };
}

/**
 * The page of rows that `windowSql` brought, in the order of the list. `view` shows a row as the caller may
 * see it; what it answers with null is left out. Cursors are sealed when they are asked for: most of them never.
 */
export function pageOf<T extends { id: string }>(
  rows: readonly T[],
  window: PageWindow,
  cursors: CursorCodec,
  keyOf: (row: T) => string,
  view: (row: T) => T | null,
): Page<T> {
  const cut = rows.slice(0, window.limit);
  if (window.from === 'end') cut.reverse();
  // The key is taken before the view, which may hide the very field the list is sorted by.
  const shown = cut.flatMap((row) => {
    const position = [keyOf(row), row.id];
    const node = view(row);
    return node === null ? [] : [{ position, node }];
  });
  const cursorOf = (one: { readonly position: readonly string[] } | undefined): string | null =>
    one ? cursors.seal(one.position, window.boundTo) : null;
  const isMore = rows.length > window.limit;
  const isInside = window.position !== null;
  return {
    get edges() {
      return shown.map((one) => ({ cursor: cursors.seal(one.position, window.boundTo), node: one.node }));
    },
    nodes: shown.map(({ node }) => node),
    pageInfo: {
      hasNextPage: window.from === 'start' ? isMore : isInside,
      hasPreviousPage: window.from === 'end' ? isMore : isInside,
      get startCursor() {
        return cursorOf(shown[0]);
      },
      get endCursor() {
        return cursorOf(shown.at(-1));
      },
    },
  };
}
