import type { ErrorCode } from '../core/failure.js';

/** A sentence for the person at the terminal, and the status the process ends with. */
export class CliFailure extends Error {
  constructor(
    message: string,
    readonly exitCode: 1 | 2 | 3 = 1,
    readonly code: ErrorCode | null = null,
  ) {
    super(message);
  }
}

/** 1: it failed. 3: it was refused, and trying again without a change is of no use. */
export const exitCodeOf: Record<ErrorCode, 1 | 2 | 3> = {
  UNAUTHENTICATED: 3,
  FORBIDDEN: 3,
  NOT_FOUND: 3,
  INVALID_INPUT: 1,
  CONFLICT: 1,
  VERSION_CONFLICT: 1,
  IDEMPOTENCY_MISMATCH: 1,
  INVALID_STATE: 1,
  LIMIT_REACHED: 3,
  NO_WORKER_AVAILABLE: 1,
  CONNECT_FAILED: 1,
  AUTHORIZATION_REPLAYED: 3,
  PLAN_STALE: 1,
  MANAGED_ELSEWHERE: 3,
  LOCKOUT_REFUSED: 3,
  GRAPHQL_PARSE_FAILED: 1,
  GRAPHQL_VALIDATION_FAILED: 1,
  COST_LIMIT: 1,
  RATE_LIMITED: 1,
  UNAVAILABLE: 1,
  TIMEOUT: 1,
  INTERNAL: 1,
};
