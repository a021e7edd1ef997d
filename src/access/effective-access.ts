import type { Reach } from '../core/acl.js';
import type { RoleGrant } from '../grant/acl.js';
import { reachOf } from '../grant/scoped-grant.js';
import { givenGrants } from '../role/given-grants.js';
import { setKey, shapesOf, takesIn, type AccessSet, type Of, type Shape } from './access-set.rules.js';
import type { Person } from './question.rules.js';

/** A role as far as it decides what may be done. */
export interface RoleAccess {
  readonly id: string;
  readonly scopeId: string;
  readonly grants: readonly string[];
  readonly grantScopes: readonly string[];
  readonly principalIds: readonly string[];
}

export interface GroupAccess {
  readonly id: string;
  readonly memberIds: readonly string[];
}

/** Roles and groups, all that decide or those that matter. */
export interface AccessOfAll {
  readonly roles: readonly RoleAccess[];
  readonly groups: readonly GroupAccess[];
}

/**
 * What may be done by whom, as sets, for each user that holds a role itself or by a group; `u_auth` stands for everybody
 * who has signed in, whose access all others have besides, and `u_anon` for who has not. Where a template stands for
 * somebody else in each case, it stays. Two answers can be compared: equal access is equal sets in the same order.
 */
export function effectiveAccess({ roles, groups }: AccessOfAll): Map<string, AccessSet[]> {
  const held = new Map<string, RoleGrant[]>();
  const members = new Map(groups.map(({ id, memberIds }) => [id, memberIds]));
  for (const role of roles) {
    const holders = new Set(
      role.principalIds.flatMap((id) => (id.startsWith('g_') ? (members.get(id) ?? []) : id)),
    );
    for (const holder of holders)
      held.set(holder, [...(held.get(holder) ?? []), ...givenGrants(role, role.grantScopes, role.grants)]);
  }
  const everybody = held.get('u_anon') ?? [];
  const signedIn = [...everybody, ...(held.get('u_auth') ?? [])];
  const access = new Map([
    ['u_anon', accessSets(everybody, true)],
    ['u_auth', accessSets(signedIn)],
  ]);
  for (const [holder, grants] of [...held].sort(([one], [other]) => (one < other ? -1 : 1)))
    if (!access.has(holder))
      access.set(holder, filledFor({ userId: holder, accountIds: [] }, accessSets(grants)));
  return access;
}

/** What grants give together, templates left as they are; for who has not signed in by the rules for such callers. */
export function accessSets(grants: readonly RoleGrant[], isAnonymous = false): AccessSet[] {
  return joined(
    grants.flatMap((given) => {
      const reach = reachOf([given]);
      return shapesOf(given.canonical, isAnonymous).map((shape) => ({
        ...shape,
        reach,
        roleIds: [given.roleId],
      }));
    }),
  );
}

/** The same for one person: what stands for oneself is oneself. Templates of accounts stay where none is known. */
export function filledFor({ userId, accountIds }: Person, sets: readonly AccessSet[]): AccessSet[] {
  return joined(
    sets.flatMap((set) => {
      const { of } = set;
      if (of.id === '{{.User.Id}}') return { ...set, of: { ...of, id: userId } };
      if (of.id !== '{{.Account.Id}}' || accountIds.length === 0) return set;
      return accountIds.map((id) => ({ ...set, of: { ...of, id } }));
    }),
  );
}

// Each thing once, with all its scopes; what a wider set says already is not said again.
function joined(sets: readonly AccessSet[]): AccessSet[] {
  const byKey = new Map<string, AccessSet>();
  for (const set of sets) {
    const key = setKey(set);
    const before = byKey.get(key);
    byKey.set(key, before ? { ...set, ...bothOf(before, set) } : { ...set, reach: smallest(set.reach) });
  }
  const all = [...byKey.values()];
  const byAction = groupsBy(all, ({ type, action }) => `${type} ${action}`);
  return all
    .flatMap((set) => {
      const wider = (byAction.get(`${set.type} ${set.action}`) ?? []).filter(
        (other) => other !== set && takesIn(other.of, set.of),
      );
      const reach = wider.reduce((left, other) => without(left, other.reach), set.reach);
      return isNowhere(reach) ? [] : { ...set, reach };
    })
    .sort((one, other) => (setKey(one) < setKey(other) ? -1 : 1));
}

function bothOf(one: AccessSet, other: AccessSet): Pick<AccessSet, 'reach' | 'roleIds'> {
  const reach = {
    scopes: [...one.reach.scopes, ...other.reach.scopes],
    parents: [...one.reach.parents, ...other.reach.parents],
    everywhere: one.reach.everywhere || other.reach.everywhere,
  };
  return { reach: smallest(reach), roleIds: [...new Set([...one.roleIds, ...other.roleIds])].sort() };
}

// Of scopes below another nothing is known but by their ids: orgs lie in global, projects in some org.
function smallest({ scopes, parents, everywhere }: Reach): Reach {
  const all = [...new Set(scopes)].sort();
  const isTold = (id: string): boolean =>
    id !== 'global' && (everywhere || (parents.includes('global') && id.startsWith('o_')));
  return {
    scopes: all.filter((id) => !isTold(id)),
    parents: everywhere ? [] : [...new Set(parents)].sort(),
    everywhere,
  };
}

function without(reach: Reach, other: Reach): Reach {
  const isOrg = (id: string): boolean => id.startsWith('o_');
  return {
    scopes: reach.scopes.filter(
      (id) =>
        !other.scopes.includes(id) &&
        !(other.everywhere && id !== 'global') &&
        !(other.parents.includes('global') && isOrg(id)),
    ),
    parents: other.everywhere ? [] : reach.parents.filter((id) => !other.parents.includes(id)),
    everywhere: reach.everywhere && !other.everywhere,
  };
}

export function isNowhere({ scopes, parents, everywhere }: Reach): boolean {
  return scopes.length === 0 && parents.length === 0 && !everywhere;
}

function groupsBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

/** Several sets that differ in their action or their id alone, as people read them. */
export interface AccessLine {
  /** `*` for every type. */
  readonly type: string;
  readonly kind: Of['kind'];
  /** The things or containers that are named; none for all. */
  readonly ids: readonly string[];
  readonly actions: readonly string[];
  readonly reach: Reach;
  readonly roleIds: readonly string[];
}

/** Sets in few lines: actions on the same things together, and then things of which the same may be done. */
export function accessLines(sets: readonly AccessSet[]): AccessLine[] {
  const whereOf = ({ reach, roleIds }: Pick<AccessSet, 'reach' | 'roleIds'>): string =>
    JSON.stringify([reach, roleIds]);
  const byThing = groupsBy(sets, (set) => JSON.stringify([set.type, set.of, whereOf(set)]));
  const ofOne = [...byThing.values()].map((group) => lineOf(group));
  const byActions = groupsBy(ofOne, (line) =>
    JSON.stringify([line.type, line.kind, line.actions, whereOf(line)]),
  );
  const lines = [...byActions.values()].map((group) => ({
    ...(group[0] as AccessLine),
    ids: group.flatMap(({ ids }) => ids),
  }));
  return [...groupsBy(lines, whereOf).values()].flatMap(withoutTypes);
}

function lineOf(group: readonly AccessSet[]): AccessLine {
  const { type, of, reach, roleIds } = group[0] as AccessSet;
  const actions = group.map(({ action }) => action).sort();
  return { type, kind: of.kind, ids: of.id === null ? [] : [of.id], actions, reach, roleIds };
}

const everything: readonly Shape[] = shapesOf('ids=*;type=*;actions=*', false);

// Who may do everything is told so, and not once for each type.
function withoutTypes(lines: readonly AccessLine[]): AccessLine[] {
  const wide = lines.filter(({ kind }) => kind === 'all' || kind === 'collection');
  const [first] = wide;
  if (!first || wide.reduce((sum, { actions }) => sum + actions.length, 0) < everything.length)
    return [...lines];
  const rest = lines.filter((line) => !wide.includes(line));
  return [{ ...first, type: '*', kind: 'all', ids: [], actions: ['*'] }, ...rest];
}
