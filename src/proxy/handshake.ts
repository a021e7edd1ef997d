/**
 * What client and worker say to each other before and beside the bytes: frames of a 16-bit length and that
 * many bytes of JSON. Pure: no socket is known here.
 */

/** Longest first frame of a client, in bytes. It names a purpose and a session. */
export const longestHandshake = 512;
/** Longest frame on a control connection, in bytes. */
export const longestControlFrame = 4096;

const headerBytes = 2;

/** A frame that breaks the rules; the text says which. */
export class FrameError extends Error {}

export function encodeFrame(message: object): Buffer {
  const body = Buffer.from(JSON.stringify(message), 'utf8');
  const frame = Buffer.allocUnsafe(headerBytes + body.length);
  frame.writeUInt16BE(body.length, 0);
  body.copy(frame, headerBytes);
  return frame;
}

/** Collects bytes until a frame is whole. What follows the frame stays and can be taken with `rest`. */
export class FrameReader {
  private bytes: Buffer = Buffer.alloc(0);

  constructor(private readonly longest: number) {}

  push(chunk: Buffer): void {
    this.bytes = this.bytes.length === 0 ? chunk : Buffer.concat([this.bytes, chunk]);
  }

  /** The next whole frame, or null until more bytes come. Throws FrameError on one that is too long or no object. */
  next(): Record<string, unknown> | null {
    if (this.bytes.length < headerBytes) return null;
    const length = this.bytes.readUInt16BE(0);
    if (length > this.longest) throw new FrameError(`the frame is longer than ${this.longest} bytes`);
    if (this.bytes.length < headerBytes + length) return null;
    const body = this.bytes.subarray(headerBytes, headerBytes + length);
    this.bytes = this.bytes.subarray(headerBytes + length);
    return parseObject(body);
  }

  rest(): Buffer {
    const rest = this.bytes;
    this.bytes = Buffer.alloc(0);
    return rest;
  }
}

function parseObject(body: Buffer): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    throw new FrameError('the frame is not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new FrameError('the frame is no object');
  return value as Record<string, unknown>;
}

export const handshakeVersion = 1;

/** What a TLS connection to a worker is for. */
export const purposes = ['connection', 'control', 'cancel'] as const;
export type Purpose = (typeof purposes)[number];

export interface Hello {
  readonly purpose: Purpose;
  readonly sessionId: string;
}

export function encodeHello({ purpose, sessionId }: Hello): Buffer {
  return encodeFrame({ version: handshakeVersion, purpose, session: sessionId });
}

/** Reads a client's first frame. Throws FrameError, saying what it should have been. */
export function readHello(frame: Record<string, unknown>): Hello {
  const { version, purpose, session } = frame;
  if (version !== handshakeVersion)
    throw new FrameError(`handshake version ${handshakeVersion} is spoken here`);
  if (!purposes.includes(purpose as Purpose))
    throw new FrameError(`the purpose must be ${purposes.join(', ')}`);
  if (typeof session !== 'string' || !/^s_[A-Za-z0-9]{4,64}$/.test(session))
    throw new FrameError('no session is named');
  return { purpose: purpose as Purpose, sessionId: session };
}

/** Why a worker does not serve a client. The client prints the message; programs go by the code. */
export const refusals = {
  NO_CERTIFICATE: 'the client showed no certificate',
  BAD_HANDSHAKE: 'the handshake is malformed',
  NOT_AUTHORIZED: 'there is no such session for this key',
  ENDED: 'the session has ended',
  LIMIT: 'the session has used up its connections',
  CONNECT_FAILED: 'the worker could not reach the host',
  UNAVAILABLE: 'the worker cannot ask its controller now',
} as const;
export type RefusalCode = keyof typeof refusals;

export interface Refusal {
  readonly code: RefusalCode;
  readonly message: string;
  /** With ENDED: why, and by whom. */
  readonly reason?: string;
  readonly by?: string | null;
}

export interface Welcome {
  /** Connections the session may still open after this; -1 for any number. */
  readonly connectionsLeft: number;
  readonly connectionLimit: number;
  readonly expiresAt: string;
  readonly remainingMs: number;
}

export type Answer = ({ readonly ok: true } & Welcome) | ({ readonly ok: false } & Refusal);

export function encodeWelcome(welcome: Welcome): Buffer {
  return encodeFrame({ ok: true, ...welcome });
}

export function encodeRefusal(
  code: RefusalCode,
  detail?: string,
  ended?: { reason: string; by: string | null },
): Buffer {
  const message = detail === undefined ? refusals[code] : `${refusals[code]}: ${detail}`;
  return encodeFrame({ ok: false, code, message, ...ended });
}

/** Reads a worker's answer. Throws FrameError when it is none. */
export function readAnswer(frame: Record<string, unknown>): Answer {
  if (frame['ok'] === true && typeof frame['connectionsLeft'] === 'number') return frame as unknown as Answer;
  if (frame['ok'] === false && typeof frame['code'] === 'string' && typeof frame['message'] === 'string') {
    return frame as unknown as Answer;
  }
  throw new FrameError('the worker answered something else');
}

/** What a worker says on a control connection after its welcome. */
export type ControlMessage =
  | { readonly type: 'ping' }
  | { readonly type: 'left'; readonly connectionsLeft: number }
  | { readonly type: 'ended'; readonly reason: string; readonly by: string | null }
  | { readonly type: 'going-away' };
