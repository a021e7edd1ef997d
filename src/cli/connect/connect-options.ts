import { isIP } from 'node:net';
import type { Command } from 'commander';
import { withCommonOptions, type CliContext, type CommonOptions } from '../cli-context.js';
import { CliFailure } from '../cli-failure.js';
import type { ListenPlace } from './local-listener.js';

/** Options that `connect` has with a program and without, as they are read. */
export interface ConnectOptions extends CommonOptions {
  readonly targetId?: string;
  readonly targetName?: string;
  readonly targetScopeId?: string;
  readonly targetScopeName?: string;
  readonly hostId?: string;
  readonly authzToken?: string;
  readonly listenAddr?: string;
  readonly listenPort?: string;
  readonly listen?: string;
}

/** Adds the options that `connect` has with a program and without. */
export function withConnectOptions(command: Command): Command {
  return withCommonOptions(command)
    .option('--target-id <id>', 'target, or an alias of it')
    .option('--target-name <name>', 'name of the target, with -target-scope-id or -target-scope-name')
    .option('--target-scope-id <id>', 'project of the named target (POSTERN_CONNECT_TARGET_SCOPE_ID)')
    .option(
      '--target-scope-name <name>',
      'name of the project of the named target (POSTERN_CONNECT_TARGET_SCOPE_NAME)',
    )
    .option('--host-id <id>', 'host, when the target has several; any of them when left out')
    .option(
      '--authz-token <token>',
      'token of `targets authorize-session`: - for standard input, env://NAME, file://PATH, or the token',
    )
    .option(
      '--listen-addr <ip>',
      'address to listen on; 127.0.0.1 when left out (POSTERN_CONNECT_LISTEN_ADDR)',
    )
    .option(
      '--listen-port <port>',
      'port to listen on; any free one when left out (POSTERN_CONNECT_LISTEN_PORT)',
    );
}

/** The options, with the target that is named without a flag. */
export function withAlias<Options extends ConnectOptions>(
  options: Options,
  [alias, more]: readonly string[],
): Options {
  if (more !== undefined)
    throw new CliFailure(`what is ${more}? an alias is one word, and arguments of a program stand behind --`);
  if (alias === undefined) return options;
  if (options.targetId ?? options.targetName ?? options.authzToken)
    throw new CliFailure(`what is ${alias}? the target is named by a flag already`);
  return { ...options, targetId: alias };
}

/** Where to listen on this machine. Refuses what is no place. */
export function listenPlace(options: ConnectOptions, { env, stdin, stdout }: CliContext): ListenPlace {
  if (options.listen !== undefined) {
    if (options.listenPort !== undefined || options.listenAddr !== undefined)
      throw new CliFailure('-listen goes without -listen-addr and -listen-port');
    if (options.listen === 'stdio') {
      if (options.authzToken === '-')
        throw new CliFailure(
          '-listen=stdio has standard input for itself; give the token as env:// or file://',
        );
      return { input: stdin, output: stdout };
    }
    if (!options.listen.startsWith('unix:'))
      throw new CliFailure('-listen takes unix:PATH or stdio; for a port use -listen-addr and -listen-port');
    return { path: options.listen.slice('unix:'.length) };
  }
  const host = options.listenAddr ?? env['POSTERN_CONNECT_LISTEN_ADDR'] ?? '127.0.0.1';
  const port = options.listenPort ?? env['POSTERN_CONNECT_LISTEN_PORT'] ?? '0';
  if (isIP(host) === 0)
    throw new CliFailure(`-listen-addr must be an IP address, not ${JSON.stringify(host)}`);
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65535)
    throw new CliFailure('-listen-port must be a number from 0 to 65535');
  return { host, port: Number(port) };
}
