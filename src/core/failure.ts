import { timeInWords } from './duration.js';

/**
 * Every way Postern refuses or fails, as data. `ErrorCode` is the closed list a client sees in
 * `extensions.code`; each member of `Problem` carries the facts that stand beside it.
 */
export const errorCodes = {
  UNAUTHENTICATED: 'No valid token.',
  FORBIDDEN:
    'The action is not granted, on something the caller may see; or, as reason says, the current password is wrong, the token in use is read-only, or it would give somebody what the caller lacks. Facts: action, resourceType, denialId, reason.',
  NOT_FOUND: 'Missing, or hidden from the caller: the two are not told apart. Facts: resourceType, denialId.',
  INVALID_INPUT: 'A value is malformed or out of range. Facts: issues [{path, message}].',
  CONFLICT: 'It clashes with what exists, a name for instance. Facts: rule.',
  VERSION_CONFLICT: 'expectedVersion is not the present version. Facts: currentVersion.',
  IDEMPOTENCY_MISMATCH: 'The idempotency key was used with other input.',
  INVALID_STATE: 'The object is in a state that forbids the action. Facts: state.',
  LIMIT_REACHED: 'A limit of the account or the target is reached. Facts: limit.',
  NO_WORKER_AVAILABLE:
    'No worker can serve the target now. Facts: retryable, retryAfterMs, filtered (whether its filter left out those that live).',
  CONNECT_FAILED: 'The worker could not reach the host.',
  AUTHORIZATION_REPLAYED: 'The authorization token was redeemed before.',
  PLAN_STALE: 'What the plan was made from has changed since.',
  MANAGED_ELSEWHERE: 'The field is managed by configuration. Facts: manager.',
  LOCKOUT_REFUSED: 'The change would lock its author out.',
  GRAPHQL_PARSE_FAILED: 'The document does not parse.',
  GRAPHQL_VALIDATION_FAILED: 'The document is not valid against the schema or its limits.',
  COST_LIMIT: 'The operation costs too much. Facts: cost, limit.',
  RATE_LIMITED: 'Too many requests, or too many of one kind. Facts: retryAfterMs, what.',
  UNAVAILABLE: 'The database is out of reach; retry.',
  TIMEOUT: 'The operation took too long.',
  INTERNAL: 'A fault of the broker. Facts: requestId.',
} as const;

export type ErrorCode = keyof typeof errorCodes;

/** One value that was refused: where it stands in the input, and what it must be. */
export interface Issue {
  readonly path: string;
  readonly message: string;
}

export type Problem =
  | { code: 'UNAUTHENTICATED'; message: string }
  | { code: 'FORBIDDEN'; action: string; resourceType: string; denialId: string; reason?: string }
  | { code: 'NOT_FOUND'; resourceType: string; denialId: string }
  | { code: 'INVALID_INPUT'; issues: readonly Issue[] }
  | { code: 'CONFLICT'; rule: string }
  | { code: 'VERSION_CONFLICT'; currentVersion: number }
  | { code: 'IDEMPOTENCY_MISMATCH' }
  | { code: 'INVALID_STATE'; state: string; message: string }
  | { code: 'LIMIT_REACHED'; limit: number; what: string }
  | { code: 'NO_WORKER_AVAILABLE'; retryable: true; retryAfterMs: number; filtered: boolean }
  | { code: 'CONNECT_FAILED'; endpoint: string; cause: string }
  | { code: 'AUTHORIZATION_REPLAYED' }
  | { code: 'PLAN_STALE' }
  | { code: 'MANAGED_ELSEWHERE'; manager: string }
  | { code: 'LOCKOUT_REFUSED'; message: string }
  | { code: 'GRAPHQL_PARSE_FAILED'; message: string }
  | { code: 'GRAPHQL_VALIDATION_FAILED'; message: string }
  | { code: 'COST_LIMIT'; cost: number; limit: number }
  | { code: 'RATE_LIMITED'; retryAfterMs: number; what?: string }
  | { code: 'UNAVAILABLE'; what: string }
  | { code: 'TIMEOUT'; what: string; limitMs: number }
  | { code: 'INTERNAL'; requestId: string };

function plural(type: string): string {
  return type.endsWith('y') ? `${type.slice(0, -1)}ies` : `${type}s`;
}

type Sentence = { [C in ErrorCode]: (problem: Extract<Problem, { code: C }>) => string };

const sentences: Sentence = {
  UNAUTHENTICATED: (p) => p.message,
  FORBIDDEN: (p) => `${p.reason ?? lackOf(p)} (denial ${p.denialId})`,
  NOT_FOUND: (p) => `no such ${p.resourceType}, or you may not see it (denial ${p.denialId})`,
  INVALID_INPUT: (p) => p.issues.map((i) => (i.path ? `${i.path}: ${i.message}` : i.message)).join('; '),
  CONFLICT: (p) => p.rule,
  VERSION_CONFLICT: (p) => `the version is ${p.currentVersion} now; read it again, then repeat the change`,
  IDEMPOTENCY_MISMATCH: () => 'this idempotency key was used with other input; take a fresh one',
  INVALID_STATE: (p) => p.message,
  LIMIT_REACHED: (p) => `the limit of ${p.limit} ${p.what} is reached`,
  NO_WORKER_AVAILABLE: (p) =>
    p.filtered
      ? 'the worker filter of this target leaves none of the live workers; change it, or the tags of a worker'
      : 'no worker can serve this target now; retry, or look at the workers',
  CONNECT_FAILED: (p) => `the worker could not reach ${p.endpoint}: ${p.cause}`,
  AUTHORIZATION_REPLAYED: () =>
    'this authorization token was redeemed before; authorize a new session with `postern targets authorize-session`',
  PLAN_STALE: () => 'what the plan was made from has changed since; plan again',
  MANAGED_ELSEWHERE: (p) => `managed by ${p.manager}; change it there`,
  LOCKOUT_REFUSED: (p) => p.message,
  GRAPHQL_PARSE_FAILED: (p) => p.message,
  GRAPHQL_VALIDATION_FAILED: (p) => p.message,
  COST_LIMIT: (p) => `the operation costs ${p.cost}, the limit is ${p.limit}; ask for smaller pages`,
  RATE_LIMITED: (p) =>
    `too many ${p.what ?? 'requests'}; wait ${timeInWords(p.retryAfterMs)}, then try again`,
  UNAVAILABLE: (p) => `${p.what} is out of reach; retry in a moment`,
  TIMEOUT: (p) => `${p.what} took longer than ${p.limitMs / 1000} s`,
  INTERNAL: (p) => `a fault of the broker; name request ${p.requestId} to its operator`,
};

function lackOf({ action, resourceType }: { action: string; resourceType: string }): string {
  return action === 'list' || action.startsWith('create')
    ? `you may not ${action} ${plural(resourceType)} here`
    : `you may not ${action} this ${resourceType}`;
}

/** The text of a problem: lower-case, no full stop, saying what to do where the reader can do something. */
export function describeProblem(problem: Problem): string {
  const sentence = sentences[problem.code] as (p: Problem) => string;
  return sentence(problem);
}

/** The one error class. Anything else that is thrown is a fault of ours and answered as INTERNAL. */
export class Failure extends Error {
  /** One of so many that it is told in a sum, by whoever made it: it gets no entry and no line of its own. */
  readonly isCounted: boolean;

  constructor(
    readonly problem: Problem,
    { isCounted = false, ...options }: { cause?: unknown; isCounted?: boolean } = {},
  ) {
    super(describeProblem(problem), options);
    this.name = 'Failure';
    this.isCounted = isCounted;
  }

  get code(): ErrorCode {
    return this.problem.code;
  }
}

/** Refuses one value of the input: `path` names it as the client wrote it. */
export function invalidInput(path: string, message: string): Failure {
  return new Failure({ code: 'INVALID_INPUT', issues: [{ path, message }] });
}

/** True for an error that carries a problem of ours, with that code when one is named. */
export function isFailure(error: unknown, code?: ErrorCode): error is Failure {
  return error instanceof Failure && (code === undefined || error.code === code);
}
