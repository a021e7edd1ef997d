import type { ListPermission, Reach, ReachedId } from '../core/acl.js';
import { ownSql, reachedSql, reachSql, type Params } from '../grant/list-predicate.js';
import {
  isAllBelow,
  isEmpty,
  levelOf,
  meet,
  partBelow,
  type ListRange,
  type Ranged,
} from './list-range.rules.js';

/** See `listRanges`: the ranges below global or below an org. */
export function rangesBelow(
  permission: ListPermission,
  rootId: string,
  ranged: Ranged,
  params: Params,
): ListRange[] {
  const { columns } = ranged;
  const below = new Below(rootId, ranged, params);
  const open = below.part(permission.listable);
  if (isEmpty(open)) return [];
  const seen = below.region(permission.all, open);
  const ranges = below.rangesOf(seen);
  if (below.isAll(seen.reach)) return ranges;
  const byId = (reached: readonly ReachedId[], ...more: string[]): void => {
    if (reached.length === 0) return;
    const ids = params.add(
      reached.map(({ id }) => id),
      'text[]',
    );
    const conditions = [reachedSql(reached, columns, params), ...more, ...below.inside({ reach: open })];
    for (const name of columns.pin === undefined ? [columns.id] : [columns.id, columns.pin])
      ranges.push({ conditions: [`${name} = any(${ids})`, ...conditions] });
  };
  byId(permission.ids);
  const { ownerId } = columns;
  if (ownerId === undefined) return ranges;
  const mine = below.region(permission.own, open);
  if (!isEmpty(mine.reach))
    ranges.push({
      conditions: [ownSql(ownerId, permission.userId, params), ...below.inside(mine)],
    });
  if (permission.ownIds.length > 0 && !below.isAll(mine.reach))
    byId(permission.ownIds, ownSql(ownerId, permission.userId, params));
  return ranges;
}

/** Scopes below the root, and what only the database can tell of a row in them. */
interface Region {
  readonly reach: Reach;
  readonly tests?: readonly string[];
}

class Below {
  constructor(
    private readonly rootId: string,
    private readonly ranged: Ranged,
    private readonly params: Params,
  ) {}

  part(reach: Reach): Reach {
    return partBelow(this.rootId, this.ranged.livesIn, reach);
  }

  isAll(part: Reach): boolean {
    return isAllBelow(this.rootId, this.ranged.livesIn, part);
  }

  /**
   * Where a reach is open. What holds by itself is not tested again: the planner would take it for another
   * condition and expect fewer rows than there are.
   */
  region(of: Reach, open: Reach): Region {
    const { columns } = this.ranged;
    const part = this.part(of);
    const { reach, isSure } = meet(part, open);
    const tests = isSure ? [] : [part, open].map((one) => reachSql(one, columns, this.params));
    return { reach, tests: [...tests, ...this.placeTests(reach)] };
  }

  /** Conditions for rows in a region; none where it is all there is. */
  inside({ reach, tests = this.placeTests(reach) }: Region): string[] {
    if (this.rootId === 'global' && this.isAll(reach)) return [];
    return [reachSql(reach, this.ranged.columns, this.params), ...tests];
  }

  /** Ranges of the rows in a region. */
  rangesOf({ reach, tests = [] }: Region): ListRange[] {
    const { scopes, parents, everywhere } = reach;
    const { scopeId, scopeParentId, holdsParent = false } = this.ranged.columns;
    if (everywhere) return [{ conditions: [...this.inside({ reach }), ...tests] }];
    if (parents.length > 0 && !holdsParent) {
      const [ids, above] = [scopes, parents].map((list) => this.params.add(list, 'text[]'));
      const each = `(select id::text from scope where id = any(${ids}) or parent_id = any(${above})) ranged(key)`;
      return [{ each, conditions: [`${scopeId} = ranged.key`, ...tests] }];
    }
    return [...this.along(scopeId, scopes, tests), ...this.along(scopeParentId, parents, tests)];
  }

  private along(column: string, keys: readonly string[], tests: readonly string[]): ListRange[] {
    const [first] = keys;
    if (first === undefined) return [];
    if (keys.length === 1)
      return [{ conditions: [`${column} = ${this.params.add(first, 'text')}`, ...tests] }];
    const each = `unnest(${this.params.add(keys, 'text[]')}) ranged(key)`;
    return [{ each, conditions: [`${column} = ranged.key`, ...tests] }];
  }

  // A project that is named may lie elsewhere.
  private placeTests({ scopes }: Reach): string[] {
    if (this.rootId === 'global' || scopes.every((id) => levelOf(id) !== 'project')) return [];
    const { scopeId, scopeParentId } = this.ranged.columns;
    const root = this.params.add(this.rootId, 'text');
    return [`(${scopeId} = ${root} or ${scopeParentId} = ${root})`];
  }
}
