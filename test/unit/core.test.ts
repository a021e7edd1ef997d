import { parseDuration } from '../../src/core/duration';
import {
  describeProblem,
  errorCodes,
  Failure,
  invalidInput,
  isFailure,
  type ErrorCode,
  type Problem,
} from '../../src/core/failure';
import { idPrefixes, kindOfId, newId, randomText, type IdKind, type IdPrefix } from '../../src/core/id';

// Spelled out here once more on purpose: ids are stored, logged and written into configurations.
const prefixes: Record<IdKind, string> = {
  scope: 'global o p',
  user: 'u',
  group: 'g',
  role: 'r',
  'auth-method': 'ampw amoidc amldap',
  account: 'acctpw acctoidc acctldap apw',
  'managed-group': 'mgoidc mgldap',
  'auth-token': 'at',
  'host-catalog': 'hcst hcplg hc',
  'host-set': 'hsst hsplg hs',
  host: 'hst hplg h',
  target: 'ttcp tssh trdp',
  session: 's',
  'credential-store': 'csst csvlt cs',
  'credential-library': 'clvlt clvsclt clvllt',
  credential: 'credup credupd credp credspk credjson cdvlt cred',
  worker: 'w',
  alias: 'alt',
  policy: 'pst',
  'storage-bucket': 'sb',
  'session-recording': 'sr',
  'session-connection': 'sc',
  'audit-entry': 'ae',
};
const byPrefix = Object.entries(prefixes).flatMap(([kind, list]) =>
  list.split(' ').map((prefix) => [prefix as IdPrefix, kind as IdKind] as const),
);

describe('an id', () => {
  test.each(byPrefix)('that begins with %s names a %s', (prefix, kind) => {
    expect(kindOfId(`${prefix}_0123456789`)).toBe(kind);
  });

  test('has one of the prefixes that are known', () => {
    expect(Object.values(idPrefixes).flat().sort()).toEqual(byPrefix.map(([prefix]) => prefix).sort());
    expect(new Set(byPrefix.map(([prefix]) => prefix)).size).toBe(byPrefix.length);
  });

  test.each([
    ['global', 'scope'],
    ['u_anon', 'user'],
    ['s_with_more', 'session'],
    ['srv_0123456789', null],
    ['TTCP_0123456789', null],
    ['denial_0123456789', null],
    ['_0123456789', null],
    ['', null],
    ['constructor_0123456789', null],
  ])('is told by what stands before the first underscore: %s is %s', (id, kind) => {
    expect(kindOfId(id)).toBe(kind);
  });

  test.each<readonly [IdPrefix]>([
    ...byPrefix.map(([prefix]) => [prefix] as const),
    ['denial'],
    ['req'],
    ['boot'],
  ])('that is new and begins with %s has ten characters of base62 after it', (prefix) => {
    expect(newId(prefix)).toMatch(/^[a-z]+_[0-9A-Za-z]{10}$/);
    expect(newId(prefix).split('_')[0]).toBe(prefix);
  });

  test('that is new is another each time', () => {
    expect(new Set(Array.from({ length: 10_000 }, () => newId('s'))).size).toBe(10_000);
  });

  test('is drawn from all of base62', () => {
    expect(new Set(randomText(20_000)).size).toBe(62);
    expect(randomText(0)).toBe('');
  });
});

describe('a duration', () => {
  test.each([
    ['0', 0],
    ['90', 90_000],
    ['0.5', 500],
    ['250ms', 250],
    ['12s', 12_000],
    ['5m', 300_000],
    ['8h', 28_800_000],
    ['2d', 172_800_000],
    ['1h30m', 5_400_000],
    ['1m1ms', 60_001],
    ['1.5h', 5_400_000],
    ['1d2h3m4s5ms', 93_784_005],
    [' 30s\n', 30_000],
  ])('is read from %j as %i ms', (text, expected) => {
    expect(parseDuration(text)).toBe(expected);
  });

  test.each([
    '',
    ' ',
    's',
    '-5s',
    '+5s',
    '5 s',
    '1h 30m',
    '5S',
    '1w',
    '1y',
    '1e3',
    '1.',
    '.5s',
    '1,5h',
    'forever',
    '5sx',
    '0x10',
  ])('is not read from %j', (text) => {
    expect(parseDuration(text)).toBeNull();
  });
});

const problems: { [C in ErrorCode]: Extract<Problem, { code: C }> } = {
  UNAUTHENTICATED: { code: 'UNAUTHENTICATED', message: 'sign in first: postern authenticate password' },
  FORBIDDEN: { code: 'FORBIDDEN', action: 'cancel', resourceType: 'session', denialId: 'denial_a' },
  NOT_FOUND: { code: 'NOT_FOUND', resourceType: 'target', denialId: 'denial_a' },
  INVALID_INPUT: { code: 'INVALID_INPUT', issues: [{ path: 'first', message: 'must be 1 to 100' }] },
  CONFLICT: { code: 'CONFLICT', rule: 'target name must be unique in its scope' },
  VERSION_CONFLICT: { code: 'VERSION_CONFLICT', currentVersion: 7 },
  IDEMPOTENCY_MISMATCH: { code: 'IDEMPOTENCY_MISMATCH' },
  INVALID_STATE: { code: 'INVALID_STATE', state: 'terminated', message: 'the session is over' },
  LIMIT_REACHED: { code: 'LIMIT_REACHED', limit: 3, what: 'connections' },
  NO_WORKER_AVAILABLE: {
    ...{ code: 'NO_WORKER_AVAILABLE', retryable: true, retryAfterMs: 1000, filtered: false },
  },
  CONNECT_FAILED: { code: 'CONNECT_FAILED', endpoint: '127.0.0.1:22', cause: 'refused' },
  AUTHORIZATION_REPLAYED: { code: 'AUTHORIZATION_REPLAYED' },
  PLAN_STALE: { code: 'PLAN_STALE' },
  MANAGED_ELSEWHERE: { code: 'MANAGED_ELSEWHERE', manager: 'demo' },
  LOCKOUT_REFUSED: { code: 'LOCKOUT_REFUSED', message: 'nobody could sign in any more' },
  GRAPHQL_PARSE_FAILED: { code: 'GRAPHQL_PARSE_FAILED', message: 'the document does not parse' },
  GRAPHQL_VALIDATION_FAILED: { code: 'GRAPHQL_VALIDATION_FAILED', message: 'the document is not valid' },
  COST_LIMIT: { code: 'COST_LIMIT', cost: 20, limit: 10 },
  RATE_LIMITED: { code: 'RATE_LIMITED', retryAfterMs: 1500 },
  UNAVAILABLE: { code: 'UNAVAILABLE', what: 'the database' },
  TIMEOUT: { code: 'TIMEOUT', what: 'the operation', limitMs: 2500 },
  INTERNAL: { code: 'INTERNAL', requestId: 'req_a' },
};

describe('a problem', () => {
  test.each(Object.values(problems))(
    'of code $code is told in one sentence without a full stop',
    (problem) => {
      const sentence = describeProblem(problem);
      expect(sentence).toMatch(/^[a-z]/);
      expect(sentence).not.toMatch(/[.!\s]$/);
      expect(sentence).not.toMatch(/undefined|null|NaN|\[object/);
      expect(sentence.split(' ').length).toBeGreaterThan(2);
    },
  );

  test('has a meaning that is published for each code', () => {
    expect(Object.keys(errorCodes).sort()).toEqual(Object.keys(problems).sort());
    for (const meaning of Object.values(errorCodes)) expect(meaning).toMatch(/[^\s.]\.$/);
  });

  test.each<readonly [Problem, RegExp]>([
    [problems.FORBIDDEN, /cancel this session \(denial denial_a\)/],
    [problems.NOT_FOUND, /target.*denial_a/],
    [problems.VERSION_CONFLICT, /\b7\b/],
    [problems.LIMIT_REACHED, /3 connections/],
    [problems.RATE_LIMITED, /too many requests; wait 2 seconds, then/],
    [
      { code: 'RATE_LIMITED', retryAfterMs: 3_725_000, what: 'sign-ins' },
      /sign-ins; wait 1 hour 2 minutes 5 seconds,/,
    ],
    [problems.TIMEOUT, /2\.5 s/],
    [problems.INTERNAL, /req_a/],
  ])('tells its facts: $code', (problem, facts) => {
    expect(describeProblem(problem)).toMatch(facts);
  });

  test('of several values names each, and where it stands', () => {
    const issues = [
      { path: 'input.name', message: 'is empty' },
      { path: '', message: 'give one of the two' },
    ];
    expect(describeProblem({ code: 'INVALID_INPUT', issues })).toBe(
      'input.name: is empty; give one of the two',
    );
  });

  test('travels in a failure, which is told from other errors by its code', () => {
    const cause = new Error('deep down');
    const failure = new Failure(problems.TIMEOUT, { cause });
    expect(failure).toMatchObject({ name: 'Failure', code: 'TIMEOUT', problem: problems.TIMEOUT, cause });
    expect(failure.message).toBe(describeProblem(problems.TIMEOUT));
    expect([isFailure(failure), isFailure(failure, 'TIMEOUT'), isFailure(failure, 'INTERNAL')]).toEqual([
      true,
      true,
      false,
    ]);
    expect([isFailure(cause), isFailure(null), isFailure({ code: 'TIMEOUT' })]).toEqual([
      false,
      false,
      false,
    ]);
  });

  test('of one value is made in one word', () => {
    expect(invalidInput('first', 'must be 1 to 100').problem).toEqual(problems.INVALID_INPUT);
  });
});
