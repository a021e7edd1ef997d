import type { Readable, Writable } from 'node:stream';
import { Option, type Command } from 'commander';
import { apiClient, type ApiClient } from './api-client.js';
import { CliFailure } from './cli-failure.js';
import type { Output } from './output.js';
import { namedSecret } from './secret-input.js';
import { storedToken } from './token-store.js';

/** What a process brings: its streams and its environment. Commands touch nothing else of it. */
export interface CliContext {
  readonly env: NodeJS.ProcessEnv;
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** Starts parts that a client never loads. */
  readonly server: ServerCommands;
}

/** What the commands of an operator run. Loaded when they are asked for: a client starts without them. */
export interface ServerCommands {
  serve(flags: Readonly<Record<string, string>>, context: CliContext): Promise<number>;
  init(flags: Readonly<Record<string, string>>, context: CliContext): Promise<number>;
  rewrapKeys(flags: Readonly<Record<string, string>>, context: CliContext): Promise<number>;
  newRootKey(flags: Readonly<Record<string, string>>, context: CliContext): Promise<number>;
  printSchema(): Promise<string>;
}

/** Options that every client command has, as they are read. */
export interface CommonOptions {
  readonly addr?: string;
  readonly token?: string;
  readonly format?: string;
  readonly caCert?: string;
}

/** Adds the options that every client command has. */
export function withCommonOptions(command: Command): Command {
  return command
    .option('--addr <url>', 'address of the server (POSTERN_ADDR)')
    .option('--token <where>', 'token to use instead of the stored one: env://NAME or file://PATH')
    .addOption(
      new Option('--format <format>', 'table for people, json for machines')
        .default('table')
        .argParser((text: string) => {
          if (text !== 'table' && text !== 'json') throw new CliFailure('-format must be table or json');
          return text;
        }),
    )
    .option('--ca-cert <file>', 'certificate authority of the server, in PEM (POSTERN_CACERT)');
}

export function addressOf(options: CommonOptions, env: NodeJS.ProcessEnv): string {
  return options.addr ?? env['POSTERN_ADDR'] ?? 'http://127.0.0.1:9200';
}

export function outputOf(options: CommonOptions, context: CliContext): Output {
  const format = options.format ?? 'table';
  if (format !== 'table' && format !== 'json') throw new CliFailure('-format must be table or json');
  return { format: format, out: context.stdout, err: context.stderr };
}

/** A client of the API with the token that is to be used: the one named by a flag, of the environment, or stored. */
export function apiOf(options: CommonOptions, context: CliContext): ApiClient {
  const { env } = context;
  const address = addressOf(options, env);
  const caFile = options.caCert ?? env['POSTERN_CACERT'] ?? null;
  const unauthenticated = apiClient({ address, token: null, caFile });
  const token = tokenOf(options, env) ?? givenToken(env) ?? storedToken(env, unauthenticated.address);
  return apiClient({ address, token, caFile });
}

// A pipeline fills it from its secrets, and leaves it empty where there is none: that is no reason to be somebody else.
function givenToken(env: NodeJS.ProcessEnv): string | null {
  const token = env['POSTERN_TOKEN'];
  if (token === undefined) return null;
  if (token.trim() === '') throw new CliFailure('POSTERN_TOKEN is empty; give it a token, or unset it');
  return token.trim();
}

function tokenOf({ token }: CommonOptions, env: NodeJS.ProcessEnv): string | null {
  if (token === undefined) return null;
  const named = namedSecret(token, env);
  if (named === null)
    throw new CliFailure(
      '-token takes env://NAME or file://PATH: an argument would show in the process list',
    );
  return named;
}
