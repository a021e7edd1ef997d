import { spawn, type ChildProcess } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { constants as osConstants } from 'node:os';
import { delimiter, join } from 'node:path';
import { CliFailure } from '../cli-failure.js';
import type { BrokeredCredential } from './brokered-credential.js';
import type { SecretFile } from './secret-folder.js';

/** A program that is run on the local port. */
export interface ClientProgram {
  readonly name: string;
  /** How it is to be started, once it is known where this machine reaches the target. Refuses what cannot work. */
  plan(local: LocalAddress): PlannedStart;
}

export interface PlannedStart {
  /** What of the credentials it logs in with; null for none. */
  readonly credential: BrokeredCredential | null;
  /** Files that it alone is given, by their names. */
  readonly files: Readonly<Record<string, SecretFile>>;
  /** How it is called when the files are there. */
  start(pathOf: (file: string) => string): Start;
}

export interface Start {
  /** No shell sees them. */
  readonly args: readonly string[];
  /** Variables that it gets beside the caller's; undefined takes one away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** A program of the caller's choice, called with the caller's own arguments. It is given no credential. */
export function anyProgram(name: string, given: readonly string[]): ClientProgram {
  return {
    name,
    plan: (local) => ({
      credential: null,
      files: {},
      start: () => ({ args: given.map((arg) => fillIn(arg, local)) }),
    }),
  };
}

/** Refuses, with what to do, a program that is not installed: before a session is asked for, not after. */
export function requireProgram(name: string, hint: string, env: NodeJS.ProcessEnv): void {
  if (name.includes('/')) {
    if (isExecutable(name)) return;
  } else if ((env['PATH'] ?? '').split(delimiter).some((folder) => isExecutable(join(folder || '.', name))))
    return;
  throw new CliFailure(`${name} is not installed or not on the PATH; ${hint}`);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

export interface LocalAddress {
  readonly address: string;
  readonly port: number;
}

/** Puts the local address in the place of `{{postern.port}}`, `{{postern.ip}}` and `{{postern.addr}}`. */
export function fillIn(text: string, { address, port }: LocalAddress): string {
  return text.replaceAll(/\{\{\s*(?:postern|boundary)\.(port|ip|addr)\s*\}\}/g, (_, name: string) => {
    if (name === 'port') return String(port);
    return name === 'ip' ? address : hostAndPort({ address, port });
  });
}

/** `127.0.0.1:5432`, with brackets around an IPv6 address. */
export function hostAndPort({ address, port }: LocalAddress): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** Starts the program with this terminal as its own, and the local address in its environment. */
export function startProgram(
  name: string,
  { args, env: own = {} }: Start,
  local: LocalAddress,
  env: NodeJS.ProcessEnv,
): ChildProcess {
  return spawn(name, args, {
    stdio: 'inherit',
    env: {
      ...env,
      ...own,
      POSTERN_PROXIED_IP: local.address,
      POSTERN_PROXIED_PORT: String(local.port),
      POSTERN_PROXIED_ADDR: hostAndPort(local),
    },
  });
}

/** The status a shell would report: the program's own, or 128 and the number of the signal that ended it. */
export function exitStatus(code: number | null, signal: NodeJS.Signals | null): number {
  if (code !== null) return code;
  return 128 + (signal === null ? 0 : osConstants.signals[signal]);
}
