import type { OrderDirection } from '../api/order-direction.js';
import { invalidInput } from '../core/failure.js';
import type { ListedRow, ListFilter, Listing, ListOrder, ListTerms } from './listing.js';

/** What any list of named resources can be narrowed by. Its parts are joined by AND. */
export interface ResourceFilter {
  readonly idIn?: readonly string[] | null;
  readonly nameContains?: string | null;
  readonly nameIn?: readonly string[] | null;
  readonly createdAfter?: string | null;
  readonly createdBefore?: string | null;
}

export interface ResourceOrder {
  readonly field: 'CREATED_AT' | 'UPDATED_AT' | 'NAME';
  readonly direction: OrderDirection;
}

/** The arguments by which a list of named resources is narrowed and sorted. */
export interface ResourceTermArgs {
  readonly filter?: ResourceFilter | null;
  readonly orderBy?: ResourceOrder | null;
}

export type NamedRow = ListedRow & { createdAt: string; updatedAt: string; name: string | null };

const mostFilterValues = 50;
const longestName = 128;

/**
 * The terms of a list of named resources: oldest first unless told otherwise, with what a type has of its own
 * in `also`. Refuses lists of more than 50 values, and text that no name is as long as.
 */
export function resourceTerms<T extends NamedRow>(
  { alias }: Pick<Listing<T>, 'alias'>,
  { filter, orderBy }: ResourceTermArgs,
  also?: ListFilter,
): ListTerms<T> {
  const shared = resourceFilter(alias, filter ?? {});
  return {
    filter: also ? bothOf(shared, also) : shared,
    order: resourceOrder(alias, orderBy ?? oldestFirst),
  };
}

/** Refuses a filter whose list holds more values than a filter may. */
export function requireFewValues(name: string, values: readonly unknown[] | null | undefined): void {
  if ((values?.length ?? 0) > mostFilterValues)
    throw invalidInput(`filter.${name}`, `holds more than ${mostFilterValues} values`);
}

function bothOf(one: ListFilter, other: ListFilter): ListFilter {
  return {
    key: [one.key, other.key],
    sql: (params) => [...one.sql(params), ...other.sql(params)],
    leansOn: [...one.leansOn, ...other.leansOn],
  };
}

function resourceFilter(alias: string, filter: ResourceFilter): ListFilter {
  const { idIn, nameContains, nameIn, createdAfter, createdBefore } = filter;
  requireFewValues('idIn', idIn);
  requireFewValues('nameIn', nameIn);
  if ((nameContains?.length ?? 0) > longestName)
    throw invalidInput('filter.nameContains', `is longer than ${longestName} characters`);
  return {
    key: [idIn, nameContains, nameIn, createdAfter, createdBefore].map((one) => one ?? null),
    sql: (params) => [
      ...(idIn ? [`${alias}.id = any(${params.add(idIn, 'text[]')})`] : []),
      ...(nameContains
        ? [`strpos(lower(${alias}.name), lower(${params.add(nameContains, 'text')})) > 0`]
        : []),
      ...(nameIn ? [`${alias}.name = any(${params.add(nameIn, 'text[]')})`] : []),
      ...(createdAfter ? [`${alias}.created_at >= ${params.add(createdAfter, 'timestamptz')}`] : []),
      ...(createdBefore ? [`${alias}.created_at < ${params.add(createdBefore, 'timestamptz')}`] : []),
    ],
    leansOn: [
      ...(nameContains ? [{ path: 'filter.nameContains', field: 'name' }] : []),
      ...(nameIn ? [{ path: 'filter.nameIn', field: 'name' }] : []),
    ],
  };
}

const oldestFirst: ResourceOrder = { field: 'CREATED_AT', direction: 'ASC' };

function resourceOrder<T extends NamedRow>(alias: string, { field, direction }: ResourceOrder): ListOrder<T> {
  const descending = direction === 'DESC';
  const byTime = { keyType: 'timestamptz', descending, leansOn: [] };
  switch (field) {
    case 'CREATED_AT':
      return { ...byTime, key: `${alias}.created_at`, keyOf: (row) => row.createdAt };
    case 'UPDATED_AT':
      return { ...byTime, key: `${alias}.updated_at`, keyOf: (row) => row.updatedAt };
    case 'NAME':
      return nameOrder(alias, descending);
  }
}

// A first digit sets the nameless apart, so that they come last whichever way the names run. Names are compared
// by their bytes: an index, a cursor and every database agree on that order. The indexes have this expression.
function nameOrder<T extends NamedRow>(alias: string, descending: boolean): ListOrder<T> {
  const [named, nameless] = descending ? ['1', '0'] : ['0', '1'];
  return {
    key: `(coalesce('${named}' || ${alias}.name, '${nameless}') collate "C")`,
    keyType: 'text',
    descending,
    keyOf: ({ name }) => (name === null ? nameless : named + name),
    leansOn: [{ path: 'orderBy.field', field: 'name' }],
  };
}
