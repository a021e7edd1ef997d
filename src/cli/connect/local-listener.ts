import { chmodSync, rmSync, statSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { Duplex, type Readable, type Writable } from 'node:stream';
import { CliFailure } from '../cli-failure.js';

export type ListenPlace =
  | { readonly host: string; readonly port: number }
  | { readonly path: string }
  /** The two ends of the only connection there will be: nothing is listened on. */
  | { readonly input: Readable; readonly output: Writable };

export interface LocalListener {
  /** `127.0.0.1` and the port, or the path of the socket and port 0; nothing and 0 where nothing is listened on. */
  readonly address: string;
  readonly port: number;
  /** Takes no more connections; open ones go on. */
  stopAccepting(): void;
  openCount(): number;
  /** Told whenever the last open connection has closed. */
  onIdle(listener: () => void): void;
  close(): void;
}

/** Listens on this machine and hands every connection to `serve`, which joins it to the worker or fails. */
export async function listenLocally(
  place: ListenPlace,
  serve: () => Promise<Duplex>,
  onFailure: (error: Error) => void,
): Promise<LocalListener> {
  const open = new Set<Duplex>();
  let idle = (): void => {};
  const take = (local: Duplex): void => {
    open.add(local);
    local.on('error', () => local.destroy());
    local.once('close', () => {
      open.delete(local);
      if (open.size === 0) idle();
    });
    serve().then(
      (remote) => join(local, remote),
      (error: unknown) => {
        local.destroy();
        onFailure(error as Error);
      },
    );
  };
  const told = { openCount: () => open.size, onIdle: (listener: () => void) => void (idle = listener) };
  const cut = (): void => open.forEach((local) => void local.destroy());
  if ('input' in place) {
    const ends = [place.input, place.output];
    for (const end of ends) end.on('error', () => {}); // the stream made of them tells of it
    const local = Duplex.from({ readable: place.input, writable: place.output });
    // Standard output cannot be closed to say that the host has said its last: only the end of all can.
    local.once('finish', () => local.destroy());
    // It leaves open what is not finished when the other has: standard input would keep the process.
    local.once('close', () => ends.forEach((end) => void end.destroy()));
    take(local);
    return { ...told, address: '', port: 0, stopAccepting: () => {}, close: cut };
  }
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true }, take);
  const address = await bind(server, place);
  server.on('error', onFailure); // running out of descriptors ends no session
  return {
    ...told,
    ...address,
    stopAccepting: () => void server.close(),
    close() {
      server.close();
      cut();
      if ('path' in place) rmSync(place.path, { force: true });
    },
  };
}

/** Joins two streams both ways, keeping half-closes; when one breaks, the other is cut. */
function join(local: Duplex, remote: Duplex): void {
  remote.on('error', () => remote.destroy());
  remote.once('close', () => {
    if (!remote.readableEnded || !local.writableFinished) local.destroy();
  });
  local.once('close', () => {
    if (!local.readableEnded || !remote.writableFinished) remote.destroy();
  });
  if (local.destroyed) {
    remote.destroy();
    return;
  }
  local.pipe(remote);
  remote.pipe(local);
}

async function bind(
  server: Server,
  place: Exclude<ListenPlace, { input: unknown }>,
): Promise<{ address: string; port: number }> {
  if ('path' in place) await removeStaleSocket(place.path);
  return new Promise((resolve, reject) => {
    const refuse = (error: NodeJS.ErrnoException): void => {
      const where = 'path' in place ? place.path : `${place.host}:${place.port}`;
      const why =
        error.code === 'EADDRINUSE'
          ? 'is busy; choose another, or leave it out for any free port'
          : `cannot be listened on (${error.code})`;
      reject(new CliFailure(`${where} ${why}`));
    };
    server.once('error', refuse);
    const done = (): void => {
      server.removeListener('error', refuse);
      if ('path' in place) {
        chmodSync(place.path, 0o600);
        return resolve({ address: place.path, port: 0 });
      }
      const { address, port } = server.address() as AddressInfo;
      resolve({ address, port });
    };
    if ('path' in place) server.listen({ path: place.path }, done);
    else server.listen({ host: place.host, port: place.port }, done);
  });
}

/** Clears away a socket that a killed process has left; one on which somebody listens is not ours to take. */
async function removeStaleSocket(path: string): Promise<void> {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) return;
  if (!found.isSocket()) throw new CliFailure(`${path} exists and is no socket; choose another`);
  if (await isListenedOn(path)) throw new CliFailure(`${path} is busy; choose another`);
  rmSync(path);
}

function isListenedOn(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const visit = connect({ path });
    visit.once('connect', () => {
      visit.destroy();
      resolve(true);
    });
    visit.once('error', (error: NodeJS.ErrnoException) => resolve(error.code !== 'ECONNREFUSED'));
  });
}
