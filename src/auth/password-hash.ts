import { randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import { Failure } from '../core/failure.js';

const argon2id = 2; // the library's Algorithm is a const enum, which isolated modules cannot read

/** Argon2id with the ancestor's figures: 64 MiB, three passes, one lane. */
const cost = { algorithm: argon2id, memoryCost: 65_536, timeCost: 3, parallelism: 1, outputLen: 32 };

const mostAtOnce = 2;
const mostWaiting = 64;

let running = 0;
const waiting: (() => void)[] = [];

// Hashing is meant to be dear: 64 MiB and a tenth of a second each. Two at a time leave the machine to
// everybody else, and a queue of bounded length says so instead of growing.
async function inTurn<R>(work: () => Promise<R>): Promise<R> {
  if (running >= mostAtOnce) {
    if (waiting.length >= mostWaiting) throw new Failure({ code: 'RATE_LIMITED', retryAfterMs: 2000 });
    await new Promise<void>((resolve) => waiting.push(resolve));
  }
  running++;
  try {
    return await work();
  } finally {
    running--;
    waiting.shift()?.();
  }
}

/** The argon2id hash of a password, in PHC text form. */
export function hashPassword(password: string): Promise<string> {
  return inTurn(() => hash(password, cost));
}

const noPadding = (bytes: number): string => randomBytes(bytes).toString('base64').replaceAll('=', '');

// A hash that no password has: to find that out costs as much as with a real one.
const standIn =
  `$argon2id$v=19$m=${cost.memoryCost},t=${cost.timeCost},p=${cost.parallelism}` +
  `$${noPadding(16)}$${noPadding(cost.outputLen)}`;

/**
 * Whether the password is the one behind the hash. Without a hash (no such account, or none set) it costs
 * the same and is false.
 */
export async function checkPassword(stored: string | null, password: string): Promise<boolean> {
  const isMatch = await inTurn(() => verify(stored ?? standIn, password));
  return stored !== null && isMatch;
}
