import { grantTo, newUser } from '../support/identities';
import { masked, missingLike } from '../support/masked';
import { nodeRows } from '../support/node-rows';
import { nodeTypes } from '../support/schema-walk';
import { authorize } from '../support/session-client';
import type { Answer } from '../support/test-server';
import { newGroup, newTarget, org, project, startWorld, type World } from '../support/world';

let world: World;
let admin: string;
beforeAll(async () => {
  world = await startWorld();
  admin = world.admin;
});
afterAll(() => world.server.stop());

const path =
  'isHidden sentence roleId roleName grant grantScope action accountId holding groupId groupName isGroupHidden';
const trace = `isAllowed sentence userId action type resourceId scopeId containerId user { name } decidedBy { ${path} } misses { kind sentence roleId roleName grant }`;
const explain = (userId: string, action: string, thing: string, token = admin): Promise<Answer> =>
  world.server.ask(
    `{ explainAccess(userId: "${userId}", action: ${action}, ${thing}) { ${trace} } }`,
    {},
    token,
  );
const who = (action: string, thing: string, token = admin): Promise<Answer> =>
  world.server.ask(
    `{ whoCan(action: ${action}, ${thing}) { sentence holders { kind userId user { name } paths { ${path} } } hiddenCount moreCount } }`,
    {},
    token,
  );
const traced = async (...args: Parameters<typeof explain>): Promise<any> => {
  const { data, errors } = await explain(...args);
  expect(errors).toBeUndefined();
  return data!['explainAccess'];
};
const codeOf = ({ errors }: Answer): string | undefined => errors?.[0]?.extensions['code'];
const target = 'resourceId: "ttcp_1234567890"';
const named = async (roleId: string, name: string): Promise<string> => {
  await world.server.database.sql('update role set name = $2 where id = $1', [roleId, name]);
  return roleId;
};
const groupOf = async (name: string, roleId: string, ...memberIds: string[]): Promise<string> => {
  const { id } = await newGroup(world);
  await world.server.database.sql('update iam_group set name = $2 where id = $1', [id, name]);
  await world.server.database.sql(`insert into group_member select $1, unnest($2::text[])`, [id, memberIds]);
  await world.server.database.sql('insert into role_principal (role_id, principal_id) values ($1, $2)', [
    roleId,
    id,
  ]);
  return id;
};

describe('an access that is granted', () => {
  test.each<[string, string | null, string, string]>([
    ['by a role of its own', null, 'DIRECT', 'held directly'],
    ['by a group', 'group', 'GROUP', 'held by group "DBA direct"'],
    ['as everybody who has signed in', 'u_auth', 'SIGNED_IN', 'held as everybody who has signed in'],
    ['as everybody', 'u_anon', 'EVERYBODY', 'held as everybody'],
    [
      'by a group of everybody',
      'group of u_auth',
      'SIGNED_IN',
      'held as everybody who has signed in, by group "DBA all"',
    ],
  ])('is told with how its role is held: %s', async (_, principal, holding, words) => {
    const user = await newUser(world.server);
    const holder = principal === null || principal.startsWith('group') ? user.id : principal;
    const roleId = await grantTo(world.server, holder, {
      scope: project,
      grants: ['ids=*;type=target;actions=update'],
    });
    await named(roleId, `DB users ${holding}`);
    let groupId: string | null = null;
    if (principal?.startsWith('group')) {
      await world.server.database.sql('delete from role_principal where role_id = $1', [roleId]);
      const isOfAll = principal === 'group of u_auth';
      groupId = await groupOf(isOfAll ? 'DBA all' : 'DBA direct', roleId, isOfAll ? 'u_auth' : user.id);
    }
    const answer = await traced(user.id, 'UPDATE', target);
    const sentence = `role "DB users ${holding}", ${words}, grants it in project "Generated project scope" by ids=*;type=target;actions=update`;
    expect(answer).toEqual({
      ...{ isAllowed: true, userId: user.id, user: { name: user.name }, action: 'UPDATE', type: 'target' },
      ...{ resourceId: 'ttcp_1234567890', scopeId: project, containerId: null, misses: [] },
      sentence: `"${user.name}" may update target ttcp_1234567890: ${sentence}`,
      decidedBy: [
        {
          ...{
            isHidden: false,
            sentence,
            roleId,
            roleName: `DB users ${holding}`,
            accountId: null,
            action: 'UPDATE',
          },
          ...{ grant: 'ids=*;type=target;actions=update', grantScope: 'this', holding, groupId },
          ...{
            groupName: groupId === null ? null : words.slice(words.indexOf('"') + 1, -1),
            isGroupHidden: false,
          },
        },
      ],
    });
    await world.server.database.sql('delete from role where id = $1', [roleId]);
  });

  test('only to one account of a user is told with that account', async () => {
    const user = await newUser(world.server);
    const { sql } = world.server.database;
    await sql(`insert into auth_method (id, scope_id) values ('ampw_other00000', 'global')`);
    await sql(
      `insert into account (id, auth_method_id, scope_id, user_id, login_name) values ('acctpw_other000', 'ampw_other00000', 'global', $1, 'other')`,
      [user.id],
    );
    const roleId = await grantTo(world.server, user.id, {
      scope: 'global',
      grants: ['ids={{.Account.Id}};actions=change-password'],
    });
    const answer = await traced(user.id, 'CHANGE_PASSWORD', 'resourceId: "acctpw_other000"');
    expect(answer.decidedBy).toMatchObject([{ roleId, accountId: 'acctpw_other000' }]);
  });

  test("on one's own session by its :self form, and not on another's", async () => {
    const [mine, other] = [await newUser(world.server), await newUser(world.server)];
    const grants = [
      'ids=*;type=session;actions=cancel:self,no-op',
      'ids=*;type=target;actions=authorize-session',
    ];
    for (const { id } of [mine, other]) await grantTo(world.server, id, { scope: project, grants });
    const session = await authorize(world.server, mine.token, await newTarget(world));
    const thing = `resourceId: "${session.id}"`;
    expect(await traced(mine.id, 'CANCEL', thing)).toMatchObject({
      isAllowed: true,
      decidedBy: [{ action: 'CANCEL_SELF' }],
    });
    const { data } = await who('CANCEL', thing);
    const users = data!['whoCan'].holders.map(({ userId }: { userId: string }) => userId);
    expect(users).toContain(mine.id);
    expect(users).not.toContain(other.id);
    for (const action of ['CANCEL', 'CANCEL_SELF'])
      expect((await traced(other.id, action, thing)).misses[0]).toMatchObject({
        kind: 'ONLY_SELF',
        sentence: expect.stringContaining("which is about one's own sessions; this one is not"),
      });
  });
});

describe('what keeps a user from everything', () => {
  test.each<[string, string, string | null]>([
    ['is nothing where it can sign in', '', null],
    [
      'is that it is disabled',
      `update iam_user set is_disabled = true where id = $1`,
      'the user is disabled, and can do nothing until it is let in again',
    ],
    [
      'is that its accounts are',
      `update account set is_disabled = true where user_id = $1`,
      'nobody can sign in as the user: it has no account, or none that is not disabled',
    ],
    [
      'is that it has no account',
      `delete from account where user_id = $1`,
      'nobody can sign in as the user: it has no account, or none that is not disabled',
    ],
  ])('%s', async (_, change, caveat) => {
    const user = await newUser(world.server, [
      { scope: project, grants: ['ids=*;type=target;actions=remove-host-sources'] },
    ]);
    if (change !== '') await world.server.database.sql(change, [user.id]);
    const { data } = await world.server.ask(
      `{ explainAccess(userId: "${user.id}", action: REMOVE_HOST_SOURCES, ${target}) { isAllowed caveat } }`,
      {},
      admin,
    );
    expect(data!['explainAccess']).toEqual({ isAllowed: true, caveat });
  });
});

describe('an access that is not granted', () => {
  test('is told with what comes nearest, and by which group it could be had', async () => {
    const [user, other] = [await newUser(world.server), await newUser(world.server)];
    const roleId = await named(
      await grantTo(world.server, other.id, { scope: project, grants: ['ids=*;type=target;actions=delete'] }),
      'Cleaners',
    );
    await groupOf('Night shift', roleId, other.id);
    await named(
      await grantTo(world.server, user.id, {
        scope: 'p_elsewhere0',
        grants: ['ids=*;type=target;actions=delete'],
      }),
      'Elsewhere',
    );
    const answer = await traced(user.id, 'DELETE', target);
    expect(answer).toMatchObject({ isAllowed: false, decidedBy: [] });
    expect(answer.sentence).toBe(
      `"${user.name}" may not delete target ttcp_1234567890: role "Elsewhere" grants delete in project p_elsewhere0, not in project "Generated project scope"`,
    );
    expect(answer.misses.slice(0, 2).map(({ kind, sentence }: any) => [kind, sentence])).toEqual([
      [
        'OTHER_SCOPE',
        'role "Elsewhere" grants delete in project p_elsewhere0, not in project "Generated project scope"',
      ],
      [
        'NOT_A_PRINCIPAL',
        `role "Cleaners" grants delete here, but "${user.name}" is not in group "Night shift", which holds it`,
      ],
    ]);
  });

  test('of a collection is asked by its type and where it lies', async () => {
    const user = await newUser(world.server, [
      { scope: project, grants: ['type=host-catalog;actions=list'] },
    ]);
    expect(await traced(user.id, 'LIST', `type: "host-catalog", scopeId: "${project}"`)).toMatchObject({
      ...{ isAllowed: true, resourceId: null, type: 'host-catalog', scopeId: project },
    });
    expect(await traced(user.id, 'CREATE', `type: "host-catalog", scopeId: "${project}"`)).toMatchObject({
      isAllowed: false,
      misses: [{ kind: 'OTHER_ACTION' }, { kind: 'NOT_A_PRINCIPAL' }],
    });
  });

  test.each([
    [
      'an action there is not',
      'CANCEL',
      target,
      'action: there is no cancel on one target; there is no-op, read',
    ],
    ['list of one resource', 'LIST', target, 'action: there is no list on one target'],
    ['both a resource and a type', 'READ', `${target}, type: "target"`, 'resourceId: goes without type'],
    ['nothing', 'READ', '', 'resourceId: is missing'],
    [
      'a type there is not',
      'LIST',
      'type: "targets", scopeId: "global"',
      'type: "targets" is no type that grants name',
    ],
    [
      'hosts of no catalog',
      'LIST',
      `type: "host", scopeId: "${project}"`,
      'containerId: is missing; hosts lie in one host-catalog',
    ],
    [
      'hosts of what is no catalog',
      'LIST',
      'type: "host", containerId: "ttcp_1234567890"',
      'containerId: must be of one host-catalog',
    ],
    [
      'targets of a catalog',
      'LIST',
      'type: "target", containerId: "hcst_1234567890"',
      'containerId: is not for targets',
    ],
  ])('is refused where it asks for %s', async (_, action, thing, sentence) => {
    for (const answer of [await explain('u_1234567890', action, thing), await who(action, thing)]) {
      expect(codeOf(answer)).toBe('INVALID_INPUT');
      expect(answer.errors![0]!.message).toContain(sentence);
    }
  });
});

describe('explaining', () => {
  const seesAll = (scope: string, grantScopes: string[], ...more: string[]) => ({
    scope,
    grantScopes,
    grants: ['ids=*;type=*;actions=no-op', ...more],
  });

  test('needs explain-access on the scope in which the thing stands, and that alone', async () => {
    const subject = await newUser(world.server);
    const seer = await newUser(world.server, [seesAll('global', ['this', 'descendants'])]);
    const asked = () => [explain(subject.id, 'READ', target, seer.token), who('READ', target, seer.token)];
    for (const answer of await Promise.all(asked())) {
      expect(codeOf(answer)).toBe('FORBIDDEN');
      expect(answer.errors![0]!.extensions).toMatchObject({
        action: 'explain-access',
        resourceType: 'scope',
      });
    }
    const elsewhere = { scope: 'o_elsewhere0', grants: ['ids=*;type=scope;actions=explain-access'] };
    await grantTo(world.server, seer.id, elsewhere);
    for (const answer of await Promise.all(asked())) expect(codeOf(answer)).toBe('FORBIDDEN');
    await grantTo(world.server, seer.id, { scope: org, grants: [`ids=${project};actions=explain-access`] });
    for (const answer of await Promise.all(asked())) expect(answer.errors).toBeUndefined();
  });

  test("one's own access needs nothing but to see the thing", async () => {
    const user = await newUser(world.server);
    expect(codeOf(await explain(user.id, 'UPDATE', target, user.token))).toBe('NOT_FOUND');
    await grantTo(world.server, user.id, {
      scope: project,
      grants: ['ids=*;type=target;actions=no-op,read'],
    });
    expect(await traced(user.id, 'READ', target, user.token)).toMatchObject({
      ...{ isAllowed: true, user: null },
      sentence: `"${user.name}" may read target ttcp_1234567890: a role that you may not read grants it`,
      decidedBy: [
        { isHidden: true, roleId: null, roleName: null, grant: null, grantScope: null, holding: null },
      ],
    });
    expect(await traced(user.id, 'UPDATE', target, user.token)).toMatchObject({
      isAllowed: false,
      misses: [
        {
          kind: 'NOTHING_NEAR',
          sentence: 'nothing that you may read comes near to granting it',
          roleId: null,
        },
      ],
    });
    expect(codeOf(await who('READ', target, user.token))).toBe('FORBIDDEN');
    const [own] = [await explain(user.id, 'READ', `resourceId: "${user.id}"`, user.token)];
    expect(own.data!['explainAccess']).toMatchObject({ isAllowed: false });
  });

  test('is nothing for who has not signed in', async () => {
    for (const answer of [await explain('u_anon', 'READ', target, ''), await who('READ', target, '')])
      expect(codeOf(answer)).toBe('UNAUTHENTICATED');
  });

  test('answers of a hidden user and of a missing one alike, of a hidden thing and of a missing one too', async () => {
    const [hidden, shown] = [await newUser(world.server), await newUser(world.server)];
    const helper = await newUser(world.server, [
      {
        scope: 'global',
        grantScopes: ['this', 'descendants'],
        grants: [`ids=*;type=scope;actions=explain-access`],
      },
      { scope: 'global', grants: [`ids=${shown.id};actions=read`] },
      { scope: project, grants: ['ids=*;type=host-catalog;actions=read'] },
    ]);
    const catalogs = `type: "host-catalog", scopeId: "${project}"`;
    const pairs: [Promise<Answer>, Promise<Answer>][] = [
      [
        explain(hidden.id, 'LIST', catalogs, helper.token),
        explain(missingLike(hidden.id), 'LIST', catalogs, helper.token),
      ],
      [
        explain(shown.id, 'READ', target, helper.token),
        explain(shown.id, 'READ', 'resourceId: "ttcp_0000000000"', helper.token),
      ],
      [who('READ', target, helper.token), who('READ', 'resourceId: "ttcp_0000000000"', helper.token)],
    ];
    for (const [one, other] of pairs) {
      expect(codeOf(await one)).toBe('NOT_FOUND');
      expect(masked(await one)).toBe(masked(await other));
    }
    expect((await explain(shown.id, 'LIST', catalogs, helper.token)).errors).toBeUndefined();
  });

  test('names no role, group or user that its reader may not read', async () => {
    const subject = await newUser(world.server);
    const roleId = await named(
      await grantTo(world.server, subject.id, {
        scope: project,
        grants: ['ids=*;type=target;actions=no-op,read,update'],
      }),
      'Secret role',
    );
    await world.server.database.sql('delete from role_principal where role_id = $1', [roleId]);
    const groupId = await groupOf('Secret group', roleId, subject.id);
    const helper = await newUser(world.server, [
      { scope: org, grants: [`ids=${project};actions=explain-access,no-op`] },
      { scope: 'global', grants: [`ids=${subject.id};actions=no-op`] },
      { scope: project, grants: ['ids=*;type=target;actions=no-op'] },
    ]);
    const told = async () =>
      JSON.stringify([
        (await explain(subject.id, 'READ', target, helper.token)).data,
        (await explain(subject.id, 'DELETE', target, helper.token)).data,
        (await who('UPDATE', target, helper.token)).data,
      ]);
    const all = await told();
    for (const secret of [
      roleId,
      'Secret role',
      groupId,
      'Secret group',
      'type=target;actions',
      subject.name,
    ])
      expect(all).not.toContain(secret);
    expect((await who('UPDATE', target, helper.token)).data!['whoCan']).toMatchObject({
      holders: [{ userId: subject.id, paths: [{ isHidden: true }] }],
      hiddenCount: 1, // the administrator
    });
    // A role of which any part is kept back is hidden as a whole.
    const part = await grantTo(world.server, helper.id, {
      scope: project,
      grants: [`ids=${roleId};actions=read;output_fields=id,name,scope_id,grant_scope_ids,grant_strings`],
    });
    expect(await told()).not.toContain('Secret role');
    await world.server.database.sql('delete from role where id = $1', [part]);
    await grantTo(world.server, helper.id, { scope: project, grants: [`ids=${roleId};actions=read`] });
    const { data } = await explain(subject.id, 'READ', target, helper.token);
    expect(data!['explainAccess'].decidedBy).toMatchObject([
      { roleName: 'Secret role', holding: 'GROUP', groupId: null, groupName: null, isGroupHidden: true },
    ]);
    expect(data!['explainAccess'].sentence).toContain(
      'role "Secret role", held by a group that you may not read,',
    );
  });
});

// Who adds a type adds it to `finders` of src/access/find-thing.ts. A connection is no thing that grants speak of.
test.each(nodeTypes.filter((type) => type !== 'ConnectionRecord'))(
  'access to a %s can be explained',
  async (type) => {
    const id = await nodeRows[type]!(world);
    const answer = await traced('u_1234567890', 'READ', `resourceId: "${id}"`);
    expect(answer).toMatchObject({ isAllowed: true, resourceId: id });
    const { data } = await who('READ', `resourceId: "${id}"`);
    expect(data!['whoCan'].holders[0]).toMatchObject({ userId: 'u_1234567890' });
  },
);

describe('who can', () => {
  test('names everybody once, then users by name, as many as were asked for', async () => {
    const users = [await newUser(world.server), await newUser(world.server), await newUser(world.server)];
    const role = await grantTo(world.server, users[0]!.id, {
      scope: project,
      grants: ['ids=*;type=target;actions=add-host-sources'],
    });
    await groupOf('Sources', role, ...users.map(({ id }) => id), 'u_auth');
    const asked = async (most: number): Promise<any> =>
      (
        await world.server.ask(
          `{ whoCan(action: ADD_HOST_SOURCES, ${target}, most: ${most}) { sentence holders { kind userId paths { holding groupName roleId } } hiddenCount moreCount } }`,
          {},
          admin,
        )
      ).data!['whoCan'];
    const all = await asked(500);
    expect(all.sentence).toBe('who may add-host-sources target ttcp_1234567890');
    expect(all.holders[0]).toMatchObject({
      kind: 'SIGNED_IN',
      userId: 'u_auth',
      paths: [{ holding: 'SIGNED_IN', groupName: 'Sources' }],
    });
    const names = all.holders.slice(1).map(({ userId }: any) => userId);
    expect(names).toEqual(['u_1234567890', ...users.map(({ id }) => id)]);
    expect(await asked(2)).toMatchObject({ holders: { length: 3 }, moreCount: 2, hiddenCount: 0 });
    await world.server.database.sql('delete from role where id = $1', [role]);
  });
});
