import { pageOf, windowSql, type Page, type PageWindow } from '../api/page.js';
import type { Hideable } from '../api/redact.js';
import type { Request } from '../api/request.js';
import type { Acl, Reach } from '../core/acl.js';
import type { ReadCtx } from '../core/ctx.js';
import type { RowClass } from '../core/tx.js';
import { listPredicate, Params, reachSql, type ListColumns } from '../grant/list-predicate.js';
import { present } from '../grant/present.js';
import type { Placed } from '../grant/require.js';
import { idActionsOf, type ResourceType } from '../grant/resource-type.js';
import type { ScopeType } from './scope.rules.js';
import type { ListRange } from './list-range.rules.js';
import { findListed, listedSql, type ListedTables } from './listing.store.js';

export type ListedRow = Placed & { authorizedActions: string[] };

/** What a list is made of. All of it is text of ours; what a client gives arrives as a parameter. */
export interface Listing<T extends ListedRow> extends ListedTables {
  readonly type: ResourceType;
  readonly entity: RowClass<T>;
  /** Alias in `from` of the table whose rows are listed. */
  readonly alias: string;
  readonly columns: ListColumns;
  /** The levels of scopes its rows stand in. */
  readonly livesIn: readonly ScopeType[];
  readonly hideable: Hideable;
  /** The container's id, for types that are pinned. */
  readonly pinOf?: (row: T) => string;
  /** How a row is presented, for types that know ownership. */
  readonly view?: (acl: Acl, row: T) => T | null;
}

/** A field that decides what a list holds or how it is sorted: as the client and as grants name it. */
export interface LeanedOn {
  readonly path: string;
  readonly field: string;
}

/** The filter of a list: `key` tells two filters apart, `sql` adds its conditions, values as parameters. */
export interface ListFilter {
  readonly key: unknown;
  readonly sql: (params: Params) => readonly string[];
  /** The fields it compares, of those that may be hidden. */
  readonly leansOn: readonly LeanedOn[];
}

/** The order of a list. `key` is an expression that is never null; the id breaks its ties. */
export interface ListOrder<T> {
  readonly key: string;
  readonly keyType: string;
  readonly descending: boolean;
  /** The key of a row as text, which SQL reads back as the very same value. */
  readonly keyOf: (row: T) => string;
  /** The fields it compares, of those that may be hidden. */
  readonly leansOn: readonly LeanedOn[];
}

/** Which rows of a list are asked for, and in which order. */
export interface ListTerms<T> {
  readonly filter: ListFilter;
  readonly order: ListOrder<T>;
}

/** Fields that may be hidden and that decide what a page holds. */
export function leanedOn<T>({ filter, order }: ListTerms<T>): LeanedOn[] {
  return [...filter.leansOn, ...order.leansOn];
}

/** What decides the content of a list beside its place; a cursor is bound to it. */
export function listKey<T>(
  request: Request,
  type: ResourceType,
  place: readonly unknown[],
  { filter, order }: ListTerms<T>,
): unknown[] {
  const { actor } = request.ctx;
  const caller = actor.kind === 'user' ? actor.userId : actor.kind;
  return [type, caller, ...place, order.key, order.descending, filter.key];
}

/** The conditions for rows in a scope, or below it where the caller may list, without those it may not see. */
export async function listConditions(
  ctx: ReadCtx,
  listing: Pick<Listing<never>, 'type' | 'columns'>,
  args: { readonly scopeId: string; readonly recursive: boolean },
  params: Params,
): Promise<string[]> {
  const acl = await ctx.acl();
  const permission = acl.listPermission(listing.type, idActionsOf(listing.type));
  return [
    ...placeSql(permission.listable, listing.columns, args, params),
    listPredicate(permission, listing.columns, params),
  ];
}

/** The conditions for rows in a scope, or below it in a reach. */
export function placeSql(
  reach: Reach,
  columns: Pick<ListColumns, 'scopeId' | 'scopeParentId'>,
  args: { readonly scopeId: string; readonly recursive: boolean },
  params: Params,
): string[] {
  const open = args.recursive ? [reachSql(reach, columns, params)] : [];
  if (args.recursive && args.scopeId === 'global') return open;
  const root = params.add(args.scopeId, 'text');
  return args.recursive
    ? [`(${columns.scopeId} = ${root} or ${columns.scopeParentId} = ${root})`, ...open]
    : [`${columns.scopeId} = ${root}`];
}

/** One page of the rows in those ranges that meet the conditions, in one statement at most. */
export async function fetchPage<T extends ListedRow>(
  request: Request,
  listing: Listing<T>,
  order: ListOrder<T>,
  window: PageWindow,
  found: { readonly ranges: readonly ListRange[]; readonly conditions: readonly string[] },
  params: Params,
): Promise<Page<T>> {
  const acl = await request.ctx.acl();
  const cut = windowSql(window, { ...order, id: listing.columns.id }, (value, cast) =>
    params.add(value, cast),
  );
  const { ranges, conditions } = found;
  const page = {
    sql: listedSql(listing, ranges, conditions, order.key, cut),
    values: params.values,
    isFiltered: conditions.length > 0,
  };
  const rows = ranges.length === 0 ? [] : await findListed(request.ctx.tx, listing.entity, page);
  return pageOf(rows, window, request.cursors, order.keyOf, (row) =>
    listing.view
      ? listing.view(acl, row)
      : present(acl, 'list', listing.type, row, listing.hideable, listing.pinOf?.(row) ?? null),
  );
}
