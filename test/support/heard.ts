import type { Socket } from 'node:net';
import { FrameReader } from '../../src/proxy/handshake';
import { Waiting } from './waiting';

/** What a socket has said so far. Reads on from the moment it is made, until it is paused. */
export class Heard {
  private chunks: Buffer[] = [];
  private waitingBytes = 0;
  /** Everything that came, taken or not. */
  total = 0;
  hasEnded = false;
  hasClosed = false;
  error: NodeJS.ErrnoException | null = null;
  private readonly waiting = new Waiting();

  constructor(readonly socket: Socket) {
    socket.on('data', (chunk: Buffer) => {
      this.chunks.push(chunk);
      this.waitingBytes += chunk.length;
      this.total += chunk.length;
      this.waiting.happened();
    });
    socket.once('end', () => {
      this.hasEnded = true;
      this.waiting.happened();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => (this.error = error));
    socket.once('close', () => {
      this.hasClosed = true;
      this.waiting.happened();
    });
    this.hasClosed = socket.destroyed;
    socket.resume();
  }

  /** The next so many bytes. */
  take(count: number, timeoutMs = 5000): Promise<Buffer> {
    return this.until(`${count} bytes`, () => this.waitingBytes >= count && this.remove(count), timeoutMs);
  }

  /** The next so many bytes, as text. */
  async text(count: number): Promise<string> {
    return (await this.take(count)).toString();
  }

  /** Whatever came and has not been taken, once the other side has said that it is through. */
  async rest(timeoutMs = 5000): Promise<Buffer> {
    await this.ended(timeoutMs);
    return this.remove(this.waitingBytes);
  }

  /** The next frame of the handshake or the control connection. */
  frame(): Promise<Record<string, unknown>> {
    return this.until('a frame', () => {
      const reader = new FrameReader(65_535);
      const bytes = Buffer.concat(this.chunks);
      reader.push(bytes);
      const frame = reader.next();
      if (frame) this.remove(bytes.length - reader.rest().length);
      return frame;
    });
  }

  async ended(timeoutMs = 5000): Promise<void> {
    await this.until('its end', () => this.hasEnded, timeoutMs);
  }

  async closed(timeoutMs = 5000): Promise<void> {
    await this.until('its being closed', () => this.hasClosed, timeoutMs);
  }

  private remove(count: number): Buffer {
    const bytes = Buffer.concat(this.chunks);
    this.chunks = bytes.length === count ? [] : [bytes.subarray(count)];
    this.waitingBytes -= count;
    return bytes.subarray(0, count);
  }

  until<T>(what: string, look: () => T | null | false, timeoutMs = 5000): Promise<T> {
    const instead = (): unknown => ({
      start: Buffer.concat(this.chunks).subarray(0, 200).toString('latin1'),
      bytes: this.waitingBytes,
      hasEnded: this.hasEnded,
      hasClosed: this.hasClosed,
      error: this.error?.message,
    });
    const isHopeless = (): boolean => this.hasClosed;
    return this.waiting.until(what, look, { instead, isHopeless, timeoutMs });
  }
}
