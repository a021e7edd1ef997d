import type { Command } from 'commander';
import { apiOf, outputOf, withCommonOptions, type CliContext, type CommonOptions } from '../cli-context.js';
import { CliFailure } from '../cli-failure.js';
import { credentialFields, credentialLines, type ShownCredential } from '../credential-lines.js';
import { factLines, localTime, print } from '../output.js';

/** Documents of this command; the schema check validates each. */
export const documents = {
  authorize: `mutation AuthorizeDetached($input: AuthorizeSessionInput!) {
    authorizeSession(input: $input) {
      session { id type createdAt endpoint hostId hostSetId projectId targetId userId expiresAt connectionLimit }
      authorization { token expiresAt connectCommand credentials { ${credentialFields} } }
    }
  }`,
} as const;

interface Authorized {
  readonly session: {
    readonly id: string;
    readonly type: string;
    readonly createdAt: string;
    readonly endpoint: string | null;
    readonly hostId: string | null;
    readonly projectId: string;
    readonly targetId: string | null;
    readonly userId: string | null;
  };
  readonly authorization: { readonly token: string; readonly credentials: readonly ShownCredential[] | null };
}

interface Options extends CommonOptions {
  readonly id?: string;
  readonly name?: string;
  readonly scopeId?: string;
  readonly scopeName?: string;
  readonly hostId?: string;
}

/** Adds `targets authorize-session`: a session to be connected to later, by whoever is given the token. */
export function addAuthorizeSession(targets: Command, context: CliContext): void {
  withCommonOptions(targets.command('authorize-session'))
    .description('get a session, and the token that `postern connect` uses once')
    .option('--id <id>', 'target, or an alias of it')
    .option('--name <name>', 'name of the target, with -scope-id or -scope-name')
    .option('--scope-id <id>', 'project of the named target')
    .option('--scope-name <name>', 'name of the project of the named target')
    .option('--host-id <id>', 'host, when the target has several; any of them when left out')
    .addHelpText(
      'after',
      '\nExamples:\n  $ postern targets authorize-session -id=ttcp_1234567890\n  $ postern targets authorize-session -name=tests -scope-name=QA_Tests -host-id=hst_1234567890',
    )
    .action(async (options: Options) => {
      const { id: targetId = null, name = null, scopeId = null, scopeName = null, hostId = null } = options;
      if (targetId === null && name === null) throw new CliFailure('give -id, or -name with -scope-name');
      const input = { targetId, name, scopeId, scopeName, hostId };
      const answer = await apiOf(options, context).run<{ authorizeSession: Authorized }>(
        documents.authorize,
        { input },
      );
      const { session, authorization } = answer.authorizeSession;
      print(
        outputOf(options, context),
        {
          item: {
            ...session,
            authorizationToken: authorization.token,
            credentials: authorization.credentials ?? [],
          },
        },
        () =>
          [
            'Target information:',
            ...factLines(
              {
                'Authorization Token': authorization.token,
                'Created Time': localTime(session.createdAt),
                Endpoint: session.endpoint,
                'Host ID': session.hostId,
                'Scope ID': session.projectId,
                'Session ID': session.id,
                'Target ID': session.targetId,
                Type: session.type,
                'User ID': session.userId,
              },
              2,
            ),
            ...credentialLines(authorization.credentials ?? []),
          ].join('\n'),
      );
    });
}
