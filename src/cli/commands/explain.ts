import type { Command } from 'commander';
import { apiOf, outputOf, withCommonOptions, type CliContext, type CommonOptions } from '../cli-context.js';
import type { ApiClient } from '../api-client.js';
import { CliFailure } from '../cli-failure.js';
import { columnLines, factLines, grantAction, localTime, print, visible } from '../output.js';
import {
  pathCells,
  pathHeader,
  pathSelection,
  thingArguments,
  thingParameters,
  thingVariables,
  withThing,
  type AccessPath,
  type ThingOptions,
} from './access-thing.js';
import { effectiveAccessTable, readEffectiveAccess } from './effective-access.js';

const trace = `isAllowed sentence caveat userId action type resourceId scopeId containerId user { id name }
  decidedBy { ${pathSelection} } misses { kind sentence roleId roleName grant }`;

/** Documents of this command; the schema check validates each. */
export const documents = {
  viewer: 'query Viewer { viewer { id } }',
  explain: `query ExplainAccess($userId: ID!, ${thingParameters}) {
    explainAccess(userId: $userId, ${thingArguments}) { ${trace} }
  }`,
  denial: `query Denial($id: ID!) {
    denial(id: $id) {
      id at code action resourceType resourceId scopeId requestId userId user { id name } reason sentence isAllowedNow
      trace { ${trace} }
    }
  }`,
} as const;

interface Trace {
  readonly isAllowed: boolean;
  readonly sentence: string;
  readonly caveat: string | null;
  readonly userId: string;
  readonly user: { readonly name: string | null } | null;
  readonly action: string;
  readonly type: string;
  readonly resourceId: string | null;
  readonly scopeId: string;
  readonly containerId: string | null;
  readonly decidedBy: readonly AccessPath[];
  readonly misses: readonly {
    readonly kind: string;
    readonly sentence: string;
    readonly roleId: string | null;
    readonly grant: string | null;
  }[];
}

interface Denial {
  readonly id: string;
  readonly at: string;
  readonly code: string;
  readonly action: string;
  readonly resourceType: string;
  readonly resourceId: string | null;
  readonly scopeId: string | null;
  readonly requestId: string;
  readonly userId: string | null;
  readonly user: { readonly name: string | null } | null;
  readonly sentence: string;
  readonly trace: Trace | null;
}

interface Options extends CommonOptions, ThingOptions {
  readonly userId?: string;
  readonly denialId?: string;
}

/** Adds `explain`. */
export function addExplain(program: Command, context: CliContext): void {
  const explain = withCommonOptions(program.command('explain'))
    .description(
      'say why a user may do something, or may not; all that it may do; or what was behind a refusal',
    )
    .argument('[denial-id]', 'the denial that an error named')
    .option('--denial-id <id>', 'the same')
    .option('--user-id <id>', 'user asked about; yourself when left out, u_anon for who has not signed in');
  withThing(explain)
    .addHelpText(
      'after',
      `
Examples:
  $ postern explain -user-id=u_1234567890 -action=authorize-session -resource-id=ttcp_1234567890
  $ postern explain -user-id=u_1234567890 -action=list -type=target -scope-id=p_1234567890
  $ postern explain -action=read -resource-id=db.corp
  $ postern explain -user-id=u_1234567890
  $ postern explain denial_1234567890
  $ postern explain -denial-id=denial_1234567890 -format json`,
    )
    .action(async (argument: string | undefined, options: Options) => {
      const denialId = options.denialId ?? argument;
      if (denialId !== undefined) await explainDenial(denialId, options, context);
      else await explainAccess(options, context);
    });
}

async function explainAccess(options: Options, context: CliContext): Promise<void> {
  const { action, resourceId, type, scopeId, containerId } = options;
  if ([action, resourceId, type, scopeId, containerId].every((one) => one === undefined)) {
    const api = apiOf(options, context);
    const item = await readEffectiveAccess(api, options.userId ?? (await ownId(api)));
    print(outputOf(options, context), { item }, () => effectiveAccessTable(item));
    return;
  }
  const variables = thingVariables(options);
  const api = apiOf(options, context);
  const userId = options.userId ?? (await ownId(api));
  const { explainAccess: item } = await api.run<{ explainAccess: Trace }>(documents.explain, {
    userId,
    ...variables,
  });
  print(outputOf(options, context), { item }, () => ['Access information:', ...traceLines(item)].join('\n'));
}

async function ownId(api: ApiClient): Promise<string> {
  const { viewer } = await api.run<{ viewer: { id: string } | null }>(documents.viewer);
  if (viewer === null)
    throw new CliFailure('sign in first, or give -user-id: postern authenticate password', 3);
  return viewer.id;
}

async function explainDenial(id: string, options: Options, context: CliContext): Promise<void> {
  if (options.action !== undefined || options.userId !== undefined)
    throw new CliFailure('a denial says itself who asked for what; leave -user-id and -action out');
  if (!id.startsWith('denial_')) throw new CliFailure(`${visible(id)} is no denial; it begins with denial_`);
  const { denial: item } = await apiOf(options, context).run<{ denial: Denial }>(documents.denial, { id });
  print(outputOf(options, context), { item }, () =>
    [
      'Denial information:',
      ...factLines(
        {
          'Denial ID': item.id,
          Time: localTime(item.at),
          Who: who(item.userId, item.user),
          Action: item.action,
          On: on(item.resourceType, item.resourceId),
          'Scope ID': item.scopeId,
          Answer: item.code,
          'Request ID': item.requestId,
        },
        2,
      ),
      '',
      `  ${visible(item.sentence)}`,
      ...(item.trace === null ? [] : ['', ...reasonLines(item.trace)]),
    ].join('\n'),
  );
}

function who(userId: string | null, user: { readonly name: string | null } | null): string | null {
  return user?.name ? `${user.name} (${userId})` : userId;
}

function on(type: string, id: string | null): string {
  const word = type.replaceAll('-', ' ');
  return id === null ? word : `${word} ${id}`;
}

function traceLines(item: Trace): string[] {
  const { resourceId, containerId, type } = item;
  const facts = {
    Who: who(item.userId, item.user),
    Action: grantAction(item.action),
    On: resourceId === null ? `collection of type ${type}` : on(type, resourceId),
    'Container ID': containerId,
    'Scope ID': item.scopeId,
    Answer: item.isAllowed ? 'yes' : 'no',
  };
  return [...factLines(facts, 2), '', ...reasonLines(item)];
}

function reasonLines(item: Trace): string[] {
  const { caveat } = item;
  return [...(caveat === null ? [] : [`  But ${visible(caveat)}.`, '']), ...grantLines(item)];
}

function grantLines({ isAllowed, decidedBy, misses }: Trace): string[] {
  if (isAllowed) {
    const rows = [pathHeader, ...decidedBy.map(pathCells)];
    return ['  Decided by:', ...columnLines(rows).map((line) => `    ${line}`)];
  }
  return [
    '  What comes nearest:',
    ...misses.flatMap(({ sentence, roleId, grant }) => [
      `    ${visible(sentence)}`,
      ...(roleId === null ? [] : [`      ${roleId}  ${visible(grant ?? '')}`]),
    ]),
  ];
}
