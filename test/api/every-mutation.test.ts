import { dumpDatabase } from '../support/database-dump';
import { grantTo, newUser } from '../support/identities';
import { masked, missingLike } from '../support/masked';
import type { GrantedRow, ProofRow } from '../support/mutation-row';
import { mutationRows } from '../support/mutation-rows';
import { nodeRows } from '../support/node-rows';
import { mutationNames, nodeTypes, queryOf } from '../support/schema-walk';
import type { Answer } from '../support/test-server';
import { elsewhere, project, startWorld, type World } from '../support/world';

let world: World;
beforeAll(async () => {
  world = await startWorld();
  await grantTo(world.server, 'u_anon', {
    scope: 'global',
    grants: ['ids=*;type=auth-method;actions=authenticate'],
  });
});
afterAll(() => world.server.stop());

const granted = mutationRows.filter((row): row is GrantedRow => 'needs' in row);
const proven = mutationRows.filter((row): row is ProofRow => 'proof' in row);

test('every mutation has a row, and every type that implements Node', () => {
  const missing = (names: readonly string[], rows: readonly string[]) =>
    names.filter((name) => !rows.includes(name));
  const mutations = mutationRows.map(({ mutation }) => mutation);
  expect(missing(mutationNames, mutations)).toEqual([]);
  expect(missing(mutations, mutationNames)).toEqual([]);
  expect(missing(nodeTypes, Object.keys(nodeRows))).toEqual([]);
  expect(missing(Object.keys(nodeRows), nodeTypes)).toEqual([]);
});

const codeOf = ({ errors }: Answer): string | undefined => errors?.[0]?.extensions['code'];
const grantOf = ({ needs }: GrantedRow): string => {
  const [type, action] = needs.split(' ');
  return `ids=*;type=${type};actions=${action}`;
};
const sightOf = ({ needs, scope = project, sees }: GrantedRow) =>
  sees ?? { scope, grant: `ids=*;type=${needs.split(' ')[0]};actions=no-op` };

interface Audited {
  readonly operation: string;
  readonly outcome: string;
  readonly error_code: string | null;
  readonly resource_id: string | null;
}

/** What the audit has of a caller. */
const auditOf = (actorId: string): Promise<Audited[]> =>
  world.server.database.sql<Audited>(
    'select operation, outcome, error_code, resource_id from audit where actor_id = $1 order by id',
    [actorId],
  );

/** Runs what must leave the database as it is. */
async function unchanged<T>(work: () => Promise<T>): Promise<T> {
  const before = await dumpDatabase(world.server.database);
  const result = await work();
  expect(await dumpDatabase(world.server.database)).toEqual(before);
  return result;
}

describe.each(granted.map((row): [string, string, GrantedRow] => [row.mutation, row.needs, row]))(
  '%s',
  (mutation, needs, row) => {
    const { scope = project } = row;
    const also = row.also ? [{ scope, ...row.also }] : [];

    test(`is allowed to who holds ${needs}, and audited`, async () => {
      const { input } = await row.fresh(world);
      const { token, id } = await newUser(world.server, [{ scope, grants: [grantOf(row)] }, ...also]);
      const { errors } = await world.run(mutation, input, token);
      expect({ input, errors }).toEqual({ input, errors: undefined });
      expect(await auditOf(id)).toEqual([
        { operation: mutation, outcome: 'done', error_code: null, resource_id: expect.stringMatching(/_/) },
      ]);
    });

    test('is refused to who sees what it is about and holds nothing else, and changes nothing', async () => {
      const { input } = await row.fresh(world);
      const sight = sightOf(row);
      const { token, id } = await newUser(world.server, [
        { scope: sight.scope, grants: [sight.grant] },
        ...also,
      ]);
      const answer = await unchanged(() => world.run(mutation, input, token));
      expect({ input, code: codeOf(answer) }).toEqual({ input, code: 'FORBIDDEN' });
      expect(await auditOf(id)).toMatchObject([
        { operation: mutation, outcome: 'refused', error_code: 'FORBIDDEN' },
      ]);
    });

    test('is told the same of what is hidden as of what is missing, and changes nothing', async () => {
      const { input, on } = await row.fresh(world);
      const missing = missingLike(on);
      const grants = [grantOf(row), ...also.flatMap((one) => one.grants)];
      const { token, id } = await newUser(world.server, [
        { scope: elsewhere.org, grants },
        { scope: elsewhere.project, grants },
      ]);
      const [hidden, absent] = await unchanged(async () => [
        await world.run(mutation, input, token),
        await world.run(mutation, JSON.parse(JSON.stringify(input).replaceAll(on, missing)) as object, token),
      ]);
      expect({ input, code: codeOf(hidden) }).toEqual({ input, code: 'NOT_FOUND' });
      expect(masked(hidden, on)).toBe(masked(absent, missing));
      const refused = { operation: mutation, outcome: 'refused', error_code: 'NOT_FOUND' };
      // Who audits learns which it was, but by its name a hidden one is not even looked up.
      const isNamed = 'name' in input && input.name === on;
      expect(await auditOf(id)).toMatchObject([
        { ...refused, resource_id: isNamed ? null : on },
        { ...refused, resource_id: null },
      ]);
    });

    if (also.length > 0)
      test('is told the same of what it names beside where that is hidden as where it is missing', async () => {
        const { input, on } = await row.fresh(world);
        const text = JSON.stringify(input);
        const named = [...text.matchAll(/"([a-z]+_[A-Za-z0-9]{10})"/g)].map(([, id]) => id!);
        const others = named.filter((id) => id !== on);
        expect(others.length).toBeGreaterThan(0);
        const { token } = await newUser(world.server, [{ scope, grants: [grantOf(row)] }]);
        for (const id of others) {
          const missing = missingLike(id);
          const [hidden, absent] = await unchanged(async () => [
            await world.run(mutation, input, token),
            await world.run(mutation, JSON.parse(text.replaceAll(id, missing)) as object, token),
          ]);
          expect({ id, code: codeOf(hidden) }).toEqual({ id, code: expect.any(String) });
          expect(masked(hidden, id)).toBe(masked(absent, missing));
        }
      });

    test('asks a caller without a token to sign in', async () => {
      const { input } = await row.fresh(world);
      const answer = await unchanged(() => world.run(mutation, input, null));
      expect(codeOf(answer)).toBe('UNAUTHENTICATED');
    });
  },
);

describe.each(proven.map((row): [string, ProofRow] => [row.mutation, row]))('%s', (mutation, row) => {
  test('is allowed to who brings the proof, whoever that is', async () => {
    const { right } = await row.proof(world);
    expect((await world.run(mutation, right, null)).errors).toBeUndefined();
  });

  test('is refused without it, and told the same of what is hidden as of what is missing', async () => {
    const { wrong, hidden, missing } = await row.proof(world);
    const [refusal, ofHidden, ofMissing] = await unchanged(async () => [
      await world.run(mutation, wrong, null),
      await world.run(mutation, hidden, null),
      await world.run(mutation, missing, null),
    ]);
    expect([codeOf(refusal), codeOf(ofHidden)]).toEqual(row.refusedAs);
    expect(masked(ofHidden, ' ')).toBe(masked(ofMissing, ' '));
  });
});

describe.each(Object.entries(nodeRows))('a hidden %s', (type, fresh) => {
  const query = queryOf(type);
  const own = query === null ? '' : `own: ${query}(id: $id) { id }`;

  test('is told the same of as a missing one, alone and among others', async () => {
    const id = await fresh(world);
    const missing = missingLike(id);
    const { token } = await newUser(world.server, [
      { scope: elsewhere.org, grants: ['ids=*;type=*;actions=*'] },
      { scope: elsewhere.project, grants: ['ids=*;type=*;actions=*'] },
    ]);
    const ask = (document: string, one: string, who: string) =>
      world.server.ask(`query ($id: ID!) { ${document} }`, { id: one }, who);
    const documents = ['node(id: $id) { __typename id }', `nodes(ids: ["${id}", $id]) { id }`, own];
    for (const document of documents.filter((text) => text !== '')) {
      const shown = await ask(document, id, world.admin);
      expect({ document, errors: shown.errors }).toEqual({ document, errors: undefined });
      expect(JSON.stringify(shown.data)).toContain(id);
      const hidden = await ask(document, id, token);
      expect(JSON.stringify(hidden.data)).not.toContain(id);
      expect(masked(hidden, id)).toBe(masked(await ask(document, missing, token), missing));
    }
  });
});

test('no secret of any of this is kept where somebody reads', async () => {
  const { server, secrets } = world;
  const parts = secrets.flatMap((secret) => [secret, secret.slice(secret.lastIndexOf('_') + 1)]);
  expect(parts.length).toBeGreaterThan(10);
  for (const table of [
    'audit',
    'event',
    'event_inbox',
    'made_once',
    'session',
    'account_totp',
    'login_challenge',
  ]) {
    const rows = await server.database.sql(
      `select t::text as row from ${table} t where exists (select from unnest($1::text[]) s where strpos(t::text, s) > 0)`,
      [parts],
    );
    expect({ table, rows }).toEqual({ table, rows: [] });
  }
});
