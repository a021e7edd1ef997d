import type { Protected, Reach } from '../core/acl.js';
import { isCollectionAction } from '../grant/action.js';
import type { RoleGrant } from '../grant/acl.js';
import { makeJudge } from '../grant/judge.js';
import {
  collectionActionsOf,
  idActionsOf,
  isTopLevel,
  parentType,
  resourceTypeNames,
  typeOfId,
  type ResourceType,
} from '../grant/resource-type.js';
import { scopedGrants, type ScopedGrant } from '../grant/scoped-grant.js';

/** Which things of a type: all of them, one by its id, those in a container; or the collections themselves. */
export interface Of {
  readonly kind: 'all' | 'one' | 'in' | 'collection';
  /** The thing or the container; a template where it is not known for whom it stands. */
  readonly id: string | null;
}

/** One action on some things of a type, without a word of the scopes. */
export interface Shape {
  readonly type: ResourceType;
  readonly action: string;
  readonly of: Of;
}

const userTemplate = '{{.User.Id}}';
const accountTemplate = '{{.Account.Id}}';
// Ids that nobody has, which stand for whoever a template will mean.
const standIns = { userId: 'u_0', accountId: 'acctpw_0' };
const templateOf: Readonly<Record<string, string>> = {
  [standIns.userId]: userTemplate,
  [standIns.accountId]: accountTemplate,
};

const known = new Map<string, readonly Shape[]>();
const mostKnown = 20_000;

/**
 * What a grant gives wherever it speaks, each action by its name. Found by asking the engine that decides requests, once for each
 * type, action and sort of thing. Nothing of a grant that this build cannot read.
 */
export function shapesOf(canonical: string, isAnonymous: boolean): readonly Shape[] {
  const key = `${isAnonymous ? '-' : '+'}${canonical}`;
  let shapes = known.get(key);
  if (shapes === undefined) {
    shapes = askedShapes(canonical, isAnonymous);
    if (known.size >= mostKnown) known.clear();
    known.set(key, shapes);
  }
  return shapes;
}

const here = { scopeId: 'p_0', parentScopeId: 'o_0' };

function askedShapes(canonical: string, isAnonymous: boolean): Shape[] {
  const given: RoleGrant = { roleId: '', roleScopeId: here.scopeId, grantScope: 'this', canonical };
  const [one] = scopedGrants([given], standIns);
  if (!one) return [];
  const judge = makeJudge([one], isAnonymous);
  const isNamed = !isAnonymous && one.grant.ids.length > 0 && !one.grant.ids.includes('*');
  return resourceTypeNames.flatMap((type) =>
    (isNamed ? namedOf(one, type) : wideOf).flatMap((of) => {
      const possible = of.kind === 'one' || of.kind === 'all' ? idActionsOf(type) : actionsIn(type, of);
      return possible
        .filter((action) => judge(thingOf(type, action, of)).may(action))
        .map((action) => ({ type, action, of: { ...of, id: templateOf[of.id ?? ''] ?? of.id } }));
    }),
  );
}

const wideOf: readonly Of[] = [
  { kind: 'all', id: null },
  { kind: 'collection', id: null },
];

function namedOf({ grant }: ScopedGrant, type: ResourceType): Of[] {
  return grant.ids.flatMap((id): Of[] => [
    ...(typeOfId(id) === type ? [{ kind: 'one' as const, id }] : []),
    ...(!isTopLevel(type) && parentType(type) === typeOfId(id) ? [{ kind: 'in' as const, id }] : []),
  ]);
}

function actionsIn(type: ResourceType, { kind }: Of): readonly string[] {
  return kind === 'in' ? [...idActionsOf(type), ...collectionActionsOf(type)] : collectionActionsOf(type);
}

// A thing that stands for all of its sort: no grant names it or its container, unless that is what is asked.
function thingOf(type: ResourceType, action: string, { kind, id }: Of): Protected {
  const isOfCollection = kind === 'collection' || (kind === 'in' && isCollectionAction(action));
  const pin = kind === 'in' ? id : isTopLevel(type) ? null : '?';
  return { ...here, type, id: isOfCollection ? null : kind === 'one' ? id : '?', pin };
}

/** An action on some things in some scopes, with the roles that give it. */
export interface AccessSet extends Shape {
  readonly reach: Reach;
  readonly roleIds: readonly string[];
}

/** Tells sets apart that are about different things; sets are kept in the order of these texts. */
export function setKey({ type, action, of }: Shape): string {
  return [type, action, of.kind, of.id ?? ''].join(' ');
}

/** Whether what the one is about takes in what the other is about, wherever both speak. */
export function takesIn(wide: Of, narrow: Of): boolean {
  if (wide.kind === narrow.kind && wide.id === narrow.id) return true;
  if (wide.kind === 'all') return narrow.kind === 'one' || narrow.kind === 'in';
  return wide.kind === 'collection' && narrow.kind === 'in';
}

/** Whether a set gives its action on a thing; the action is asked by its name. */
export function gives({ type, action, of, reach }: AccessSet, asked: string, on: Protected): boolean {
  if (type !== on.type || action !== asked) return false;
  const { scopes, parents, everywhere } = reach;
  const isHere =
    scopes.includes(on.scopeId) ||
    (on.parentScopeId !== null && parents.includes(on.parentScopeId)) ||
    (everywhere && on.scopeId !== 'global');
  if (!isHere) return false;
  switch (of.kind) {
    case 'all':
      return on.id !== null;
    case 'collection':
      return on.id === null;
    case 'one':
      return on.id === of.id;
    case 'in':
      return on.pin === of.id && (on.id === null) === isCollectionAction(action);
  }
}

const waysToMore: Readonly<Partial<Record<ResourceType, readonly string[]>>> = {
  role: [
    ...['add-principals', 'set-principals', 'add-grants', 'set-grants'],
    ...['add-grant-scopes', 'set-grant-scopes'],
  ],
  group: ['add-members', 'set-members'],
  user: ['add-accounts', 'set-accounts', 'issue-api-token'],
  account: ['set-password'],
  'auth-method': ['update'],
  'credential-store': ['update'],
  'credential-library': ['update'],
  credential: ['update'],
  worker: ['create:controller-led', 'create:worker-led'],
};

/** True for actions by which who holds them can come by more than they are granted, unless the server forbids it. */
export function isWayToMore({ type, action }: Pick<Shape, 'type' | 'action'>): boolean {
  return waysToMore[type]?.includes(action) ?? false;
}
