import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { WebSocket } from 'ws';
import { silentLog } from '../../src/core/log';
import { defaultLimits } from '../../src/limits';
import { startTestServer, type TestServer } from '../support/test-server';

let server: TestServer;
const sockets: (Socket | WebSocket)[] = [];
const intervals: NodeJS.Timeout[] = [];
beforeEach(async () => {
  const webSocket = { ...defaultLimits.webSocket, keepAliveMs: 500 };
  server = await startTestServer({}, {}, undefined, silentLog, { webSocket });
});
afterEach(async () => {
  for (const interval of intervals.splice(0)) clearInterval(interval);
  for (const socket of sockets.splice(0)) {
    if (socket instanceof WebSocket) socket.terminate();
    else socket.destroy();
  }
  await server.stop();
});

/** A client that keeps its side open whatever the server does, and counts what it hears. */
async function stubborn(said: string): Promise<Socket> {
  const { hostname, port } = new URL(server.url);
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  socket.on('error', () => {});
  sockets.push(socket);
  await once(socket, 'connect');
  if (said !== '') socket.write(said);
  return socket.resume();
}

const gone = (socket: Socket): Promise<void> =>
  new Promise((resolve) => socket.once('close', () => resolve()));

const upgrade = (path: string, host: string): string =>
  `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`;

describe('a client that does not let go', () => {
  test.each<[string, () => string]>([
    ['after an upgrade to nowhere', () => upgrade('/nope', new URL(server.url).host)],
    ['after an upgrade under another name', () => upgrade('/graphql', 'evil.example')],
    ['after something that is no HTTP', () => '\u0000\u0001garbage\r\n\r\n'],
  ])('is let go of: %s', async (_, said) => {
    const socket = await stubborn(said());
    await once(socket, 'end');
    // The server has destroyed its side: what is written now is answered with a reset.
    const closed = gone(socket);
    intervals.push(setInterval(() => socket.write('still here\r\n'), 20));
    await closed;
  });

  test('does not hold up a stop', async () => {
    const { host } = new URL(server.url);
    await stubborn('');
    await stubborn(`POST /graphql HTTP/1.1\r\nHost: ${host}\r\nX-Slow: `);
    await stubborn(upgrade('/nope', host));
    const startedAt = performance.now();
    await server.stop();
    expect(performance.now() - startedAt).toBeLessThan(5000);
  });
});

describe('a WebSocket', () => {
  const open = async (): Promise<WebSocket> => {
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    sockets.push(socket);
    socket.on('error', () => {});
    await once(socket, 'open');
    return socket;
  };
  const codeOf = async (socket: WebSocket): Promise<number> => ((await once(socket, 'close')) as [number])[0];

  test('that does not say who it is has a bounded number of others beside it, until one of them goes', async () => {
    const many = await Promise.all(Array.from({ length: 50 }, open));
    const beyond = await open();
    expect(await codeOf(beyond)).toBe(1013);
    const token = await server.signIn();
    many[0]!.send(JSON.stringify({ type: 'connection_init', payload: { token } }));
    await once(many[0]!, 'message');
    const next = await open(); // the one that has signed in is no stranger any more
    next.send(JSON.stringify({ type: 'connection_init' }));
    expect(JSON.parse(String((await once(next, 'message'))[0]))).toEqual({ type: 'connection_ack' });
  });

  test('that reads nothing is cut, whatever it says unasked', async () => {
    const token = await server.signIn();
    const socket = await open();
    socket.send(JSON.stringify({ type: 'connection_init', payload: { token } }));
    await once(socket, 'message');
    const raw = (socket as unknown as { _socket: Socket })._socket;
    raw.pause();
    const type = '{ name description fields { name description args { name description } } }';
    const query = `{ __schema { types ${type} } }`;
    const ask = (): void => {
      socket.pong();
      const id = String(Math.random());
      socket.send(JSON.stringify({ id, type: 'subscribe', payload: { query } }));
    };
    const closed = gone(raw);
    intervals.push(setInterval(ask, 25)); // since nothing is read, a reset is seen by writing alone
    await closed;
  }, 60_000);
});
