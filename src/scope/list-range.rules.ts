import type { Reach } from '../core/acl.js';
import type { ListColumns } from '../grant/list-predicate.js';
import type { ScopeType } from './scope.rules.js';

/**
 * Rows of a list that lie together in an index which has the list's order, so that a page of them costs what
 * it shows and not what it passes over.
 */
export interface ListRange {
  /** SQL of a set of keys, aliased `ranged(key)`, where the rows of each key lie together. */
  readonly each?: string;
  readonly conditions: readonly string[];
}

/** The columns that are compared, and the levels of scopes that rows stand in. */
export interface Ranged {
  readonly columns: ListColumns;
  readonly livesIn: readonly ScopeType[];
}

export interface PlacedScope {
  readonly id: string;
  readonly parentId: string | null;
}

export function levelOf(scopeId: string): ScopeType {
  if (scopeId === 'global') return 'global';
  return scopeId.startsWith('o_') ? 'org' : 'project';
}

export function covers({ scopes, parents, everywhere }: Reach, { id, parentId }: PlacedScope): boolean {
  return (
    (everywhere && id !== 'global') ||
    scopes.includes(id) ||
    (parentId !== null && parents.includes(parentId))
  );
}

export function isEmpty({ scopes, parents, everywhere }: Reach): boolean {
  return scopes.length + parents.length === 0 && !everywhere;
}

/** The part of a reach that lies in a scope or below it, where rows live on those levels. */
export function partBelow(rootId: string, livesIn: readonly ScopeType[], reach: Reach): Reach {
  const lives = (level: ScopeType): boolean => livesIn.includes(level);
  const named = (level: ScopeType): string[] =>
    lives(level) ? reach.scopes.filter((id) => levelOf(id) === level) : [];
  const above = (level: ScopeType, below: ScopeType): string[] =>
    lives(below) ? reach.parents.filter((id) => levelOf(id) === level) : [];
  if (rootId === 'global') {
    return reach.everywhere
      ? { scopes: named('global'), parents: [], everywhere: true }
      : {
          scopes: [...named('global'), ...named('org'), ...named('project')],
          parents: [...above('global', 'org'), ...above('org', 'project')],
          everywhere: false,
        };
  }
  const isRoot = lives('org') && covers(reach, { id: rootId, parentId: 'global' });
  const isAll = lives('project') && (reach.everywhere || reach.parents.includes(rootId));
  // Projects that are named may lie elsewhere.
  const projects = isAll ? [] : named('project');
  return {
    scopes: [...(isRoot ? [rootId] : []), ...projects],
    parents: isAll ? [rootId] : [],
    everywhere: false,
  };
}

/** Whether such a part is all there is. */
export function isAllBelow(rootId: string, livesIn: readonly ScopeType[], part: Reach): boolean {
  const lives = (level: ScopeType): boolean => livesIn.includes(level);
  const { scopes, parents, everywhere } = part;
  if (rootId === 'global') return everywhere && (!lives('global') || scopes.includes('global'));
  return (!lives('org') || scopes.includes(rootId)) && (!lives('project') || parents.includes(rootId));
}

/**
 * What two such parts have in common, as far as ids tell. It is sure unless a project is named by the one and
 * the projects of some org by the other: whether it is one of these, only the database knows.
 */
export function meet(one: Reach, other: Reach): { readonly reach: Reach; readonly isSure: boolean } {
  let isSure = true;
  const maybe = (keeps: boolean): boolean => {
    if (keeps) isSure = false;
    return keeps;
  };
  const holds = (reach: Reach, id: string): boolean =>
    covers(reach, { id, parentId: levelOf(id) === 'org' ? 'global' : null });
  const scopesOf = (from: Reach, within: Reach): string[] =>
    from.scopes.filter(
      (id) =>
        holds(within, id) ||
        maybe(levelOf(id) === 'project' && within.parents.some((above) => above !== 'global')),
    );
  const parents = (from: Reach, within: Reach): string[] =>
    from.parents.filter((id) => within.everywhere || within.parents.includes(id));
  return {
    reach: {
      scopes: [...new Set([...scopesOf(one, other), ...scopesOf(other, one)])],
      parents: [...new Set([...parents(one, other), ...parents(other, one)])],
      everywhere: one.everywhere && other.everywhere,
    },
    isSure,
  };
}
