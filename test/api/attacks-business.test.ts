import { createHash } from 'node:crypto';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { newUser } from '../support/identities';
import { mutationDocument } from '../support/schema-walk';
import { eventually } from '../support/session-client';
import type { Answer } from '../support/test-server';
import { elsewhere, newTarget, org, project, startWorld, type World } from '../support/world';

const mostSessions = 4;
const mostSockets = 3;

let world: World;
beforeAll(async () => {
  const webSocket = { mostSocketsOfUser: mostSockets };
  world = await startWorld({ webSocket }, { userSessionLimit: String(mostSessions) });
});
afterAll(() => world.server.stop());

const codesOf = ({ errors }: Answer): string[] => (errors ?? []).map(({ extensions }) => extensions['code']);

describe('one name, made and deleted by many at once', () => {
  const create = mutationDocument('createGroup');
  const remove = mutationDocument('deleteGroup');

  test('is held by one at a time, and nobody is shown a deadlock', async () => {
    const codes = new Map<string, number>();
    const count = (code: string): void => void codes.set(code, (codes.get(code) ?? 0) + 1);
    const worker = async (turns: number): Promise<void> => {
      for (let turn = 0; turn < turns; turn += 1) {
        const made = await world.server.ask(
          create,
          { input: { scopeId: 'global', name: 'contested' } },
          world.admin,
        );
        for (const code of codesOf(made)) count(code);
        const id = made.data?.['createGroup']?.group.id as string | undefined;
        if (id === undefined) continue;
        count('made');
        const [rows] = await world.server.database.sql<{ present: string }>(
          `select count(*) as present from iam_group where scope_id = 'global' and name = 'contested'`,
        );
        expect(rows).toEqual({ present: '1' });
        const gone = await world.server.ask(remove, { input: { id } }, world.admin);
        expect(gone.errors).toBeUndefined();
      }
    };
    await Promise.all(Array.from({ length: 20 }, () => worker(50)));
    expect([...codes.keys()].sort()).toEqual(['CONFLICT', 'made']);
    expect(codes.get('made')! + codes.get('CONFLICT')!).toBe(1000);
    expect(await world.server.database.sql(`select id from iam_group where name = 'contested'`)).toEqual([]);
  }, 90_000);
});

describe('a version that nothing has', () => {
  const versions: [string, unknown, string][] = [
    ['a negative one', -1, 'VERSION_CONFLICT'],
    ['zero', 0, 'VERSION_CONFLICT'],
    ['the largest there is', 2_147_483_647, 'VERSION_CONFLICT'],
    ['one more than that', 2_147_483_648, 'INVALID_INPUT'],
    ['one that no number holds', 1e300, 'INVALID_INPUT'],
    ['a fraction', 1.5, 'INVALID_INPUT'],
    ['a text', '1', 'INVALID_INPUT'],
  ];
  const changes: [string, (id: string) => object][] = [
    ['updateGroup', (id) => ({ id, name: 'renamed' })],
    ['deleteGroup', (id) => ({ id })],
    ['setGroupMembers', (id) => ({ id, memberIds: [] })],
  ];
  const rows = versions.flatMap(([title, version, code]) =>
    changes.map(([mutation, input]) => [mutation, title, version, code, input] as const),
  );
  test.each(rows)('%s refuses %s', async (mutation, _, expectedVersion, code, input) => {
    const { id } = await world.made('createGroup', { scopeId: 'global' });
    const answer = await world.server.ask(
      mutationDocument(mutation),
      { input: { ...input(id), expectedVersion } },
      world.admin,
    );
    expect(codesOf(answer)).toEqual([code]);
    const [row] = await world.server.database.sql('select version, name from iam_group where id = $1', [id]);
    expect(row).toEqual({ version: 1, name: null });
  });

  test('does not run over: a row at the last version is changed no more', async () => {
    const { id } = await world.made('createGroup', { scopeId: 'global' });
    const { sql } = world.server.database;
    await sql('alter table iam_group disable trigger user');
    await sql('update iam_group set version = 2147483647 where id = $1', [id]);
    await sql('alter table iam_group enable trigger user');
    const answer = await world.run('updateGroup', { id, expectedVersion: 2_147_483_647, name: 'once more' });
    expect(codesOf(answer)).toEqual(['INTERNAL']);
    const [row] = await sql('select version, name from iam_group where id = $1', [id]);
    expect(row).toEqual({ version: 2_147_483_647, name: null });
  });
});

/** One more token of a user's account. */
async function anotherToken(tokenId: string, letter: string): Promise<string> {
  const id = `${tokenId.slice(0, -1)}${letter}`;
  const secret = letter.repeat(32);
  await world.server.database.sql(
    `insert into auth_token (id, account_id, auth_method_id, scope_id, secret_hash, expires_at, idle_limit_seconds)
     select $1, account_id, auth_method_id, scope_id, $2, expires_at, idle_limit_seconds from auth_token where id = $3`,
    [id, createHash('sha256').update(secret).digest(), tokenId],
  );
  return `${id}_${secret}`;
}

const everywhere = { scope: 'global', grantScopes: ['descendants'], grants: ['ids=*;type=*;actions=*'] };

describe('the sessions of a user', () => {
  const authorize = (targetId: string): string =>
    `authorizeSession(input: { targetId: "${targetId}" }) { session { id } }`;

  test('are counted together: by aliases, several tokens and several scopes', async () => {
    const user = await newUser(world.server, [everywhere]);
    const tokens = [user.token, await anotherToken(user.tokenId, 'B'), await anotherToken(user.tokenId, 'C')];
    const here = await newTarget(world);
    const there = (await world.made('createTarget', {
      ...{ scopeId: elsewhere.project, name: 'there', address: '127.0.0.1', defaultPort: 22 },
    })) as { id: string };
    const aliased = await world.server.ask(
      `mutation { a: ${authorize(here)} b: ${authorize(here)} }`,
      {},
      tokens[0],
    );
    expect(aliased.errors).toBeUndefined();
    const others = [
      [tokens[1]!, there.id],
      [tokens[2]!, here],
    ] as const;
    for (const [token, target] of others) {
      const one = await world.server.ask(`mutation { ${authorize(target)} }`, {}, token);
      expect(one.errors).toBeUndefined();
    }
    const refused = await Promise.all(
      tokens.flatMap((token) =>
        [here, there.id].map((target) =>
          world.server.ask(`mutation { a: ${authorize(target)} b: ${authorize(target)} }`, {}, token),
        ),
      ),
    );
    expect(refused.flatMap(codesOf)).toEqual(Array.from({ length: 6 }, () => 'LIMIT_REACHED'));
    expect(refused[0]!.errors![0]).toMatchObject({
      message: `the limit of ${mostSessions} open sessions of a user is reached`,
      extensions: { limit: mostSessions },
    });
    const projects = await world.server.database.sql<{ projectId: string }>(
      'select project_id as "projectId" from session where user_id = $1',
      [user.id],
    );
    expect(projects.map(({ projectId }) => projectId).sort()).toEqual([
      ...[project, project, project],
      elsewhere.project,
    ]);
  });

  test('are no business of another user, and one that ends makes room', async () => {
    const user = await newUser(world.server, [everywhere]);
    const target = await newTarget(world);
    const ids: string[] = [];
    for (let i = 0; i < mostSessions; i += 1) {
      const { data } = await world.server.ask(`mutation { ${authorize(target)} }`, {}, user.token);
      ids.push(data!['authorizeSession'].session.id);
    }
    const another = await newUser(world.server, [everywhere]);
    const byAnother = await world.server.ask(`mutation { ${authorize(target)} }`, {}, another.token);
    expect(byAnother.errors).toBeUndefined();
    const full = await world.server.ask(`mutation { ${authorize(target)} }`, {}, user.token);
    expect(codesOf(full)).toEqual(['LIMIT_REACHED']);
    const cancel = mutationDocument('cancelSession');
    expect((await world.server.ask(cancel, { input: { id: ids[0] } }, user.token)).errors).toBeUndefined();
    const again = await world.server.ask(`mutation { ${authorize(target)} }`, {}, user.token);
    expect(again.errors).toBeUndefined();
  });

  test('a target that is gone is told as that and not as a limit', async () => {
    const user = await newUser(world.server, [everywhere]);
    const answer = await world.server.ask(`mutation { ${authorize('ttcp_0000000000')} }`, {}, user.token);
    expect(codesOf(answer)).toEqual(['NOT_FOUND']);
  });
});

describe('the sockets of a user', () => {
  /** Opens a socket and says how it went. */
  function open(token: string): { outcome: Promise<number | 'open'>; close(): void } {
    const client = createClient({
      url: `${world.server.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { token },
      retryAttempts: 0,
      lazy: false,
      onNonLazyError: () => {},
    });
    const outcome = new Promise<number | 'open'>((resolve) => {
      client.on('connected', () => resolve('open'));
      client.on('closed', (event) => resolve((event as { code: number }).code));
    });
    return { outcome, close: () => void client.dispose() };
  }

  test('are counted together, whatever tokens they come with; one that closes makes room', async () => {
    const user = await newUser(world.server, [
      { scope: org, grantScopes: ['this'], grants: ['ids=*;type=session;actions=list,read'] },
    ]);
    const second = await anotherToken(user.tokenId, 'B');
    const sockets = Array.from({ length: mostSockets }, (_, i) => open(i % 2 === 0 ? user.token : second));
    expect(await Promise.all(sockets.map(({ outcome }) => outcome))).toEqual(['open', 'open', 'open']);
    expect(await open(second).outcome).toBe(1013);
    const another = await newUser(world.server);
    const foreign = open(another.token);
    expect(await foreign.outcome).toBe('open');
    sockets[0]!.close();
    const again = await eventually('room', async () => {
      const socket = open(second);
      return (await socket.outcome) === 'open' ? socket : null;
    });
    for (const socket of [...sockets, foreign, again]) socket.close();
  });
});
