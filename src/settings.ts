import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseDuration } from './core/duration.js';
import { StartFailure } from './core/start-failure.js';
import type { LoginLimits } from './auth/login-guard.js';
import { defaultLimits, type Limits } from './limits.js';
import { settingRules } from './setting-rules.js';
import { tagFault, type TagPair } from './worker/worker-tag.rules.js';

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
  /** Where DATABASE_URL has none: what PostgreSQL's own clients take from PGPASSWORD. */
  readonly databasePassword: string | null;
  readonly postgresBin: string | null;
  readonly poolSize: number;
  /** A configuration to create from at start; `demo` for the bundled one. */
  readonly config:
    { readonly kind: 'demo' } | { readonly kind: 'none' } | { readonly kind: 'file'; readonly path: string };
  /** Null: as the configuration has it. */
  readonly demoDatabasePort: number | null;
  /** One key, or several with commas or line ends between: the first seals. */
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
  readonly logins: LoginLimits;
  /** Whether giving what one lacks is refused: grants, roles, memberships, accounts, passwords. */
  readonly isEscalationRefused: boolean;
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
  if ((certFile === null) !== (keyFile === null)) {
    throw new StartFailure('--tls-cert-file and --tls-key-file go together');
  }
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
    databasePassword: env['PGPASSWORD'] || null,
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
    logins: {
      failures: numberOf('loginFailures', text('loginFailures'), 0, 1000),
      perAddress: numberOf('loginsPerAddress', text('loginsPerAddress'), 0, 1_000_000),
      perName: numberOf('loginsPerName', text('loginsPerName'), 0, 1_000_000),
      overall: numberOf('logins', text('logins'), 0, 1_000_000),
    },
    isEscalationRefused: switchOf('noEscalation', text('noEscalation')),
    logLevel: oneOf('logLevel', text('logLevel'), ['debug', 'info', 'warn', 'error']),
    logFormat: oneOf('logFormat', optional('logFormat') ?? (process.stderr.isTTY ? 'text' : 'json'), [
      'text',
      'json',
    ] as const),
    clockShift: env['POSTERN_TEST_CLOCK_SHIFT'] || null,
    limits: defaultLimits,
  });
}

/** What of the environment is secret to a server; flags are for nothing that is. */
const secretVariables = ['DATABASE_URL', 'PGPASSWORD', 'POSTERN_ROOT_KEY'] as const;

/**
 * Takes the secrets of a server out of its environment once they are read, so that no diagnostic report and no child
 * process carries them. The variables named beside them go as well.
 */
export function forgetSecrets(env: NodeJS.ProcessEnv, more: readonly string[] = []): void {
  for (const name of [...secretVariables, ...more]) Reflect.deleteProperty(env, name);
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
  try {
    const url = new URL(text);
    if (url.protocol === 'http:' || url.protocol === 'https:') return url;
  } catch {
    // told below
  }
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
