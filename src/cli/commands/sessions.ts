import type { Command } from 'commander';
import { apiOf, outputOf, withCommonOptions, type CliContext, type CommonOptions } from '../cli-context.js';
import { CliFailure } from '../cli-failure.js';
import {
  actionLines,
  factLines,
  grantAction,
  listTable,
  localTime,
  print,
  sorted,
  widthOf,
  word,
  emptyText,
} from '../output.js';
import { allPages } from '../pages.js';
import { scopeFacts, type ResourceItem } from '../resources/resource-table.js';

const connectionFields = 'nodes { id clientAddress endpointAddress closedReason bytesUp bytesDown }';

export const sessionFields = /* GraphQL */ `
  id
  type
  status
  version
  createdAt
  updatedAt
  expiresAt
  terminationReason
  endedByName
  endComment
  authTokenId
  userId
  targetId
  hostId
  hostSetId
  endpoint
  authorizedActions
  scope {
    id
    name
    type
    parentId
  }
  states {
    status
    startedAt
    endedAt
  }
`;

/** Documents of these commands; the schema check validates each. */
export const documents = {
  list: `query Sessions($scopeId: ID!, $recursive: Boolean!, $filter: SessionFilter, $first: Int, $after: String) {
    sessions(scopeId: $scopeId, recursive: $recursive, filter: $filter, first: $first, after: $after) {
      nodes { id status projectId createdAt expiresAt updatedAt userId targetId terminationReason version type authorizedActions }
      pageInfo { hasNextPage endCursor }
    }
  }`,
  read: `query Session($id: ID!) { session(id: $id) { ${sessionFields} connections(first: 100) { ${connectionFields} } } }`,
  cancel: `mutation CancelSession($input: CancelSessionInput!) {
    cancelSession(input: $input) { session { ${sessionFields} connections(first: 100) { ${connectionFields} } } }
  }`,
} as const;

interface ConnectionItem {
  readonly clientAddress: string | null;
  readonly endpointAddress: string | null;
  readonly closedReason: string | null;
  readonly bytesUp: string;
  readonly bytesDown: string;
}

interface SessionItem {
  readonly id: string;
  readonly type: string;
  readonly status: string;
  readonly version: number;
  readonly projectId: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly expiresAt: string | null;
  readonly terminationReason: string | null;
  readonly endedByName: string | null;
  readonly endComment: string | null;
  readonly authTokenId: string | null;
  readonly userId: string | null;
  readonly targetId: string | null;
  readonly hostId: string | null;
  readonly hostSetId: string | null;
  readonly endpoint: string | null;
  readonly authorizedActions: readonly string[];
  readonly scope: ResourceItem['scope'];
  readonly states: readonly { status: string; startedAt: string; endedAt: string | null }[];
  readonly connections: { readonly nodes: readonly ConnectionItem[] };
}

interface Options extends CommonOptions {
  readonly scopeId?: string;
  readonly recursive?: boolean;
  readonly includeTerminated?: boolean;
  readonly id?: string;
  readonly comment?: string;
}

export function addSessions(program: Command, context: CliContext): void {
  const sessions = program.command('sessions').description('list, read, watch and cancel sessions');
  withCommonOptions(sessions.command('list'))
    .description('list sessions that you may see, most recent first')
    .option('--scope-id <id>', 'scope to list; global when left out (POSTERN_SCOPE_ID)')
    .option('--recursive', 'include the scopes below it')
    .option('--include-terminated', 'include those that are over')
    .addHelpText(
      'after',
      '\nExamples:\n  $ postern sessions list -scope-id=p_1234567890\n  $ postern sessions list -recursive -include-terminated',
    )
    .action((options: Options) => listSessions(options, context));
  withCommonOptions(sessions.command('read'))
    .description('show one session with its states and its connections')
    .requiredOption('--id <id>', 'session')
    .addHelpText('after', '\nExample:\n  $ postern sessions read -id=s_1234567890')
    .action(async (options: Options) => {
      const { session } = await apiOf(options, context).run<{ session: SessionItem | null }>(documents.read, {
        id: options.id,
      });
      if (!session) throw new CliFailure('there is no such session, or you may not see it', 3, 'NOT_FOUND');
      print(outputOf(options, context), { item: session }, () => sessionTable(session));
    });
  withCommonOptions(sessions.command('cancel'))
    .description('end a session; its connections are cut within a second')
    .requiredOption('--id <id>', 'session')
    .option('--comment <text>', 'why; kept with the session and in the audit')
    .addHelpText(
      'after',
      '\nExample:\n  $ postern sessions cancel -id=s_1234567890 -comment="unknown activity"',
    )
    .action(async ({ id, comment, ...options }: Options) => {
      const input = { id, comment: comment ?? null };
      const answer = await apiOf(options, context).run<{ cancelSession: { session: SessionItem } }>(
        documents.cancel,
        { input },
      );
      const { session } = answer.cancelSession;
      print(outputOf(options, context), { item: session }, () => sessionTable(session));
    });
  withCommonOptions(sessions.command('watch'))
    .description('show sessions as they happen, until Ctrl-C')
    .option('--scope-id <id>', 'scope to watch, with all below it; global when left out (POSTERN_SCOPE_ID)')
    .option('--id <id>', 'one session, until it is over')
    .addHelpText(
      'after',
      '\nExamples:\n  $ postern sessions watch\n  $ postern sessions watch -id=s_1234567890 -format json',
    )
    .action(async (options: Options) => {
      const api = apiOf(options, context);
      const output = outputOf(options, context);
      const { watchOne, watchScope } = await import('./watch-sessions.js');
      if (options.id) await watchOne(api, output, options.id);
      else await watchScope(api, output, options.scopeId ?? context.env['POSTERN_SCOPE_ID'] ?? 'global');
    });
}

async function listSessions(options: Options, context: CliContext): Promise<void> {
  const filter = options.includeTerminated ? null : { statusIn: ['PENDING', 'ACTIVE', 'CANCELING'] };
  const scopeId = options.scopeId ?? context.env['POSTERN_SCOPE_ID'] ?? 'global';
  const recursive = options.recursive ?? false;
  const items = await allPages<SessionItem>(apiOf(options, context), documents.list, {
    scopeId,
    recursive,
    filter,
  });
  print(outputOf(options, context), { items }, () =>
    listTable(
      'Session information',
      emptyText('No sessions found', !recursive),
      items.map((item) => ({
        facts: {
          ID: item.id,
          ...(recursive ? { 'Scope ID': item.projectId } : {}),
          Status: item.status.toLowerCase(),
          'Created Time': localTime(item.createdAt),
          'Expiration Time': localTime(item.expiresAt),
          'Updated Time': localTime(item.updatedAt),
          'User ID': item.userId,
          'Target ID': item.targetId,
        },
        actions: item.authorizedActions.map(grantAction),
      })),
    ),
  );
}

function sessionTable(session: SessionItem): string {
  const facts = sorted({
    'Auth Token ID': session.authTokenId,
    'Created Time': localTime(session.createdAt),
    'Ended By': session.endedByName,
    'End Comment': session.endComment,
    Endpoint: session.endpoint,
    'Expiration Time': localTime(session.expiresAt),
    'Host ID': session.hostId,
    'Host Set ID': session.hostSetId,
    ID: session.id,
    Status: session.status.toLowerCase(),
    'Target ID': session.targetId,
    'Termination Reason': word(session.terminationReason),
    Type: session.type,
    'Updated Time': localTime(session.updatedAt),
    'User ID': session.userId,
    Version: session.version,
  });
  const width = widthOf(facts);
  const states = [...session.states].reverse().map((state) =>
    factLines(
      {
        'End Time': localTime(state.endedAt),
        'Start Time': localTime(state.startedAt),
        Status: state.status.toLowerCase(),
      },
      4,
      width,
    ),
  );
  const connections = session.connections.nodes.map((connection) =>
    factLines(
      {
        'Bytes Down': connection.bytesDown,
        'Bytes Up': connection.bytesUp,
        'Client Address': connection.clientAddress,
        'Closed Reason': word(connection.closedReason),
        'Endpoint Address': connection.endpointAddress,
      },
      4,
      width,
    ),
  );
  return [
    'Session information:',
    ...factLines(facts, 2, width + 2),
    ...(session.scope ? ['', '  Scope:', ...factLines(scopeFacts(session.scope), 4, width)] : []),
    '',
    ...actionLines(session.authorizedActions.map(grantAction), 2),
    '',
    '  States:',
    states.map((lines) => lines.join('\n')).join('\n\n'),
    ...(connections.length > 0
      ? ['', '  Connections:', connections.map((lines) => lines.join('\n')).join('\n\n')]
      : []),
  ].join('\n');
}
