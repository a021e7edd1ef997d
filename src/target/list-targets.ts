import type { Page } from '../api/page.js';
import type { Request } from '../api/request.js';
import { invalidInput } from '../core/failure.js';
import { listInScope, type ScopeArgs } from '../scope/list-in-scope.js';
import type { ListFilter, Listing } from '../scope/listing.js';
import { Target, targetFields } from './target.entity.js';
import { targetColumns, targetPlace, targetTables } from './target.store.js';

const listing: Listing<Target> = {
  type: 'target',
  entity: Target,
  select: targetColumns,
  from: targetTables,
  columns: targetPlace,
  order: { key: 't.created_at', keyType: 'timestamptz', descending: false },
  keyOf: (row) => row.createdAt,
  hideable: targetFields,
  livesIn: 'project',
};

export interface TargetFilter {
  readonly idIn?: readonly string[] | null;
  readonly nameContains?: string | null;
}

export const mostFilterValues = 50;

/** Targets of a scope, oldest first; with `recursive`, those of the projects below it. */
export function listTargets(
  request: Request,
  args: ScopeArgs,
  filter: TargetFilter | null,
): Promise<Page<Target>> {
  return listInScope(request, listing, args, filterOf(filter));
}

function filterOf(filter: TargetFilter | null): ListFilter {
  const ids = filter?.idIn ?? null;
  const name = filter?.nameContains ?? null;
  if (ids && ids.length > mostFilterValues)
    throw invalidInput('filter.idIn', `holds more than ${mostFilterValues} values`);
  if (name && name.length > 128) throw invalidInput('filter.nameContains', 'is longer than 128 characters');
  return {
    key: [ids, name],
    sql: (params) => [
      ...(ids ? [`t.id = any(${params.add(ids, 'text[]')})`] : []),
      ...(name ? [`strpos(lower(t.name), lower(${params.add(name, 'text')})) > 0`] : []),
    ],
    leansOn: name ? [{ path: 'filter.nameContains', field: 'name' }] : [],
  };
}
