import type { Command } from 'commander';
import { apiOf, outputOf, withCommonOptions, type CliContext, type CommonOptions } from '../cli-context.js';
import { CliFailure } from '../cli-failure.js';
import { factLines, localTime, print, visible, widthOf, type Facts } from '../output.js';

/** Documents of this command; the schema check validates each. */
export const documents = {
  authorize: `mutation AuthorizeDetached($input: AuthorizeSessionInput!) {
    authorizeSession(input: $input) {
      session { id type createdAt endpoint hostId hostSetId projectId targetId userId expiresAt connectionLimit }
      authorization { token expiresAt connectCommand credentials {
        source { id name description credentialStoreId type credentialType } secret
      } }
    }
  }`,
} as const;

interface HandedOut {
  readonly source: {
    readonly id: string;
    readonly name: string | null;
    readonly credentialStoreId: string;
    readonly type: string;
    readonly credentialType: string;
  };
  /** With the names that its parts have in JSON. */
  readonly secret: Readonly<Record<string, unknown>>;
}

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
  readonly authorization: { readonly token: string; readonly credentials: readonly HandedOut[] | null };
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

// Below the title that the ancestor has for them. They are shown this once.
function credentialLines(credentials: readonly HandedOut[]): string[] {
  if (credentials.length === 0) return [];
  const blocks = credentials.map(({ source, secret }) => {
    const facts: Facts = {
      'Credential Source ID': source.id,
      'Credential Source Name': source.name,
      'Credential Store ID': source.credentialStoreId,
      'Credential Store Type': source.type.toLowerCase(),
      'Credential Type': source.credentialType.toLowerCase(),
    };
    return [...factLines(facts, 4), '    Secret:', ...secretLines(secret)].join('\n');
  });
  return ['', '  Credentials:', blocks.join('\n\n')];
}

// A text of one line stands behind its name, and anything else below it, as it is to be copied.
function secretLines(secret: HandedOut['secret']): string[] {
  const short = Object.entries(secret).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && !entry[1].includes('\n'),
  );
  const facts = Object.fromEntries(short);
  const long = Object.entries(secret).filter(([name]) => !Object.hasOwn(facts, name));
  return [
    ...factLines(facts, 6, widthOf(facts)),
    ...long.flatMap(([name, value]) => {
      const text = typeof value === 'string' ? value.trimEnd() : JSON.stringify(value, null, 2);
      return [`      ${visible(name)}:`, ...text.split('\n').map((line) => `        ${visible(line)}`)];
    }),
  ];
}
