import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { testCluster, type TestDatabase } from './test-database';

/** A way to the test cluster over TCP, as NAT, a pooler or a bad network stands between server and database. */
export interface DatabaseRelay {
  readonly port: number;
  /** As DATABASE_URL takes it. */
  urlOf(database: TestDatabase): string;
  /** Passes nothing on from now on over what is open, in silence: the database sees idle clients. */
  mute(): void;
  /** Cuts what is open and takes nothing new. */
  close(): Promise<void>;
  /** Takes connections again, on the same port. */
  reopen(): Promise<void>;
}

export async function startDatabaseRelay(): Promise<DatabaseRelay> {
  const { host, port: clusterPort, user, password } = testCluster().address;
  const pairs = new Set<[Socket, Socket]>();
  let port = 0;
  let server: Server;
  const open = async (): Promise<void> => {
    server = createServer((near) => {
      const far = connect(`${host}/.s.PGSQL.${clusterPort}`);
      const pair: [Socket, Socket] = [near, far];
      pairs.add(pair);
      for (const socket of pair) socket.on('error', () => {});
      near.pipe(far);
      far.pipe(near);
      near.once('close', () => pairs.delete(pair));
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  };
  const muted: Socket[] = [];
  await open();
  return {
    port,
    urlOf: ({ place }) => `postgres://${user}:${password}@localhost:${port}/${place.database}`,
    mute() {
      for (const [near, far] of pairs) {
        near.unpipe(far);
        far.unpipe(near);
        for (const socket of [near, far]) socket.resume();
        muted.push(far);
      }
    },
    async close() {
      for (const socket of [...pairs].flat().concat(muted)) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
    reopen: open,
  };
}
