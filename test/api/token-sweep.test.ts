import { sweepTokens } from '../../src/auth/sweep-tokens';
import { endTokensOfRemoved, signOutDisabled } from '../../src/auth/end-tokens';
import { openDataSource } from '../../src/db/data-source';
import { openDatabase } from '../../src/db/database';
import { entities } from '../../src/entities';
import { endRemoved } from '../../src/session/end-removed';
import { newProgram, newUser } from '../support/identities';
import { authorize, eventually, makeTarget } from '../support/session-client';
import { startTestServer, type TestServer } from '../support/test-server';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({}, {}, undefined, undefined, { sweepMs: 600_000 });
});
afterAll(() => server.stop());

/** Sweeps as a server does. */
async function sweep(): Promise<number> {
  const source = await openDataSource(
    {
      ...{ url: server.database.url, poolSize: 2, statementTimeoutMs: 5000 },
      ...{ applicationName: 'test', clockShift: null },
    },
    entities,
  );
  const reactors = [endTokensOfRemoved, signOutDisabled, endRemoved];
  const guard = { check: () => Promise.resolve() };
  const swept = await sweepTokens(openDatabase({ source, guard, reactors, onFacts: () => {} }));
  await source.destroy();
  return swept;
}

async function expireDaysAgo(days: number, ...ids: string[]): Promise<void> {
  const { sql } = server.database;
  await sql('alter table auth_token disable trigger auth_token_immutable');
  await sql(
    `update auth_token set created_at = postern_now() - interval '90 days',
       expires_at = postern_now() - make_interval(days => $1) where id = any($2)`,
    [days, ids],
  );
  await sql('alter table auth_token enable trigger auth_token_immutable');
}
const kept = async (...ids: string[]): Promise<string[]> =>
  (
    await server.database.sql<{ id: string }>('select id from auth_token where id = any($1) order by id', [
      ids,
    ])
  ).map(({ id }) => id);

test('tokens are kept for a week after their end, then they go, and the log is told', async () => {
  const [old, program, recent, good] = [
    await newUser(server),
    await newProgram(server),
    await newUser(server),
    await newUser(server),
  ];
  await expireDaysAgo(8, old.tokenId, program.tokenId);
  await expireDaysAgo(6, recent.tokenId);
  expect(await sweep()).toBe(2);
  expect(await kept(old.tokenId, program.tokenId, recent.tokenId, good.tokenId)).toEqual([
    recent.tokenId,
    good.tokenId,
  ]);
  const told = await server.database.sql(
    `select subject_id as id from (select kind, subject_id from event union all select kind, subject_id from event_inbox) e
     where kind = 'auth-token.deleted' order by 1`,
  );
  expect(told).toEqual([old.tokenId, program.tokenId].sort().map((id) => ({ id })));
});

test('a token stays as long as a session lives that was made with it', async () => {
  const { token, tokenId } = await newUser(server);
  const { id } = await authorize(server, token, await makeTarget(server, 22));
  await expireDaysAgo(30, tokenId);
  expect(await sweep()).toBe(0);
  const admin = await server.signIn();
  const statusOf = async () =>
    (await server.ask(`{ session(id: "${id}") { status } }`, {}, admin)).data!['session'].status as string;
  expect([await kept(tokenId), await statusOf()]).toEqual([[tokenId], 'PENDING']);
  const cancel = 'mutation ($input: CancelSessionInput!) { cancelSession(input: $input) { session { id } } }';
  await server.ask(cancel, { input: { id } }, admin);
  expect(await sweep()).toBe(1);
  expect([await kept(tokenId), await statusOf()]).toEqual([[], 'TERMINATED']);
});

test('many are swept in parts', async () => {
  const { id } = await newProgram(server);
  await server.database.sql(
    `insert into auth_token (id, type, user_id, scope_id, name, secret_hash, created_at, expires_at)
     select 'at_many' || lpad(i::text, 6, '0'), 'api', $1, 'global', 'ci', sha256('x'),
       postern_now() - interval '60 days', postern_now() - interval '30 days' from generate_series(1, 450) i`,
    [id],
  );
  expect(await sweep()).toBe(450);
});

test('the server sweeps by itself', async () => {
  const other = await startTestServer({}, {}, undefined, undefined, { sweepMs: 20 });
  const { tokenId } = await newUser(other);
  const { sql } = other.database;
  await sql('alter table auth_token disable trigger auth_token_immutable');
  await sql(
    `update auth_token set created_at = postern_now() - interval '90 days',
       expires_at = postern_now() - interval '30 days' where id = $1`,
    [tokenId],
  );
  await eventually(
    'it to be gone',
    async () => (await sql('select from auth_token where id = $1', [tokenId])).length === 0,
  );
  await other.stop();
});
