import type { ListPermission, Reach, ReachedId } from '../core/acl.js';

/** Columns of the query that lists: text of SQL expressions, never of a client. */
export interface ListColumns {
  readonly id: string;
  readonly scopeId: string;
  readonly scopeParentId: string;
  /** The row itself holds the parent of its scope, so that an index may begin with it. */
  readonly holdsParent?: true;
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
 * A SQL condition for the rows a caller may list. It holds no part that selects nothing, so that its text, and
 * with it the plan, follows from the shape of the permission. A page is not cut after it: see `listRanges`.
 */
export function listPredicate(permission: ListPermission, columns: ListColumns, params: Params): string {
  const { all, own, ids, ownIds, userId } = permission;
  const either = [reachSql(all, columns, params), reachedSql(ids, columns, params)];
  if (columns.ownerId !== undefined) {
    const mine = [reachSql(own, columns, params), reachedSql(ownIds, columns, params)];
    const kept = mine.filter((one) => one !== nothing);
    if (kept.length > 0) either.push(`${ownSql(columns.ownerId, userId, params)} and (${kept.join(' or ')})`);
  }
  return anyOf(either);
}

const nothing = 'false';

function anyOf(conditions: readonly string[]): string {
  const kept = conditions.filter((one) => one !== nothing);
  return kept.length === 0 ? nothing : `(${kept.join(' or ')})`;
}

/** A SQL condition for rows that are the caller's own. */
export function ownSql(ownerId: string, userId: string, params: Params): string {
  return `${ownerId} = ${params.add(userId, 'text')}`;
}

/** A SQL condition for rows in the scopes of a reach. */
export function reachSql(
  { scopes, parents, everywhere }: Reach,
  { scopeId, scopeParentId }: Pick<ListColumns, 'scopeId' | 'scopeParentId'>,
  params: Params,
): string {
  return anyOf([
    everywhere ? `${scopeId} <> 'global'` : nothing,
    scopes.length > 0 ? `${scopeId} = any(${params.add(scopes, 'text[]')})` : nothing,
    parents.length > 0 ? `${scopeParentId} = any(${params.add(parents, 'text[]')})` : nothing,
  ]);
}

/**
 * A SQL condition for rows of which a grant speaks by their id or their container's. An id counts only in the
 * scopes its grant speaks for, so id and scope are compared together.
 */
export function reachedSql(ids: readonly ReachedId[], columns: ListColumns, params: Params): string {
  const inScopes = ids.flatMap(({ id, reach }) => reach.scopes.map((scope) => [id, scope] as const));
  const inParents = ids.flatMap(({ id, reach }) => reach.parents.map((parent) => [id, parent] as const));
  const anywhere = ids.filter(({ reach }) => reach.everywhere).map(({ id }) => id);
  const names = columns.pin === undefined ? [columns.id] : [columns.id, columns.pin];
  const either: string[] = [];
  if (anywhere.length > 0) {
    const list = params.add(anywhere, 'text[]');
    either.push(...names.map((name) => `${name} = any(${list}) and ${columns.scopeId} <> 'global'`));
  }
  for (const [column, pairs] of [
    [columns.scopeId, inScopes],
    [columns.scopeParentId, inParents],
  ] as const) {
    if (pairs.length === 0) continue;
    const left = params.add(
      pairs.map(([id]) => id),
      'text[]',
    );
    const right = params.add(
      pairs.map(([, scope]) => scope),
      'text[]',
    );
    either.push(
      ...names.map((name) => `(${name}::text, ${column}::text) in (select * from unnest(${left}, ${right}))`),
    );
  }
  return anyOf(either);
}
