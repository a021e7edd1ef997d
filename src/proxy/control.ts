import type { TLSSocket } from 'node:tls';
import type { Clock, Timer } from '../core/clock.js';
import { hangUp } from './hang-up.js';
import { encodeFrame, FrameReader, longestControlFrame, type ControlMessage } from './handshake.js';

/** The line on which a worker tells one `connect` process what becomes of its session. */
export interface ControlChannel {
  send(message: ControlMessage): void;
  /** Says a last thing and hangs up. */
  end(message: ControlMessage): void;
}

const pingMs = 10_000;
const silenceMs = 30_000;

/**
 * Serves one control connection: pings it, and gives it up when nothing has come back for 30 s. `gone` is
 * told once, however it ended.
 */
export function controlChannel(socket: TLSSocket, clock: Clock, gone: () => void): ControlChannel {
  const frames = new FrameReader(longestControlFrame);
  let heardAt = clock.monotonicMs();
  let timer: Timer;
  const ping = (): void => {
    if (clock.monotonicMs() - heardAt > silenceMs) {
      socket.destroy();
      return;
    }
    socket.write(encodeFrame({ type: 'ping' }));
    timer = clock.after(pingMs, ping);
  };
  timer = clock.after(pingMs, ping);
  socket.on('data', (chunk: Buffer) => {
    heardAt = clock.monotonicMs();
    try {
      // Clients answer pings; what they say matters only as a sign of life, and must be well-formed.
      frames.push(chunk);
      while (frames.next()) continue;
    } catch {
      socket.destroy();
    }
  });
  socket.on('error', () => {}); // 'close' follows
  if (socket.readableEnded) socket.end();
  else socket.once('end', () => socket.end());
  socket.once('close', () => {
    timer.cancel();
    gone();
  });
  socket.resume();
  return {
    send: (message) => {
      socket.write(encodeFrame(message));
    },
    end: (message) => hangUp(socket, clock, encodeFrame(message)),
  };
}
