import type { Command } from 'commander';
import { apiOf, outputOf, withCommonOptions, type CliContext, type CommonOptions } from '../cli-context.js';
import { CliFailure } from '../cli-failure.js';
import { print } from '../output.js';
import { forgetToken, tokenFile, tokenIdOf } from '../token-store.js';

/** Documents of this command; the schema check validates each. */
export const documents = {
  logout: `mutation Logout($input: DeleteAuthTokenInput!) { deleteAuthToken(input: $input) { deletedId } }`,
} as const;

/** Adds `logout`. */
export function addLogout(program: Command, context: CliContext): void {
  withCommonOptions(program.command('logout'))
    .description('sign out: the token ends, and the sessions made with it')
    .addHelpText('after', '\nExample:\n  $ postern logout')
    .action((options: CommonOptions) => logout(options, context));
}

async function logout(options: CommonOptions, context: CliContext): Promise<void> {
  const { env } = context;
  const output = outputOf(options, context);
  const api = apiOf(options, context);
  const { token, address } = api;
  if (token === null) throw new CliFailure(`you are not signed in to ${address}; there is nothing to end`);
  const id = tokenIdOf(token);
  const wasGood = await endToken(() => api.run(documents.logout, { input: { id } }));
  const isForgotten = forgetToken(env, address, token);
  print(output, { deleted_id: wasGood ? id : null, forgotten: isForgotten }, () =>
    [
      wasGood ? 'You are signed out: the token is deleted.' : 'The token was not good any more.',
      ...(isForgotten ? [`It was removed from ${tokenFile(env)}.`] : []),
    ].join(' '),
  );
}

// A token that the server does not know any more is as good as signed out; whatever else it says is an error.
async function endToken(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (error instanceof CliFailure && error.code === 'UNAUTHENTICATED') return false;
    throw error;
  }
}
