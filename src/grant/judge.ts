import type { Protected } from '../core/acl.js';
import { holdsAction, isCollectionAction } from './action.js';
import { anonymousActionsOn, reaches } from './grant-reach.js';
import { addFields, type OutputFields } from './output-fields.js';
import { covers, directScopeOf, type ScopedGrant } from './scoped-grant.js';

/** What a set of grants says of the actions on one thing. */
export interface Judgment {
  may(action: string): boolean;
  /** The grants that allow it; there are some just where `may` says yes. */
  why(action: string): readonly ScopedGrant[];
  /** Fields that grants name which match there; null when none does. An action that is not allowed has some too. */
  fields(action: string): OutputFields;
}

/** Judges things one after the other, by the grants of one caller. */
export type Judge = (on: Protected) => Judgment;

/** A judge over grants; anonymous callers get by rules of their own, which look at no ids. */
export function makeJudge(grants: readonly ScopedGrant[], isAnonymous: boolean): Judge {
  let matching: Matching | undefined;
  return (on) => {
    matching ??= isAnonymous ? anonymousGrants(grants) : namedGrants(grants);
    return judge(matching, on, isAnonymous ? anonymousActionsOn(on.type) : null);
  };
}

// A page asks a dozen actions on each of a hundred rows, so what they have in common is found once for each row.
function judge(matching: Matching, on: Protected, possible: readonly string[] | null): Judgment {
  const found: (Found | undefined)[] = [];
  const grantsFor = (action: string): Found => {
    const isOfCollections = isCollectionAction(action);
    return (found[Number(isOfCollections)] ??= {
      wide: matching.wide(on, isOfCollections),
      named: matching.named(on, isOfCollections),
    });
  };
  const isPossible = (action: string): boolean => possible === null || possible.includes(action);
  return {
    may(action) {
      if (!isPossible(action)) return false;
      const { wide, named } = grantsFor(action);
      return holdsAction(wide.actions, action) || named.some(({ actions }) => holdsAction(actions, action));
    },
    why(action) {
      if (!isPossible(action)) return [];
      const { wide, named } = grantsFor(action);
      return [...new Set([...wide.grants, ...named])].filter(({ actions }) => holdsAction(actions, action));
    },
    fields(action) {
      if (!isPossible(action)) return null;
      const { wide, named } = grantsFor(action);
      return [...wide.limiting, ...named]
        .filter(({ actions }) => actions.size === 0 || holdsAction(actions, action))
        .reduce<OutputFields>((fields, { grant }) => addFields(fields, grant.outputFields), null);
    },
  };
}

interface Found {
  readonly wide: Sum;
  readonly named: readonly ScopedGrant[];
}

/** The grants that are about a thing, for an action that is one of collections or is not. */
interface Matching {
  /** Those that say the same of all such things in the scope. */
  wide(on: Protected, isOfCollections: boolean): Sum;
  /** Those that name this one or its container. */
  named(on: Protected, isOfCollections: boolean): readonly ScopedGrant[];
}

/** What grants give together: all their actions, and those of them that name output fields. */
interface Sum {
  readonly grants: readonly ScopedGrant[];
  readonly actions: ReadonlySet<string>;
  readonly limiting: readonly ScopedGrant[];
}

function sumOf(grants: readonly ScopedGrant[]): Sum {
  return {
    grants,
    actions: new Set(grants.flatMap(({ actions }) => [...actions])),
    limiting: grants.filter(({ grant }) => grant.outputFields !== null),
  };
}

function anonymousGrants(grants: readonly ScopedGrant[]): Matching {
  const ofType = grantsByPlace(grants);
  const sums = keptSums((on) => sumOf(ofType(on.type, on)));
  return { wide: sums, named: () => [] };
}

function namedGrants(grants: readonly ScopedGrant[]): Matching {
  const isWide = ({ grant }: ScopedGrant): boolean => grant.ids.length === 0 || grant.ids.includes('*');
  const wideAt = grantsByPlace(grants.filter(isWide));
  const byId = new Map<string, ScopedGrant[]>();
  for (const one of grants) {
    if (!isWide(one)) for (const id of new Set(one.grant.ids)) push(byId, id, one);
  }
  const naming = (id: string | null, on: Protected, isOfCollections: boolean): readonly ScopedGrant[] => {
    const known = id === null ? undefined : byId.get(id);
    return (known ?? []).filter(
      (one) => covers(one, on) && reaches({ id, type: one.grant.type }, on, isOfCollections),
    );
  };
  return {
    wide: keptSums((on, isOfCollections) =>
      sumOf(
        [...wideAt(on.type, on), ...wideAt('*', on)].filter(({ grant }) =>
          reaches({ id: grant.ids[0] ?? null, type: grant.type }, on, isOfCollections),
        ),
      ),
    ),
    named: (on, isOfCollections) => [
      ...naming(on.id, on, isOfCollections),
      ...naming(on.pin, on, isOfCollections),
    ],
  };
}

/** Finds the grants of a type that speak for a scope without looking at all the others. */
function grantsByPlace(
  grants: readonly ScopedGrant[],
): (type: string, on: Pick<Protected, 'scopeId' | 'parentScopeId'>) => ScopedGrant[] {
  const byPlace = new Map<string, ScopedGrant[]>();
  for (const one of grants) {
    if (one.grant.type === null) continue;
    const direct = directScopeOf(one);
    const place = direct === null ? one.grantScope : 'in';
    const scope = direct ?? (one.grantScope === 'children' ? one.roleScopeId : '');
    push(byPlace, `${one.grant.type}\n${place}\n${scope}`, one);
  }
  const at = (place: string): ScopedGrant[] => byPlace.get(place) ?? [];
  return (type, on) => [
    ...at(`${type}\nin\n${on.scopeId}`),
    ...(on.parentScopeId === null ? [] : at(`${type}\nchildren\n${on.parentScopeId}`)),
    ...(on.scopeId === 'global' ? [] : at(`${type}\ndescendants\n`)),
  ];
}

function push<Value>(lists: Map<string, Value[]>, key: string, value: Value): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

const mostScopes = 1000;

/** Makes each sum once for a type in a scope: grants that name no id say the same of every thing there. */
function keptSums(make: Matching['wide']): Matching['wide'] {
  const byType = new Map<string, Map<string, ScopeSums>>();
  return (on, isOfCollections) => {
    let scopes = byType.get(on.type);
    if (scopes === undefined || scopes.size >= mostScopes)
      byType.set(on.type, (scopes = new Map<string, ScopeSums>()));
    let kept = scopes.get(on.scopeId);
    if (kept?.parentScopeId !== on.parentScopeId) {
      kept = { parentScopeId: on.parentScopeId, sums: [] };
      scopes.set(on.scopeId, kept);
    }
    return (kept.sums[(on.id === null ? 2 : 0) + Number(isOfCollections)] ??= make(on, isOfCollections));
  };
}

interface ScopeSums {
  readonly parentScopeId: string | null;
  /** Of one thing and of all, each for the two sorts of actions. */
  readonly sums: (Sum | undefined)[];
}
