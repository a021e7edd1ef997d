import { isIP } from 'node:net';
import type { Command } from 'commander';
import type { ApiClient } from '../api-client.js';
import { apiOf, outputOf, withCommonOptions, type CliContext, type CommonOptions } from '../cli-context.js';
import { CliFailure } from '../cli-failure.js';
import { requireProgram, type ClientProgram } from '../connect/client-program.js';
import type { ListenPlace } from '../connect/local-listener.js';
import type { ReadySession } from '../connect/run-session.js';
import { askSecret, namedSecret } from '../secret-input.js';

const authorization = `
  session { id type }
  authorization { expiresAt connectionLimit workers { name address thumbprint } }`;

/** Documents of `connect`; the schema check validates each. */
export const documents = {
  authorize: `mutation AuthorizeSession($input: AuthorizeSessionInput!) { authorizeSession(input: $input) {${authorization} } }`,
  redeem: `mutation RedeemAuthorization($input: RedeemAuthorizationInput!) { redeemAuthorization(input: $input) {${authorization} } }`,
} as const;

interface Authorized {
  readonly session: { readonly id: string; readonly type: string };
  readonly authorization: Omit<ReadySession, 'id' | 'type'>;
}

interface Options extends CommonOptions {
  readonly targetId?: string;
  readonly targetName?: string;
  readonly targetScopeId?: string;
  readonly targetScopeName?: string;
  readonly hostId?: string;
  readonly authzToken?: string;
  readonly listenAddr?: string;
  readonly listenPort?: string;
  readonly listen?: string;
  readonly exec?: string;
  readonly username?: string;
  readonly dbname?: string;
}

/** Adds `connect`. `behind` are the words behind `--`, which are for the program that it runs. */
export function addConnect(program: Command, context: CliContext, behind: readonly string[]): void {
  const connect = withConnectOptions(program.command('connect'))
    .description('connect to a target: opens a local port and passes its connections on')
    .option(
      '--exec <program>',
      'run a program on the port; its arguments stand behind -- (POSTERN_CONNECT_EXEC)',
    )
    .argument(
      '[args...]',
      'an alias of the target; behind --: arguments of the program, with {{postern.ip}}, {{postern.port}} and {{postern.addr}} filled in',
    )
    .addHelpText('after', examples)
    .action(async (args: string[], given: Options) => {
      const options = withAlias(given, args.slice(0, args.length - behind.length));
      const exec = options.exec ?? context.env['POSTERN_CONNECT_EXEC'];
      if (exec === undefined && behind.length > 0)
        throw new CliFailure(`what is ${behind[0]}? arguments behind -- go with -exec`);
      if (exec !== undefined) requireProgram(exec, 'install it or give its path', context.env);
      await connectTo(options, exec === undefined ? null : { name: exec, args: behind }, context);
    });
  withConnectOptions(connect.command('postgres'))
    .description('connect to a PostgreSQL target and open psql on it')
    .option('--username <name>', 'database user (POSTERN_CONNECT_USERNAME)')
    .option('--dbname <name>', 'database (POSTERN_CONNECT_DBNAME)')
    .argument('[args...]', 'an alias of the target; behind --: more arguments of psql')
    .addHelpText('after', postgresExamples)
    .action(async (args: string[], given: Options) => {
      const options = withAlias(given, args.slice(0, args.length - behind.length));
      requireProgram(
        'psql',
        'install the PostgreSQL client (Debian: apt install postgresql-client), or use `postern connect` with a client of your own',
        context.env,
      );
      await connectTo(
        options,
        { name: 'psql', args: [...behind, ...psqlArguments(options, context.env)] },
        context,
      );
    });
}

const examples = `
Examples:
  $ postern connect -target-id=ttcp_1234567890
  $ postern connect db.corp
  $ postern connect -target-name=tests -target-scope-name=QA_Tests -listen-port=5432
  $ postern connect -target-id=ttcp_1234567890 -exec=curl -- -s http://{{postern.addr}}/
  $ postern targets authorize-session -id=ttcp_1234567890 -format json | jq -r .item.authorizationToken | postern connect -authz-token=-`;

const postgresExamples = `
Examples:
  $ postern connect postgres -target-name=tests -target-scope-name=QA_Tests -username=postgres -dbname=sampledb
  $ postern connect postgres -target-id=ttcp_1234567890 -username=postgres -- -c 'select 1'`;

function withConnectOptions(command: Command): Command {
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
    )
    .option('--listen <place>', 'unix:PATH to listen on a socket that you alone may use');
}

/** The options, with the target that is named without a flag. */
function withAlias(options: Options, [alias, more]: readonly string[]): Options {
  if (more !== undefined)
    throw new CliFailure(`what is ${more}? an alias is one word, and arguments of a program stand behind --`);
  if (alias === undefined) return options;
  if (options.targetId ?? options.targetName ?? options.authzToken)
    throw new CliFailure(`what is ${alias}? the target is named by a flag already`);
  return { ...options, targetId: alias };
}

function psqlArguments(options: Options, env: NodeJS.ProcessEnv): string[] {
  const dbname = options.dbname ?? env['POSTERN_CONNECT_DBNAME'];
  const username = options.username ?? env['POSTERN_CONNECT_USERNAME'];
  return [
    ...['-p', '{{postern.port}}', '-h', '{{postern.ip}}'],
    ...(dbname ? ['-d', dbname] : []),
    ...(username ? ['-U', username] : []),
  ];
}

async function connectTo(
  options: Options,
  program: ClientProgram | null,
  context: CliContext,
): Promise<void> {
  const listen = listenPlace(options, context.env);
  const api = apiOf(options, context);
  const output = outputOf(options, context);
  // Loaded here, because keys and certificates cost every other command 50 ms of its start.
  const { runSession, sessionIdentity } = await import('../connect/run-session.js');
  const identity = sessionIdentity();
  const token = options.authzToken ?? context.env['POSTERN_CONNECT_AUTHZ_TOKEN'];
  const { session, authorization: given } =
    token === undefined
      ? await authorize(api, options, context.env, identity.publicKey)
      : await redeem(api, await tokenText(token, options, context), options, identity.publicKey);
  const ready: ReadySession = { ...session, ...given };
  process.exitCode = await runSession(ready, identity, { listen, program, output, env: context.env });
}

async function authorize(
  api: ApiClient,
  options: Options,
  env: NodeJS.ProcessEnv,
  clientPublicKey: string,
): Promise<Authorized> {
  const { targetId = null, targetName = null, hostId = null } = options;
  if (targetId === null && targetName === null)
    throw new CliFailure('name the target: its alias, -target-id, or -target-name with -target-scope-name');
  const named = targetName !== null;
  const scopeId = named ? (options.targetScopeId ?? env['POSTERN_CONNECT_TARGET_SCOPE_ID'] ?? null) : null;
  const scopeName = named
    ? (options.targetScopeName ?? env['POSTERN_CONNECT_TARGET_SCOPE_NAME'] ?? null)
    : null;
  if (named && scopeId === null && scopeName === null)
    throw new CliFailure('-target-name needs -target-scope-name or -target-scope-id beside it');
  const input = { targetId, name: targetName, scopeId, scopeName, hostId, clientPublicKey };
  return (await api.run<{ authorizeSession: Authorized }>(documents.authorize, { input })).authorizeSession;
}

async function redeem(
  api: ApiClient,
  token: string,
  options: Options,
  clientPublicKey: string,
): Promise<Authorized> {
  if (options.targetId ?? options.targetName ?? options.hostId) {
    throw new CliFailure('-authz-token names its session already; leave the target and the host out');
  }
  const input = { token, clientPublicKey };
  return (await api.run<{ redeemAuthorization: Authorized }>(documents.redeem, { input }))
    .redeemAuthorization;
}

async function tokenText(
  token: string,
  options: Options,
  { env, stdin, stderr }: CliContext,
): Promise<string> {
  if (token === '-')
    return (
      await askSecret('Please enter the authorization token (it will be hidden): ', stdin, stderr)
    ).trim();
  const named = namedSecret(token, env);
  if (named !== null) return named;
  if (options.authzToken !== undefined) {
    stderr.write(
      'the token shows in the process list and the shell history; -authz-token=- or env:// keeps it out of them\n',
    );
  }
  return token.trim();
}

function listenPlace(options: Options, env: NodeJS.ProcessEnv): ListenPlace {
  if (options.listen !== undefined) {
    if (!options.listen.startsWith('unix:'))
      throw new CliFailure('-listen takes unix:PATH; for a port use -listen-addr and -listen-port');
    if (options.listenPort !== undefined || options.listenAddr !== undefined)
      throw new CliFailure('-listen goes without -listen-addr and -listen-port');
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
