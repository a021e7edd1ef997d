import type { ListPermission, Reach, ReachedId } from '../core/acl.js';

/** Columns of the query that lists: text of SQL expressions, never of a client. */
export interface ListColumns {
  readonly id: string;
  readonly scopeId: string;
  readonly scopeParentId: string;
  /** Who owns the row; for types that know ownership. */
  readonly ownerId?: string;
  /** The container whose id may pin a grant. */
  readonly pin?: string;
}

/** Collects parameters; `add` gives the placeholder of the value. */
export class Params {
  readonly values: unknown[] = [];

  add(value: unknown, cast = ''): string {
    this.values.push(value);
    return `$${this.values.length}${cast && `::${cast}`}`;
  }
}

/**
 * A SQL condition for the rows a caller may list, so that pages are cut after it. The text depends on the
 * columns alone, so that every caller shares one prepared statement; what differs are the parameters.
 */
export function listPredicate(permission: ListPermission, columns: ListColumns, params: Params): string {
  const either = [reachSql(permission.all, columns, params), singleSql(permission.ids, columns, params)];
  if (columns.ownerId !== undefined) {
    const owner = `${columns.ownerId} = ${params.add(permission.userId, 'text')}`;
    const own = [reachSql(permission.own, columns, params), singleSql(permission.ownIds, columns, params)];
    either.push(`(${owner} and (${own.join(' or ')}))`);
  }
  return `(${either.join(' or ')})`;
}

/** A SQL condition for rows in the scopes of a reach. */
export function reachSql(
  reach: Reach,
  columns: Pick<ListColumns, 'scopeId' | 'scopeParentId'>,
  params: Params,
): string {
  const scopes = `${columns.scopeId} = any(${params.add(reach.scopes, 'text[]')})`;
  const parents = `${columns.scopeParentId} = any(${params.add(reach.parents, 'text[]')})`;
  const everywhere = `(${params.add(reach.everywhere, 'boolean')} and ${columns.scopeId} <> 'global')`;
  return `(${scopes} or ${parents} or ${everywhere})`;
}

// Single ids: an id counts only in the scopes its grant speaks for, so id and scope are compared together.
function singleSql(ids: readonly ReachedId[], columns: ListColumns, params: Params): string {
  const inScopes = ids.flatMap(({ id, reach }) => reach.scopes.map((scope) => [id, scope] as const));
  const inParents = ids.flatMap(({ id, reach }) => reach.parents.map((parent) => [id, parent] as const));
  const anywhere = ids.filter(({ reach }) => reach.everywhere).map(({ id }) => id);
  const pairs = (column: string, list: readonly (readonly [string, string])[]): [string, string] => {
    const left = params.add(
      list.map(([id]) => id),
      'text[]',
    );
    const right = params.add(
      list.map(([, scope]) => scope),
      'text[]',
    );
    return [column, `select * from unnest(${left}, ${right})`];
  };
  const [scopeColumn, scopePairs] = pairs(columns.scopeId, inScopes);
  const [parentColumn, parentPairs] = pairs(columns.scopeParentId, inParents);
  const everywhere = params.add(anywhere, 'text[]');
  const names = columns.pin === undefined ? [columns.id] : [columns.id, columns.pin];
  const each = names.flatMap((name) => [
    `(${name}::text, ${scopeColumn}::text) in (${scopePairs})`,
    `(${name}::text, ${parentColumn}::text) in (${parentPairs})`,
    `(${name} = any(${everywhere}) and ${columns.scopeId} <> 'global')`,
  ]);
  return `(${each.join(' or ')})`;
}
