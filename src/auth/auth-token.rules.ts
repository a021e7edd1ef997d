import { invalidInput } from '../core/failure.js';

/** What a token came from: a login, or a request for one of the API. */
export const tokenTypes = ['login', 'api'] as const;
export type TokenType = (typeof tokenTypes)[number];

const day = 86_400;
export const usualLifetimeSeconds = 90 * day;
const shortestLifetimeSeconds = 60;
const longestLifetimeSeconds = 366 * day;

/** How long an API token is to live. */
export interface TokenLife {
  readonly expiresAt?: string | null;
  readonly lifetimeSeconds?: number | null;
}

/**
 * When an API token ends that is issued now: 90 days from now unless told otherwise, by a time or by seconds and not by
 * both. Every one ends: it lives a minute at least and 366 days at most.
 */
export function endOfTokenLife({ expiresAt, lifetimeSeconds }: TokenLife, now: string): string {
  if (expiresAt != null && lifetimeSeconds != null)
    throw invalidInput('input.lifetimeSeconds', 'goes without expiresAt; give one of the two');
  const nowMs = Date.parse(now);
  const seconds =
    expiresAt == null ? (lifetimeSeconds ?? usualLifetimeSeconds) : (Date.parse(expiresAt) - nowMs) / 1000;
  if (seconds < shortestLifetimeSeconds || seconds > longestLifetimeSeconds) {
    if (expiresAt == null)
      throw invalidInput('input.lifetimeSeconds', 'must be 60 to 31622400, which is 366 days');
    throw invalidInput('input.expiresAt', 'must be a minute to 366 days from now');
  }
  return new Date(nowMs + seconds * 1000).toISOString();
}
