import {
  closed,
  echo,
  eventually,
  authorize,
  makeTarget,
  startHost,
  type TestHost,
} from '../support/session-client';
import { collect, startTestServer, type TestServer } from '../support/test-server';

let server: TestServer;
let host: TestHost;
let token: string;
let target: string;

beforeAll(async () => {
  server = await startTestServer();
  host = await startHost();
  token = await server.signIn();
  target = await makeTarget(server, host.port);
});
afterAll(async () => {
  await server.stop();
  await host.close();
});

const readDocument = `query ($id: ID!) { session(id: $id) {
  id status version revision terminationReason endedBy endedByName endComment openConnectionCount connectionCount
  bytesUp bytesDown endpoint clientCount: connectionCount
  states { status startedAt endedAt }
  connections(first: 100) { nodes { id clientAddress endpointAddress bytesUp bytesDown closedReason closedAt workerName } }
} }`;
const read = async (id: string) => (await server.ask(readDocument, { id }, token)).data!['session'];
const cancel = (id: string, more: object = {}, by = token) =>
  server.ask(
    `mutation ($input: CancelSessionInput!) { cancelSession(input: $input) { session { id status terminationReason version } } }`,
    { input: { id, ...more } },
    by,
  );
const terminated = (id: string) =>
  eventually('the end', async () => {
    const session = await read(id);
    return session.status === 'TERMINATED' && session;
  });

describe('the life of a session', () => {
  test('it is pending until its first connection, active from then on, and counts bytes exactly', async () => {
    const session = await authorize(server, token, target);
    expect(await read(session.id)).toMatchObject({ status: 'PENDING', connectionCount: 0, version: 1 });
    const { socket, welcome } = await session.open();
    expect(welcome).toMatchObject({ connectionsLeft: -1, connectionLimit: -1 });
    expect(await echo(socket, 'hello worker')).toBe('hello worker');
    expect(await read(session.id)).toMatchObject({
      status: 'ACTIVE',
      openConnectionCount: 1,
      connectionCount: 1,
    });
    socket.end();
    await closed(socket);
    const after = await eventually('the report of the end', async () => {
      const found = await read(session.id);
      return found.openConnectionCount === 0 && found;
    });
    expect(after).toMatchObject({
      status: 'ACTIVE',
      bytesUp: '12',
      bytesDown: '12',
      endpoint: `tcp://127.0.0.1:${host.port}`,
    });
    expect(after.connections.nodes).toEqual([
      expect.objectContaining({
        clientAddress: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
        endpointAddress: `127.0.0.1:${host.port}`,
        bytesUp: '12',
        bytesDown: '12',
        closedReason: 'CLOSED_BY_CLIENT',
        workerName: 'built-in',
      }),
    ]);
  });

  test('bytes of an open connection show within two seconds', async () => {
    const session = await authorize(server, token, target);
    const { socket } = await session.open();
    await echo(socket, 'x'.repeat(5000));
    const seen = await eventually(
      'live bytes',
      async () => {
        const found = await read(session.id);
        return found.bytesUp === '5000' && found;
      },
      2500,
    );
    expect(seen).toMatchObject({ openConnectionCount: 1, bytesDown: '5000' });
    socket.destroy();
  });

  test('canceling it cuts its connections within a second and tells why, and who watches sees every state in order', async () => {
    const watcher = server.live(token);
    const stream = collect(
      watcher,
      {
        query: `subscription ($scopeId: ID!) { sessionEvents(scopeId: $scopeId, recursive: true) { __typename
          ... on SessionEvent { type occurredAt isSnapshot connection { closedReason } session { id status revision terminationReason endedByName states { status startedAt endedAt } } } } }`,
        variables: { scopeId: 'global' },
      },
      'sessionEvents',
    );
    await stream.until('the snapshot', (item) => item.__typename === 'StreamCheckpoint');
    const session = await authorize(server, token, target);
    const control = await session.open('control');
    const { socket } = await session.open();
    await echo(socket, 'before');
    const told = new Promise<string>((resolve) =>
      control.socket.on('data', (chunk: Buffer) => resolve(chunk.subarray(2).toString())),
    );
    control.socket.resume();
    const started = performance.now();
    const { data } = await cancel(session.id, { comment: 'seen something' });
    expect(data!['cancelSession'].session).toMatchObject({
      status: 'CANCELING',
      terminationReason: 'CANCELED',
    });
    await closed(socket);
    expect(performance.now() - started).toBeLessThan(1000);
    expect(JSON.parse(await told)).toEqual({ type: 'ended', reason: 'canceled', by: 'admin' });
    expect(await terminated(session.id)).toMatchObject({
      terminationReason: 'CANCELED',
      endedBy: 'u_1234567890',
      endedByName: 'admin',
      endComment: 'seen something',
    });
    await stream.until(
      'the end',
      (item) => item.session?.id === session.id && item.session.status === 'TERMINATED',
    );
    const seen = stream.items.filter((item) => item.session?.id === session.id);
    expect(seen.map((item) => [item.type, item.session.status])).toEqual([
      ['CREATED', 'PENDING'],
      ['STATUS_CHANGED', 'ACTIVE'],
      ['CONNECTION_OPENED', 'ACTIVE'],
      ['STATUS_CHANGED', 'CANCELING'],
      ['CONNECTION_CLOSED', 'CANCELING'],
      ['STATUS_CHANGED', 'TERMINATED'],
    ]);
    const revisions = seen.map((item) => item.session.revision);
    expect(revisions).toEqual([...revisions].sort((a, b) => a - b));
    expect(new Set(revisions).size).toBe(revisions.length);
    const times = seen.map((item) => item.occurredAt);
    expect(times).toEqual([...times].sort());
    // An event shows the states of its own moment, never later ones.
    expect(seen.map((item) => item.session.states.length)).toEqual([1, 2, 2, 3, 3, 4]);
    for (const { status, startedAt, endedAt } of seen.at(-1).session.states) {
      expect(startedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      expect(endedAt === null).toBe(status === 'TERMINATED');
    }
    stream.stop();
  });

  test('a session without connections is over as soon as it is canceled', async () => {
    const session = await authorize(server, token, target);
    const { data } = await cancel(session.id);
    expect(data!['cancelSession'].session.status).toBe('TERMINATED');
    const { states } = await read(session.id);
    expect(states.map((state: { status: string }) => state.status)).toEqual([
      'PENDING',
      'CANCELING',
      'TERMINATED',
    ]);
    await expect(session.open()).rejects.toMatchObject({
      refusal: { code: 'ENDED', reason: 'canceled', by: 'admin' },
    });
  });

  test('canceling again is no error and changes nothing', async () => {
    const session = await authorize(server, token, target);
    await cancel(session.id, { comment: 'first' });
    const before = await read(session.id);
    const { errors } = await cancel(session.id, { comment: 'second', expectedVersion: 1 });
    expect(errors).toBeUndefined();
    expect(await read(session.id)).toEqual(before);
  });

  test('a stale version is refused with the present one; without a version the cancel is unconditional', async () => {
    const session = await authorize(server, token, target);
    const { socket } = await session.open();
    const { errors } = await cancel(session.id, { expectedVersion: 1 });
    expect(errors![0]).toMatchObject({ extensions: { code: 'VERSION_CONFLICT', currentVersion: 2 } });
    expect((await read(session.id)).status).toBe('ACTIVE');
    expect((await cancel(session.id)).errors).toBeUndefined();
    await closed(socket);
  });

  test('its user closes it from the client', async () => {
    const session = await authorize(server, token, target);
    const { socket } = await session.open();
    const closing = await session.open('cancel');
    closing.socket.destroy();
    await closed(socket);
    expect(await terminated(session.id)).toMatchObject({
      terminationReason: 'CLOSED_BY_USER',
      endedByName: 'admin',
    });
  });

  test('expiry ends it whether or not anybody looks: open connections are cut, the reason is timed out', async () => {
    const short = await makeTarget(server, host.port, { session_max_seconds: 2 });
    const idle = await authorize(server, token, short);
    const used = await authorize(server, token, short);
    const { socket } = await used.open();
    await echo(socket, 'still alive');
    const control = await used.open('control');
    const told = new Promise<string>((resolve) =>
      control.socket.on('data', (chunk: Buffer) => resolve(chunk.subarray(2).toString())),
    );
    control.socket.resume();
    await closed(socket);
    expect(JSON.parse(await told)).toMatchObject({ type: 'ended', reason: 'timed out' });
    expect(await terminated(used.id)).toMatchObject({ terminationReason: 'TIMED_OUT', endedBy: null });
    expect((await read(used.id)).connections.nodes[0].closedReason).toBe('TIMED_OUT');
    expect(await terminated(idle.id)).toMatchObject({ terminationReason: 'TIMED_OUT' });
    await expect(idle.open()).rejects.toMatchObject({ refusal: { code: 'ENDED', reason: 'timed out' } });
  });

  test('100 first connections at once make it active once, and none fails', async () => {
    const session = await authorize(server, token, target);
    const sockets = await Promise.all(Array.from({ length: 100 }, () => session.open()));
    const answers = await Promise.all(sockets.map(({ socket }, i) => echo(socket, `hello ${i}`)));
    expect(answers).toEqual(sockets.map((_, i) => `hello ${i}`));
    const { states, connectionCount } = await read(session.id);
    expect(states.map((state: { status: string }) => state.status)).toEqual(['PENDING', 'ACTIVE']);
    expect(connectionCount).toBe(100);
    const [row] = await server.database.sql<{ n: number }>(
      `select count(*)::int as n from event where subject_id = $1 and kind = 'session.status_changed'`,
      [session.id],
    );
    expect(row).toEqual({ n: 1 });
    for (const { socket } of sockets) socket.destroy();
  });

  test('of 50 connections at once on a limit of 1, exactly one passes, and its end is the end of the session', async () => {
    const limited = await makeTarget(server, host.port, { session_connection_limit: 1 });
    const session = await authorize(server, token, limited);
    const outcomes = await Promise.allSettled(Array.from({ length: 50 }, () => session.open()));
    const passed = outcomes.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const refused = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason.refusal?.code] : []));
    expect(passed).toHaveLength(1);
    expect(refused).toEqual(Array(49).fill('LIMIT'));
    expect(await echo(passed[0]!.socket, 'only me')).toBe('only me');
    passed[0]!.socket.end();
    expect(await terminated(session.id)).toMatchObject({
      terminationReason: 'CONNECTION_LIMIT',
      connectionCount: 1,
    });
  });

  test('a host that cannot be reached is told as that and uses up no place of the limit', async () => {
    const gone = await startHost();
    await gone.close();
    const limited = await makeTarget(server, gone.port, { session_connection_limit: 1 });
    const session = await authorize(server, token, limited);
    for (const _ of [1, 2]) {
      await expect(session.open()).rejects.toMatchObject({
        refusal: { code: 'CONNECT_FAILED', message: expect.stringContaining('it refused the connection') },
      });
    }
    const after = await eventually('the places given back', async () => {
      const found = await read(session.id);
      return found.connectionCount === 0 && found.connections.nodes.length === 2 && found;
    });
    expect(after).toMatchObject({ status: 'ACTIVE', openConnectionCount: 0 });
    expect(after.connections.nodes.map((one: { closedReason: string }) => one.closedReason)).toEqual([
      'CONNECT_FAILED',
      'CONNECT_FAILED',
    ]);
  });

  test('a worker does not dial the server itself', async () => {
    const own = await makeTarget(server, Number(new URL(server.url).port));
    const session = await authorize(server, token, own);
    await expect(session.open()).rejects.toMatchObject({
      refusal: { code: 'CONNECT_FAILED', message: expect.stringContaining('a listener of postern itself') },
    });
  });
});

describe('one session, watched', () => {
  test('the stream begins with what is, tells every change, and completes when the session is over', async () => {
    const session = await authorize(server, token, target);
    const stream = collect(
      server.live(token),
      {
        query: 'subscription ($id: ID!) { session(id: $id) { status terminationReason } }',
        variables: { id: session.id },
      },
      'session',
    );
    await stream.until('the present state', (item) => item.status === 'PENDING');
    await cancel(session.id);
    expect(await stream.ended).toBe('complete');
    expect(stream.items.map((item) => item.status)).toEqual(['PENDING', 'CANCELING', 'TERMINATED']);
  });
});
