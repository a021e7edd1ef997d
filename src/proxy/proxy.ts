import { createServer, type Server, type TLSSocket } from 'node:tls';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock, Timer } from '../core/clock.js';
import type { Log } from '../core/log.js';
import { StartFailure } from '../core/start-failure.js';
import type { Authority } from './authority.js';
import { makeDialPolicy, type DialRules } from './dial-policy.js';
import { EndReports } from './end-reports.js';
import { hangUp } from './hang-up.js';
import { encodeRefusal, FrameError, FrameReader, longestHandshake, readHello } from './handshake.js';
import { peerThumbprint, type Identity } from './identity.js';
import { LiveSessions } from './live-sessions.js';
import { admit, type DoorParts } from './session-door.js';

export interface ProxySettings {
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
  /** For the TLS handshake, and again for the first frame, in ms. */
  readonly handshakeTimeoutMs: number;
  readonly dialTimeoutMs: number;
  /** Sockets at once, those still shaking hands among them. */
  readonly mostSockets: number;
  /** Between two reports while something is served, in ms; five times as long when idle. */
  readonly reportMs: number;
  readonly dial: DialRules;
}

export interface Proxy {
  /** Where it listens, `host:port`. */
  readonly address: string;
  /** Stops listening, cuts what is open, and delivers what it still knows. */
  close(): Promise<void>;
}

export interface ProxyParts {
  readonly authority: Authority;
  readonly identity: Identity;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: ProxySettings;
}

const idleFactor = 5;
// Every so many reports say which connections are held, so that neither side keeps one the other has not.
const compareEvery = 10;
const closePatienceMs = 5000;

/** The data plane of a worker: TLS in, sessions by their lease, plain TCP out. */
export async function startProxy(parts: ProxyParts): Promise<Proxy> {
  const { authority, identity, clock, log, settings } = parts;
  const live = new LiveSessions(clock);
  const ends = new EndReports(authority, clock, log);
  const sockets = new Set<Socket>();
  const server = createServer({
    key: identity.privateKeyPem,
    cert: identity.certificatePem,
    minVersion: 'TLSv1.3',
    requestCert: true,
    // No authority vouches for clients: the key itself is compared, on every connection.
    rejectUnauthorized: false,
    handshakeTimeout: settings.handshakeTimeoutMs,
    allowHalfOpen: true,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: 30_000,
  } as Parameters<typeof createServer>[0]);
  server.maxConnections = settings.mostSockets;
  const ownListeners = [...settings.dial.ownListeners];
  const policy = makeDialPolicy({ ...settings.dial, ownListeners });
  const address = await listen(server, settings);
  ownListeners.push({ address: address.address, port: address.port });
  const door: DoorParts = {
    authority,
    live,
    ends,
    policy,
    clock,
    log,
    dialTimeoutMs: settings.dialTimeoutMs,
  };
  const remember = (socket: Socket): void => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  };
  server.on('connection', remember); // one that never gets through its TLS handshake is among them
  server.on('secureConnection', (socket) => {
    remember(socket);
    greet(door, socket, settings.handshakeTimeoutMs);
  });
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  server.on('error', (error: Error) => log.error('the worker listener failed', { reason: error.message }));
  const stopWatching = authority.watchOrders((orders) => orders.forEach((order) => live.end(order)));
  const reports = startReports(parts, live);

  return {
    address: `${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`,
    async close() {
      stopWatching();
      reports.stop();
      server.close();
      live.cutAll('worker lost');
      const deadline = clock.monotonicMs() + closePatienceMs;
      while (live.isBusy() && clock.monotonicMs() < deadline) await sleep(5);
      await ends.close(closePatienceMs);
      for (const socket of sockets) socket.destroy();
    },
  };
}

function listen(server: Server, { host, port }: ProxySettings): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why =
        error.code === 'EADDRINUSE' ? 'is busy' : `cannot be listened on (${error.code ?? error.message})`;
      reject(new StartFailure(`${host}:${port} ${why}; choose another --proxy-listen-address`));
    });
    server.listen({ host, port }, () => {
      server.removeAllListeners('error');
      resolve(server.address() as AddressInfo);
    });
  });
}

/** Reads the first frame of a client, within its limit and its time, and lets it in or tells it why not. */
function greet(door: DoorParts, socket: TLSSocket, timeoutMs: number): void {
  const frames = new FrameReader(longestHandshake);
  const late = door.clock.after(timeoutMs, () => turnAway('BAD_HANDSHAKE', 'nothing was said in time'));
  const address = `${socket.remoteAddress ?? ''}:${socket.remotePort ?? ''}`.replace(/^::ffff:/, '');
  const turnAway = (code: 'BAD_HANDSHAKE' | 'NO_CERTIFICATE', detail?: string): void => {
    stopReading();
    hangUp(socket, door.clock, encodeRefusal(code, detail));
  };
  const stopReading = (): void => {
    late.cancel();
    socket.removeListener('data', read);
    socket.pause();
  };
  const read = (chunk: Buffer): void => {
    try {
      frames.push(chunk);
      const frame = frames.next();
      if (!frame) return;
      const hello = readHello(frame);
      const thumbprint = peerThumbprint(socket);
      if (thumbprint === null) return turnAway('NO_CERTIFICATE');
      stopReading();
      // At once: an end that is read meanwhile must come after these bytes, not before.
      const early = frames.rest();
      if (early.length > 0) socket.unshift(early);
      admit(door, { socket, hello, thumbprint, address }).catch((error: unknown) => {
        door.log.warn('a client could not be served', { sessionId: hello.sessionId, reason: String(error) });
        hangUp(socket, door.clock, encodeRefusal('UNAVAILABLE'));
      });
    } catch (error) {
      if (error instanceof FrameError) return turnAway('BAD_HANDSHAKE', error.message);
      door.log.error('a first frame could not be read', { reason: String(error) });
      turnAway('BAD_HANDSHAKE');
    }
  };
  socket.on('error', () => {}); // 'close' follows
  socket.once('close', () => late.cancel());
  socket.on('data', read);
}

function startReports({ authority, clock, log, settings }: ProxyParts, live: LiveSessions): { stop(): void } {
  let timer: Timer | undefined;
  let isStopped = false;
  let isFailing = false;
  let skipped = 0;
  let untilCompared = 0;
  const turn = async (): Promise<void> => {
    const ids = live.ids();
    if (ids.length === 0 && ++skipped < idleFactor) return;
    skipped = 0;
    const held = untilCompared <= 0 ? live.connectionIds() : null;
    try {
      const { orders, closed } = await authority.report(ids, live.takeTraffic(), held);
      orders.forEach((order) => live.end(order));
      live.cut(closed);
      untilCompared = held === null ? untilCompared - 1 : compareEvery;
      isFailing = false;
    } catch (error) {
      if (!isFailing)
        log.warn('the controller cannot be reached; connections go on', { reason: String(error) });
      isFailing = true;
      untilCompared = 0;
      live.forgetReported();
    }
  };
  const arm = (): void => {
    // Jitter, so that workers started together do not report together.
    timer = clock.after(settings.reportMs * (0.9 + Math.random() * 0.2), () => {
      void turn().finally(() => isStopped || arm());
    });
  };
  arm();
  return {
    stop() {
      isStopped = true;
      timer?.cancel();
    },
  };
}
