import { isFailure, type Failure } from '../core/failure.js';
import type { Hasher } from './fair-queue.js';

/** Something that was let through, and is told how it ended. */
export interface Attempt {
  /** Its place in the line of those who wait for a hash. */
  readonly hasher: Hasher;
  right(): void;
  /** Nobody looked at it: it does not count. */
  undone(): void;
  /** The refusal where too many wait. */
  crowded(): Failure;
}

/** Refusals that say that what was tried is wrong. */
const wrong = ['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND'];

/** Runs what looks at an attempt in its turn. Done is right, refused is wrong; what nobody could look at is neither. */
export async function attempted<R>(
  attempt: Attempt,
  inTurn: (who: Hasher, work: () => Promise<R>) => Promise<R>,
  work: () => Promise<R>,
): Promise<R> {
  try {
    const result = await inTurn(attempt.hasher, work);
    attempt.right();
    return result;
  } catch (error) {
    if (!isFailure(error) || !wrong.includes(error.code)) attempt.undone();
    throw isFailure(error, 'RATE_LIMITED') ? attempt.crowded() : error;
  }
}
