import { realpathSync } from 'node:fs';
import { dirname, resolve, sep } from 'node:path';
import { ConfigFailure } from './config-fault.js';
import type { SecretSource } from './document.js';
import { readText, UnreadableFile } from './read-text.js';

const mostBytes = 65_536;

/** The variables that secrets of a configuration are looked up in, whether it needs them now or not. */
export function secretVariables(document: unknown): string[] {
  if (typeof document !== 'object' || document === null) return [];
  return Object.entries(document).flatMap(([name, value]) =>
    name === 'secret' && typeof value === 'string' && value.startsWith('env://')
      ? [value.slice('env://'.length)]
      : secretVariables(value),
  );
}

/**
 * The value behind `env://NAME` or `file://PATH`, without the newline at its end. A file is looked for below
 * the folder of the configuration and nowhere else, links included.
 */
export function secretOf(
  { secret }: SecretSource,
  configFile: string,
  address: string,
  env: NodeJS.ProcessEnv,
): string {
  const refuse = (message: string): ConfigFailure =>
    new ConfigFailure([{ place: `${configFile}: ${address}`, message }]);
  const [scheme, rest = ''] = secret.split('://');
  if (scheme === 'env') {
    const value = Object.hasOwn(env, rest) ? env[rest] : undefined;
    if (value === undefined || value === '') throw refuse(`the environment variable ${rest} is not set`);
    return value;
  }
  const root = realpathSync(dirname(configFile));
  try {
    const path = realpathSync(resolve(root, rest));
    if (!path.startsWith(root === sep ? sep : root + sep))
      throw refuse(`file://${rest} leads out of ${root}`);
    return readText(path, mostBytes).replace(/\r?\n$/, '');
  } catch (error) {
    if (error instanceof ConfigFailure) throw error;
    if (error instanceof UnreadableFile) throw refuse(`file://${rest} ${error.message}`);
    throw refuse(`file://${rest} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}
