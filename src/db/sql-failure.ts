import { Failure } from '../core/failure.js';
import { inputRules } from './input-rules.js';

interface SqlError {
  readonly code: string;
  readonly constraint?: string;
  readonly message: string;
}

/** A NUL or a broken byte in a text or in JSON, which no type of GraphQL keeps out. */
const unstorable = new Set(['22021', '22P05']);

/** SQLSTATEs after which the whole transaction may simply run again. */
const retryable = new Set(['40001', '40P01']);

const outOfReach =
  /^(08|25P03|57P0[123]|53300)|^(ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENETUNREACH|EAI_AGAIN|ENOENT|ENOTFOUND|EPIPE|ETIMEDOUT)$/;

export function isRetryable(error: unknown): boolean {
  const { code = '', constraint } = (error ?? {}) as Partial<SqlError>;
  return retryable.has(code) || constraint === crossedBySession || isStalePlan(error);
}

/** A session came to hang on what is being deleted after those there were had been ended; the next run ends it too. */
const crossedBySession = 'session_must_hang_on_what_exists_while_it_lives';

/** A prepared `select *` meets a column that a newer release has just added; a fresh connection sees it. */
export function isStalePlan(error: unknown): boolean {
  const { code, message } = (error ?? {}) as Partial<SqlError>;
  return code === '0A000' && message === 'cached plan must not change result type';
}

/** Turns a constraint's name into the sentence it is: `target_name_must_be_unique` reads as it is named. */
export function ruleOf(constraint: string): string {
  return constraint.replaceAll('_', ' ');
}

/** A database error as a problem of ours; anything unexpected comes back unchanged. */
export function failureOf(error: unknown): unknown {
  if (error instanceof Failure || !(error instanceof Error)) return error;
  const { message } = error;
  const { code = '', constraint } = error as Partial<SqlError>;
  if (code === '23505' && constraint)
    return new Failure({ code: 'CONFLICT', rule: ruleOf(constraint) }, { cause: error });
  if (code === '23503' && constraint)
    return new Failure({ code: 'CONFLICT', rule: ruleOf(constraint) }, { cause: error });
  if ((code === '23514' || code === '23601') && constraint && inputRules.has(constraint))
    return malformed(ruleOf(constraint), error);
  if (unstorable.has(code)) return malformed('a value is malformed or out of range', error);
  if (code === '57014')
    return new Failure({ code: 'TIMEOUT', what: 'the database', limitMs: 10_000 }, { cause: error });
  if (retryable.has(code))
    return new Failure({ code: 'UNAVAILABLE', what: 'a row that other changes keep busy' }, { cause: error });
  if (code === '55P03')
    return new Failure({ code: 'UNAVAILABLE', what: 'a row that another change holds' }, { cause: error });
  if (
    outOfReach.test(code) ||
    /Connection terminated|timeout exceeded when trying to connect/.test(message)
  ) {
    return new Failure({ code: 'UNAVAILABLE', what: 'the database' }, { cause: error });
  }
  return error;
}

function malformed(message: string, cause: unknown): Failure {
  return new Failure({ code: 'INVALID_INPUT', issues: [{ path: '', message }] }, { cause });
}
