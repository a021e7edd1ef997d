import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { openWorkerSocket, type WorkerPlace } from '../../src/cli/connect/worker-socket';
import { systemClock, type Clock } from '../../src/core/clock';
import { silentLog } from '../../src/core/log';
import { encodeHello, type Purpose, type Welcome } from '../../src/proxy/handshake';
import { makeIdentity, type Identity } from '../../src/proxy/identity';
import { startProxy, type ProxySettings } from '../../src/proxy/proxy';
import { Heard } from './heard';
import { MemoryAuthority, type MemorySession, type SessionChoices } from './memory-authority';
import { startTcpHost, type TcpHost } from './tcp-host';

export interface Client extends Heard {
  readonly socket: TLSSocket;
  readonly welcome: Welcome;
}

export interface RawClient {
  readonly tcp: Socket;
  readonly tls: TLSSocket;
  readonly heard: Heard;
}

export interface DataPlane {
  readonly authority: MemoryAuthority;
  readonly identity: Identity;
  readonly worker: WorkerPlace;
  /** A host of its own for each caller, closed with everything else. */
  host(serve?: (heard: Heard) => void): Promise<TcpHost>;
  session(choices: SessionChoices): MemorySession;
  /** As the `connect` command does it: what it gets is welcomed. */
  open(session: MemorySession, purpose?: Purpose): Promise<Client>;
  /** Plain TCP to the worker. */
  tcp(): Promise<Socket>;
  /** TLS to the worker, with nothing said yet; without an identity, no certificate is shown. */
  tls(identity: Identity | null, tcp?: Socket, options?: ConnectionOptions): Promise<RawClient>;
  /** TLS to the worker with the session named on it; the answer is not awaited. */
  knock(session: MemorySession, purpose?: Purpose): Promise<RawClient>;
  /** Stops the worker; the rest stays. */
  stop(): Promise<void>;
}

export interface Choices extends Partial<ProxySettings> {
  readonly authority?: MemoryAuthority;
  readonly identity?: Identity;
  readonly clock?: Clock;
}

const closers: (() => unknown)[] = [];

/** Has something closed after the test, before what was opened earlier. */
export function closeLater<T>(opened: T, close: (opened: T) => unknown): T {
  closers.push(() => close(opened));
  return opened;
}

export async function closeEverything(): Promise<void> {
  while (closers.length > 0) await closers.pop()?.();
}

/** A worker on a free port of this machine, asking an authority in memory. */
export async function startDataPlane(choices: Choices = {}): Promise<DataPlane> {
  const {
    authority = new MemoryAuthority(),
    identity = makeIdentity('test worker'),
    clock = systemClock,
    ...settings
  } = choices;
  const proxy = await startProxy({
    authority,
    identity,
    clock,
    log: silentLog,
    settings: {
      host: '127.0.0.1',
      port: 0,
      handshakeTimeoutMs: 5000,
      dialTimeoutMs: 5000,
      mostSockets: 1000,
      reportMs: 20,
      dial: { allow: [], deny: [], ownListeners: [] },
      ...settings,
    },
  });
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopping ??= proxy.close());
  closers.push(stop);
  const port = Number(proxy.address.split(':').at(-1));
  const worker = { name: 'test', address: proxy.address, thumbprint: identity.thumbprint };

  const tcp = async (): Promise<Socket> => {
    const socket = connectTcp({ host: '127.0.0.1', port, allowHalfOpen: true, noDelay: true });
    closeLater(socket, () => socket.destroy());
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.removeListener('error', reject);
        resolve();
      });
    });
    return socket;
  };
  const tls: DataPlane['tls'] = async (who, carrier, options = {}) => {
    const socket = carrier ?? (await tcp());
    socket.on('error', () => {}); // the TLS socket over it tells
    const secure = connectTls({
      socket,
      rejectUnauthorized: false,
      allowHalfOpen: true,
      ...(who ? { key: who.privateKeyPem, cert: who.certificatePem } : {}),
      ...options,
    } as ConnectionOptions);
    closeLater(secure, () => secure.destroy());
    await new Promise<void>((resolve, reject) => {
      secure.once('error', reject);
      secure.once('close', () => reject(new Error('the worker hung up')));
      secure.once('secureConnect', () => {
        secure.removeListener('error', reject);
        resolve();
      });
    });
    return { tcp: socket, tls: secure, heard: new Heard(secure) };
  };
  return {
    authority,
    identity,
    worker,
    host: async (serve) => closeLater(await startTcpHost(serve), (host) => host.close()),
    session: (about) => authority.addSession(about),
    async open(session, purpose = 'connection') {
      const { socket, welcome } = await openWorkerSocket([worker], session.identity, {
        purpose,
        sessionId: session.id,
      });
      closeLater(socket, () => socket.destroy());
      return Object.assign(new Heard(socket), { socket, welcome });
    },
    tcp,
    tls,
    async knock(session, purpose = 'connection') {
      const client = await tls(session.identity);
      client.tls.write(encodeHello({ purpose, sessionId: session.id }));
      return client;
    },
    stop,
  };
}

/** Says something through the client and expects it back, from a host that echoes. */
export async function expectEcho(client: Heard, text: string): Promise<void> {
  client.socket.write(text);
  expect(await client.text(Buffer.byteLength(text))).toBe(text);
}
