import type { TLSSocket } from 'node:tls';
import type { Clock } from '../core/clock.js';

const patienceMs = 2000;

/** Says a last frame and hangs up. Sockets here keep half-closes, so one that does not leave is not waited for. */
export function hangUp(socket: TLSSocket, clock: Clock, lastFrame: Buffer): void {
  socket.end(lastFrame);
  socket.resume();
  const late = clock.after(patienceMs, () => socket.destroy());
  socket.once('end', () => socket.destroy());
  socket.once('close', () => late.cancel());
}
