import type { Command } from 'commander';
import { apiOf, outputOf, withCommonOptions, type CliContext, type CommonOptions } from '../cli-context.js';
import { CliFailure } from '../cli-failure.js';
import {
  columnLines,
  emptyText,
  factLines,
  localTime,
  print,
  sorted,
  visible,
  widthOf,
  word,
} from '../output.js';
import { allPages } from '../pages.js';
import { scopeFacts, type ResourceItem } from '../resources/resource-table.js';

const facts =
  'id at requestId actorKind actorId actorName clientAddress operation resourceType resourceId scopeId outcome errorCode denialId comment';

/** Documents of these commands; the schema check validates each. */
export const documents = {
  list: `query AuditEntries($scopeId: ID!, $recursive: Boolean!, $filter: AuditFilter, $first: Int, $after: String) {
    auditEntries(scopeId: $scopeId, recursive: $recursive, filter: $filter, first: $first, after: $after) {
      nodes { ${facts} before after }
      pageInfo { hasNextPage endCursor }
    }
  }`,
  read: `query AuditEntry($id: ID!) { auditEntry(id: $id) { ${facts} before after scope { id name type parentId } } }`,
} as const;

interface Entry {
  readonly id: string;
  readonly at: string;
  readonly requestId: string | null;
  readonly actorKind: string | null;
  readonly actorId: string | null;
  readonly actorName: string | null;
  readonly clientAddress: string | null;
  readonly operation: string | null;
  readonly resourceType: string | null;
  readonly resourceId: string | null;
  readonly scopeId: string | null;
  readonly outcome: string;
  readonly errorCode: string | null;
  readonly denialId: string | null;
  readonly comment: string | null;
  readonly before: object | null;
  readonly after: object | null;
  readonly scope?: ResourceItem['scope'];
}

interface Options extends CommonOptions {
  readonly scopeId?: string;
  readonly recursive?: boolean;
  readonly limit: string;
  readonly id?: string;
  readonly actorId?: string[];
  readonly operation?: string[];
  readonly resourceType?: string[];
  readonly resourceId?: string[];
  readonly outcome?: string[];
  readonly requestId?: string;
  readonly denialId?: string;
  readonly after?: string;
  readonly before?: string;
}

const several = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value];

/** Adds `audit`. */
export function addAudit(program: Command, context: CliContext): void {
  const audit = program.command('audit').description('show who asked for what, and what became of it');
  withCommonOptions(audit.command('list'))
    .description('list audit entries that you may see, newest first')
    .option('--scope-id <id>', 'scope to list; global when left out (POSTERN_SCOPE_ID)')
    .option('--recursive', 'include the scopes below it, deleted ones too')
    .option('--actor-id <id>', 'of this user; may be given several times, as all that follow', several)
    .option('--operation <name>', 'of this mutation, cancelSession for instance', several)
    .option('--resource-type <type>', 'about this type, as grants name it', several)
    .option('--resource-id <id>', 'about this resource', several)
    .option('--outcome <outcome>', 'done, refused or failed', several)
    .option('--request-id <id>', 'of this one request')
    .option('--denial-id <id>', 'the refusal with this denial')
    .option('--after <time>', 'at this time or after it, 2026-11-24 or 2026-11-24T13:00:00Z for instance')
    .option('--before <time>', 'before this time')
    .option('--limit <number>', 'how many at most, the newest; 0 for all', '100')
    .addHelpText(
      'after',
      '\nExamples:\n  $ postern audit list -recursive -outcome=refused\n  $ postern audit list -denial-id=denial_1234567890 -recursive -format json',
    )
    .action((options: Options) => listEntries(options, context));
  withCommonOptions(audit.command('read'))
    .description('show one audit entry with the resource before and after it')
    .requiredOption('--id <id>', 'audit entry')
    .addHelpText('after', '\nExample:\n  $ postern audit read -id=ae_0123456789abcdef0123')
    .action(async ({ id, ...options }: Options) => {
      const { auditEntry: item } = await apiOf(options, context).run<{ auditEntry: Entry | null }>(
        documents.read,
        { id },
      );
      if (!item) throw new CliFailure('there is no such audit entry, or you may not see it', 3, 'NOT_FOUND');
      print(outputOf(options, context), { item }, () => entryTable(item));
    });
}

async function listEntries(options: Options, context: CliContext): Promise<void> {
  const output = outputOf(options, context);
  const recursive = options.recursive ?? false;
  const scopeId = options.scopeId ?? context.env['POSTERN_SCOPE_ID'] ?? 'global';
  const limit = limitOf(options.limit);
  const filter = filterOf(options);
  const variables = { scopeId, recursive, filter };
  // One more than is shown, to know whether there are more.
  const found = await allPages<Entry>(apiOf(options, context), documents.list, variables, {
    most: limit + 1,
  });
  const items = found.slice(0, limit);
  print(output, { items }, () =>
    items.length === 0 ? emptyText('No audit entries found', !recursive) : entriesTable(items),
  );
  if (found.length > limit) output.err.write(`these are the newest ${limit}; -limit=0 shows all\n`);
}

function filterOf(options: Options): object {
  const { actorId, operation, resourceType, resourceId, outcome, requestId, denialId } = options;
  return {
    actorIdIn: actorId,
    operationIn: operation,
    resourceTypeIn: resourceType,
    resourceIdIn: resourceId,
    outcomeIn: outcome?.map(outcomeOf),
    requestId,
    denialId,
    after: timeOf('after', options.after),
    before: timeOf('before', options.before),
  };
}

function outcomeOf(text: string): string {
  if (['done', 'refused', 'failed'].includes(text)) return text.toUpperCase();
  throw new CliFailure('-outcome must be done, refused or failed');
}

function timeOf(flag: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const time = new Date(text);
  if (Number.isNaN(time.getTime()))
    throw new CliFailure(`-${flag} must be a time, 2026-11-24T13:00:00Z for instance`);
  return time.toISOString();
}

function limitOf(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new CliFailure('-limit must be a whole number');
  return Number(text) || Infinity;
}

function whoOf({ actorName, actorId }: Entry): string {
  if (actorName !== null && actorId !== null) return `${actorName} (${actorId})`;
  return actorName ?? actorId ?? '';
}

function outcomeText({ outcome, errorCode }: Entry): string {
  const said = outcome.toLowerCase();
  return errorCode === null ? said : `${said}: ${word(errorCode)}`;
}

function entriesTable(items: readonly Entry[]): string {
  const rows = items.map((entry) => [
    clockTime(entry.at),
    whoOf(entry),
    entry.operation ?? '',
    entry.resourceId ?? entry.resourceType ?? '',
    outcomeText(entry),
    entry.clientAddress ?? '',
    entry.id,
  ]);
  const header = ['TIME', 'WHO', 'OPERATION', 'RESOURCE', 'OUTCOME', 'FROM', 'ID'];
  return columnLines([header, ...rows]).join('\n');
}

/** Local time in one width: `2026-11-24 13:45:01`. */
function clockTime(time: string): string {
  const date = new Date(time);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${date.toTimeString().slice(0, 8)}`;
}

function entryTable(entry: Entry): string {
  const told = sorted({
    'Actor ID': entry.actorId,
    'Actor Kind': word(entry.actorKind),
    'Actor Name': entry.actorName,
    'Client Address': entry.clientAddress,
    Comment: entry.comment,
    'Denial ID': entry.denialId,
    ID: entry.id,
    Operation: entry.operation,
    Outcome: outcomeText(entry),
    'Request ID': entry.requestId,
    'Resource ID': entry.resourceId,
    'Resource Type': entry.resourceType,
    'Scope ID': entry.scopeId,
    Time: localTime(entry.at),
  });
  const width = widthOf(told);
  return [
    'Audit Entry information:',
    ...factLines(told, 2, width + 2),
    ...(entry.scope ? ['', '  Scope:', ...factLines(scopeFacts(entry.scope), 4, width)] : []),
    ...imageLines('Before', entry.before),
    ...imageLines('After', entry.after),
  ].join('\n');
}

function imageLines(title: string, image: object | null): string[] {
  if (image === null) return [];
  const lines = JSON.stringify(image, null, 2).split('\n');
  return ['', `  ${title}:`, ...lines.map((one) => `    ${visible(one)}`)];
}
