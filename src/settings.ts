import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseDuration } from './core/duration.js';
import { StartFailure } from './core/start-failure.js';
import type { LoginLimits } from './auth/login-guard.js';
import { defaultLimits, type Limits } from './limits.js';
import { tagFault, type TagPair } from './worker/worker-tag.rules.js';

/** One setting of the server: a flag, an environment variable, a default. The flag wins over the variable. */
export interface SettingRule {
  /** As on the command line, without the dashes. */
  readonly flag: string;
  readonly env: string;
  /** What stands behind the flag in `--help`; null for a switch. */
  readonly value: string | null;
  readonly fallback: string;
  readonly help: string;
}

/** Every setting, in the order `--help` shows them. */
export const settingRules = {
  apiListenAddress: {
    flag: 'api-listen-address',
    env: 'POSTERN_API_LISTEN_ADDRESS',
    value: 'HOST:PORT',
    fallback: '127.0.0.1:9200',
    help: 'where the API and the pages are served',
  },
  proxyListenAddress: {
    flag: 'proxy-listen-address',
    env: 'POSTERN_PROXY_LISTEN_ADDRESS',
    value: 'HOST:PORT',
    fallback: '127.0.0.1:9202',
    help: 'where the built-in worker takes connections',
  },
  proxyPublicAddress: {
    flag: 'proxy-public-address',
    env: 'POSTERN_PROXY_PUBLIC_ADDRESS',
    value: 'HOST:PORT',
    fallback: '',
    help: 'what clients dial to reach the worker; the listen address when left out',
  },
  publicUrl: {
    flag: 'public-url',
    env: 'POSTERN_PUBLIC_URL',
    value: 'URL',
    fallback: '',
    help: 'the address people use, when it is another than the listen address',
  },
  allowedOrigin: {
    flag: 'allowed-origin',
    env: 'POSTERN_ALLOWED_ORIGIN',
    value: 'URL[,URL…]',
    fallback: '',
    help: 'origins of pages elsewhere that may use the API',
  },
  tlsCertFile: {
    flag: 'tls-cert-file',
    env: 'POSTERN_TLS_CERT_FILE',
    value: 'FILE',
    fallback: '',
    help: 'certificate of the API, in PEM; read again when it changes',
  },
  tlsKeyFile: {
    flag: 'tls-key-file',
    env: 'POSTERN_TLS_KEY_FILE',
    value: 'FILE',
    fallback: '',
    help: 'private key of that certificate',
  },
  behindProxy: {
    flag: 'behind-proxy',
    env: 'POSTERN_BEHIND_PROXY',
    value: null,
    fallback: 'false',
    help: 'a proxy in front does TLS, so plain HTTP may leave this machine',
  },
  dataDir: {
    flag: 'data-dir',
    env: 'POSTERN_DATA_DIR',
    value: 'DIR',
    fallback: '',
    help: 'where keys and the embedded database live; ~/.local/share/postern when left out',
  },
  config: {
    flag: 'config',
    env: 'POSTERN_CONFIG',
    value: 'FILE',
    fallback: '',
    help: 'what to create at start if it is missing, HCL or YAML; the demo when left out, `none` for nothing',
  },
  demoDatabasePort: {
    flag: 'demo-database-port',
    env: 'POSTERN_DEMO_DATABASE_PORT',
    value: 'PORT',
    fallback: '',
    help: 'port of the demo database on 127.0.0.1; 16001 with the demo, none without, 0 for none',
  },
  poolSize: {
    flag: 'database-pool-size',
    env: 'POSTERN_DATABASE_POOL_SIZE',
    value: 'N',
    fallback: '20',
    help: 'connections to the database at most',
  },
  workerName: {
    flag: 'worker-name',
    env: 'POSTERN_WORKER_NAME',
    value: 'NAME',
    fallback: 'built-in',
    help: 'name of the built-in worker; each controller of one database needs its own',
  },
  workerTag: {
    flag: 'worker-tag',
    env: 'POSTERN_WORKER_TAGS',
    value: 'KEY=VALUE[,KEY=VALUE…]',
    fallback: '',
    help: 'tags of the worker, which the filters of targets look at',
  },
  workerAllow: {
    flag: 'worker-allow',
    env: 'POSTERN_WORKER_ALLOW',
    value: 'CIDR[,CIDR…]',
    fallback: '',
    help: 'the only addresses the worker may dial; any but the denied ones when left out',
  },
  workerDeny: {
    flag: 'worker-deny',
    env: 'POSTERN_WORKER_DENY',
    value: 'CIDR[,CIDR…]',
    fallback: '',
    help: 'addresses the worker may not dial, beside link-local and cloud metadata',
  },
  tokenTtl: {
    flag: 'auth-token-time-to-live',
    env: 'POSTERN_AUTH_TOKEN_TIME_TO_LIVE',
    value: 'DURATION',
    fallback: '168h',
    help: 'longest life of a sign-in',
  },
  tokenIdle: {
    flag: 'auth-token-time-to-stale',
    env: 'POSTERN_AUTH_TOKEN_TIME_TO_STALE',
    value: 'DURATION',
    fallback: '24h',
    help: 'how long a sign-in may lie idle',
  },
  detachedTtl: {
    flag: 'authorization-token-time-to-live',
    env: 'POSTERN_AUTHORIZATION_TOKEN_TIME_TO_LIVE',
    value: 'DURATION',
    fallback: '5m',
    help: 'how long the token of `targets authorize-session` waits to be used',
  },
  userSessionLimit: {
    flag: 'user-session-limit',
    env: 'POSTERN_USER_SESSION_LIMIT',
    value: 'N',
    fallback: '500',
    help: 'how many pending and active sessions one user may have, over all targets and tokens',
  },
  loginFailures: {
    flag: 'login-failures',
    env: 'POSTERN_LOGIN_FAILURES',
    value: 'N',
    fallback: '5',
    help: 'wrong passwords of one name from one address before the next one must wait, longer each time; 0 for no limit',
  },
  loginsPerAddress: {
    flag: 'logins-per-address',
    env: 'POSTERN_LOGINS_PER_ADDRESS',
    value: 'N',
    fallback: '20',
    help: 'sign-ins a minute from one address (a /64 of IPv6); more where many people share one, 0 for no limit',
  },
  loginsPerName: {
    flag: 'logins-per-name',
    env: 'POSTERN_LOGINS_PER_NAME',
    value: 'N',
    fallback: '20',
    help: 'wrong sign-ins a minute of one name, from all addresses that it never signed in from; 0 for no limit',
  },
  logins: {
    flag: 'logins',
    env: 'POSTERN_LOGINS',
    value: 'N',
    fallback: '600',
    help: 'sign-ins a minute from all addresses that their name never signed in from; 0 for no limit',
  },
  workerGrace: {
    flag: 'worker-grace',
    env: 'POSTERN_WORKER_GRACE',
    value: 'DURATION',
    fallback: '300s',
    help: 'how long an unreachable worker may take to come back before its connections count as lost',
  },
  noEscalation: {
    flag: 'no-escalation',
    env: 'POSTERN_NO_ESCALATION',
    value: null,
    fallback: 'false',
    help: 'nobody may give others, or take, what they may not do themselves',
  },
  logLevel: {
    flag: 'log-level',
    env: 'POSTERN_LOG_LEVEL',
    value: 'LEVEL',
    fallback: 'info',
    help: 'debug, info, warn or error',
  },
  logFormat: {
    flag: 'log-format',
    env: 'POSTERN_LOG_FORMAT',
    value: 'FORMAT',
    fallback: '',
    help: 'text or json; text on a terminal, json otherwise',
  },
} as const satisfies Record<string, SettingRule>;

export type SettingName = keyof typeof settingRules;
export type Flags = Partial<Record<SettingName, string>>;

export interface Address {
  readonly host: string;
  readonly port: number;
}

export interface Settings {
  readonly api: Address;
  readonly proxy: Address;
  readonly proxyPublicAddress: string | null;
  readonly publicUrl: URL | null;
  readonly allowedOrigins: readonly string[];
  readonly tls: { readonly certFile: string; readonly keyFile: string } | null;
  readonly isBehindProxy: boolean;
  readonly dataDir: string;
  /** Null: a PostgreSQL of our own is started in the data directory. */
  readonly databaseUrl: string | null;
  readonly postgresBin: string | null;
  readonly poolSize: number;
  /** A configuration to create from at start; `demo` for the bundled one. */
  readonly config:
    { readonly kind: 'demo' } | { readonly kind: 'none' } | { readonly kind: 'file'; readonly path: string };
  /** Null: as the configuration has it. */
  readonly demoDatabasePort: number | null;
  readonly rootKey: string | null;
  readonly workerName: string;
  readonly workerTags: readonly TagPair[];
  readonly workerAllow: readonly string[];
  readonly workerDeny: readonly string[];
  readonly tokenTtlSeconds: number;
  readonly tokenIdleSeconds: number;
  readonly detachedTtlSeconds: number;
  readonly userSessionLimit: number;
  readonly workerGraceMs: number;
  /** Whether giving what one lacks is refused: grants, roles, memberships, accounts, passwords. */
  readonly isEscalationRefused: boolean;
  readonly logins: LoginLimits;
  readonly logLevel: string;
  readonly logFormat: 'text' | 'json';
  readonly clockShift: string | null;
  /** No flags: the defaults, unless a test or a measurement puts its own in their place. */
  readonly limits: Limits;
}

type Env = Readonly<Record<string, string | undefined>>;

/** Flags, then environment, then defaults, checked and frozen. The only reader of the environment. */
export function readSettings(flags: Flags, env: Env = process.env): Settings {
  const text = (name: SettingName): string =>
    flags[name] ?? env[settingRules[name].env] ?? settingRules[name].fallback;
  const list = (name: SettingName): string[] =>
    text(name)
      .split(',')
      .map((one) => one.trim())
      .filter(Boolean);
  const optional = (name: SettingName): string | null => text(name) || null;
  const certFile = optional('tlsCertFile');
  const keyFile = optional('tlsKeyFile');
  if ((certFile === null) !== (keyFile === null))
    throw new StartFailure('--tls-cert-file and --tls-key-file go together');
  return Object.freeze({
    api: addressOf('apiListenAddress', text('apiListenAddress')),
    proxy: addressOf('proxyListenAddress', text('proxyListenAddress')),
    proxyPublicAddress: checkedAddress('proxyPublicAddress', optional('proxyPublicAddress')),
    publicUrl: urlOf('publicUrl', optional('publicUrl')),
    allowedOrigins: list('allowedOrigin').map((one) => urlOf('allowedOrigin', one)?.origin ?? one),
    tls: certFile && keyFile ? { certFile, keyFile } : null,
    isBehindProxy: switchOf('behindProxy', text('behindProxy')),
    dataDir: resolve(optional('dataDir') ?? defaultDataDir(env)),
    databaseUrl: env['DATABASE_URL'] || null,
    postgresBin: env['POSTERN_POSTGRES_BIN'] || null,
    poolSize: numberOf('poolSize', text('poolSize'), 1, 1000),
    config: configOf(text('config')),
    demoDatabasePort:
      text('demoDatabasePort') === ''
        ? null
        : numberOf('demoDatabasePort', text('demoDatabasePort'), 0, 65535),
    rootKey: env['POSTERN_ROOT_KEY'] || null,
    workerName: text('workerName'),
    workerTags: list('workerTag').map(tagOf),
    workerAllow: list('workerAllow'),
    workerDeny: list('workerDeny'),
    tokenTtlSeconds: secondsOf('tokenTtl', text('tokenTtl')),
    tokenIdleSeconds: secondsOf('tokenIdle', text('tokenIdle')),
    detachedTtlSeconds: secondsOf('detachedTtl', text('detachedTtl')),
    userSessionLimit: numberOf('userSessionLimit', text('userSessionLimit'), 1, 1_000_000),
    workerGraceMs: durationOf('workerGrace', text('workerGrace')),
    isEscalationRefused: switchOf('noEscalation', text('noEscalation')),
    logins: {
      failures: numberOf('loginFailures', text('loginFailures'), 0, 1000),
      perAddress: numberOf('loginsPerAddress', text('loginsPerAddress'), 0, 1_000_000),
      perName: numberOf('loginsPerName', text('loginsPerName'), 0, 1_000_000),
      overall: numberOf('logins', text('logins'), 0, 1_000_000),
    },
    logLevel: oneOf('logLevel', text('logLevel'), ['debug', 'info', 'warn', 'error']),
    logFormat: oneOf('logFormat', optional('logFormat') ?? (process.stderr.isTTY ? 'text' : 'json'), [
      'text',
      'json',
    ] as const),
    clockShift: env['POSTERN_TEST_CLOCK_SHIFT'] || null,
    limits: defaultLimits,
  });
}

function defaultDataDir(env: Env): string {
  return join(env['XDG_DATA_HOME'] || join(env['HOME'] || homedir(), '.local', 'share'), 'postern');
}

function refuse(name: SettingName, message: string): StartFailure {
  const { flag, env } = settingRules[name];
  return new StartFailure(`--${flag} (or ${env}) ${message}`);
}

function addressOf(name: SettingName, text: string): Address {
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (!match || port > 65535) throw refuse(name, `must be HOST:PORT, not ${JSON.stringify(text)}`);
  return { host: (match[1] ?? match[2]) as string, port };
}

function checkedAddress(name: SettingName, text: string | null): string | null {
  if (text !== null) addressOf(name, text);
  return text;
}

function urlOf(name: SettingName, text: string | null): URL | null {
  if (text === null) return null;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw refuse(name, `must be an http or https address, not ${JSON.stringify(text)}`);
}

function numberOf(name: SettingName, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most)
    throw refuse(name, `must be a number from ${least} to ${most}`);
  return value;
}

const longestDays = 3650;

function durationOf(name: SettingName, text: string): number {
  const value = Math.round(parseDuration(text) ?? 0); // 1.1h is a hair more than it says
  if (value < 1000) throw refuse(name, 'must be a duration of at least a second, such as 90s, 5m or 8h');
  if (value > longestDays * 86_400_000) throw refuse(name, `must be no longer than ${longestDays}d`);
  return value;
}

/** For what the database keeps in whole seconds. */
function secondsOf(name: SettingName, text: string): number {
  const seconds = durationOf(name, text) / 1000;
  if (!Number.isInteger(seconds)) throw refuse(name, 'must be whole seconds, such as 90s, 5m or 8h');
  return seconds;
}

function switchOf(name: SettingName, text: string): boolean {
  return oneOf(name, text, ['true', 'false', '1', '0']).startsWith('t') || text === '1';
}

function oneOf<T extends string>(name: SettingName, text: string, choices: readonly T[]): T {
  const choice = choices.find((one) => one === text);
  if (choice === undefined) throw refuse(name, `must be one of ${choices.join(', ')}`);
  return choice;
}

function tagOf(text: string): TagPair {
  const [, key, value] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  if (key === undefined || value === undefined)
    throw refuse('workerTag', `must be KEY=VALUE, not ${JSON.stringify(text)}`);
  const tag = { key: key.trim(), value: value.trim() };
  const fault = tagFault(tag);
  if (fault !== null) throw refuse('workerTag', `is not usable at ${JSON.stringify(text)}: ${fault}`);
  return tag;
}

function configOf(text: string): Settings['config'] {
  if (text === '') return { kind: 'demo' };
  return text === 'none' ? { kind: 'none' } : { kind: 'file', path: resolve(text) };
}
