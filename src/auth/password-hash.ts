import { randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import { FairQueue } from './fair-queue.js';

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

/** Who waits for a hash: where it comes from, and for which login name. */
export interface Hasher {
  readonly address: string;
  readonly loginName: string;
}

const ourselves: Hasher = { address: '', loginName: '' };

/** The argon2id hash of a password, in PHC text form. Whoever asks waits in turns, as with a login. */
export function hashPassword(password: string, from: Hasher = ourselves): Promise<string> {
  return queue.run(from.address, from.loginName, () => hash(password, cost));
}

const noPadding = (bytes: number): string => randomBytes(bytes).toString('base64').replaceAll('=', '');

// A hash that no password has: to find that out costs as much as with a real one.
const standIn =
  `$argon2id$v=19$m=${cost.memoryCost},t=${cost.timeCost},p=${cost.parallelism}` +
  `$${noPadding(16)}$${noPadding(cost.outputLen)}`;

/**
 * Whether the password is the one behind the hash. Without a hash (no such account, or none set) it costs
 * the same and is false. Those who try wait in turns, by where they come from and whom they say they are.
 */
export async function checkPassword(stored: string | null, password: string, from: Hasher): Promise<boolean> {
  const isMatch = await queue.run(from.address, from.loginName, () => verify(stored ?? standIn, password));
  return stored !== null && isMatch;
}
