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
  type Facts,
  emptyText,
} from '../output.js';
import { allPages } from '../pages.js';

/** What the plain resources have in common, as the API answers. */
export interface ResourceItem {
  readonly id: string;
  readonly version: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly name?: string | null;
  readonly description?: string | null;
  readonly type?: string;
  readonly authorizedActions: readonly string[];
  readonly scope?: {
    readonly id: string;
    readonly name: string | null;
    readonly type: string;
    readonly parentId: string | null;
  } | null;
  readonly [field: string]: unknown;
}

/** How the commands of one resource are called, what they ask for, and what they show. */
export interface ResourceCommands {
  /** `targets` */
  readonly noun: string;
  /** `Target information` */
  readonly title: string;
  readonly empty: string;
  readonly listDocument: string;
  readonly readDocument: string;
  /** How a list is placed: by scope, or by the catalog that contains it. */
  readonly place: 'scope' | 'catalog';
  /** Facts of one item beside those that all have. */
  readonly more?: (item: ResourceItem) => Facts;
  readonly showsType: boolean;
  readonly example: string;
}

interface Options extends CommonOptions {
  readonly scopeId?: string;
  readonly hostCatalogId?: string;
  readonly recursive?: boolean;
  readonly id?: string;
}

/** Adds `list` and `read` of a plain resource. Returns the group, for commands that only it has. */
export function addResource(program: Command, context: CliContext, resource: ResourceCommands): Command {
  const group = program
    .command(resource.noun)
    .description(`list and read ${resource.noun.replaceAll('-', ' ')}`);
  const list = withCommonOptions(group.command('list')).description(
    `list ${resource.noun.replaceAll('-', ' ')} that you may see`,
  );
  if (resource.place === 'scope') {
    list
      .option('--scope-id <id>', 'scope to list; global when left out (POSTERN_SCOPE_ID)')
      .option('--recursive', 'include the scopes below it');
  } else list.requiredOption('--host-catalog-id <id>', 'host catalog to list');
  list.addHelpText(
    'after',
    `\nExamples:\n  $ postern ${resource.noun} list ${resource.example}\n  $ postern ${resource.noun} list ${resource.example} -format json`,
  );
  list.action(async (options: Options) => {
    const variables =
      resource.place === 'scope'
        ? {
            scopeId: options.scopeId ?? context.env['POSTERN_SCOPE_ID'] ?? 'global',
            recursive: options.recursive ?? false,
          }
        : { hostCatalogId: options.hostCatalogId };
    const items = await allPages<ResourceItem>(apiOf(options, context), resource.listDocument, variables);
    print(outputOf(options, context), { items }, () =>
      listTable(
        resource.title,
        emptyText(resource.empty, resource.place === 'scope' && !options.recursive),
        items.map((item) => ({
          facts: listFacts(resource, item, options.recursive === true),
          actions: item.authorizedActions.map(grantAction),
        })),
      ),
    );
  });
  withCommonOptions(group.command('read'))
    .description('read one')
    .requiredOption('--id <id>', 'identifier')
    .addHelpText('after', `\nExample:\n  $ postern ${resource.noun} read -id=…`)
    .action(async (options: Options) => {
      const answer = await apiOf(options, context).run<Record<string, ResourceItem | null>>(
        resource.readDocument,
        { id: options.id },
      );
      const item = Object.values(answer)[0];
      if (!item) throw new CliFailure('there is no such resource, or you may not see it', 3, 'NOT_FOUND');
      print(outputOf(options, context), { item }, () =>
        itemTable(resource.title, item, resource.more?.(item) ?? {}),
      );
    });
  return group;
}

function listFacts({ showsType }: ResourceCommands, item: ResourceItem, isRecursive: boolean): Facts {
  const scopeId = item['scopeId'] ?? item['parentId'];
  return {
    ID: item.id,
    ...(isRecursive ? { 'Scope ID': scopeId as string | null } : {}),
    Version: item.version,
    ...(showsType ? { Type: item.type?.toLowerCase() ?? null } : {}),
    Name: item.name ?? null,
    Description: item.description ?? null,
  };
}

/** One resource as a block: its facts in alphabetical order, its scope, what may be done with it. */
export function itemTable(title: string, item: ResourceItem, more: Facts): string {
  const facts = sorted({
    'Created Time': localTime(item.createdAt),
    Description: item.description ?? null,
    ID: item.id,
    Name: item.name ?? null,
    Type: item.type?.toLowerCase() ?? null,
    'Updated Time': localTime(item.updatedAt),
    Version: item.version,
    ...more,
  });
  const scope = scopeFacts(item.scope);
  const width = widthOf(facts, scope);
  return [
    `${title}:`,
    ...factLines(facts, 2, width + 2),
    ...(item.scope ? ['', '  Scope:', ...factLines(scope, 4, width)] : []),
    ...(item.authorizedActions.length > 0 ? [''] : []),
    ...actionLines(item.authorizedActions.map(grantAction), 2),
  ].join('\n');
}

export function scopeFacts(scope: ResourceItem['scope']): Facts {
  return {
    ID: scope?.id,
    Name: scope?.name,
    'Parent Scope ID': scope?.parentId,
    Type: scope?.type.toLowerCase(),
  };
}
