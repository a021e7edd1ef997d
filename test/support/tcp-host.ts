import { createServer, type AddressInfo, type Socket } from 'node:net';
import { Heard } from './heard';
import { Waiting } from './waiting';

/** A host for sessions to lead to: the connections that reach it are taken one by one, in their order. */
export interface TcpHost {
  readonly port: number;
  /** How many have reached it so far. */
  reached(): number;
  /** The next connection that nobody has taken. */
  next(): Promise<Heard>;
  /** Waits until so many have reached it. */
  reachedBy(count: number): Promise<void>;
  close(): Promise<void>;
}

/** By default a host only listens; `echoing` sends back what it gets. */
export async function startTcpHost(serve: (heard: Heard) => void = () => {}, port = 0): Promise<TcpHost> {
  const sockets = new Set<Socket>();
  const untaken: Heard[] = [];
  const waiting = new Waiting();
  let count = 0;
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    count += 1;
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    const heard = new Heard(socket);
    untaken.push(heard);
    serve(heard);
    waiting.happened();
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    reached: () => count,
    next: () => waiting.until('a connection to the host', () => untaken.shift()),
    reachedBy: async (wanted) => {
      await waiting.until(`${wanted} connections to the host`, () => count >= wanted, {
        instead: () => count,
      });
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

export function echoing({ socket }: Heard): void {
  socket.pipe(socket);
}

/** A port of this machine on which nothing listens. */
export async function freePort(): Promise<number> {
  const host = await startTcpHost();
  await host.close();
  return host.port;
}
