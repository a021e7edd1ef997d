import type { Command } from 'commander';
import type { ApiClient } from '../api-client.js';
import { apiOf, outputOf, type CliContext } from '../cli-context.js';
import { CliFailure } from '../cli-failure.js';
import { brokeredFields, type BrokeredCredential } from '../connect/brokered-credential.js';
import { anyProgram, requireProgram, type ClientProgram } from '../connect/client-program.js';
import {
  listenPlace,
  withAlias,
  withConnectOptions,
  type ConnectOptions,
} from '../connect/connect-options.js';
import type { SessionFacts } from '../connect/known-program.js';
import type { ReadySession } from '../connect/run-session.js';
import { askSecret, namedSecret } from '../secret-input.js';

const session = 'session { id type targetId hostId endpoint }';
const place = 'expiresAt connectionLimit workers { name address thumbprint }';

/** Documents of `connect`; the schema check validates each. */
export const documents = {
  authorize: `mutation AuthorizeSession($input: AuthorizeSessionInput!) { authorizeSession(input: $input) {
    ${session} authorization { ${place} credentials { ${brokeredFields} } }
  } }`,
  redeem: `mutation RedeemAuthorization($input: RedeemAuthorizationInput!) { redeemAuthorization(input: $input) {
    ${session} authorization { ${place} }
  } }`,
} as const;

interface Authorized {
  readonly session: SessionFacts & { readonly id: string; readonly type: string };
  /** Without credentials where a token was redeemed: they were handed to whoever authorized the session. */
  readonly authorization: Omit<ReadySession, 'id' | 'type'> & {
    readonly credentials?: readonly BrokeredCredential[] | null;
  };
}

interface Options extends ConnectOptions {
  readonly exec?: string;
}

/**
 * Adds `connect`, to which the programs it knows are added. `behind` are the words behind `--`, which are for the
 * program that it runs.
 */
export function addConnect(program: Command, context: CliContext, behind: readonly string[]): Command {
  return withConnectOptions(program.command('connect'))
    .description('connect to a target: opens a local port and passes its connections on')
    .option(
      '--listen <place>',
      'unix:PATH to listen on a socket that you alone may use; stdio to pass on standard input and output, as a ProxyCommand of ssh does',
    )
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
        throw new CliFailure(
          `what is ${behind[0]}? arguments behind -- go with -exec; the programs that connect knows are in postern connect --help`,
        );
      if (exec !== undefined && options.listen === 'stdio')
        throw new CliFailure('-listen=stdio goes without -exec: there is no port to run a program on');
      if (exec !== undefined) requireProgram(exec, 'install it or give its path', context.env);
      await connectTo(options, exec === undefined ? null : () => anyProgram(exec, behind), context);
    });
}

const examples = `
Examples:
  $ postern connect -target-id=ttcp_1234567890
  $ postern connect db.corp
  $ postern connect -target-name=tests -target-scope-name=QA_Tests -listen-port=5432
  $ postern connect -target-id=ttcp_1234567890 -exec=curl -- -s http://{{postern.addr}}/
  $ postern connect -target-id=ttcp_1234567890 -exec=scp -- -P {{postern.port}} -o HostKeyAlias=web1 notes.txt ann@{{postern.ip}}:
  $ ssh -o ProxyCommand='postern connect -target-name=%h -target-scope-name=Production -listen=stdio' ann@web1
  $ postern targets authorize-session -id=ttcp_1234567890 -format json | jq -r .item.authorizationToken | postern connect -authz-token=-`;

/**
 * Gets a session and serves it on a local port until it ends; with a program, as long as that runs. Sets the
 * exit status.
 */
export async function connectTo(
  options: ConnectOptions,
  programOf: ((session: SessionFacts, credentials: readonly BrokeredCredential[]) => ClientProgram) | null,
  context: CliContext,
): Promise<void> {
  const listen = listenPlace(options, context);
  const api = apiOf(options, context);
  const output = outputOf(options, context);
  // Loaded here, because keys and certificates cost every other command 50 ms of its start.
  const { runSession, sessionIdentity } = await import('../connect/run-session.js');
  const identity = sessionIdentity();
  const token = options.authzToken ?? context.env['POSTERN_CONNECT_AUTHZ_TOKEN'];
  const {
    session,
    authorization: { credentials: handedOut = null, ...given },
  } =
    token === undefined
      ? await authorize(api, options, context.env, identity.publicKey)
      : await redeem(api, await tokenText(token, options, context), options, identity.publicKey);
  const ready: ReadySession = { id: session.id, type: session.type, ...given };
  if (handedOut === null && !('input' in listen)) context.stderr.write(`${notHandedOut}\n`);
  const credentials = handedOut ?? [];
  const program = programOf?.(session, credentials) ?? null;
  const env = withoutSecrets(context.env, options);
  process.exitCode = await runSession(ready, identity, { listen, program, credentials, output, env });
}

const notHandedOut =
  'credentials of the target, if it has any, were shown when the session was authorized and are not given again';

/** The environment for the program: without what lets one act as this user here. */
function withoutSecrets(env: NodeJS.ProcessEnv, { token, authzToken }: ConnectOptions): NodeJS.ProcessEnv {
  const named = [token, authzToken].flatMap((text) => /^env:\/\/(.*)$/.exec(text ?? '')?.slice(1) ?? []);
  const secret = ['POSTERN_TOKEN', 'POSTERN_CONNECT_AUTHZ_TOKEN', 'POSTERN_ROOT_KEY', ...named];
  return Object.fromEntries(Object.entries(env).filter(([name]) => !secret.includes(name)));
}

async function authorize(
  api: ApiClient,
  options: ConnectOptions,
  env: NodeJS.ProcessEnv,
  clientPublicKey: string,
): Promise<Authorized> {
  const { targetId = null, targetName = null, hostId = null } = options;
  if (targetId === null && targetName === null)
    throw new CliFailure('give -target-id, or -target-name with -target-scope-name');
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
  options: ConnectOptions,
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
  options: ConnectOptions,
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
