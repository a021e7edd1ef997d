import {
  authorize,
  echo,
  eventually,
  makeTarget,
  startHost,
  type TestHost,
  type TestSession,
} from '../support/session-client';
import { silentLog } from '../../src/core/log';
import { createTestDatabase } from '../support/test-database';
import { grantTo, newUser } from '../support/identities';
import { collect, startTestServer, type Stream, type TestServer } from '../support/test-server';

let server: TestServer;
let host: TestHost;
let admin: string;
let target: string;

beforeAll(async () => {
  server = await startTestServer();
  host = await startHost();
  admin = await server.signIn();
  target = await makeTarget(server, host.port);
});
afterAll(async () => {
  await server.stop();
  await host.close();
});

const document = `subscription ($scopeId: ID!, $recursive: Boolean!, $filter: SessionFilter, $after: EventCursor) {
  sessionEvents(scopeId: $scopeId, recursive: $recursive, filter: $filter, after: $after) {
    __typename
    ... on SessionEvent { cursor type isSnapshot session { id status revision user { name } } }
    ... on SessionRemoved { cursor sessionId }
    ... on StreamCheckpoint { cursor serverTime }
    ... on StreamReset { reason }
  }
}`;
const watch = (token: string | null, variables: object = {}): Stream =>
  collect(
    server.live(token),
    { query: document, variables: { scopeId: 'global', recursive: true, ...variables } },
    'sessionEvents',
  );
const isCheckpoint = (item: any): boolean => item.__typename === 'StreamCheckpoint';
const isOf = (session: TestSession) => (item: any) => item.session?.id === session.id;
const cancel = (id: string) =>
  server.ask('mutation ($id: ID!) { cancelSession(input: { id: $id }) { session { id } } }', { id }, admin);

describe('the stream of a scope', () => {
  test('begins with a snapshot of what lives, then a checkpoint, and leaves out what is over', async () => {
    const [live, over] = [await authorize(server, admin, target), await authorize(server, admin, target)];
    await cancel(over.id);
    const stream = watch(admin);
    await stream.until('the checkpoint', isCheckpoint);
    const snapshot = stream.items.filter((item) => item.isSnapshot);
    expect(snapshot.map((item) => item.session.id)).toContain(live.id);
    expect(snapshot.map((item) => item.session.id)).not.toContain(over.id);
    stream.stop();
  });

  test('goes on after a cursor: what happened meanwhile comes once, in order, without a snapshot', async () => {
    const first = watch(admin);
    const { cursor } = await first.until('the checkpoint', isCheckpoint);
    first.stop();
    const missed = await authorize(server, admin, target);
    await cancel(missed.id);
    const second = watch(admin, { after: cursor });
    await second.until('the end', (item) => isOf(missed)(item) && item.session.status === 'TERMINATED');
    expect(second.items.some((item) => item.isSnapshot)).toBe(false);
    expect(second.items.filter(isOf(missed)).map((item) => item.session.status)).toEqual([
      'PENDING',
      'CANCELING',
      'TERMINATED',
    ]);
    second.stop();
  });

  test('goes on after the cursor of a page', async () => {
    const page = await server.ask(
      '{ sessions(scopeId: "global", recursive: true, first: 1) { eventCursor } }',
      {},
      admin,
    );
    const later = await authorize(server, admin, target);
    const stream = watch(admin, { after: page.data!['sessions'].eventCursor });
    await stream.until('the session made after the page', isOf(later));
    stream.stop();
  });

  test('goes on after a long absence, every change once and in order', async () => {
    const first = watch(admin);
    const { cursor } = await first.until('the checkpoint', isCheckpoint);
    first.stop();
    const session = await authorize(server, admin, target);
    const numbered = async (): Promise<number> => {
      const { sql } = server.database;
      return (await sql('select id from event where subject_id = $1', [session.id])).length;
    };
    await eventually('its event', async () => (await numbered()) === 1);
    // More than one batch of the log.
    await server.database.sql(
      `insert into event_inbox (kind, subject_id, scope_id, revision, body)
       select e.kind, e.subject_id, e.scope_id, e.revision + n, jsonb_set(e.body, '{session,revision}', to_jsonb(e.revision + n))
       from event e, generate_series(1, 2500) n where e.subject_id = $1 and e.kind = 'session.created'`,
      [session.id],
    );
    await eventually('all of them', async () => (await numbered()) === 2501);
    const second = watch(admin, { after: cursor });
    await second.until('the last', (item) => isOf(session)(item) && item.session.revision === 2501);
    await second.until('the checkpoint', isCheckpoint);
    const revisions = second.items.filter(isOf(session)).map((item) => item.session.revision);
    expect(revisions).toEqual(Array.from({ length: 2501 }, (_, index) => index + 1));
    second.stop();
    await cancel(session.id);
  });

  test('refuses a cursor that is not one of this installation, and one of a page', async () => {
    await authorize(server, admin, target);
    const query =
      '{ sessions(scopeId: "global", recursive: true, first: 1) { eventCursor edges { cursor } } }';
    const { edges, eventCursor } = (await server.ask(query, {}, admin)).data!['sessions'];
    for (const after of ['bm90IGEgY3Vyc29y', edges[0].cursor]) {
      const stream = watch(admin, { after });
      await stream.ended;
      expect(stream.items).toEqual([]);
      expect(JSON.stringify(stream.errors)).toContain('is not a cursor of this installation');
    }
    const page = await server.ask(query.replace('first: 1', `after: "${eventCursor}"`), {}, admin);
    expect(page.errors![0]!.message).toBe('after: is not a cursor of this list');
  });

  test('starts again when the log is another one, or no longer holds what follows the cursor', async () => {
    const database = await createTestDatabase();
    const tries: [string, string][] = [
      [`update event_log set epoch = 'restored'`, 'EPOCH_CHANGED'],
      [`update event set nonce = 'another'`, 'EPOCH_CHANGED'],
      ['delete from event', 'EPOCH_CHANGED'],
      ['delete from event where id < (select max(id) from event)', 'CURSOR_EXPIRED'],
    ];
    for (const [sql, reason] of tries) {
      const first = await startTestServer({}, {}, database);
      const token = await first.signIn();
      const query = '{ sessions(scopeId: "global", recursive: true, first: 1) { eventCursor } }';
      const after = (await first.ask(query, {}, token)).data!['sessions'].eventCursor;
      for (let made = 0; made < 3; made++) await authorize(first, token, 'ttcp_1234567890');
      await first.stop();
      await database.sql(sql);
      const second = await startTestServer({}, {}, database);
      const stream = collect(
        second.live(token),
        { query: document, variables: { scopeId: 'global', recursive: true, after } },
        'sessionEvents',
      );
      await stream.until('the fresh checkpoint', isCheckpoint);
      expect(stream.items[0]).toEqual({ __typename: 'StreamReset', reason });
      expect(stream.items[1]).toMatchObject({ isSnapshot: true });
      await second.stop();
    }
    await database.drop();
  });

  test('tells that a session has left the filter', async () => {
    const stream = watch(admin, { filter: { statusIn: ['PENDING'] } });
    await stream.until('the checkpoint', isCheckpoint);
    const session = await authorize(server, admin, target);
    await stream.until('its beginning', isOf(session));
    await cancel(session.id);
    await stream.until(
      'its leaving',
      (item) => item.__typename === 'SessionRemoved' && item.sessionId === session.id,
    );
    expect(stream.items.filter(isOf(session))).toHaveLength(1);
    stream.stop();
  });

  test('shows each subscriber its own: no item of another project or of another’s session', async () => {
    const { token, id } = await newUser(server, [
      {
        scope: 'p_1234567890',
        grants: ['ids=*;type=target;actions=authorize-session', 'ids=*;type=session;actions=list,read:self'],
      },
    ]);
    await server.database.sql(
      `delete from role_grant where role_id in (select role_id from role_principal where principal_id = 'u_auth') and canonical like '%session%' and canonical not like '%target%'`,
    );
    const stream = watch(token, { scopeId: 'p_1234567890', recursive: false });
    await stream.until('the checkpoint', isCheckpoint);
    const others = await authorize(server, admin, target);
    const own = await authorize(server, token, target);
    await cancel(others.id);
    await cancel(own.id);
    await stream.until(
      'the end of its own',
      (item) => isOf(own)(item) && item.session.status === 'TERMINATED',
    );
    expect(stream.items.filter(isOf(others))).toEqual([]);
    expect(id).toMatch(/^u_/);
    stream.stop();
  });

  test('needs list where it watches', async () => {
    const { token } = await newUser(server);
    const stream = watch(token, { scopeId: 'p_1234567890', recursive: false });
    await stream.ended;
    expect(stream.items).toEqual([]);
    expect(JSON.stringify(stream.errors)).toMatch(/FORBIDDEN|NOT_FOUND/);
  });
});

describe('a reader that loses what it had', () => {
  const reader = () =>
    newUser(server, [{ scope: 'p_1234567890', grants: ['ids=*;type=session;actions=list,read'] }]);

  test('gets nothing after its token is gone, not even an error, and the stream is over', async () => {
    const { token, tokenId } = await reader();
    const stream = watch(token, { scopeId: 'p_1234567890', recursive: false });
    await stream.until('the checkpoint', isCheckpoint);
    await server.database.sql('delete from auth_token where id = $1', [tokenId]);
    let isOver = false;
    void stream.ended.then(() => (isOver = true));
    const sessions: TestSession[] = [];
    // What is known of a token may be half a second old; nothing that happens later is told.
    await eventually('the end of the stream', async () => {
      sessions.push(await authorize(server, admin, target));
      return isOver;
    });
    expect(await stream.ended).toBe('complete');
    expect(stream.items.filter(isOf(sessions.at(-1)!))).toEqual([]);
    for (const session of sessions) await cancel(session.id);
  });

  test('sees less as soon as its grants are less: a reset, a smaller snapshot, nothing else', async () => {
    const { token, id } = await reader();
    const session = await authorize(server, admin, target);
    const stream = watch(token, { scopeId: 'p_1234567890', recursive: false });
    await stream.until('the checkpoint', isCheckpoint);
    expect(stream.items.some(isOf(session))).toBe(true);
    await grantTo(server, id, {
      scope: 'p_1234567890',
      grants: ['ids=*;type=session;actions=list,read:self'],
    });
    await server.database.sql(
      `delete from role_grant where canonical = 'ids=*;type=session;actions=list,read' and role_id in (select role_id from role_principal where principal_id = $1)`,
      [id],
    );
    const reset = stream.until('the reset', (item) => item.__typename === 'StreamReset');
    await eventually('a change that is told', async () => {
      await cancel((await authorize(server, admin, target)).id);
      return stream.items.some((item) => item.__typename === 'StreamReset');
    });
    expect(await reset).toMatchObject({ reason: 'GRANTS_CHANGED' });
    const at = stream.items.findIndex((item) => item.__typename === 'StreamReset');
    await eventually('the new checkpoint', () => Promise.resolve(stream.items.slice(at).some(isCheckpoint)));
    expect(stream.items.slice(at).filter((item) => item.session)).toEqual([]);
    stream.stop();
  });
});

describe('a stream on which nothing happens', () => {
  test('ends when the token of its reader is gone, also that of one session', async () => {
    const quick = await startTestServer({}, {}, undefined, silentLog, { beatMs: 50, viewMaxAgeMs: 10 });
    const admin = await quick.signIn();
    const { id } = await authorize(quick, admin, 'ttcp_1234567890');
    const reader = await newUser(quick, [
      { scope: 'p_1234567890', grants: ['ids=*;type=session;actions=list,read'] },
    ]);
    const one = collect(
      quick.live(reader.token),
      { query: `subscription { session(id: "${id}") { id } }` },
      'session',
    );
    const all = collect(
      quick.live(reader.token),
      { query: document, variables: { scopeId: 'p_1234567890', recursive: false } },
      'sessionEvents',
    );
    await one.until('its state', (item) => item.id === id);
    // Several beats pass before, so that it is not the first one that ends it.
    await eventually('some beats', () => Promise.resolve(all.items.filter(isCheckpoint).length > 4));
    await quick.database.sql('delete from auth_token where id = $1', [reader.tokenId]);
    expect(await Promise.all([one.ended, all.ended])).toEqual(['complete', 'complete']);
    expect(one.items).toHaveLength(1);
    await quick.stop();
  });

  test('promises in its beats no more than it has sent', async () => {
    const quick = await startTestServer({}, {}, undefined, silentLog, { beatMs: 50 });
    const admin = await quick.signIn();
    const stream = collect(
      quick.live(admin),
      { query: document, variables: { scopeId: 'global', recursive: true } },
      'sessionEvents',
    );
    const first = await stream.until('the checkpoint', isCheckpoint);
    // However many beats come before an item, none of them says that it was sent.
    const { id } = await authorize(quick, admin, 'ttcp_1234567890');
    const told = await stream.until('the session', (item) => item.session?.id === id);
    await eventually('a beat after it', () => Promise.resolve(isCheckpoint(stream.items.at(-1))));
    const cursors = stream.items.filter(isCheckpoint).map((item) => item.cursor);
    const at = stream.items.indexOf(told);
    for (const item of stream.items.slice(0, at).filter(isCheckpoint)) expect(item.cursor).toBe(first.cursor);
    expect(cursors.at(-1)).toBe(told.cursor);
    stream.stop();
    await quick.stop();
  });
});

test('connections that grants keep back are in no list, no count and no event', async () => {
  const watcher = await newUser(server, [
    {
      scope: 'p_1234567890',
      grants: ['ids=*;type=session;actions=list,read;output_fields=id,status,user_id'],
    },
  ]);
  const stream = collect(
    server.live(watcher.token),
    {
      query: `subscription { sessionEvents(scopeId: "p_1234567890", recursive: false) { __typename
        ... on SessionEvent { type session { id userName connectionCount bytesUp } connection { id clientAddress } } } }`,
    },
    'sessionEvents',
  );
  await stream.until('the checkpoint', isCheckpoint);
  const session = await authorize(server, admin, target);
  const socket = await session.open();
  await echo(socket.socket, 'hello');
  const opened = await stream.until('the connection', (item) => item.type === 'CONNECTION_OPENED');
  expect(opened).toMatchObject({
    session: { id: session.id, userName: 'admin', connectionCount: null, bytesUp: null },
    connection: null,
  });
  const query = `query ($id: ID!) { session(id: $id) { userName connectionCount connections { nodes { id } } } }`;
  const { data } = await server.ask(query, { id: session.id }, watcher.token);
  expect(data).toEqual({ session: { userName: 'admin', connectionCount: null, connections: { nodes: [] } } });
  stream.stop();
  await cancel(session.id);
});

test('a hundred readers that come and go leave nothing behind', async () => {
  const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  const round = async (): Promise<void> => {
    const streams = Array.from({ length: 20 }, () => watch(admin));
    await Promise.all(streams.map((stream) => stream.until('the checkpoint', isCheckpoint)));
    streams.forEach((stream) => stream.stop());
    await Promise.all(streams.map((stream) => stream.ended));
  };
  await round(); // opens the connections to the database that are then kept
  const before = timers();
  for (let more = 0; more < 4; more++) await round();
  await eventually('timers to be gone', () => Promise.resolve(timers() <= before));
});
