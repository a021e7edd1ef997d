import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { Failure, type ErrorCode } from '../core/failure.js';
import type { Log } from '../core/log.js';

// Apollo's own codes never leave: clients know one closed list.
const foreignCodes: Record<string, ErrorCode> = {
  GRAPHQL_PARSE_FAILED: 'GRAPHQL_PARSE_FAILED',
  GRAPHQL_VALIDATION_FAILED: 'GRAPHQL_VALIDATION_FAILED',
  OPERATION_RESOLUTION_FAILURE: 'GRAPHQL_VALIDATION_FAILED',
  PERSISTED_QUERY_NOT_FOUND: 'GRAPHQL_VALIDATION_FAILED',
  PERSISTED_QUERY_NOT_SUPPORTED: 'GRAPHQL_VALIDATION_FAILED',
  BAD_USER_INPUT: 'INVALID_INPUT',
  BAD_REQUEST: 'INVALID_INPUT',
};

/**
 * An error as a client sees it: a code of the closed list, its facts, and the request it belongs to. What is
 * not a failure of ours is logged whole and answered as INTERNAL, without a word from inside.
 */
export function formatError(error: unknown, requestId: string, log: Log): GraphQLFormattedError {
  const located = error instanceof GraphQLError ? error : undefined;
  const origin = rootOf(error);
  const place = {
    ...(located?.locations ? { locations: located.locations } : {}),
    ...(located?.path ? { path: located.path } : {}),
  };
  if (origin instanceof Failure) {
    const { code, ...facts } = origin.problem;
    const { message: _said, cause: _cause, ...typed } = facts as Record<string, unknown>;
    return { message: origin.message, ...place, extensions: { code, ...typed, requestId } };
  }
  const code = located && foreignCodes[String(located.extensions['code'])];
  if (located && code)
    return { message: withoutValue(located.message), ...place, extensions: { code, requestId } };
  // A value that a scalar, an enum or an input refused carries no code; it is about the client's own input.
  const isOfInput = located && (!located.originalError || located.message.startsWith('Variable "$'));
  if (isOfInput && located.extensions['code'] === undefined) {
    const message = withoutValue(located.message);
    return { message, ...place, extensions: { code: 'INVALID_INPUT', requestId } };
  }
  log.error('a fault of the broker', {
    requestId,
    path: located?.path?.join('.'),
    error: origin instanceof Error ? (origin.stack ?? origin.message) : String(origin),
  });
  const fault = new Failure({ code: 'INTERNAL', requestId });
  return { message: fault.message, ...place, extensions: { code: 'INTERNAL', requestId } };
}

const ofVariable =
  /^Variable "\$(\w+)" got invalid value (.*); ((?:Field|Expected|Value|\w+ cannot represent|\w+ is malformed)\b.*)$/s;

/** What the library says of a value that does not fit its type, without the value: it may hold a password. */
function withoutValue(message: string): string {
  const shown = message.replace(/(\bString cannot represent a non string value): .*$/s, '$1');
  const [, variable] = /^Variable "\$(\w+)" got invalid value /.exec(message) ?? [];
  if (variable === undefined) return shown;
  const [, , value = '', reason = 'it does not fit its type'] = ofVariable.exec(shown) ?? [];
  const [, place = variable] = / at "([\w.[\]]+)"$/.exec(value) ?? [];
  // A hint tells names of the schema, which not everybody may ask for.
  const withoutHint = reason.replace(/ Did you mean [^?]*\?$/, '');
  return `Variable "$${place}" has an invalid value; ${withoutHint}`;
}

function rootOf(error: unknown): unknown {
  let origin = error;
  while (origin instanceof GraphQLError && origin.originalError) origin = origin.originalError;
  return origin;
}

/** HTTP status of an answer that is refused as a whole with that code. */
export const httpStatus: Record<ErrorCode, number> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  INVALID_INPUT: 400,
  CONFLICT: 409,
  VERSION_CONFLICT: 409,
  IDEMPOTENCY_MISMATCH: 409,
  INVALID_STATE: 409,
  LIMIT_REACHED: 409,
  NO_WORKER_AVAILABLE: 503,
  CONNECT_FAILED: 502,
  AUTHORIZATION_REPLAYED: 409,
  PLAN_STALE: 409,
  MANAGED_ELSEWHERE: 409,
  LOCKOUT_REFUSED: 409,
  GRAPHQL_PARSE_FAILED: 400,
  GRAPHQL_VALIDATION_FAILED: 400,
  COST_LIMIT: 400,
  RATE_LIMITED: 429,
  UNAVAILABLE: 503,
  TIMEOUT: 504,
  INTERNAL: 500,
};
