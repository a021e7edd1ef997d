import { dumpDatabase } from '../support/database-dump';
import { grantTo, newProgram } from '../support/identities';
import { masked, missingLike } from '../support/masked';
import { mutationRows } from '../support/mutation-rows';
import { nodeRows } from '../support/node-rows';
import { listFields, mutationNames } from '../support/schema-walk';
import { collect, type Answer } from '../support/test-server';
import { newSession, org, project, startWorld, type World } from '../support/world';

interface Program {
  readonly id: string;
  readonly token: string;
  readonly tokenId: string;
}

let world: World;
/** Two programs that may everything, of which one has a token for reading. */
let reading: Program;
let writing: Program;
beforeAll(async () => {
  world = await startWorld();
  await grantTo(world.server, 'u_anon', {
    scope: 'global',
    grants: ['ids=*;type=auth-method;actions=authenticate'],
  });
  const everything = {
    ...{ scope: 'global', grantScopes: ['this', 'descendants'] },
    grants: ['ids=*;type=*;actions=*'],
  };
  reading = await newProgram(world.server, [everything], true);
  writing = await newProgram(world.server, [everything]);
});
afterAll(() => world.server.stop());

const refusalOf = ({ data, errors }: Answer) => ({
  data: data && Object.values(data).every((one) => one === null),
  code: errors?.[0]?.extensions['code'] as string | undefined,
  message: errors?.[0]?.message.replace(/ \(denial \w+\)$/, ''),
});
const refused = { code: 'FORBIDDEN', message: 'the token in use is read-only: it changes nothing' };
const ask = (query: string, { token }: Program, variables: object = {}): Promise<Answer> =>
  world.server.ask(query, variables, token);

describe('a token for reading', () => {
  test.each(mutationNames.map((name) => [name]))(
    'is refused %s, whatever its user may, and changes nothing',
    async (name) => {
      const row = mutationRows.find(({ mutation }) => mutation === name)!;
      const input = 'fresh' in row ? (await row.fresh(world)).input : (await row.proof(world)).right;
      const before = await dumpDatabase(world.server.database);
      const answer = await world.run(name, input, reading.token);
      expect(refusalOf(answer)).toMatchObject(refused);
      expect(await dumpDatabase(world.server.database)).toEqual(before);
      const [entry] = await world.server.database.sql(
        `select operation, outcome, error_code as code, resource_type as type, resource_id as resource from audit
       where actor_id = $1 order by id desc limit 1`,
        [reading.id],
      );
      expect(entry).toEqual({
        ...{ operation: name, outcome: 'refused', code: 'FORBIDDEN' },
        ...{ type: 'auth-token', resource: reading.tokenId },
      });
    },
  );

  test('is told the same of what is hidden as of what is missing', async () => {
    const id = await nodeRows['Host']!(world);
    const stranger = await newProgram(world.server, [], true);
    const [hidden, missing] = [
      await world.run('deleteHost', { id }, stranger.token),
      await world.run('deleteHost', { id: missingLike(id) }, stranger.token),
    ];
    expect(refusalOf(hidden)).toMatchObject(refused);
    expect(masked(hidden, id)).toBe(masked(missing, missingLike(id)));
  });

  test.each(Object.keys(nodeRows))('reads a %s, and shows no action on it but what reads', async (type) => {
    const id = await nodeRows[type]!(world);
    const query =
      'query ($id: ID!) { node(id: $id) { __typename id ... on Authorizable { authorizedActions } } }';
    const [mine, theirs] = [await ask(query, reading, { id }), await ask(query, writing, { id })];
    expect(mine.errors).toBeUndefined();
    expect(mine.data!['node']).toMatchObject({ __typename: type, id });
    const known = /^(NO_OP|READ|READ_SELF|LIST_RESOLVABLE_ALIASES|LIST_KEYS|EXPLAIN_ACCESS)$/;
    expect(mine.data!['node'].authorizedActions).toEqual(
      theirs.data!['node'].authorizedActions?.filter((action: string) => known.test(action)),
    );
  });

  test.each(listFields.map(({ name, place }) => [name, place]))(
    'lists %s as its user does',
    async (name, place) => {
      const places: Record<string, string[]> = {
        scopeId: ['global', org, project],
        authMethodId: ['ampw_1234567890'],
        userId: [writing.id],
        sessionId: [(await newSession(world)).id],
      };
      const [{ id: hostCatalogId } = { id: '' }] = await world.server.database.sql<{ id: string }>(
        'select id from host_catalog limit 1',
      );
      const id = (places[place] ?? [hostCatalogId])[0]!;
      for (const one of places[place] ?? [id]) {
        const query = `query ($id: ID!) { ${name}(${place}: $id, first: 50) { nodes { id } } }`;
        const [mine, theirs] = [
          await ask(query, reading, { id: one }),
          await ask(query, writing, { id: one }),
        ];
        expect({ one, ...mine, errors: masked(mine.errors ?? null) }).toEqual({
          ...{ one, ...theirs, errors: masked(theirs.errors ?? null) },
        });
      }
    },
  );

  test('shows nothing to do with collections but to list them', async () => {
    const query = `{ scope(id: "${project}") { authorizedCollectionActions { collection actions } } }`;
    const shown = (await ask(query, reading)).data!['scope'].authorizedCollectionActions as {
      actions: string[];
    }[];
    expect(shown.length).toBeGreaterThan(3);
    expect(new Set(shown.flatMap(({ actions }) => actions))).toEqual(new Set(['LIST', 'LIST_KEYS']));
  });

  test('watches sessions come and go, over the socket of a wall screen', async () => {
    const live = world.server.live(reading.token);
    const query = `subscription { sessionEvents(scopeId: "global", recursive: true) {
      __typename ... on SessionEvent { isSnapshot session { id authorizedActions } } } }`;
    const stream = collect(live, { query }, 'sessionEvents');
    await stream.until('the snapshot', ({ __typename }) => __typename === 'StreamCheckpoint');
    const { id } = await newSession(world);
    const event = await stream.until('the session', ({ session }) => session?.id === id);
    expect(event.session.authorizedActions).toEqual(['NO_OP', 'READ', 'READ_SELF']);
    const change = collect(
      live,
      { query: `mutation { cancelSession(input: { id: "${id}" }) { session { id } } }` },
      'cancelSession',
    );
    await change.ended;
    expect(JSON.stringify(change.errors)).toContain(refused.message);
    stream.stop();
  });

  test('says of itself that it reads', async () => {
    const query = `{ viewer { id authorizedActions } authToken(id: "${reading.tokenId}") { isReadOnly authorizedActions } }`;
    const { data } = await ask(query, reading);
    expect(data).toEqual({
      viewer: { id: reading.id, authorizedActions: ['NO_OP', 'READ', 'LIST_RESOLVABLE_ALIASES'] },
      authToken: { isReadOnly: true, authorizedActions: ['NO_OP', 'READ', 'READ_SELF'] },
    });
  });

  test('does not see what its user may only change', async () => {
    const grants = ['ids=*;type=target;actions=delete', 'ids=*;type=target;actions=list'];
    const [one, other] = [
      await newProgram(world.server, [{ scope: project, grants }], true),
      await newProgram(world.server, [{ scope: project, grants }]),
    ];
    const query = `{ targets(scopeId: "${project}", first: 5) { nodes { id } } }`;
    expect((await ask(query, other)).data!['targets'].nodes.length).toBeGreaterThan(0);
    expect((await ask(query, one)).data!['targets'].nodes).toEqual([]);
    expect((await ask('{ node(id: "ttcp_1234567890") { id } }', one)).data!['node']).toBeNull();
  });
});
