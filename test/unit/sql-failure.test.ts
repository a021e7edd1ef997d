import { Failure, isFailure, type ErrorCode } from '../../src/core/failure';
import { failureOf, isRetryable, isStalePlan, ruleOf } from '../../src/db/sql-failure';

interface Given {
  readonly code?: string;
  readonly constraint?: string;
  readonly message?: string;
}

/** An error as the driver throws it. */
const sqlError = ({ message = 'what the server said', ...facts }: Given): Error =>
  Object.assign(new Error(message), facts);

const constraint = 'target_name_must_be_unique_in_its_project';
const rule = 'target name must be unique in its project';

const known: [what: string, given: Given, code: ErrorCode, message: string][] = [
  ['a value that is there already', { code: '23505', constraint }, 'CONFLICT', rule],
  [
    'a row that is not there, or is still needed',
    { code: '23503', constraint: 'host_set_member_host_must_exist' },
    'CONFLICT',
    'host set member host must exist',
  ],
  [
    'a value that a check refuses',
    { code: '23514', constraint: 'target_default_port_must_be_1_to_65535' },
    'INVALID_INPUT',
    'target default port must be 1 to 65535',
  ],
  [
    'a row that is not deleted',
    { code: '23601', constraint: 'scope_global_cannot_be_deleted' },
    'INVALID_INPUT',
    'scope global cannot be deleted',
  ],
  ['a byte that is no text', { code: '22021' }, 'INVALID_INPUT', 'a value is malformed or out of range'],
  ['a zero byte in JSON', { code: '22P05' }, 'INVALID_INPUT', 'a value is malformed or out of range'],
  ['a statement that took too long', { code: '57014' }, 'TIMEOUT', 'the database took longer than 10 s'],
  [
    'a lock that was not had in time',
    { code: '55P03' },
    'UNAVAILABLE',
    'a row that another change holds is out of reach; retry in a moment',
  ],
];

const outOfReach: [what: string, given: Given][] = [
  ['a connection exception', { code: '08000' }],
  ['a connection that does not exist', { code: '08003' }],
  ['a connection that failed', { code: '08006' }],
  ['a connection that was refused', { code: '08001' }],
  ['a protocol violation', { code: '08P01' }],
  ['a shutdown by its administrator', { code: '57P01' }],
  ['a crash', { code: '57P02' }],
  ['a server that cannot connect now', { code: '57P03' }],
  ['too many connections', { code: '53300' }],
  ['nobody at the port', { code: 'ECONNREFUSED' }],
  ['a connection that was reset', { code: 'ECONNRESET' }],
  ['a socket that is gone', { code: 'ENOENT' }],
  ['a name that leads nowhere', { code: 'ENOTFOUND' }],
  ['a pipe that broke', { code: 'EPIPE' }],
  ['an answer that did not come', { code: 'ETIMEDOUT' }],
  ['a connection that the driver lost', { message: 'Connection terminated unexpectedly' }],
  ['a pool that got no connection', { message: 'timeout exceeded when trying to connect' }],
  ['a network that is out of reach', { code: 'ENETUNREACH' }],
  ['a host that is out of reach', { code: 'EHOSTUNREACH' }],
  ['a name service that is out of reach', { code: 'EAI_AGAIN' }],
];

const unexpected: [what: string, given: Given][] = [
  [
    'an invariant of ours that is broken',
    { code: '23514', constraint: 'session_must_not_end_with_connections_open' },
  ],
  [
    'a step that our state machine forbids',
    { code: '23601', constraint: 'session_expires_at_may_only_grow' },
  ],
  ['a check without its name', { code: '23514' }],
  ['a text that is too long', { code: '22001' }],
  ['a number out of range', { code: '22003' }],
  ['a text that does not parse', { code: '22P02' }],
  ['a syntax error', { code: '42601' }],
  ['a table that is not there', { code: '42P01' }],
  ['a missing value', { code: '23502' }],
  ['a right that we do not have', { code: '42501' }],
  ['a failed transaction', { code: '25P02' }],
  ['a uniqueness without its name', { code: '23505' }],
  ['an error that only looks like a connection', { code: '108000' }],
  ['a full disk', { code: '53100' }],
  ['no code at all', {}],
];

describe('an error of the database', () => {
  test.each(known)('that is %s is a problem of ours', (_, given, code, message) => {
    const error = sqlError(given);
    const failure = failureOf(error);
    expect(isFailure(failure, code)).toBe(true);
    expect((failure as Failure).message).toBe(message);
    expect((failure as Failure).cause).toBe(error);
  });

  test.each(outOfReach)('that is %s says that the database is out of reach', (_, given) => {
    const error = sqlError(given);
    const failure = failureOf(error) as Failure;
    expect(isFailure(failure, 'UNAVAILABLE')).toBe(true);
    expect(failure.message).toBe('the database is out of reach; retry in a moment');
    expect(failure.cause).toBe(error);
  });

  // As it comes out of a transaction that was run again as often as is tried.
  test.each(['40001', '40P01'])(
    'that is a transaction others were in the way of (%s) asks to retry',
    (code) => {
      expect(isFailure(failureOf(sqlError({ code })), 'UNAVAILABLE')).toBe(true);
    },
  );

  test.each(unexpected)('that is %s comes back as it was, to be logged whole', (_, given) => {
    const error = sqlError(given);
    expect(failureOf(error)).toBe(error);
  });

  test('keeps what the driver said as its cause, and shows none of it', () => {
    const error = sqlError({ code: '23505', constraint, message: 'Key (name)=(secret) already exists' });
    const failure = failureOf(error) as Failure;
    expect(failure.cause).toBe(error);
    expect(failure.message).not.toContain('secret');
  });

  test.each([
    new Failure({ code: 'PLAN_STALE' }),
    'a text that was thrown',
    undefined,
    null,
    { code: '23505', constraint },
  ])('is left alone when it is none: %p', (thrown) => {
    expect(failureOf(thrown)).toBe(thrown);
  });
});

describe('a transaction', () => {
  test.each<[string, boolean, unknown]>([
    ['a serialization failure', true, sqlError({ code: '40001' })],
    ['a deadlock', true, sqlError({ code: '40P01' })],
    [
      'a plan that a migration made stale',
      true,
      sqlError({ code: '0A000', message: 'cached plan must not change result type' }),
    ],
    ['something not supported', false, sqlError({ code: '0A000' })],
    [
      'the words of a stale plan under another code',
      false,
      sqlError({ message: 'cached plan must not change result type' }),
    ],
    ['a lost connection', false, sqlError({ code: '08006' })],
    ['a conflict', false, sqlError({ code: '23505', constraint })],
    ['a statement that took too long', false, sqlError({ code: '57014' })],
    ['a problem of ours', false, new Failure({ code: 'PLAN_STALE' })],
    ['nothing', false, undefined],
    ['null', false, null],
  ])('that failed for %s: running it again may help is %p', (_, expected, error) => {
    expect(isRetryable(error)).toBe(expected);
  });

  test.each([
    ['0A000', 'cached plan must not change result type', true],
    ['0A000', 'cannot do that', false],
    ['40001', 'cached plan must not change result type', false],
  ])('has a stale plan for %s %s: %p', (code, message, expected) => {
    expect(isStalePlan(sqlError({ code, message }))).toBe(expected);
  });
});

test.each([
  ['scope_name_must_be_unique_in_its_parent', 'scope name must be unique in its parent'],
  ['one', 'one'],
])('the constraint %s reads as it is named', (name, sentence) => {
  expect(ruleOf(name)).toBe(sentence);
});
