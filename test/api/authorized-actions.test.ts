import fc from 'fast-check';
import { randomText } from '../../src/core/id';
import { isSelfAction, parentAction } from '../../src/grant/action';
import { parseGrant } from '../../src/grant/grant';
import { idActionsOf, type ResourceType } from '../../src/grant/resource-type';
import { newCredential, newCredentialStore } from '../support/credentials';
import { grantTo, newUser } from '../support/identities';
import { newAuditEntry } from '../support/node-rows';
import { performancesOf } from '../support/performed';
import { mutationNames } from '../support/schema-walk';
import { authorize } from '../support/session-client';
import {
  newAccount,
  newAlias,
  newGroup,
  newHostSet,
  newRole,
  newServiceUser,
  newSession,
  newTarget,
  newWorker,
  org,
  project,
  startWorld,
  type World,
} from '../support/world';

interface Thing {
  readonly what: string;
  readonly type: ResourceType;
  readonly typeName: string;
  readonly id: string;
}

let world: World;
let me: { id: string; token: string };
let things: Thing[];

beforeAll(async () => {
  world = await startWorld();
  me = await newUser(world.server);
  const set = await newHostSet(world);
  const [{ id: catalogId }] = (await world.server.database.sql<{ id: string }>(
    'select host_catalog_id as id from host where id = $1',
    [set.hostId],
  )) as [{ id: string }];
  const accountId = await newAccount(world);
  const [{ id: authMethodId }] = (await world.server.database.sql<{ id: string }>(
    'select auth_method_id as id from account where id = $1',
    [accountId],
  )) as [{ id: string }];
  const storeId = await newCredentialStore(world);
  const credentialId = await newCredential(world, storeId);
  const target = await newTarget(world);
  await grantTo(world.server, me.id, { scope: project, grants: [`ids=${target};actions=authorize-session`] });
  const mine = await authorize(world.server, me.token, target);
  things = [
    { what: 'a catalog', type: 'host-catalog', typeName: 'HostCatalog', id: catalogId },
    { what: 'a host', type: 'host', typeName: 'Host', id: set.hostId },
    { what: 'a host set', type: 'host-set', typeName: 'HostSet', id: set.id },
    { what: 'a store', type: 'credential-store', typeName: 'CredentialStore', id: storeId },
    { what: 'a credential', type: 'credential', typeName: 'Credential', id: credentialId },
    { what: 'a target', type: 'target', typeName: 'Target', id: target },
    { what: 'a session of mine', type: 'session', typeName: 'Session', id: mine.id },
    { what: 'a session of another', type: 'session', typeName: 'Session', id: (await newSession(world)).id },
    { what: 'a user', type: 'user', typeName: 'User', id: (await newServiceUser(world)).id },
    { what: 'a group', type: 'group', typeName: 'Group', id: (await newGroup(world)).id },
    { what: 'a role', type: 'role', typeName: 'Role', id: (await newRole(world)).id },
    { what: 'an alias', type: 'alias', typeName: 'Alias', id: await newAlias(world) },
    { what: 'a worker', type: 'worker', typeName: 'Worker', id: (await newWorker(world)).id },
    { what: 'an account', type: 'account', typeName: 'Account', id: accountId },
    { what: 'its auth method', type: 'auth-method', typeName: 'AuthMethod', id: authMethodId },
    { what: 'a scope', type: 'scope', typeName: 'Scope', id: project },
    { what: 'an audit entry', type: 'audit-entry', typeName: 'AuditEntry', id: await newAuditEntry(world) },
  ];
});
afterAll(() => world.server.stop());

/** The actions of a type that nothing performs yet. */
const notPerformed = (type: ResourceType, typeName: string): string[] => {
  const performed = Object.keys(performancesOf(type, typeName));
  return idActionsOf(type).filter((action) => action !== 'no-op' && !performed.includes(action));
};

test('every action that a mutation performs is tried', () => {
  for (const { type, typeName } of things) {
    const forgotten = notPerformed(type, typeName).filter((action) => {
      const [verb, ...noun] = action.split('-');
      if (action === 'authenticate') return false; // asks for the password as well
      const words = noun.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
      return [`${verb}${typeName}${words}`, `${verb}${words}`].some((name) => mutationNames.includes(name));
    });
    expect({ type, forgotten }).toEqual({ type, forgotten: [] });
  }
});

interface Role {
  readonly scope: string;
  readonly grantScopes: readonly string[];
  readonly grants: readonly string[];
}

function isGrant(text: string): boolean {
  try {
    parseGrant(text);
    return true;
  } catch {
    return false;
  }
}

/** Grants that often speak of one of the things: by their id, by their catalog, or of all there are. */
function someGrant(): fc.Arbitrary<string> {
  const containers = things.filter(({ type }) =>
    ['host-catalog', 'auth-method', 'credential-store'].includes(type),
  );
  const tokens = { type: 'auth-token', id: 'at_0000000000' } as const;
  return fc
    .constantFrom(...things, tokens, tokens)
    .chain(({ type, id }) =>
      fc.record({
        type: fc.constantFrom<string | null>(type, type, '*', null),
        ids: fc.constantFrom('*', '*', id, ...containers.map((one) => one.id)),
        actions: fc.oneof(
          fc.subarray([...idActionsOf(type), 'list'], { minLength: 1, maxLength: 3 }),
          fc.constant(['*']),
        ),
        fields: fc.option(fc.constantFrom('id', 'id,authorized_actions', '*'), { freq: 8 }),
      }),
    )
    .map(({ type, ids, actions, fields }) =>
      [
        `ids=${ids}`,
        ...(type === null ? [] : [`type=${type}`]),
        `actions=${actions.join(',')}`,
        ...(fields === null ? [] : [`output_fields=${fields}`]),
      ].join(';'),
    )
    .filter(isGrant);
}

function someRole(): fc.Arbitrary<Role> {
  const speaksFor = {
    global: ['this', 'children', 'descendants', org, project],
    [org]: ['this', 'children', project],
    [project]: ['this'],
  };
  return fc.constantFrom(project, project, org, 'global').chain((scope) =>
    fc.record({
      scope: fc.constant(scope),
      grantScopes: fc.subarray(speaksFor[scope], { minLength: 1 }),
      grants: fc.uniqueArray(someGrant(), { minLength: 1, maxLength: 3 }),
    }),
  );
}

/** A token of mine beside the one in use, and one of another: both are gone once they were signed out. */
async function freshTokens(): Promise<Thing[]> {
  const id = `at_${randomText(10)}`;
  await world.server.database.sql(
    `insert into auth_token (id, account_id, auth_method_id, scope_id, secret_hash, expires_at, idle_limit_seconds)
     select $1, id, auth_method_id, scope_id, sha256('secret'), postern_now() + interval '1 hour', 3600
     from account where user_id = $2`,
    [id, me.id],
  );
  const kind = { type: 'auth-token', typeName: 'AuthToken' } as const;
  return [
    { what: 'a token of mine', ...kind, id },
    { what: 'a token of another', ...kind, id: (await newUser(world.server)).tokenId },
  ];
}

const ask = (query: string, variables: object) => world.server.ask(query, variables, me.token);

async function authorizedOn({ id }: Thing): Promise<string[]> {
  const { data, errors } = await ask(
    'query ($id: ID!) { node(id: $id) { ... on Authorizable { authorizedActions } } }',
    { id },
  );
  expect(errors).toBeUndefined();
  return (data!['node']?.authorizedActions as string[] | undefined) ?? [];
}

const enumOf = (action: string): string => action.toUpperCase().replaceAll(/[-:]/g, '_');

test('what may be done to an object is what it says may be done, no less and no more', async () => {
  const seen = new Map<string, number>();
  const checkAll = async (roles: readonly Role[]): Promise<void> => {
    await world.server.database.sql(
      'delete from role where id in (select role_id from role_principal where principal_id = $1)',
      [me.id],
    );
    for (const role of roles) await grantTo(world.server, me.id, role);
    for (const thing of [...things, ...(await freshTokens())]) {
      const authorized = await authorizedOn(thing);
      for (const [action, performance] of Object.entries(performancesOf(thing.type, thing.typeName))) {
        const { errors } = await ask(performance.document, performance.variables(thing.id));
        const code = errors?.[0]?.extensions['code'] as string | undefined;
        const done = code === undefined || code === 'VERSION_CONFLICT' ? 'done' : code;
        // One mutation performs an action and its `:self` form: holding either is enough.
        const names = [action, `${action}:self`, ...(isSelfAction(action) ? [parentAction(action)!] : [])];
        const says = names.some((name) => authorized.includes(enumOf(name)));
        const expected = says ? 'done' : authorized.length > 0 ? 'FORBIDDEN' : 'NOT_FOUND';
        seen.set(expected, (seen.get(expected) ?? 0) + 1);
        expect({ what: thing.what, action, authorized, outcome: done }).toEqual({
          ...{ what: thing.what, action, authorized, outcome: expected },
        });
      }
    }
  };
  await fc.assert(fc.asyncProperty(fc.array(someRole(), { minLength: 1, maxLength: 3 }), checkAll), {
    numRuns: 30,
  });
  expect([...seen.keys()].sort()).toEqual(['FORBIDDEN', 'NOT_FOUND', 'done']);
}, 120_000);
