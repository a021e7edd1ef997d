import type { Command } from 'commander';
import { parseDuration } from '../../core/duration.js';
import { apiOf, outputOf, withCommonOptions, type CliContext, type CommonOptions } from '../cli-context.js';
import { CliFailure } from '../cli-failure.js';
import { factLines, localTime, print } from '../output.js';

/** Documents of this command; the schema check validates each. */
export const documents = {
  issue: `mutation IssueApiToken($input: IssueApiTokenInput!) {
    issueApiToken(input: $input) { token authToken { id type userId scopeId name description isReadOnly expiresAt } }
  }`,
} as const;

interface Issued {
  readonly token: string;
  readonly authToken: {
    readonly id: string;
    readonly userId: string | null;
    readonly name: string | null;
    readonly description: string | null;
    readonly isReadOnly: boolean | null;
    readonly expiresAt: string | null;
  } | null;
}

interface Options extends CommonOptions {
  readonly id: string;
  readonly name: string;
  readonly description?: string;
  readonly expiresIn?: string;
  readonly expiresAt?: string;
  readonly readOnly?: boolean;
}

/** Adds `users issue-api-token`. */
export function addIssueApiToken(users: Command, context: CliContext): void {
  withCommonOptions(users.command('issue-api-token'))
    .description(
      'issue a token with which a program acts as a service user; it is shown once and kept nowhere',
    )
    .requiredOption('--id <id>', 'service user')
    .requiredOption('--name <name>', 'what the token is for')
    .option('--description <text>', 'description')
    .option('--expires-in <duration>', 'how long it lives, at most 366d; 90d when left out')
    .option('--expires-at <time>', 'when it ends, such as 2027-01-31T00:00:00Z, instead of -expires-in')
    .option('--read-only', 'it reads, lists and watches what the user may, and changes nothing')
    .addHelpText('after', examples)
    .action(async (options: Options) => {
      await issue(options, context);
    });
}

const examples = `
Examples:
  $ postern users issue-api-token -id=u_1234567890 -name=ci -expires-in=720h
  $ postern users issue-api-token -id=u_1234567890 -name="wall screen" -read-only -format json | jq -r .item.token`;

async function issue(options: Options, context: CliContext): Promise<void> {
  const { id: userId, name, description = null, expiresAt = null, readOnly: isReadOnly = false } = options;
  const lifetimeSeconds = options.expiresIn === undefined ? null : secondsOf(options.expiresIn);
  const input = { userId, name, description, expiresAt, lifetimeSeconds, isReadOnly };
  const answer = await apiOf(options, context).run<{ issueApiToken: Issued }>(documents.issue, { input });
  const { token, authToken } = answer.issueApiToken;
  print(outputOf(options, context), { item: { ...authToken, token } }, () =>
    [
      'API Token information:',
      ...factLines(
        {
          ID: authToken?.id,
          Name: authToken?.name,
          Description: authToken?.description,
          'User ID': authToken?.userId,
          'Is Read Only': authToken?.isReadOnly == null ? null : String(authToken.isReadOnly),
          'Expiration Time': localTime(authToken?.expiresAt),
          Token: token,
        },
        2,
      ),
      '',
      'The token is shown this once and kept nowhere. Give it to the program as POSTERN_TOKEN, or by -token.',
    ].join('\n'),
  );
}

function secondsOf(text: string): number {
  const seconds = (parseDuration(text) ?? NaN) / 1000;
  if (!Number.isInteger(seconds)) throw new CliFailure('-expires-in must be a duration, such as 30d or 720h');
  return seconds;
}
