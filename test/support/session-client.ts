import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { openWorkerSocket, type WorkerPlace, type WorkerSocket } from '../../src/cli/connect/worker-socket';
import type { Purpose } from '../../src/proxy/handshake';
import { makeIdentity, type Identity } from '../../src/proxy/identity';
import type { TestServer } from './test-server';

/** A TCP host for targets to lead to. By default it sends back what it gets. */
export interface TestHost {
  readonly port: number;
  readonly sockets: Set<Socket>;
  close(): Promise<void>;
}

export async function startHost(
  serve: (socket: Socket) => void = (socket) => socket.pipe(socket),
): Promise<TestHost> {
  const sockets = new Set<Socket>();
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => sockets.delete(socket));
    serve(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    sockets,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** A target in the generated project that leads to a port of this machine. */
export async function makeTarget(
  server: TestServer,
  port: number,
  columns: Record<string, string | number> = {},
): Promise<string> {
  const id = `ttcp_${Math.random().toString(36).slice(2, 12).padEnd(10, '0')}`;
  const values = {
    id,
    scope_id: 'p_1234567890',
    name: id,
    address: '127.0.0.1',
    default_port: port,
    ...columns,
  };
  const names = Object.keys(values);
  await server.database.sql(
    `insert into target (${names.join(', ')}) values (${names.map((_, i) => `$${i + 1}`).join(', ')})`,
    Object.values(values),
  );
  return id;
}

export interface TestSession {
  readonly id: string;
  readonly identity: Identity;
  readonly workers: readonly WorkerPlace[];
  /** A TLS connection to the worker, welcomed for that purpose. */
  open(purpose?: Purpose): Promise<WorkerSocket>;
}

export const authorizeDocument = `mutation ($input: AuthorizeSessionInput!) {
  authorizeSession(input: $input) {
    session { id status }
    authorization { token workers { name address thumbprint } expiresAt connectionLimit connectCommand }
  }
}`;

export async function authorize(server: TestServer, token: string, targetId: string): Promise<TestSession> {
  const identity = makeIdentity('test');
  const input = { targetId, clientPublicKey: identity.publicKey };
  const { data, errors } = await server.ask(authorizeDocument, { input }, token);
  if (errors) throw new Error(errors[0]?.message);
  const { session, authorization } = data!['authorizeSession'] as {
    session: { id: string };
    authorization: { workers: WorkerPlace[] };
  };
  return sessionOf(session.id, identity, authorization.workers);
}

export function sessionOf(id: string, identity: Identity, workers: readonly WorkerPlace[]): TestSession {
  return {
    id,
    identity,
    workers,
    open: (purpose = 'connection') => openWorkerSocket(workers, identity, { purpose, sessionId: id }),
  };
}

/** Sends a text and waits until as many bytes have come back. */
export function echo(socket: WorkerSocket['socket'], text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let got = '';
    const read = (chunk: Buffer): void => {
      got += chunk.toString();
      if (got.length < text.length) return;
      socket.removeListener('data', read);
      resolve(got);
    };
    socket.on('data', read);
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('closed')));
    socket.resume();
    socket.write(text);
  });
}

/** Waits until the other side has ended it. */
export function closed(socket: WorkerSocket['socket']): Promise<void> {
  return new Promise((resolve) => {
    socket.on('error', () => {});
    if (socket.destroyed) return resolve();
    socket.once('end', () => socket.destroy());
    socket.once('close', () => resolve());
    socket.resume();
  });
}

/** Waits until a look-up answers with something. For what the outside can only ask about, not be told. */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | null | undefined | false>,
  timeoutMs = 5000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`waited for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
