import type { Command } from 'commander';
import { apiClient, type ApiClient } from '../api-client.js';
import {
  addressOf,
  outputOf,
  withCommonOptions,
  type CliContext,
  type CommonOptions,
} from '../cli-context.js';
import { CliFailure } from '../cli-failure.js';
import { factLines, localTime, print } from '../output.js';
import { askSecret, codeFrom, namedSecret } from '../secret-input.js';
import { storeToken, tokenFile } from '../token-store.js';

/** Documents of this command; the schema check validates each. */
export const documents = {
  authenticate: `mutation Authenticate($input: AuthenticateInput!) {
    authenticate(input: $input) {
      token authToken { id accountId authMethodId userId expiresAt } challenge { id expiresAt }
    }
  }`,
  continue: `mutation ContinueAuthentication($input: ContinueAuthenticationInput!) {
    continueAuthentication(input: $input) { token authToken { id accountId authMethodId userId expiresAt } }
  }`,
} as const;

interface SignedIn {
  readonly token: string;
  readonly authToken: {
    readonly id: string;
    readonly accountId: string;
    readonly authMethodId: string;
    readonly userId: string;
    readonly expiresAt: string;
  };
}

interface Answer {
  readonly authenticate: SignedIn & { readonly challenge: { readonly id: string } | null };
}

interface Options extends CommonOptions {
  readonly authMethodId?: string;
  readonly scopeId?: string;
  readonly loginName?: string;
  readonly password?: string;
  readonly totpCode?: string;
}

export function addAuthenticate(program: Command, context: CliContext): void {
  const authenticate = program.command('authenticate').description('sign in');
  withCommonOptions(authenticate.command('password'))
    .description('sign in with a login name and a password; the token is kept for the next commands')
    .option('--auth-method-id <id>', 'auth method; the primary one of the scope when left out')
    .option('--scope-id <id>', 'scope whose primary auth method to use; global when left out')
    .option('--login-name <name>', 'login name (POSTERN_LOGIN_NAME)')
    .option('--password <where>', 'env://NAME or file://PATH; asked for when left out')
    .option(
      '--totp-code <where>',
      'code of the second factor, or a recovery code, where the account has one: env://NAME, file://PATH, or - for standard input; asked for when left out',
    )
    .addHelpText('after', examples)
    .action(async (options: Options) => {
      await authenticatePassword(options, context);
    });
}

const examples = `
Examples:
  $ postern authenticate password -login-name=admin
  $ postern authenticate password -auth-method-id=ampw_1234567890 -login-name=admin
  $ postern authenticate password -login-name=admin -password=env://ADMIN_PASSWORD`;

async function authenticatePassword(options: Options, context: CliContext): Promise<void> {
  const { env, stdin, stderr } = context;
  const output = outputOf(options, context);
  const caFile = options.caCert ?? env['POSTERN_CACERT'] ?? null;
  const api = apiClient({ address: addressOf(options, env), token: null, caFile });
  const loginName = options.loginName ?? env['POSTERN_LOGIN_NAME'];
  if (!loginName) throw new CliFailure('-login-name is missing');
  const password = await passwordOf(options.password, env, () =>
    askSecret('Please enter the password (it will be hidden): ', stdin, stderr),
  );
  const { authMethodId = null, scopeId = null } = options;
  const { authenticate } = await api.run<Answer>(documents.authenticate, {
    input: { authMethodId, scopeId, loginName, password },
  });
  const { challenge } = authenticate;
  const { token, authToken } =
    challenge === null ? authenticate : await answer(api, challenge.id, options.totpCode, context);
  storeToken(env, api.address, token, authToken.expiresAt);
  print(output, { item: authToken }, () =>
    [
      'Authentication information:',
      ...factLines(
        {
          'Account ID': authToken.accountId,
          'Auth Method ID': authToken.authMethodId,
          'Expiration Time': localTime(authToken.expiresAt),
          'User ID': authToken.userId,
        },
        2,
      ),
      '',
      `The token was stored in ${tokenFile(env)} and is not displayed here.`,
    ].join('\n'),
  );
}

const mostTries = 3;

/** Answers a challenge with the code of the second factor; at a terminal a mistyped one is asked for again. */
async function answer(
  api: ApiClient,
  challengeId: string,
  given: string | undefined,
  context: CliContext,
): Promise<SignedIn> {
  for (let tries = 1; ; tries++) {
    const code = await codeFrom('totp-code', given, context);
    try {
      const input = { challengeId, code };
      const { continueAuthentication } = await api.run<{ continueAuthentication: SignedIn }>(
        documents.continue,
        {
          input,
        },
      );
      return continueAuthentication;
    } catch (error) {
      const isWrong = error instanceof CliFailure && error.code === 'UNAUTHENTICATED';
      if (!isWrong || given !== undefined || tries === mostTries) throw error;
      context.stderr.write(`${error.message}\n`);
    }
  }
}

async function passwordOf(
  flag: string | undefined,
  env: NodeJS.ProcessEnv,
  ask: () => Promise<string>,
): Promise<string> {
  if (flag === undefined) return ask();
  const named = namedSecret(flag, env);
  if (named === null)
    throw new CliFailure(
      '-password takes env://NAME or file://PATH: an argument would show in the process list',
    );
  return named;
}
