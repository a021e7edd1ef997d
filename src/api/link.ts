import { isFailure, type ErrorCode } from '../core/failure.js';

const refusals: readonly ErrorCode[] = ['FORBIDDEN', 'NOT_FOUND', 'UNAUTHENTICATED'];

/** A list behind a link of another object: null where the caller may not open it, which on a link is no error. */
export async function opened<T>(list: Promise<T>): Promise<T | null> {
  try {
    return await list;
  } catch (error) {
    if (refusals.some((code) => isFailure(error, code))) return null;
    throw error;
  }
}
