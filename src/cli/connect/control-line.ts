import type { TLSSocket } from 'node:tls';
import {
  encodeFrame,
  FrameReader,
  longestControlFrame,
  type ControlMessage,
  type Refusal,
  type Welcome,
} from '../../proxy/handshake.js';
import { WorkerRefusal, type WorkerSocket } from './worker-socket.js';

/** Why a session is over, as the worker told it. */
export interface SessionEnd {
  readonly reason: string;
  readonly by: string | null;
}

export interface ControlEvents {
  /** The line stands; with every return after a loss, again. */
  onWelcome(welcome: Welcome): void;
  onLeft(connectionsLeft: number): void;
  onEnded(end: SessionEnd): void;
  /** The worker does not know the session (any more), or not for this key. */
  onRefused(message: string): void;
  onLost(message: string): void;
}

/** How a session ended that is refused for having ended; null for any other refusal. */
export function endOf({ code, reason = 'ended', by = null }: Refusal): SessionEnd | null {
  return code === 'ENDED' ? { reason, by } : null;
}

const silenceMs = 30_000;
const firstWaitMs = 200;
const longestWaitMs = 5000;

/**
 * Keeps the control connection of a session: it tells at once when and why the session ends, and comes back
 * when the worker was away. What it has not been told, it does not make up.
 */
export function keepControlLine(open: () => Promise<WorkerSocket>, events: ControlEvents): { close(): void } {
  let isClosed = false;
  let socket: TLSSocket | undefined;
  let lostInARow = 0;

  const turn = async (): Promise<void> => {
    while (!isClosed) {
      try {
        const opened = await open();
        socket = opened.socket;
        if (isClosed) {
          socket.destroy();
          return;
        }
        lostInARow = 0;
        events.onWelcome(opened.welcome);
        await serve(socket, events, () => (isClosed = true));
        if (!isClosed) events.onLost('the worker went away; trying to reach it again');
      } catch (error) {
        if (isClosed) return;
        if (error instanceof WorkerRefusal) {
          const end = endOf(error.refusal);
          if (end) return events.onEnded(end);
          if (error.refusal.code === 'NOT_AUTHORIZED') return events.onRefused(error.refusal.message);
        }
        if (lostInARow === 0) events.onLost((error as Error).message);
      }
      const longest = Math.min(longestWaitMs, firstWaitMs * 2 ** lostInARow++);
      await new Promise((resolve) => setTimeout(resolve, longest * (0.5 + Math.random() / 2)));
    }
  };
  void turn();
  return {
    close() {
      isClosed = true;
      socket?.destroy();
    },
  };
}

function serve(socket: TLSSocket, events: ControlEvents, ended: () => void): Promise<void> {
  const frames = new FrameReader(longestControlFrame);
  let silence = setTimeout(() => socket.destroy(), silenceMs);
  return new Promise((resolve) => {
    socket.on('error', () => {}); // 'close' follows
    socket.once('end', () => socket.destroy());
    socket.once('close', () => {
      clearTimeout(silence);
      resolve();
    });
    socket.on('data', (chunk: Buffer) => {
      clearTimeout(silence);
      silence = setTimeout(() => socket.destroy(), silenceMs);
      try {
        frames.push(chunk);
        for (let frame = frames.next(); frame; frame = frames.next()) {
          const message = frame as unknown as ControlMessage;
          if (message.type === 'ping') socket.write(encodeFrame({ type: 'pong' }));
          else if (message.type === 'left') events.onLeft(message.connectionsLeft);
          else if (message.type === 'ended') {
            ended();
            events.onEnded({ reason: message.reason, by: message.by });
            socket.destroy();
          }
        }
      } catch {
        socket.destroy();
      }
    });
    socket.resume();
  });
}
