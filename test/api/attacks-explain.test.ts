import { grantTo, newUser } from '../support/identities';
import { masked, missingLike } from '../support/masked';
import { authorize, eventually } from '../support/session-client';
import type { Answer } from '../support/test-server';
import {
  elsewhere,
  newCatalog,
  newGroup,
  newHost,
  newTarget,
  newUserOf,
  org,
  project,
  startWorld,
  type World,
} from '../support/world';

// What somebody who may have things explained tries to learn of what is kept from them.
let world: World;
beforeAll(async () => {
  world = await startWorld({ denialFlushMs: 20 });
});
afterAll(() => world.server.stop());

const path =
  'isHidden sentence roleId roleName roleScopeId grantScope grant action accountId holding groupId groupName isGroupHidden';
const trace = `isAllowed sentence user { name } decidedBy { ${path} } misses { kind sentence roleId roleName grant }`;
const ask = (query: string, token: string): Promise<Answer> => world.server.ask(`{ ${query} }`, {}, token);
const codeOf = ({ errors }: Answer): string | undefined => errors?.[0]?.extensions['code'];

/** Somebody who may have everything explained in every scope, and sees nothing yet but the scopes. */
const explainer = () =>
  newUser(world.server, [
    {
      scope: 'global',
      grantScopes: ['this', 'descendants'],
      grants: ['ids=*;type=scope;actions=explain-access,no-op'],
    },
  ]);

describe('a role that one may not read', () => {
  test('shows in no answer, whichever way it decides, misses or is held', async () => {
    const reader = await explainer();
    await grantTo(world.server, reader.id, { scope: project, grants: ['ids=*;type=target;actions=no-op'] });
    const [subject, other] = [await newUserOf(world), await newUser(world.server)];
    await grantTo(world.server, reader.id, {
      scope: org,
      grants: ['ids=*;type=user;actions=read', 'ids=*;type=role;actions=no-op,list'],
    });
    const target = await newTarget(world);
    const { id: group } = await newGroup(world);
    await world.server.database.sql('insert into group_member values ($1, $2)', [group, subject.id]);
    const secrets: string[] = [group, target];
    for (const [holder, scope, grant] of [
      [group, project, `ids=${target};actions=read`],
      [subject.id, elsewhere.project, 'ids=*;type=target;actions=update'],
      [other.id, project, `ids=${target};actions=delete`],
      [subject.id, project, 'ids=*;type=target;actions=add-host-sources'],
    ] as const) {
      const role = await grantTo(world.server, holder, { scope, grants: [grant] });
      await world.server.database.sql('update role set name = $2 where id = $1', [role, `secret ${role}`]);
      secrets.push(role, grant);
    }
    const about = `resourceId: "${target}"`;
    const answers: Answer[] = [];
    for (const action of ['READ', 'UPDATE', 'DELETE', 'ADD_HOST_SOURCES', 'AUTHORIZE_SESSION']) {
      answers.push(
        await ask(
          `explainAccess(userId: "${subject.id}", action: ${action}, ${about}) { ${trace} }`,
          reader.token,
        ),
        await ask(
          `whoCan(action: ${action}, ${about}) { holders { kind userId paths { ${path} } } hiddenCount }`,
          reader.token,
        ),
      );
    }
    const sets = 'sets { type things ids actions scopes childrenOf roles { id name } } hasHidden';
    answers.push(await ask(`effectiveAccess(userId: "${subject.id}") { ${sets} }`, reader.token));
    expect(answers.map(({ errors }) => errors)).toEqual(answers.map(() => undefined));
    expect(answers.at(-1)!.data!['effectiveAccess']).toEqual({ sets: [], hasHidden: true });
    const all = JSON.stringify(answers.map(({ data }) => data)).replaceAll(`target ${target}`, '');
    for (const secret of [...secrets, 'secret']) expect(all).not.toContain(secret);
    expect(answers[0]!.data!['explainAccess']).toMatchObject({
      isAllowed: true,
      decidedBy: [{ isHidden: true }],
    });
  });
});

describe('a user whom one may not see', () => {
  test('is as one that is missing, and in lists a number', async () => {
    const [reader, hidden] = [await explainer(), await newUser(world.server)];
    await grantTo(world.server, reader.id, { scope: project, grants: ['ids=*;type=target;actions=no-op'] });
    await grantTo(world.server, hidden.id, {
      scope: project,
      grants: ['ids=ttcp_1234567890;actions=no-op,update'],
    });
    const asked = (userId: string): readonly string[] => [
      `explainAccess(userId: "${userId}", action: UPDATE, resourceId: "ttcp_1234567890") { ${trace} }`,
      `explainAccess(userId: "${userId}", action: UPDATE, resourceId: "ttcp_0000000000") { ${trace} }`,
      `explainAccess(userId: "${userId}", action: LIST, type: "target", scopeId: "${project}") { ${trace} }`,
      `effectiveAccess(userId: "${userId}") { hasHidden }`,
    ];
    for (const [at, query] of asked(hidden.id).entries()) {
      const [one, other] = [
        await ask(query, reader.token),
        await ask(asked(missingLike(hidden.id))[at]!, reader.token),
      ];
      expect(codeOf(one)).toBe('NOT_FOUND');
      expect(masked(one)).toBe(masked(other));
    }
    const { data } = await ask(
      `whoCan(action: UPDATE, resourceId: "ttcp_1234567890") { holders { userId user { name } } hiddenCount moreCount }`,
      reader.token,
    );
    expect(data!['whoCan']).toEqual({ holders: [], hiddenCount: 2, moreCount: 0 });
    const denial = await ask('target(id: "ttcp_0000000000") { id }', hidden.token);
    const { denialId } = denial.errors![0]!.extensions;
    await eventually('the denial to be written', async () => {
      const rows = await world.server.database.sql('select from denial where id = $1', [denialId]);
      return rows.length === 1;
    });
    const [one, other] = [
      await ask(`denial(id: "${denialId}") { id }`, reader.token),
      await ask('denial(id: "denial_0000000000") { id }', reader.token),
    ];
    expect(masked(one)).toBe(masked(other));
  });

  test('is not named where only its accounts or its name are kept back', async () => {
    const [reader, subject] = [await explainer(), await newUser(world.server)];
    await grantTo(world.server, reader.id, {
      scope: 'global',
      grants: [`ids=${subject.id};actions=read;output_fields=id`, 'ids=*;type=account;actions=no-op'],
    });
    const query = `explainAccess(userId: "${subject.id}", action: READ, resourceId: "${subject.id}") { ${trace} }`;
    const answer = await ask(query, reader.token);
    expect(answer.errors).toBeUndefined();
    expect(JSON.stringify(answer)).not.toContain(subject.name);
    const sets = await ask(
      `effectiveAccess(userId: "${subject.id}") { user { name } sets { ids } }`,
      reader.token,
    );
    expect(JSON.stringify(sets)).not.toContain('acctpw_');
  });
});

describe('a thing that one may not see', () => {
  test('is as one that is missing, whatever the user may do with it', async () => {
    const [reader, subject] = [await explainer(), await newUser(world.server)];
    await grantTo(world.server, reader.id, { scope: 'global', grants: [`ids=${subject.id};actions=read`] });
    await grantTo(world.server, subject.id, { scope: project, grants: ['ids=*;type=*;actions=*'] });
    const session = await authorize(world.server, subject.token, 'ttcp_1234567890');
    const things = [
      'ttcp_1234567890',
      await newCatalog(world),
      await newHost(world),
      session.id,
      (await newGroup(world)).id,
      subject.tokenId,
    ];
    // Who holds nothing but its own sessions does not see those of others.
    await grantTo(world.server, reader.id, {
      scope: project,
      grants: ['ids=*;type=session;actions=read:self'],
    });
    for (const id of things) {
      const asked = (thing: string): readonly string[] => [
        `explainAccess(userId: "${subject.id}", action: READ, resourceId: "${thing}") { ${trace} }`,
        `explainAccess(userId: "${reader.id}", action: READ, resourceId: "${thing}") { ${trace} }`,
        `whoCan(action: READ, resourceId: "${thing}") { holders { userId } hiddenCount }`,
      ];
      for (const [at, query] of asked(id).entries()) {
        const [one, other] = [
          await ask(query, reader.token),
          await ask(asked(missingLike(id))[at]!, reader.token),
        ];
        expect([id, codeOf(one)]).toEqual([id, 'NOT_FOUND']);
        expect(masked(one, id)).toBe(masked(other, missingLike(id)));
      }
    }
  });

  test('keeps its collections to itself too', async () => {
    const reader = await newUser(world.server);
    const catalog = await newCatalog(world);
    for (const [place, missing] of [
      [`type: "target", scopeId: "${project}"`, 'type: "target", scopeId: "p_0000000000"'],
      [`type: "host", containerId: "${catalog}"`, 'type: "host", containerId: "hcst_0000000000"'],
    ] as const) {
      const asked = (where: string) => [
        `explainAccess(userId: "${reader.id}", action: LIST, ${where}) { isAllowed }`,
        `whoCan(action: LIST, ${where}) { hiddenCount }`,
      ];
      for (const [at, query] of asked(place).entries()) {
        const [one, other] = [await ask(query, reader.token), await ask(asked(missing)[at]!, reader.token)];
        expect(codeOf(one)).toBe('NOT_FOUND');
        expect(masked(one)).toBe(masked(other));
      }
    }
  });
});
