import * as fc from 'fast-check';
import type { Acl } from '../../src/core/acl';
import { isSelfAction } from '../../src/grant/action';
import type { Caller, RoleGrant } from '../../src/grant/acl';
import { parseGrant, printGrant } from '../../src/grant/grant';
import type { ListColumns } from '../../src/grant/list-predicate';
import { idActionsOf, type ResourceType } from '../../src/grant/resource-type';
import { createTestDatabase, type TestDatabase } from './test-database';

export interface Scope {
  readonly id: string;
  readonly parentId: string | null;
}

export interface Item {
  readonly id: string;
  readonly type: ResourceType;
  readonly scopeId: string;
  readonly scopeParentId: string | null;
  readonly ownerId: string | null;
  readonly pin: string | null;
}

export interface World {
  readonly scopes: readonly Scope[];
  readonly items: readonly Item[];
  readonly grants: readonly RoleGrant[];
}

export const me: Caller = { userId: 'u_me', accountId: 'acctpw_1' };
const anonymous: Caller = { userId: 'u_anon', accountId: null };
const owners = ['u_me', 'u_other'];

/** What lives where: its id prefix, and the prefix of the container that pins it. */
export const kinds = {
  target: { prefix: 'ttcp', livesIn: 'project' },
  session: { prefix: 's', livesIn: 'project' },
  'host-catalog': { prefix: 'hcst', livesIn: 'project' },
  host: { prefix: 'hst', livesIn: 'project', pinPrefix: 'hcst' },
  'auth-method': { prefix: 'ampw', livesIn: 'above' },
  account: { prefix: 'acctpw', livesIn: 'above', pinPrefix: 'ampw' },
  user: { prefix: 'u', livesIn: 'above' },
} as const;
export type Kind = keyof typeof kinds;
export const kindNames = Object.keys(kinds) as Kind[];
// Sessions know ownership, and auth methods are what callers without a token may see: more of both.
const someKind = fc.constantFrom<Kind>(
  ...kindNames,
  ...(['session', 'session', 'auth-method', 'auth-method', 'auth-method'] as const),
);

const tree: fc.Arbitrary<Scope[]> = fc
  .array(fc.integer({ min: 1, max: 2 }), { minLength: 1, maxLength: 2 })
  .map((projectCounts) => [
    { id: 'global', parentId: null },
    ...projectCounts.flatMap((count, org) => [
      { id: `o_${org}`, parentId: 'global' },
      ...Array.from({ length: count }, (_, i) => ({ id: `p_${org}${i}`, parentId: `o_${org}` })),
    ]),
  ]);

// A handful of ids per kind, so that grants on one id often meet a row; a row may lie in any fitting scope.
function itemsIn(scopes: readonly Scope[]): fc.Arbitrary<Item[]> {
  const one = fc
    .record({
      type: someKind,
      number: fc.nat({ max: 3 }),
      place: fc.nat(),
      ownerId: fc.constantFrom(...owners),
      pinNumber: fc.nat({ max: 2 }),
    })
    .map(({ type, number, place, ownerId, pinNumber }): Item[] => {
      const kind: { prefix: string; livesIn: string; pinPrefix?: string } = kinds[type];
      const fitting = scopes.filter(({ id }) => id.startsWith('p_') === (kind.livesIn === 'project'));
      const scope = fitting[place % fitting.length];
      if (!scope) return [];
      return [
        {
          id: type === 'user' && number === 0 ? 'u_me' : `${kind.prefix}_${number}`,
          type,
          scopeId: scope.id,
          scopeParentId: scope.parentId,
          ownerId: type === 'session' ? ownerId : null,
          pin: kind.pinPrefix ? `${kind.pinPrefix}_${pinNumber}` : null,
        },
      ];
    });
  return fc.array(one, { minLength: 10, maxLength: 30 }).map((found) => {
    const byId = new Map(found.flat().map((item) => [item.id, item]));
    return [...byId.values()];
  });
}

function isGrant(text: string): boolean {
  try {
    parseGrant(text);
    return true;
  } catch {
    return false;
  }
}

const someActions = fc.oneof(
  fc.subarray(['no-op', 'read', 'read:self', 'cancel:self', 'delete', 'list', 'authenticate'], {
    minLength: 1,
    maxLength: 3,
  }),
  fc.constantFrom(
    ['*'],
    ['read:self'],
    ['read:self', 'list'],
    ['list'],
    ['create', 'list'],
    ['authenticate'],
  ),
);
const idsOfKind = someKind.chain((type) =>
  fc.record({
    type: fc.constant<string | null>(type),
    ids: fc
      .subarray([0, 1, 2, 3], { minLength: 1 })
      .map((numbers) => numbers.map((number) => `${kinds[type].prefix}_${number}`)),
  }),
);
/** What a grant speaks of: everything of a type, single ids, children by their container, a collection, oneself. */
const subject: fc.Arbitrary<{ ids: string[]; type: string | null }> = fc.oneof(
  fc.record({ ids: fc.constant<string[]>(['*']), type: fc.oneof(someKind, fc.constant('*')) }),
  fc.record({ ids: idsOfKind.map(({ ids }) => ids), type: fc.constant(null) }),
  idsOfKind,
  fc.record({ ids: fc.subarray(['hcst_0', 'hcst_1'], { minLength: 1 }), type: fc.constantFrom('host', '*') }),
  fc.record({
    ids: fc.subarray(['ampw_0', 'ampw_1'], { minLength: 1 }),
    type: fc.constantFrom('account', '*'),
  }),
  fc.record({ ids: fc.constant<string[]>([]), type: someKind }),
  fc.record({
    ids: fc.subarray(['{{user.id}}', '{{account.id}}'], { minLength: 1 }),
    type: fc.constant(null),
  }),
);
export const grantText = fc
  .record({ subject, actions: someActions, hasFields: fc.boolean() })
  .map(({ subject: { ids, type }, actions, hasFields }) =>
    [
      ...(ids.length > 0 ? [`ids=${ids.join(',')}`] : []),
      ...(type === null ? [] : [`type=${type}`]),
      `actions=${actions.join(',')}`,
      ...(hasFields ? ['output_fields=id'] : []),
    ].join(';'),
  )
  .filter(isGrant)
  .map((text) => printGrant(parseGrant(text)));

// What a caller without a token may see is so little that chance alone would hardly ever grant it.
const anonymousGrantText = fc.oneof(
  grantText,
  fc
    .record({
      ids: fc.constantFrom('*', 'ampw_0', 'ampw_1,ampw_2'),
      actions: fc.constantFrom(
        '*',
        'no-op',
        'list',
        'authenticate',
        'read,authenticate',
        'read',
        'list,no-op',
      ),
    })
    .map(({ ids, actions }) => `ids=${ids};type=auth-method;actions=${actions}`)
    .filter(isGrant),
);

// Grants that narrow a list are rare among all grants.
export const narrowingGrantText = fc.oneof(
  grantText,
  fc
    .record({
      subject: fc.constantFrom('ids=*;type=*', 'ids=*;type=target', 'type=target', 'ids=*;type=session'),
      actions: fc.constantFrom('actions=list;', 'actions=read;', ''),
      fields: fc.constantFrom('id', 'name', '*'),
    })
    .map(({ subject, actions, fields }) => `${subject};${actions}output_fields=${fields}`)
    .filter(isGrant),
);

/** The grant scopes a role may have where it lives. */
function grantScopesFor(scope: Scope, scopes: readonly Scope[]): string[] {
  if (scope.id === 'global') {
    const below = scopes.filter(({ id }) => id !== 'global').map(({ id }) => id);
    return ['this', 'children', 'descendants', ...below];
  }
  if (scope.parentId !== 'global') return ['this'];
  return ['this', 'children', ...scopes.filter(({ parentId }) => parentId === scope.id).map(({ id }) => id)];
}

function grantsIn(scopes: readonly Scope[], text: fc.Arbitrary<string>): fc.Arbitrary<RoleGrant[]> {
  const one = fc
    .record({ home: fc.nat(), reach: fc.nat(), canonical: text })
    .map(({ home, reach, canonical }): RoleGrant => {
      const scope = scopes[home % scopes.length]!;
      const possible = grantScopesFor(scope, scopes);
      return {
        roleId: 'r_one',
        roleScopeId: scope.id,
        grantScope: possible[reach % possible.length]!,
        canonical,
      };
    });
  return fc.array(one, { maxLength: 10 });
}

export const worldOf = (text: fc.Arbitrary<string>): fc.Arbitrary<World> =>
  tree.chain((scopes) =>
    fc.record({ scopes: fc.constant(scopes), items: itemsIn(scopes), grants: grantsIn(scopes, text) }),
  );
export const callers = [
  ['a user', me, worldOf(grantText)],
  ['a caller without a token', anonymous, worldOf(anonymousGrantText)],
] as const;

/** One by one, as the engine says it; a `:self` action counts on one's own alone, unless its parent is held. */
export function isVisible(acl: Acl, caller: Caller, item: Item): boolean {
  const { type, id, scopeId, scopeParentId, pin } = item;
  const on = { type, id, scopeId, parentScopeId: scopeParentId, pin };
  return acl
    .actionsOn(idActionsOf(type), on)
    .some((action) => item.ownerId === caller.userId || !isSelfAction(action));
}

/** To list in a scope opens it and what is below it. */
export function isOpen(acl: Acl, type: ResourceType, scope: Scope, scopes: readonly Scope[]): boolean {
  const on = { type, id: null, scopeId: scope.id, parentScopeId: scope.parentId, pin: null };
  if (acl.may('list', on)) return true;
  const parent = scopes.find(({ id }) => id === scope.parentId);
  return parent !== undefined && isOpen(acl, type, parent, scopes);
}

export function columnsOf(type: ResourceType): ListColumns {
  return {
    id: 'x.id',
    scopeId: 'x.scope_id',
    scopeParentId: 'x.scope_parent_id',
    ...(type === 'session' ? { ownerId: 'x.owner_id', holdsParent: true } : {}),
    ...(type === 'host' || type === 'account' ? { pin: 'x.pin' } : {}),
  };
}

/** Two temporary tables, `item` and `scope`, that a world is written into. */
export async function openWorlds(): Promise<{
  readonly database: TestDatabase;
  fill(items: readonly Item[], scopes?: readonly Scope[]): Promise<void>;
}> {
  const database = await createTestDatabase();
  await database.sql(
    'create temporary table item (id text, type text, scope_id text, scope_parent_id text, owner_id text, pin text)',
  );
  await database.sql('create temporary table scope (id text, parent_id text)');
  return {
    database,
    async fill(items, scopes = []) {
      await database.sql('truncate item, scope');
      await database.sql('insert into scope select * from unnest($1::text[], $2::text[])', [
        scopes.map(({ id }) => id),
        scopes.map(({ parentId }) => parentId),
      ]);
      await database.sql(
        `insert into item select i->>'id', i->>'type', i->>'scopeId', i->>'scopeParentId', i->>'ownerId', i->>'pin'
         from jsonb_array_elements($1::jsonb) i`,
        [JSON.stringify(items)],
      );
    },
  };
}
