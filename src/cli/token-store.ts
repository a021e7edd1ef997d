import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { CliFailure } from './cli-failure.js';

interface Stored {
  readonly tokens: Readonly<Record<string, { readonly token: string; readonly expiresAt: string }>>;
}

/** Where tokens are kept between commands: one file that its owner alone may read, a token per server. */
export function tokenFile(env: NodeJS.ProcessEnv): string {
  const folder = env['XDG_CONFIG_HOME'] || join(env['HOME'] || homedir(), '.config');
  return join(folder, 'postern', 'tokens.json');
}

export function storedToken(env: NodeJS.ProcessEnv, address: string): string | null {
  return read(tokenFile(env)).tokens[address]?.token ?? null;
}

export function storeToken(env: NodeJS.ProcessEnv, address: string, token: string, expiresAt: string): void {
  const now = new Date().toISOString();
  const kept = Object.entries(read(tokenFile(env)).tokens).filter(([, one]) => one.expiresAt > now);
  write(env, { tokens: { ...Object.fromEntries(kept), [address]: { token, expiresAt } } });
}

/** The identifier of a token, which stands in front of its secret. Fails where there is no token. */
export function tokenIdOf(token: string | null): string {
  const [, id] = /^(?:postern_)?(at_[A-Za-z0-9]+)_/.exec(token ?? '') ?? [];
  if (id === undefined)
    throw new CliFailure('there is no token in use; sign in with `postern authenticate password`', 3);
  return id;
}

/** Forgets a token of a server, unless another has taken its place there. True when it was there. */
export function forgetToken(env: NodeJS.ProcessEnv, address: string, token: string): boolean {
  if (storedToken(env, address) !== token) return false;
  const kept = Object.entries(read(tokenFile(env)).tokens).filter(([server]) => server !== address);
  write(env, { tokens: Object.fromEntries(kept) });
  return true;
}

function write(env: NodeJS.ProcessEnv, stored: Stored): void {
  const file = tokenFile(env);
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const fresh = `${file}.${process.pid}`;
    writeFileSync(fresh, `${JSON.stringify(stored, null, 2)}\n`, { mode: 0o600 });
    chmodSync(fresh, 0o600);
    renameSync(fresh, file);
  } catch (error) {
    throw new CliFailure(`the token cannot be kept in ${file}: ${(error as Error).message}`);
  }
}

function read(file: string): Stored {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { tokens: {} };
    throw new CliFailure(`the token cannot be read from ${file}: ${(error as Error).message}`);
  }
  try {
    const value = JSON.parse(text) as Partial<Stored>;
    const tokens = value.tokens ?? {};
    if (Object.values(tokens).some((one) => typeof one?.expiresAt !== 'string')) throw new Error('damaged');
    return { tokens };
  } catch {
    throw new CliFailure(`${file} is damaged; remove it, then sign in again`);
  }
}
