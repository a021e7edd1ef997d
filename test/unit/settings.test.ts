import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { StartFailure } from '../../src/core/start-failure';
import { settingRules } from '../../src/setting-rules';
import { forgetSecrets, readSettings, type Flags, type SettingName, type Settings } from '../../src/settings';

type Env = Record<string, string>;

interface Sample {
  /** Two values that may be given, and what they are read as. */
  readonly flag: [string, unknown];
  readonly env: [string, unknown];
  /** What it is when nothing is given. */
  readonly fallback: unknown;
  readonly read: (settings: Settings) => unknown;
  /** Flags that must stand beside it. */
  readonly beside?: Flags;
}

const samples: Record<SettingName, Sample> = {
  apiListenAddress: {
    flag: ['0.0.0.0:443', { host: '0.0.0.0', port: 443 }],
    env: ['[::1]:0', { host: '::1', port: 0 }],
    fallback: { host: '127.0.0.1', port: 9200 },
    read: (s) => s.api,
  },
  proxyListenAddress: {
    flag: ['worker.example:65535', { host: 'worker.example', port: 65_535 }],
    env: ['[2001:db8::1]:9202', { host: '2001:db8::1', port: 9202 }],
    fallback: { host: '127.0.0.1', port: 9202 },
    read: (s) => s.proxy,
  },
  proxyPublicAddress: {
    flag: ['worker.example:9202', 'worker.example:9202'],
    env: ['[2001:db8::1]:9202', '[2001:db8::1]:9202'],
    fallback: null,
    read: (s) => s.proxyPublicAddress,
  },
  publicUrl: {
    flag: ['https://postern.example', 'https://postern.example/'],
    env: ['http://postern.example:8080', 'http://postern.example:8080/'],
    fallback: null,
    read: (s) => s.publicUrl?.href ?? null,
  },
  allowedOrigin: {
    flag: ['https://one.example', ['https://one.example']],
    env: ['https://One.example/page, http://two.example:80,', ['https://one.example', 'http://two.example']],
    fallback: [],
    read: (s) => s.allowedOrigins,
  },
  tlsCertFile: {
    flag: ['cert.pem', 'cert.pem'],
    env: ['/etc/cert.pem', '/etc/cert.pem'],
    fallback: null,
    read: (s) => s.tls?.certFile ?? null,
    beside: { tlsKeyFile: 'key.pem' },
  },
  tlsKeyFile: {
    flag: ['key.pem', 'key.pem'],
    env: ['/etc/key.pem', '/etc/key.pem'],
    fallback: null,
    read: (s) => s.tls?.keyFile ?? null,
    beside: { tlsCertFile: 'cert.pem' },
  },
  behindProxy: { flag: ['true', true], env: ['0', false], fallback: false, read: (s) => s.isBehindProxy },
  dataDir: {
    flag: ['data', resolve('data')],
    env: ['/var/lib/postern', '/var/lib/postern'],
    fallback: '/home/ada/.local/share/postern',
    read: (s) => s.dataDir,
  },
  config: {
    flag: ['none', { kind: 'none' }],
    env: ['access.yaml', { kind: 'file', path: resolve('access.yaml') }],
    fallback: { kind: 'demo' },
    read: (s) => s.config,
  },
  demoDatabasePort: {
    flag: ['0', 0],
    env: ['16002', 16_002],
    fallback: null,
    read: (s) => s.demoDatabasePort,
  },
  poolSize: { flag: ['1', 1], env: ['1000', 1000], fallback: 20, read: (s) => s.poolSize },
  workerName: {
    flag: ['north', 'north'],
    env: ['south', 'south'],
    fallback: 'built-in',
    read: (s) => s.workerName,
  },
  workerTag: {
    flag: ['region=eu', [{ key: 'region', value: 'eu' }]],
    env: [
      'region=eu, type=db,type=a=b,',
      [
        { key: 'region', value: 'eu' },
        { key: 'type', value: 'db' },
        { key: 'type', value: 'a=b' },
      ],
    ],
    fallback: [],
    read: (s) => s.workerTags,
  },
  workerAllow: {
    flag: ['10.0.0.0/8', ['10.0.0.0/8']],
    env: ['10.0.0.0/8, 2001:db8::/32', ['10.0.0.0/8', '2001:db8::/32']],
    fallback: [],
    read: (s) => s.workerAllow,
  },
  workerDeny: {
    flag: ['10.1.0.0/16', ['10.1.0.0/16']],
    env: ['10.1.0.0/16,,10.2.0.0/16', ['10.1.0.0/16', '10.2.0.0/16']],
    fallback: [],
    read: (s) => s.workerDeny,
  },
  tokenTtl: { flag: ['1h30m', 5400], env: ['90', 90], fallback: 604_800, read: (s) => s.tokenTtlSeconds },
  tokenIdle: { flag: ['2d', 172_800], env: ['1s', 1], fallback: 86_400, read: (s) => s.tokenIdleSeconds },
  detachedTtl: { flag: ['10m', 600], env: ['30s', 30], fallback: 300, read: (s) => s.detachedTtlSeconds },
  userSessionLimit: {
    flag: ['1', 1],
    env: ['1000000', 1_000_000],
    fallback: 500,
    read: (s) => s.userSessionLimit,
  },
  loginFailures: { flag: ['3', 3], env: ['0', 0], fallback: 5, read: (s) => s.logins.failures },
  loginsPerAddress: { flag: ['200', 200], env: ['0', 0], fallback: 20, read: (s) => s.logins.perAddress },
  loginsPerName: { flag: ['30', 30], env: ['0', 0], fallback: 20, read: (s) => s.logins.perName },
  logins: { flag: ['6000', 6000], env: ['0', 0], fallback: 600, read: (s) => s.logins.overall },
  workerGrace: { flag: ['1500ms', 1500], env: ['1s', 1000], fallback: 300_000, read: (s) => s.workerGraceMs },
  noEscalation: {
    flag: ['true', true],
    env: ['0', false],
    fallback: false,
    read: (s) => s.isEscalationRefused,
  },
  logLevel: { flag: ['debug', 'debug'], env: ['error', 'error'], fallback: 'info', read: (s) => s.logLevel },
  logFormat: {
    flag: ['text', 'text'],
    env: ['json', 'json'],
    fallback: process.stderr.isTTY ? 'text' : 'json',
    read: (s) => s.logFormat,
  },
};

const names = Object.keys(settingRules) as SettingName[];
const home = { HOME: '/home/ada' };

describe.each(names)('%s', (name) => {
  const { flag, env, fallback, read, beside = {} } = samples[name];
  const environment: Env = { ...home, [settingRules[name].env]: env[0] };

  test('is what the flag says, whatever the environment says', () => {
    expect(read(readSettings({ ...beside, [name]: flag[0] }, environment))).toEqual(flag[1]);
  });

  test('is what the environment says when there is no flag', () => {
    expect(read(readSettings(beside, environment))).toEqual(env[1]);
  });

  test('has its default when neither says anything', () => {
    expect(read(readSettings({}, home))).toEqual(fallback);
  });
});

describe('the rules of the settings', () => {
  test('have a flag and a variable each, that follow one pattern', () => {
    for (const rule of Object.values(settingRules)) {
      expect(rule.flag).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(rule.env).toMatch(/^POSTERN_[A-Z]+(_[A-Z]+)*$/);
      expect(rule.help).not.toBe('');
    }
    expect(new Set(Object.values(settingRules).map((rule) => rule.flag)).size).toBe(names.length);
    expect(new Set(Object.values(settingRules).map((rule) => rule.env)).size).toBe(names.length);
  });

  test('have defaults that are themselves allowed', () => {
    const flags = Object.fromEntries(names.map((name) => [name, settingRules[name].fallback]));
    expect(readSettings(flags, home)).toEqual(readSettings({}, home));
  });
});

describe('what comes from the environment alone', () => {
  test('is taken out of it where it is secret, with what is named beside', () => {
    const env = {
      DATABASE_URL: 'postgres://ada:correct@db.example/postern',
      PGPASSWORD: 'correct',
      POSTERN_ROOT_KEY: 'correct',
      ADMIN_PASSWORD: 'correct',
      POSTERN_WORKER_NAME: 'one',
      ...home,
    };
    forgetSecrets(env, ['ADMIN_PASSWORD']);
    expect(env).toEqual({ POSTERN_WORKER_NAME: 'one', ...home });
  });

  test.each([
    ['DATABASE_URL', 'postgres://db.example/postern', (s: Settings) => s.databaseUrl],
    ['PGPASSWORD', 'correct horse', (s: Settings) => s.databasePassword],
    ['POSTERN_ROOT_KEY', 'c2VjcmV0', (s: Settings) => s.rootKey],
    ['POSTERN_POSTGRES_BIN', '/usr/lib/postgresql/16/bin', (s: Settings) => s.postgresBin],
    ['POSTERN_TEST_CLOCK_SHIFT', '1 hour', (s: Settings) => s.clockShift],
  ])('%s is read, and empty is the same as unset', (variable, value, read) => {
    expect(read(readSettings({}, { [variable]: value }))).toBe(value);
    expect(read(readSettings({}, { [variable]: '' }))).toBeNull();
    expect(read(readSettings({}, {}))).toBeNull();
  });

  test.each<[string, Env, string]>([
    ['in XDG_DATA_HOME', { XDG_DATA_HOME: '/data', ...home }, '/data/postern'],
    ['in the home', home, '/home/ada/.local/share/postern'],
    ['in the home that the system knows', {}, join(homedir(), '.local', 'share', 'postern')],
    [
      'in the home when XDG_DATA_HOME is empty',
      { XDG_DATA_HOME: '', ...home },
      '/home/ada/.local/share/postern',
    ],
  ])('the data directory is %s', (_, env, expected) => {
    expect(readSettings({}, env).dataDir).toBe(expected);
  });
});

test.each([
  ['1.1h', 3960],
  ['0.5m', 30],
  ['3650d', 315_360_000],
])('a duration that comes out at whole seconds may be written as %s', (text, seconds) => {
  expect(readSettings({ tokenIdle: text }, {}).tokenIdleSeconds).toBe(seconds);
});

test('settings are frozen', () => {
  expect(Object.isFrozen(readSettings({}, {}))).toBe(true);
});

test.each([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
])('a switch may be %s', (text, expected) => {
  expect(readSettings({ behindProxy: text }, {}).isBehindProxy).toBe(expected);
});

const address = (flag: string, env: string) => (text: string) =>
  `--${flag} (or ${env}) must be HOST:PORT, not ${JSON.stringify(text)}`;
const apiAddress = address('api-listen-address', 'POSTERN_API_LISTEN_ADDRESS');
const proxyAddress = address('proxy-listen-address', 'POSTERN_PROXY_LISTEN_ADDRESS');
const publicAddress = address('proxy-public-address', 'POSTERN_PROXY_PUBLIC_ADDRESS');
const pool = '--database-pool-size (or POSTERN_DATABASE_POOL_SIZE) must be a number from 1 to 1000';
const userSessions =
  '--user-session-limit (or POSTERN_USER_SESSION_LIMIT) must be a number from 1 to 1000000';
const demoPort = '--demo-database-port (or POSTERN_DEMO_DATABASE_PORT) must be a number from 0 to 65535';
const duration = (flag: string, env: string) =>
  `--${flag} (or ${env}) must be a duration of at least a second, such as 90s, 5m or 8h`;
const wholeSeconds = (flag: string, env: string) =>
  `--${flag} (or ${env}) must be whole seconds, such as 90s, 5m or 8h`;
const tls = '--tls-cert-file and --tls-key-file go together';

const bad: [SettingName, string, string][] = [
  ['apiListenAddress', '9200', apiAddress('9200')],
  ['apiListenAddress', '', apiAddress('')],
  ['apiListenAddress', ':9200', apiAddress(':9200')],
  ['apiListenAddress', '127.0.0.1:', apiAddress('127.0.0.1:')],
  ['apiListenAddress', '127.0.0.1:65536', apiAddress('127.0.0.1:65536')],
  ['apiListenAddress', '::1:9200', apiAddress('::1:9200')],
  ['apiListenAddress', '[localhost]:9200', apiAddress('[localhost]:9200')],
  ['apiListenAddress', 'http://127.0.0.1:9200', apiAddress('http://127.0.0.1:9200')],
  ['proxyListenAddress', '127.0.0.1:-1', proxyAddress('127.0.0.1:-1')],
  ['proxyPublicAddress', 'worker.example', publicAddress('worker.example')],
  ['proxyPublicAddress', 'worker.example:https', publicAddress('worker.example:https')],
  [
    'publicUrl',
    'postern.example',
    '--public-url (or POSTERN_PUBLIC_URL) must be an http or https address, not "postern.example"',
  ],
  [
    'publicUrl',
    'ftp://postern.example',
    '--public-url (or POSTERN_PUBLIC_URL) must be an http or https address, not "ftp://postern.example"',
  ],
  [
    'allowedOrigin',
    'https://one.example,*',
    '--allowed-origin (or POSTERN_ALLOWED_ORIGIN) must be an http or https address, not "*"',
  ],
  ['tlsCertFile', 'cert.pem', tls],
  ['tlsKeyFile', 'key.pem', tls],
  ['behindProxy', 'yes', '--behind-proxy (or POSTERN_BEHIND_PROXY) must be one of true, false, 1, 0'],
  ['behindProxy', '', '--behind-proxy (or POSTERN_BEHIND_PROXY) must be one of true, false, 1, 0'],
  ['demoDatabasePort', '65536', demoPort],
  ['demoDatabasePort', '-1', demoPort],
  ['demoDatabasePort', 'none', demoPort],
  ['poolSize', '0', pool],
  ['poolSize', '1001', pool],
  ['poolSize', '1e2', pool],
  ['poolSize', '2.5', pool],
  ['poolSize', '', pool],
  ['userSessionLimit', '0', userSessions],
  ['userSessionLimit', '1000001', userSessions],
  ['tokenTtl', 'soon', duration('auth-token-time-to-live', 'POSTERN_AUTH_TOKEN_TIME_TO_LIVE')],
  ['tokenTtl', '0', duration('auth-token-time-to-live', 'POSTERN_AUTH_TOKEN_TIME_TO_LIVE')],
  ['tokenIdle', '999ms', duration('auth-token-time-to-stale', 'POSTERN_AUTH_TOKEN_TIME_TO_STALE')],
  ['tokenIdle', '-5m', duration('auth-token-time-to-stale', 'POSTERN_AUTH_TOKEN_TIME_TO_STALE')],
  [
    'detachedTtl',
    '5 minutes',
    duration('authorization-token-time-to-live', 'POSTERN_AUTHORIZATION_TOKEN_TIME_TO_LIVE'),
  ],
  ['workerGrace', '', duration('worker-grace', 'POSTERN_WORKER_GRACE')],
  ['tokenTtl', '1500ms', wholeSeconds('auth-token-time-to-live', 'POSTERN_AUTH_TOKEN_TIME_TO_LIVE')],
  ['tokenIdle', '1500ms', wholeSeconds('auth-token-time-to-stale', 'POSTERN_AUTH_TOKEN_TIME_TO_STALE')],
  [
    'detachedTtl',
    '2.5',
    wholeSeconds('authorization-token-time-to-live', 'POSTERN_AUTHORIZATION_TOKEN_TIME_TO_LIVE'),
  ],
  [
    'tokenIdle',
    '3651d',
    '--auth-token-time-to-stale (or POSTERN_AUTH_TOKEN_TIME_TO_STALE) must be no longer than 3650d',
  ],
  ['logLevel', 'trace', '--log-level (or POSTERN_LOG_LEVEL) must be one of debug, info, warn, error'],
  ['logLevel', 'INFO', '--log-level (or POSTERN_LOG_LEVEL) must be one of debug, info, warn, error'],
  ['logFormat', 'xml', '--log-format (or POSTERN_LOG_FORMAT) must be one of text, json'],
];

describe('a value that is refused is told with the flag and the variable', () => {
  test.each(bad)('%s %j', (name, value, sentence) => {
    const refusals = [
      () => readSettings({ [name]: value }, {}),
      () => readSettings({}, { [settingRules[name].env]: value }),
    ];
    for (const read of refusals) {
      expect(read).toThrow(StartFailure);
      expect(read).toThrow(new StartFailure(sentence));
    }
  });
});
