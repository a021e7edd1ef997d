import fc from 'fast-check';
import { isSelfAction } from '../../src/grant/action';
import { makeAcl } from '../../src/grant/acl';
import { collectionActionsOf, idActionsOf, type ResourceType } from '../../src/grant/resource-type';
import {
  fillAccessWorld,
  heldGrants,
  mayBruteForce,
  putRoles,
  randomRole,
  type AccessWorld,
  type Thing,
} from '../support/access-world';
import { grantTo, newUser } from '../support/identities';
import type { Answer } from '../support/test-server';
import {
  newAccount,
  newGroup,
  newRole,
  newUserOf,
  org,
  project,
  startWorld,
  type World,
} from '../support/world';

let world: World;
beforeAll(async () => {
  world = await startWorld({}, { noEscalation: 'true' });
});
afterAll(() => world.server.stop());

const refusal = ({ errors }: Answer): [string, string] | null =>
  errors ? [errors[0]!.extensions['code'] as string, errors[0]!.message.replace(/ \(denial .*/, '')] : null;
const versionOf = async (table: string, id: string): Promise<number> => {
  const [row] = await world.server.database.sql<{ version: number }>(
    `select version from ${table} where id = $1`,
    [id],
  );
  return row!.version;
};
const everything = ['role', 'group', 'user', 'account'].map((type) => `ids=*;type=${type};actions=*`);

describe('who may give, and has not all of it,', () => {
  // What a helper of an org has: all of roles, groups, users and accounts, and to read targets.
  const helper = (more: string[] = ['ids=*;type=target;actions=read,list']) =>
    newUser(world.server, [
      { scope: 'global', grantScopes: ['this', 'descendants'], grants: [...everything, ...more] },
    ]);
  const lacked = (what: string): [string, string] => [
    'FORBIDDEN',
    `this would give ${what}, which you lack yourself`,
  ];
  const roleWith = async (grants: string[], grantScopes = ['this', 'children']): Promise<string> => {
    const { id } = await newRole(world);
    await world.server.database.sql('delete from role_grant_scope where role_id = $1', [id]);
    await world.server.database.sql('insert into role_grant_scope select $1, unnest($2::text[])', [
      id,
      grantScopes,
    ]);
    await world.server.database.sql(
      'insert into role_grant (role_id, canonical, raw) select $1, g, g from unnest($2::text[]) g',
      [id, grants],
    );
    return id;
  };

  test.each<[string, string, [string, string] | null]>([
    ['what it has', 'ids=*;type=target;actions=list,read', null],
    ['a part of what it has', 'ids=ttcp_1234567890;actions=read', null],
    [
      'another action',
      'ids=*;type=target;actions=delete,read',
      lacked(`delete on any target in ${org}, the children of ${org}`),
    ],
    [
      'another action on one',
      'ids=ttcp_1234567890;actions=update',
      lacked(`update on target ttcp_1234567890 in ${org}, the children of ${org}`),
    ],
    [
      'every action',
      'ids=*;type=target;actions=*',
      lacked(`add-credential-sources on any target in ${org}, the children of ${org}`),
    ],
    [
      'another type',
      'ids=*;type=host-catalog;actions=list',
      lacked(`list on host catalogs in ${org}, the children of ${org}`),
    ],
    [
      'what lies in a catalog',
      'ids=hcst_1234567890;type=host;actions=read',
      lacked(`read on hosts of hcst_1234567890 in ${org}, the children of ${org}`),
    ],
    [
      'fields to see',
      'ids=*;type=host;output_fields=address',
      lacked(`create on hosts in ${org}, the children of ${org}`),
    ],
    [
      'what everybody has of oneself, where it has that of all',
      'ids={{.User.Id}};type=user;actions=read',
      null,
    ],
  ])('adds to a role no grant of more: %s', async (_, grant, expected) => {
    const { token } = await helper();
    const id = await roleWith([]);
    for (const verb of ['add', 'set']) {
      const input = { id, expectedVersion: await versionOf('role', id), grantStrings: [grant] };
      expect(refusal(await world.run(`${verb}RoleGrants`, input, token))).toEqual(expected);
    }
  });

  test('lets no role speak for more scopes', async () => {
    const { id: helperId, token } = await newUser(world.server, [
      { scope: 'global', grantScopes: ['this', 'descendants'], grants: everything },
    ]);
    await grantTo(world.server, helperId, { scope: project, grants: ['ids=*;type=target;actions=read'] });
    await grantTo(world.server, helperId, {
      scope: 'global',
      grantScopes: ['this', 'descendants'],
      grants: ['ids=*;type=scope;actions=no-op'],
    });
    const id = await roleWith(['ids=*;type=target;actions=read'], []);
    const widen = async (grantScopeIds: string[]): Promise<Answer> =>
      world.run(
        'addRoleGrantScopes',
        { id, expectedVersion: await versionOf('role', id), grantScopeIds },
        token,
      );
    expect(refusal(await widen([project]))).toBeNull();
    expect(refusal(await widen(['this']))).toEqual(lacked(`read on any target in ${org}`));
    await world.run('removeRoleGrantScopes', {
      id,
      expectedVersion: await versionOf('role', id),
      grantScopeIds: [project],
    });
    expect(refusal(await widen(['children']))).toEqual(
      lacked(`read on any target in the children of ${org}`),
    );
  });

  test('gives no role, and takes nobody into a group, that has more', async () => {
    const { id: own, token } = await helper();
    const friend = await newUserOf(world);
    const [small, great] = [
      await roleWith(['ids=*;type=target;actions=read']),
      await roleWith(['ids=*;type=target;actions=read,update']),
    ];
    const what = `update on any target in ${org}, the children of ${org}`;
    for (const principal of [friend.id, own, 'u_auth', (await newGroup(world)).id]) {
      const give = async (id: string): Promise<Answer> =>
        world.run(
          'addRolePrincipals',
          { id, expectedVersion: await versionOf('role', id), principalIds: [principal] },
          token,
        );
      expect(refusal(await give(small))).toBeNull();
      expect(refusal(await give(great))).toEqual(lacked(what));
    }
    const group = await newGroup(world);
    const join = async (verb: string, memberIds: string[]): Promise<Answer> =>
      world.run(
        `${verb}GroupMembers`,
        { id: group.id, expectedVersion: await versionOf('iam_group', group.id), memberIds },
        token,
      );
    expect(refusal(await join('add', [friend.id]))).toBeNull();
    await world.server.database.sql('insert into role_principal (role_id, principal_id) values ($1, $2)', [
      great,
      group.id,
    ]);
    expect(refusal(await join('add', [own]))).toEqual(lacked(what));
    expect(refusal(await join('set', [own, friend.id]))).toEqual(lacked(what));
    expect(refusal(await join('remove', [friend.id]))).toBeNull();
  });

  test('becomes nobody who has more', async () => {
    const { token } = await helper();
    const [weak, strong] = [await newUserOf(world), await newUserOf(world)];
    await grantTo(world.server, weak.id, { scope: project, grants: ['ids=*;type=target;actions=read'] });
    await grantTo(world.server, strong.id, {
      scope: project,
      grants: ['ids=*;type=target;actions=authorize-session'],
    });
    const what = `authorize-session on any target in ${project}`;
    for (const [{ id }, expected] of [
      [weak, null],
      [strong, lacked(what)],
    ] as const) {
      const account = await newAccount(world);
      const add = async (verb: string, who: string): Promise<Answer> =>
        world.run(
          `${verb}UserAccounts`,
          { id, expectedVersion: await versionOf('iam_user', id), accountIds: [account] },
          who,
        );
      expect(refusal(await add('add', token))).toEqual(expected);
      expect(refusal(await add('set', token))).toEqual(expected);
      await add('add', world.admin);
      const input = {
        id: account,
        expectedVersion: await versionOf('account', account),
        password: 'another-horse',
      };
      expect(refusal(await world.run('setAccountPassword', input, token))).toEqual(expected);
    }
  });

  test('issues no API token of who has more', async () => {
    const { token } = await helper();
    for (const [grant, expected] of [
      ['ids=*;type=target;actions=read', null],
      [
        'ids=*;type=target;actions=authorize-session',
        lacked(`authorize-session on any target in ${project}`),
      ],
    ] as const) {
      const { id } = await world.made('createUser', { scopeId: org, type: 'SERVICE' });
      await grantTo(world.server, id as string, { scope: project, grants: [grant] });
      const input = { userId: id as string, name: 'job', lifetimeSeconds: 3600 };
      expect(refusal(await world.run('issueApiToken', input, token))).toEqual(expected);
    }
  });

  test("takes over nobody's own sessions and tokens, unless it may end those of all", async () => {
    const [owner, helpers] = [
      await newUser(world.server),
      [await helper(), await helper(['ids=*;type=auth-token;actions=*'])],
    ];
    await grantTo(world.server, owner.id, {
      scope: 'global',
      grants: ['ids=*;type=auth-token;actions=delete:self'],
    });
    const [{ id: account }] = (await world.server.database.sql<{ id: string }>(
      'select id from account where user_id = $1',
      [owner.id],
    )) as [{ id: string }];
    await grantTo(world.server, helpers[0]!.id, {
      scope: 'global',
      grants: ['ids=*;type=auth-token;actions=delete:self'],
    });
    const set = async (token: string): Promise<Answer> =>
      world.run(
        'setAccountPassword',
        { id: account, expectedVersion: await versionOf('account', account), password: 'another-horse' },
        token,
      );
    expect(refusal(await set(helpers[0]!.token))).toEqual(lacked('delete on any auth-token in global'));
    expect(refusal(await set(helpers[1]!.token))).toBeNull();
  });

  test('gives nothing of which grants hide a part from it', async () => {
    const { id, token } = await helper();
    const role = await roleWith([]);
    const add = async (): Promise<Answer> =>
      world.run(
        'addRoleGrants',
        { id: role, expectedVersion: 1, grantStrings: ['ids=*;type=target;actions=read'] },
        token,
      );
    const limiting = await grantTo(world.server, id, {
      scope: project,
      grants: ['ids=ttcp_1234567890;output_fields=name'],
    });
    expect(refusal(await add())).toEqual(lacked(`read on any target in ${org}, the children of ${org}`));
    await world.server.database.sql('delete from role where id = $1', [limiting]);
    expect(refusal(await add())).toBeNull();
  });

  test('is not told what a role grants that it may not read', async () => {
    const friend = await newUserOf(world);
    const great = await roleWith(['ids=*;type=target;actions=update']);
    const { token } = await newUser(world.server, [
      {
        scope: 'global',
        grantScopes: ['this', 'descendants'],
        grants: ['ids=*;type=role;actions=add-principals', 'ids=*;type=user;actions=read'],
      },
    ]);
    const input = { id: great, expectedVersion: 1, principalIds: [friend.id] };
    expect(refusal(await world.run('addRolePrincipals', input, token))).toEqual(
      lacked('something by a role that you may not read'),
    );
  });

  test('may still give what it has to the administrator, who may give all', async () => {
    const id = await roleWith([]);
    const input = { id, expectedVersion: 1, grantStrings: ['ids=*;type=*;actions=*'] };
    expect(refusal(await world.run('addRoleGrants', input))).toBeNull();
  });
});

describe('no sequence of changes', () => {
  let people: AccessWorld;
  const rounds = [1, 2, 3, 4, 5, 6];
  const done = { yes: 0, no: 0 };
  beforeAll(async () => {
    people = await fillAccessWorld(world);
  });

  test.each(rounds)(
    'lets who makes them, or a confederate, end with more than both had: round %i',
    async () => {
      const { sql } = world.server.database;
      await putRoles(world, fc.sample(randomRole(people), 25));
      const [attacker, confederate] = [people.users[3]!, people.users[1]!];
      const victims = people.users.filter((one) => one !== attacker && one !== confederate);
      await grantTo(world.server, attacker.id, {
        scope: 'global',
        grantScopes: ['this', 'descendants'],
        grants: [
          ...[
            'ids=*;type=role;actions=no-op,add-grants,set-grants,add-grant-scopes,add-principals,set-principals',
          ],
          ...['ids=*;type=group;actions=no-op,add-members', 'ids=*;type=scope;actions=no-op'],
          ...['ids=*;type=user;actions=no-op,add-accounts', 'ids=*;type=account;actions=no-op,set-password'],
        ],
      });
      const possible = (thing: Thing): readonly string[] =>
        thing.on.id === null
          ? collectionActionsOf(thing.on.type as ResourceType)
          : idActionsOf(thing.on.type as ResourceType);
      const before = await heldGrants(world);
      // By the engine alone: a `:self` action is the same action in everybody's hand.
      const maySay = (
        grantsOf: typeof before,
        user: { id: string; accountIds: readonly string[] },
        action: string,
        { on }: Thing,
      ): boolean =>
        [...user.accountIds, null].some((accountId) =>
          makeAcl({ userId: user.id, accountId }, grantsOf(user.id)).may(action, on),
        );

      const roles = (await sql<{ id: string }>(`select id from role where id like 'r_law%' order by id`)).map(
        ({ id }) => id,
      );
      const some = <Value>(...values: readonly Value[]) => fc.constantFrom(...values);
      const change = fc.oneof(
        fc.record({
          mutation: some('addRoleGrants', 'setRoleGrants'),
          id: some(...roles),
          grantStrings: randomRole(people).map(({ grants }) => grants.slice(0, 1)),
        }),
        fc.record({
          mutation: some('addRoleGrantScopes'),
          id: some(...roles),
          grantScopeIds: some('this', 'children', 'descendants', project, org).map((one) => [one]),
        }),
        fc.record({
          mutation: some('addRolePrincipals', 'setRolePrincipals'),
          id: some(...roles),
          principalIds: some(attacker.id, confederate.id, ...people.groups, 'u_auth').map((one) => [one]),
        }),
        fc.record({
          mutation: some('addGroupMembers'),
          id: some(...people.groups),
          memberIds: some(attacker.id, confederate.id).map((one) => [one]),
        }),
        fc.record({
          mutation: some('setAccountPassword'),
          id: some(...victims.flatMap(({ accountIds }) => accountIds)),
          password: some('another-horse'),
        }),
      );
      const tables: Record<string, string> = { Role: 'role', Group: 'iam_group', Account: 'account' };
      const taken = new Set<string>();
      for (const { mutation, ...input } of fc.sample(change, 40)) {
        const table = tables[/(Role|Group|Account)/.exec(mutation)![0]]!;
        const expectedVersion = await versionOf(table, input.id);
        const answer = await world.run(mutation, { ...input, expectedVersion }, attacker.token);
        if (!answer.errors && mutation === 'setAccountPassword') taken.add(input.id);
        done[answer.errors ? 'no' : 'yes'] += 1;
      }
      const after = await heldGrants(world);
      const stolen = victims
        .map(({ id, accountIds }) => ({ id, accountIds: accountIds.filter((one) => taken.has(one)) }))
        .filter(({ accountIds }) => accountIds.length > 0);
      for (const thing of people.things) {
        for (const action of possible(thing)) {
          const had = [attacker, confederate].some((user) => maySay(before, user, action, thing));
          const has =
            [attacker, confederate].some((user) => maySay(after, user, action, thing)) ||
            (!isSelfAction(action) &&
              stolen.some((user) => mayBruteForce(user, after(user.id), action, thing)));
          const gained = has && !had;
          expect({ action, thing, gained }).toEqual({ action, thing, gained: false });
        }
      }
    },
    60_000,
  );

  test('was refused wholly, or let through wholly', () => {
    expect(done.yes).toBeGreaterThan(10);
    expect(done.no).toBeGreaterThan(30);
  });
});
