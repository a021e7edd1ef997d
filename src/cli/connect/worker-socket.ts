import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import {
  encodeHello,
  FrameReader,
  longestControlFrame,
  readAnswer,
  type Purpose,
  type Refusal,
  type Welcome,
} from '../../proxy/handshake.js';
import { peerThumbprint, type Identity } from '../../proxy/identity.js';

/** Where a worker is, and the key it must show. */
export interface WorkerPlace {
  readonly name: string;
  readonly address: string;
  readonly thumbprint: string;
}

export interface WorkerSocket {
  readonly socket: TLSSocket;
  readonly welcome: Welcome;
}

/** The worker was reached and says no. */
export class WorkerRefusal extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal.message);
  }
}

/** No worker could be reached; the message names the last one and why. */
export class WorkerUnreachable extends Error {}

const answerTimeoutMs = 20_000;

/**
 * A connection to the first worker that can be reached, for one purpose of one session. The worker's key is
 * compared before anything is said; the client's is proved by TLS. Throws WorkerRefusal or WorkerUnreachable.
 */
export async function openWorkerSocket(
  workers: readonly WorkerPlace[],
  identity: Identity,
  hello: { purpose: Purpose; sessionId: string },
): Promise<WorkerSocket> {
  let last: Error = new WorkerUnreachable('there is no worker to connect to');
  for (const worker of workers) {
    try {
      return await openOne(worker, identity, hello);
    } catch (error) {
      if (error instanceof WorkerRefusal) throw error;
      last = new WorkerUnreachable(`worker ${worker.name} at ${worker.address}: ${(error as Error).message}`);
    }
  }
  throw last;
}

function openOne(
  worker: WorkerPlace,
  identity: Identity,
  hello: { purpose: Purpose; sessionId: string },
): Promise<WorkerSocket> {
  const { host, port } = splitAddress(worker.address);
  return new Promise((resolve, reject) => {
    const frames = new FrameReader(longestControlFrame);
    const socket = connect({
      host,
      port,
      key: identity.privateKeyPem,
      cert: identity.certificatePem,
      minVersion: 'TLSv1.3',
      // The worker's key is pinned below; no authority has a say in it.
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
      allowHalfOpen: true,
    } as ConnectionOptions);
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 30_000);
    const fail = (error: Error): void => {
      clearTimeout(late);
      socket.destroy();
      reject(error);
    };
    const late = setTimeout(() => fail(new Error('no answer in time')), answerTimeoutMs);
    const closed = (): void => fail(new Error('it hung up'));
    socket.once('error', fail);
    socket.once('end', closed);
    socket.once('close', closed);
    socket.once('secureConnect', () => {
      if (peerThumbprint(socket) !== worker.thumbprint)
        return fail(new Error('it shows another key than the server announced'));
      socket.write(encodeHello(hello));
    });
    const read = (chunk: Buffer): void => {
      try {
        frames.push(chunk);
        const frame = frames.next();
        if (!frame) return;
        const answer = readAnswer(frame);
        if (!answer.ok) return fail(new WorkerRefusal(answer));
        clearTimeout(late);
        socket.removeListener('data', read);
        socket.removeListener('error', fail);
        socket.removeListener('end', closed);
        socket.removeListener('close', closed);
        socket.pause();
        const early = frames.rest();
        if (early.length > 0) socket.unshift(early);
        resolve({ socket, welcome: answer });
      } catch (error) {
        fail(error as Error);
      }
    };
    socket.on('data', read);
  });
}

function splitAddress(address: string): { host: string; port: number } {
  const cut = address.lastIndexOf(':');
  return { host: address.slice(0, cut).replace(/^\[|\]$/g, ''), port: Number(address.slice(cut + 1)) };
}
