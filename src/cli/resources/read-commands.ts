import type { Command } from 'commander';
import { apiOf, outputOf, withCommonOptions, type CliContext, type CommonOptions } from '../cli-context.js';
import { CliFailure } from '../cli-failure.js';
import { emptyText, grantAction, listTable, print } from '../output.js';
import { allPages } from '../pages.js';
import type { ApiClient } from '../api-client.js';
import { listDocument, readDocument } from './resource-documents.js';
import { nounOf, nounsOf, oneOf, titleOf, type ResourceSpec } from './resource-spec.js';
import { itemTable, listFacts, type ResourceItem } from './resource-table.js';

interface Options extends CommonOptions {
  readonly scopeId?: string;
  readonly recursive?: boolean;
  readonly id?: string;
  readonly [container: string]: unknown;
}

/** Adds `list`. */
export function addList(group: Command, context: CliContext, spec: ResourceSpec): void {
  const { noun, place, examples } = spec;
  const list = withCommonOptions(group.command('list')).description(`list ${nounsOf(spec)} that you may see`);
  if (place === 'scope') {
    list
      .option('--scope-id <id>', 'scope to list; global when left out (POSTERN_SCOPE_ID)')
      .option('--recursive', 'include the scopes below it');
  } else list.requiredOption(`--${place.flag} <id>`, place.help);
  list.addHelpText(
    'after',
    `\nExamples:\n  $ postern ${noun} list ${examples.list}\n  $ postern ${noun} list ${examples.list} -format json`,
  );
  list.action(async (options: Options) => {
    const isRecursive = options.recursive ?? false;
    const variables =
      place === 'scope'
        ? {
            scopeId: options.scopeId ?? context.env['POSTERN_SCOPE_ID'] ?? 'global',
            recursive: isRecursive,
          }
        : { [place.field]: options[place.field] };
    const items = await allPages<ResourceItem>(apiOf(options, context), listDocument(spec), variables);
    print(outputOf(options, context), { items }, () =>
      listTable(
        titleOf(spec),
        emptyText(spec.empty, place === 'scope' && !isRecursive),
        items.map((item) => ({
          facts: listFacts(spec, item, isRecursive),
          actions: item.authorizedActions.map(grantAction),
        })),
      ),
    );
  });
}

/** Adds `read`. */
export function addRead(group: Command, context: CliContext, spec: ResourceSpec): void {
  withCommonOptions(group.command('read'))
    .description(`show ${oneOf(spec)}`)
    .requiredOption('--id <id>', spec.idHelp ?? 'identifier')
    .addHelpText('after', `\nExample:\n  $ postern ${spec.noun} read -id=${spec.exampleId}`)
    .action(async ({ id, ...options }: Options) => {
      const api = apiOf(options, context);
      const item = await readItem(api, spec, idMeant(spec, id, api));
      print(outputOf(options, context), { item }, () =>
        itemTable(titleOf(spec), item, spec.facts?.(item) ?? {}, spec.sections?.(item)),
      );
    });
}

/** The identifier behind `-id`. */
export function idMeant({ idOf }: ResourceSpec, id = '', { token }: ApiClient): string {
  return idOf ? idOf(id, token) : id;
}

/** The resource behind an id. Fails where it is missing or hidden. */
export async function readItem(api: ApiClient, spec: ResourceSpec, id: string): Promise<ResourceItem> {
  const answer = await api.run<Record<string, ResourceItem | null>>(readDocument(spec), { id });
  const item = Object.values(answer)[0];
  if (!item) throw new CliFailure(`there is no such ${nounOf(spec)}, or you may not see it`, 3, 'NOT_FOUND');
  return item;
}
