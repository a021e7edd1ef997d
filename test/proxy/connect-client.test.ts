import type { AddressInfo, Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { keepControlLine, type ControlEvents, type SessionEnd } from '../../src/cli/connect/control-line';
import {
  openWorkerSocket,
  WorkerRefusal,
  WorkerUnreachable,
  type WorkerPlace,
} from '../../src/cli/connect/worker-socket';
import { encodeFrame, encodeWelcome } from '../../src/proxy/handshake';
import { makeIdentity } from '../../src/proxy/identity';
import { closeEverything, closeLater, startDataPlane, type DataPlane } from '../support/data-plane';
import { Heard } from '../support/heard';
import type { MemorySession } from '../support/memory-authority';
import { echoing, freePort, type TcpHost } from '../support/tcp-host';
import { Waiting } from '../support/waiting';

let plane: DataPlane;
let echo: TcpHost;
let session: MemorySession;
beforeEach(async () => {
  plane = await startDataPlane();
  echo = await plane.host(echoing);
  session = plane.session({ port: echo.port });
});
afterEach(closeEverything);

/** As the client opens it, to whichever of the workers it takes. */
async function open(workers: readonly WorkerPlace[], of: MemorySession = session) {
  const opened = await openWorkerSocket(workers, of.identity, { purpose: 'connection', sessionId: of.id });
  closeLater(opened.socket, (socket) => socket.destroy());
  return { ...opened, heard: new Heard(opened.socket) };
}

interface FakeWorker {
  readonly place: WorkerPlace;
  /** All that clients have said to it. */
  readonly said: Buffer[];
  /** Resolves when a client has come and gone. */
  readonly left: Promise<void>;
}

/** Something that speaks TLS where a worker should be. */
async function fakeWorker(greet: (socket: TLSSocket) => void = () => {}, port = 0): Promise<FakeWorker> {
  const identity = makeIdentity('somebody else');
  const said: Buffer[] = [];
  const sockets = new Set<Socket>();
  let gone = (): void => {};
  const left = new Promise<void>((resolve) => (gone = resolve));
  const options = { key: identity.privateKeyPem, cert: identity.certificatePem, requestCert: true };
  const server = createTlsServer({ ...options, rejectUnauthorized: false }, (socket) => {
    sockets.add(socket);
    socket.on('data', (chunk: Buffer) => said.push(chunk));
    socket.on('error', () => {});
    greet(socket);
  });
  // A client may leave before the TLS handshake is over on this side.
  server.on('connection', (socket: Socket) => socket.once('close', gone));
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  closeLater(server, () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { place: { name: 'fake', address, thumbprint: identity.thumbprint }, said, left };
}

const welcome = encodeWelcome({
  connectionsLeft: -1,
  connectionLimit: -1,
  expiresAt: '2030-01-01T00:00:00.000Z',
  remainingMs: 60_000,
});

describe('a worker', () => {
  test('that shows another key is told nothing', async () => {
    const impostor = await fakeWorker();
    const place = { ...impostor.place, thumbprint: plane.identity.thumbprint };
    const message = `worker fake at ${place.address}: it shows another key than the server announced`;
    await expect(open([place])).rejects.toThrow(new WorkerUnreachable(message));
    await impostor.left;
    expect(Buffer.concat(impostor.said)).toHaveLength(0);
  });

  test('that is down is passed over for the next', async () => {
    const down = { name: 'down', address: `127.0.0.1:${await freePort()}`, thumbprint: 'x' };
    const impostor = await fakeWorker();
    const other = { ...impostor.place, thumbprint: plane.identity.thumbprint };
    const { heard } = await open([down, other, plane.worker]);
    heard.socket.write('served');
    expect(await heard.text(6)).toBe('served');
  });

  test('that hangs up without an answer is passed over for the next', async () => {
    const curt = await fakeWorker((socket) => socket.once('data', () => socket.end()));
    const { heard } = await open([curt.place, plane.worker]);
    heard.socket.write('served');
    expect(await heard.text(6)).toBe('served');
  });

  test('that answers something else is passed over for the next', async () => {
    const odd = await fakeWorker((socket) => socket.write(encodeFrame({ hello: 'there' })));
    await open([odd.place, plane.worker]);
    await expect(open([odd.place])).rejects.toThrow('the worker answered something else');
  });

  test('that refuses settles it: the others are not asked', async () => {
    plane.authority.order(session, 'canceled', 'ann', 'canceled');
    const other = await fakeWorker();
    const error: unknown = await open([plane.worker, other.place]).catch((one: unknown) => one);
    expect(error).toBeInstanceOf(WorkerRefusal);
    expect((error as WorkerRefusal).refusal).toMatchObject({ code: 'ENDED', reason: 'canceled', by: 'ann' });
    expect((error as WorkerRefusal).message).toBe('the session has ended: canceled');
    expect(other.said).toHaveLength(0);
  });

  test.each([
    ['a session of another key', 'NOT_AUTHORIZED'],
    ['a session whose host is down', 'CONNECT_FAILED'],
    ['a session with its connections used up', 'LIMIT'],
    ['a controller that is away', 'UNAVAILABLE'],
  ] as const)('that refuses says so with a code: %s', async (why, code) => {
    let asked = session;
    if (code === 'NOT_AUTHORIZED') asked = { ...session, identity: makeIdentity('stranger') };
    if (code === 'CONNECT_FAILED') asked = plane.session({ port: await freePort() });
    if (code === 'LIMIT') asked = plane.session({ port: echo.port, connectionLimit: 0 });
    if (code === 'UNAVAILABLE') plane.authority.fail('lookup');
    const error: unknown = await open([plane.worker], asked).catch((one: unknown) => one);
    expect([why, (error as WorkerRefusal).refusal.code]).toEqual([why, code]);
  });

  test('is named, with where it is, when none can be reached', async () => {
    const address = `127.0.0.1:${await freePort()}`;
    const error = open([{ name: 'w1', address, thumbprint: 'x' }]);
    await expect(error).rejects.toThrow(`worker w1 at ${address}: connect ECONNREFUSED ${address}`);
    await expect(open([])).rejects.toThrow(new WorkerUnreachable('there is no worker to connect to'));
  });

  test('whose first bytes come right behind its welcome loses none of them', async () => {
    const eager = await fakeWorker((socket) =>
      socket.once('data', () => socket.end(Buffer.concat([welcome, Buffer.from('220 ready')]))),
    );
    const { heard } = await open([eager.place]);
    expect((await heard.rest()).toString()).toBe('220 ready');
  });
});

interface Line {
  readonly told: string[];
  readonly ends: SessionEnd[];
  until(what: string): Promise<void>;
  close(): void;
}

/** A control line to the session on a worker, and what it tells. */
function controlLine(worker: WorkerPlace, of: MemorySession = session): Line {
  const told: string[] = [];
  const ends: SessionEnd[] = [];
  const waiting = new Waiting();
  const tell = (what: string): void => {
    told.push(what);
    waiting.happened();
  };
  const events: ControlEvents = {
    onWelcome: () => tell('welcome'),
    onLeft: (left) => tell(`left ${left}`),
    onEnded: (end) => {
      ends.push(end);
      tell('ended');
    },
    onRefused: (message) => tell(`refused: ${message}`),
    onLost: () => tell('lost'),
  };
  const hello = { purpose: 'control', sessionId: of.id } as const;
  const line = keepControlLine(() => openWorkerSocket([worker], of.identity, hello), events);
  closeLater(line, () => line.close());
  let seen = 0;
  return {
    told,
    ends,
    async until(what) {
      const look = (): number => told.indexOf(what, seen) + 1;
      seen = await waiting.until(what, () => look() || null, { instead: () => told });
    },
    close: () => line.close(),
  };
}

describe('a control line', () => {
  test('tells of the end of the session once, with its reason and by whom', async () => {
    const line = controlLine(plane.worker);
    await line.until('welcome');
    plane.authority.order(session, 'canceled', 'ann', 'canceled');
    plane.authority.order(session, 'canceled', 'bob', 'canceled');
    await line.until('ended');
    await plane.stop();
    expect(line.ends).toEqual([{ reason: 'canceled', by: 'ann' }]);
    expect(line.told).toEqual(['welcome', 'ended']);
  });

  test('tells what is left of the connections', async () => {
    const limited = plane.session({ port: echo.port, connectionLimit: 2 });
    const line = controlLine(plane.worker, limited);
    await line.until('welcome');
    await open([plane.worker], limited);
    await open([plane.worker], limited);
    await line.until('left 1');
    await line.until('left 0');
  });

  test('comes back when the worker has been restarted on its port with its key, and tells the end then', async () => {
    const line = controlLine(plane.worker);
    await line.until('welcome');
    await plane.stop();
    await line.until('lost');
    const port = Number(plane.worker.address.split(':')[1]);
    await startDataPlane({ port, authority: plane.authority, identity: plane.identity });
    await line.until('welcome');
    plane.authority.order(session, 'canceled', 'ann', 'canceled');
    await line.until('ended');
    expect(line.ends).toEqual([{ reason: 'canceled', by: 'ann' }]);
  });

  test('does not come back to a worker that shows another key', async () => {
    const line = controlLine(plane.worker);
    await line.until('welcome');
    await plane.stop();
    await line.until('lost');
    const port = Number(plane.worker.address.split(':')[1]);
    const other = await fakeWorker((socket) => socket.write(welcome), port);
    await other.left;
    expect(Buffer.concat(other.said)).toHaveLength(0);
    expect(line.told).toEqual(['welcome', 'lost']);
  });

  test('tells the end that was decided while the worker was away', async () => {
    const line = controlLine(plane.worker);
    await line.until('welcome');
    await plane.stop();
    await line.until('lost');
    plane.authority.decide(session, 'permission revoked', 'root', 'permission revoked');
    const port = Number(plane.worker.address.split(':')[1]);
    await startDataPlane({ port, authority: plane.authority, identity: plane.identity });
    await line.until('ended');
    expect(line.ends).toEqual([{ reason: 'permission revoked', by: 'root' }]);
    expect(line.told).toEqual(['welcome', 'lost', 'ended']);
  });

  test('gives up on a session that the worker does not know', async () => {
    const stranger = { ...session, identity: makeIdentity('stranger') };
    const line = controlLine(plane.worker, stranger);
    await line.until('refused: there is no such session for this key');
    expect(line.told).toHaveLength(1);
  });

  test('tries on while the controller is away', async () => {
    plane.authority.fail('lookup');
    const line = controlLine(plane.worker);
    await line.until('lost');
    await plane.authority.called('lookup', 3);
    plane.authority.recover();
    await line.until('welcome');
    expect(line.told).toEqual(['lost', 'welcome']);
  });

  test('that is closed tells nothing any more', async () => {
    const line = controlLine(plane.worker);
    await line.until('welcome');
    line.close();
    plane.authority.order(session, 'canceled', 'ann', 'canceled');
    await plane.stop();
    expect(line.told).toEqual(['welcome']);
  });
});
