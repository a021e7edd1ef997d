import { randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import { FairQueue, type Hasher } from './fair-queue.js';

const argon2id = 2; // the library's Algorithm is a const enum, which isolated modules cannot read

/** Argon2id with the ancestor's figures: 64 MiB, three passes, one lane. */
const cost = { algorithm: argon2id, memoryCost: 65_536, timeCost: 3, parallelism: 1, outputLen: 32 };

// Hashing is meant to be dear: 64 MiB and a tenth of a second each. Two at a time leave the machine to
// everybody else.
const queue = new FairQueue({
  mostAtOnce: 2,
  mostWaitingOfName: 4,
  mostWaitingOfAddress: 32,
  mostWaiting: 256,
});

const ourselves: Hasher = { address: '', loginName: '', isKnown: true };

/** Runs what hashes when its turn has come, by where it comes from and whom it is about. */
export function inTurn<R>(who: Hasher, work: () => Promise<R>): Promise<R> {
  return queue.run(who, work);
}

/** The argon2id hash of a password, in PHC text form. Whoever asks waits in turns, as with a login. */
export function hashPassword(password: string, from: Hasher = ourselves): Promise<string> {
  return inTurn(from, () => hash(password, cost));
}

const noPadding = (bytes: number): string => randomBytes(bytes).toString('base64').replaceAll('=', '');

// A hash that no password has: to find that out costs as much as with a real one.
const standIn =
  `$argon2id$v=19$m=${cost.memoryCost},t=${cost.timeCost},p=${cost.parallelism}` +
  `$${noPadding(16)}$${noPadding(cost.outputLen)}`;

/**
 * Whether the password is the one behind the hash. Without a hash (no such account, or none set) it costs
 * the same and is false. To be asked in turn.
 */
export async function isPassword(stored: string | null, password: string): Promise<boolean> {
  const isMatch = await verify(stored ?? standIn, password);
  return stored !== null && isMatch;
}
