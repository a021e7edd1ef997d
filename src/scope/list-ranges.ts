import type { ListPermission, ReachedId } from '../core/acl.js';
import { ownSql, type ListColumns, type Params } from '../grant/list-predicate.js';
import { rangesBelow } from './ranges-below.js';
import { covers, levelOf, type ListRange, type PlacedScope, type Ranged } from './list-range.rules.js';

/** Where a list is read: in a scope, or in it and all below it. */
export interface ListPlace {
  readonly scope: PlacedScope;
  readonly recursive: boolean;
}

/**
 * The rows that a caller may list and see there, as ranges that together hold each of them. They may meet, and
 * there are none where nothing is to be seen. Their text follows from the shape of the permission alone.
 */
export function listRanges(
  permission: ListPermission,
  { scope, recursive }: ListPlace,
  ranged: Ranged,
  params: Params,
): ListRange[] {
  if (recursive && levelOf(scope.id) !== 'project') return rangesBelow(permission, scope.id, ranged, params);
  if (!covers(permission.listable, scope)) return [];
  const base = `${ranged.columns.scopeId} = ${params.add(scope.id, 'text')}`;
  return rangesIn(permission, scope, base, ranged.columns, params);
}

/** The same of rows that one container owns. Whether they may be listed is known by then. */
export function containerRanges(
  permission: ListPermission,
  container: { readonly id: string; readonly scope: PlacedScope },
  { columns }: Ranged,
  params: Params,
): ListRange[] {
  const { id, scope } = container;
  const base = `${columns.pin} = ${params.add(id, 'text')}`;
  const isPinned = permission.ids.some((one) => one.id === id && covers(one.reach, scope));
  return isPinned ? [{ conditions: [base] }] : rangesIn(permission, scope, base, columns, params);
}

// In one scope the reaches are decided here and now; what is left are the rows' own ids and owners.
function rangesIn(
  { all, own, ids, ownIds, userId }: ListPermission,
  scope: PlacedScope,
  base: string,
  { id, pin, ownerId }: ListColumns,
  params: Params,
): ListRange[] {
  if (covers(all, scope)) return [{ conditions: [base] }];
  const ranges: ListRange[] = [];
  const byId = (column: string, reached: readonly ReachedId[], also: () => string[] = () => []): void => {
    const list = reached.filter(({ reach }) => covers(reach, scope)).map((one) => one.id);
    if (list.length > 0)
      ranges.push({ conditions: [`${column} = any(${params.add(list, 'text[]')})`, base, ...also()] });
  };
  byId(id, ids);
  if (pin !== undefined) byId(pin, ids);
  if (ownerId === undefined) return ranges;
  const isMine = (): string[] => [ownSql(ownerId, userId, params)];
  if (covers(own, scope)) ranges.push({ conditions: [...isMine(), base] });
  else byId(id, ownIds, isMine);
  return ranges;
}
