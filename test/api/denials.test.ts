import { silentLog } from '../../src/core/log';
import { grantTo, newUser } from '../support/identities';
import { masked, missingLike } from '../support/masked';
import { eventually } from '../support/session-client';
import { createTestDatabase } from '../support/test-database';
import { startTestServer, type Answer } from '../support/test-server';
import { newCatalog, newHost, org, project, startWorld, type World } from '../support/world';

let world: World;
beforeAll(async () => {
  world = await startWorld({ denialFlushMs: 20 });
});
afterAll(() => world.server.stop());

const fields = `id at code action resourceType resourceId scopeId requestId userId user { name } reason sentence isAllowedNow
  trace { isAllowed sentence action type resourceId scopeId containerId decidedBy { roleId isHidden } misses { kind sentence } }`;
const ask = (document: string, token: string): Promise<Answer> => world.server.ask(document, {}, token);
const lookUp = (id: string, token = world.admin): Promise<Answer> =>
  ask(`{ denial(id: "${id}") { ${fields} } }`, token);
const codeOf = ({ errors }: Answer): string | undefined => errors?.[0]?.extensions['code'];

/** The denial of a refused request, once it is written. */
async function denialOf(refusal: Promise<Answer>): Promise<{ id: string; requestId: string; code: string }> {
  const answer = await refusal;
  const { denialId: id, requestId, code } = answer.errors![0]!.extensions as Record<string, string>;
  await eventually('the denial to be written', async () => {
    const rows = await world.server.database.sql('select from denial where id = $1', [id]);
    return rows.length === 1;
  });
  return { id: id!, requestId: requestId!, code: code! };
}
async function denied(refusal: Promise<Answer>, token = world.admin): Promise<any> {
  const { id } = await denialOf(refusal);
  const { data, errors } = await lookUp(id, token);
  expect(errors).toBeUndefined();
  return data!['denial'];
}

describe('a denial', () => {
  test('of a read tells who was refused what, when, in which request, and why', async () => {
    const user = await newUser(world.server, [
      { scope: project, grants: ['ids=*;type=target;actions=no-op'] },
    ]);
    const refusal = ask('{ target(id: "ttcp_1234567890") { id } }', user.token);
    const { id, requestId } = await denialOf(refusal);
    const { data } = await lookUp(id);
    expect(data!['denial']).toEqual({
      ...{ id, requestId, at: expect.stringMatching(/Z$/), code: 'FORBIDDEN', action: 'read', reason: null },
      ...{ resourceType: 'target', resourceId: 'ttcp_1234567890', scopeId: project },
      ...{ userId: user.id, user: { name: user.name }, isAllowedNow: false },
      sentence: 'it would be refused now as well',
      trace: {
        ...{ isAllowed: false, action: 'READ', type: 'target', resourceId: 'ttcp_1234567890' },
        ...{
          scopeId: project,
          containerId: null,
          decidedBy: [],
          sentence: expect.stringContaining('may not read'),
        },
        misses: expect.arrayContaining([
          {
            kind: 'OTHER_ACTION',
            sentence: expect.stringMatching(/^role r_\w+ grants no-op here, not read$/),
          },
          {
            kind: 'NOT_A_PRINCIPAL',
            sentence: expect.stringContaining('role "Administration" grants everything here'),
          },
        ]),
      },
    });
    expect(Date.now() - Date.parse(data!['denial'].at)).toBeLessThan(60_000);
  });

  test('says that access has changed since', async () => {
    const user = await newUser(world.server, [
      { scope: project, grants: ['ids=*;type=target;actions=no-op'] },
    ]);
    const { id } = await denialOf(ask('{ target(id: "ttcp_1234567890") { id } }', user.token));
    const role = await grantTo(world.server, user.id, {
      scope: project,
      grants: ['ids=*;type=target;actions=read'],
    });
    const { data } = await lookUp(id);
    expect(data!['denial']).toMatchObject({
      isAllowedNow: true,
      trace: { isAllowed: true, decidedBy: [{ roleId: role }] },
      sentence: 'access has changed since, and it would be allowed now',
    });
  });

  test('of what is hidden is told to who sees it, and names what it was', async () => {
    const user = await newUser(world.server);
    const host = await newHost(world);
    expect(await denied(ask(`{ host(id: "${host}") { id } }`, user.token))).toMatchObject({
      ...{ code: 'NOT_FOUND', resourceType: 'host', resourceId: host, isAllowedNow: false },
      trace: { type: 'host', resourceId: host, containerId: expect.stringMatching(/^hcst_/) },
    });
  });

  test('of what is missing says that there was no such thing', async () => {
    const user = await newUser(world.server);
    expect(await denied(ask('{ target(id: "ttcp_0000000000") { id } }', user.token))).toMatchObject({
      ...{ code: 'NOT_FOUND', resourceType: 'target', resourceId: null, isAllowedNow: null, trace: null },
      sentence: 'there was no such target',
    });
  });

  test('of a list is about the collection, in a scope or in a container', async () => {
    const user = await newUser(world.server);
    expect(
      await denied(ask(`{ targets(scopeId: "${project}") { nodes { id } } }`, user.token)),
    ).toMatchObject({
      ...{ code: 'NOT_FOUND', resourceType: 'scope', resourceId: project },
      trace: { action: 'LIST', type: 'target', resourceId: null, scopeId: project },
    });
    const catalog = await newCatalog(world);
    await grantTo(world.server, user.id, {
      scope: project,
      grants: ['ids=*;type=host-catalog;actions=no-op'],
    });
    expect(
      await denied(ask(`{ hosts(hostCatalogId: "${catalog}") { nodes { id } } }`, user.token)),
    ).toMatchObject({
      ...{ code: 'FORBIDDEN', resourceType: 'host', resourceId: catalog },
      trace: { action: 'LIST', type: 'host', resourceId: null, scopeId: project, containerId: catalog },
    });
  });

  test('of a write is kept beside its entry in the audit', async () => {
    const user = await newUser(world.server, [
      { scope: project, grants: ['ids=*;type=host-catalog;actions=no-op'] },
    ]);
    const catalog = await newCatalog(world);
    const refusals: [Promise<Answer>, string, string, string | null][] = [
      [
        ask(`mutation { deleteHostCatalog(input: { id: "${catalog}" }) { deletedId } }`, user.token),
        'DELETE',
        'host-catalog',
        catalog,
      ],
      [
        ask(
          `mutation { createHost(input: { hostCatalogId: "${catalog}", address: "127.0.0.1" }) { host { id } } }`,
          user.token,
        ),
        'CREATE',
        'host',
        null,
      ],
      [
        ask(`mutation { createRole(input: { scopeId: "${org}" }) { role { id } } }`, user.token),
        'CREATE',
        'role',
        null,
      ],
    ];
    for (const [refusal, action, type, resourceId] of refusals)
      expect((await denied(refusal)).trace).toMatchObject({ action, type, resourceId });
  });

  test('of what is gone by now says so', async () => {
    const user = await newUser(world.server);
    const catalog = await newCatalog(world);
    const { id } = await denialOf(ask(`{ hostCatalog(id: "${catalog}") { id } }`, user.token));
    await ask(`mutation { deleteHostCatalog(input: { id: "${catalog}" }) { deletedId } }`, world.admin);
    expect((await lookUp(id)).data!['denial']).toMatchObject({
      ...{ resourceId: catalog, userId: user.id, isAllowedNow: null, trace: null },
      sentence: 'the host catalog is gone; whether it would be allowed now cannot be told',
    });
  });

  test('of a user who is gone says so', async () => {
    const user = await newUser(world.server);
    const { id } = await denialOf(ask('{ target(id: "ttcp_1234567890") { id } }', user.token));
    await ask(`mutation { deleteUser(input: { id: "${user.id}" }) { deletedId } }`, world.admin);
    expect((await lookUp(id)).data!['denial']).toMatchObject({
      ...{ userId: user.id, user: null, isAllowedNow: null, trace: null },
      sentence: 'who was refused is gone; whether it would be allowed now cannot be told',
    });
  });

  test('of a wrong password says that grants were not the reason', async () => {
    const grants = ['ids={{.Account.Id}};actions=change-password,read'];
    const user = await newUser(world.server, [{ scope: 'global', grants }]);
    const [{ id: account }] = (await world.server.database.sql<{ id: string }>(
      'select id from account where user_id = $1',
      [user.id],
    )) as [{ id: string }];
    const refusal = ask(
      `mutation { changeAccountPassword(input: { id: "${account}", expectedVersion: 1, currentPassword: "wrong-horse", newPassword: "right-horse" }) { account { id } } }`,
      user.token,
    );
    expect(await denied(refusal)).toMatchObject({
      ...{ reason: 'the current password is wrong', isAllowedNow: null, trace: null },
      sentence: 'it was not the action that was not granted: the current password is wrong',
    });
  });

  test('of who had not signed in is one of everybody', async () => {
    const refusal = ask(
      'mutation { authenticate(input: { authMethodId: "ampw_0000000000", loginName: "x", password: "y" }) { token } }',
      '',
    );
    expect(await denied(refusal)).toMatchObject({
      userId: 'u_anon',
      user: { name: 'anonymous' },
      action: 'authenticate',
    });
  });
});

describe('looking a denial up', () => {
  const missing = 'denial_0000000000';
  const likeMissing = async (id: string, token: string): Promise<void> => {
    const [one, other] = [await lookUp(id, token), await lookUp(missing, token)];
    expect(codeOf(one)).toBe('NOT_FOUND');
    expect(masked(one)).toBe(masked(other));
  };

  test('takes explain-access where the thing stands, and sight of the user and of the thing', async () => {
    const user = await newUser(world.server);
    const { id } = await denialOf(ask('{ target(id: "ttcp_1234567890") { id } }', user.token));
    const helper = await newUser(world.server);
    await likeMissing(id, helper.token);
    await grantTo(world.server, helper.id, { scope: org, grants: [`ids=${project};actions=explain-access`] });
    await likeMissing(id, helper.token);
    await grantTo(world.server, helper.id, { scope: 'global', grants: [`ids=${user.id};actions=no-op`] });
    await likeMissing(id, helper.token);
    await grantTo(world.server, helper.id, { scope: project, grants: ['ids=*;type=target;actions=no-op'] });
    expect((await lookUp(id, helper.token)).data!['denial']).toMatchObject({
      ...{ userId: user.id, isAllowedNow: false },
      trace: { misses: [{ kind: 'NOTHING_NEAR' }] },
    });
    const seer = await newUser(world.server, [
      { scope: 'global', grantScopes: ['this', 'descendants'], grants: ['ids=*;type=*;actions=no-op'] },
    ]);
    expect(codeOf(await lookUp(id, seer.token))).toBe('FORBIDDEN');
  });

  test("tells one's own only where one sees the thing, so that it does not tell hidden from missing", async () => {
    const user = await newUser(world.server);
    const hidden = await denialOf(ask('{ target(id: "ttcp_1234567890") { id } }', user.token));
    const nowhere = await denialOf(
      ask(`{ target(id: "${missingLike('ttcp_1234567890')}") { id } }`, user.token),
    );
    await likeMissing(hidden.id, user.token);
    await likeMissing(nowhere.id, user.token);
    await grantTo(world.server, user.id, { scope: project, grants: ['ids=*;type=target;actions=no-op'] });
    expect((await lookUp(hidden.id, user.token)).data!['denial']).toMatchObject({
      isAllowedNow: false,
      userId: user.id,
    });
    await likeMissing(nowhere.id, user.token);
  });

  test('of another user is nothing for who was refused too, and nothing for who has not signed in', async () => {
    const [one, other] = [await newUser(world.server), await newUser(world.server)];
    const { id } = await denialOf(ask('{ target(id: "ttcp_1234567890") { id } }', one.token));
    await likeMissing(id, other.token);
    expect(codeOf(await lookUp(id, ''))).toBe('UNAUTHENTICATED');
  });

  test('is possible for 30 days', async () => {
    const user = await newUser(world.server);
    const { id } = await denialOf(ask('{ target(id: "ttcp_1234567890") { id } }', user.token));
    const age = (days: number) =>
      world.server.database.sql(
        `update denial set at = at - make_interval(days => ${days}) where id = '${id}'`,
      );
    await age(29);
    expect((await lookUp(id)).errors).toBeUndefined();
    await age(2);
    await eventually('the sweep to forget it', async () => codeOf(await lookUp(id)) === 'NOT_FOUND');
  });
});

test('what waits to be written is written when the server stops', async () => {
  const database = await createTestDatabase();
  const server = await startTestServer({}, {}, database, silentLog, { denialFlushMs: 3_600_000 });
  const user = await newUser(server);
  const answer = await server.ask('{ target(id: "ttcp_0000000000") { id } }', {}, user.token);
  const rows = () =>
    database.sql('select from denial where id = $1', [answer.errors![0]!.extensions['denialId']]);
  expect(await rows()).toHaveLength(0);
  await server.stop();
  expect(await rows()).toHaveLength(1);
  await database.drop();
});
