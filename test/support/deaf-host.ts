import { connect, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';

/** A port of this machine that neither accepts nor refuses: its queue is full, so the kernel says nothing. */
export interface DeafHost {
  readonly port: number;
  close(): Promise<void>;
}

// A thread that never comes back to its event loop, and so never accepts.
const program = `
const { parentPort } = require('node:worker_threads');
const server = require('node:net').createServer().listen({ host: '127.0.0.1', port: 0, backlog: 1 }, () => {
  parentPort.postMessage(server.address().port);
  setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
});
`;

const silenceMs = 250;
const mostInQueue = 16;

export async function startDeafHost(): Promise<DeafHost> {
  const thread = new Worker(program, { eval: true });
  const port = await new Promise<number>((resolve, reject) => {
    thread.once('message', resolve);
    thread.once('error', reject);
  });
  const queued: Socket[] = [];
  let isFull = false;
  while (!isFull && queued.length < mostInQueue) {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    queued.push(socket);
    isFull = await new Promise<boolean>((resolve) => {
      const late = setTimeout(() => resolve(true), silenceMs);
      socket.once('connect', () => {
        clearTimeout(late);
        resolve(false);
      });
    });
  }
  const close = async (): Promise<void> => {
    for (const socket of queued) socket.destroy();
    await thread.terminate();
  };
  if (!isFull) {
    await close();
    throw new Error('the queue of the listener does not fill up');
  }
  return { port, close };
}
