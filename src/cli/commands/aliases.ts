import type { Command } from 'commander';
import { apiOf, outputOf, withCommonOptions, type CliContext, type CommonOptions } from '../cli-context.js';
import { CliFailure } from '../cli-failure.js';
import { grantAction, listTable, print } from '../output.js';
import { allPages } from '../pages.js';
import { addResource } from '../resources/add-resource.js';
import { documentsOf } from '../resources/resource-documents.js';
import type { FieldFlag, ResourceSpec } from '../resources/resource-spec.js';
import { listFacts, textOf, type ResourceItem } from '../resources/resource-table.js';

const value: FieldFlag = { flag: 'value', value: 'name', help: 'what is written, such as db.corp' };
const leadsTo: readonly FieldFlag[] = [
  { flag: 'destination-id', value: 'id', help: 'target it stands for' },
  {
    flag: 'authorize-session-host-id',
    field: 'hostId',
    value: 'id',
    help: 'host of that target that sessions by it go to; any of them unless told one',
  },
];

const aliases: ResourceSpec = {
  noun: 'aliases',
  type: 'Alias',
  subtype: 'target',
  empty: 'No aliases found',
  place: 'scope',
  selection: 'type scopeId value destinationId hostId scope { id name type parentId }',
  listSelection: 'type scopeId value destinationId',
  facts: (item) => ({
    Value: textOf(item, 'value'),
    'Destination ID': textOf(item, 'destinationId'),
    'Host ID': textOf(item, 'hostId'),
  }),
  listFacts: (item) => ({
    Value: textOf(item, 'value'),
    'Destination ID': textOf(item, 'destinationId'),
  }),
  create: [{ ...value, isRequired: true }, ...leadsTo],
  update: [value, ...leadsTo.map((one) => ({ ...one, help: `${one.help}; \`null\` clears it` }))],
  isDeletable: true,
  exampleId: 'alt_1234567890',
  examples: {
    list: '-scope-id=global',
    create: '-value=db.corp -destination-id=ttcp_1234567890',
  },
};

/** Documents of these commands; the schema check validates each. */
export const documents = {
  ...documentsOf([aliases]),
  resolvable: `query ResolvableAliases($id: ID!, $first: Int, $after: String) { user(id: $id) {
    resolvableAliases(first: $first, after: $after) {
      nodes { id createdAt updatedAt version name description type value destinationId hostId authorizedActions }
      pageInfo { hasNextPage endCursor }
    }
  } }`,
} as const;

/** Adds `aliases`. */
export function addAliases(program: Command, context: CliContext): void {
  addResource(program, context, aliases);
}

function pageIn({ user }: { readonly user?: unknown }): unknown {
  const { resolvableAliases } = user as { readonly resolvableAliases: unknown };
  if (resolvableAliases === null)
    throw new CliFailure('you may not list the aliases that resolve for this user', 3, 'FORBIDDEN');
  return resolvableAliases;
}

interface OfUser extends CommonOptions {
  readonly id: string;
}

/** Adds `users list-resolvable-aliases`. */
export function addResolvableAliases(users: Command, context: CliContext): void {
  withCommonOptions(users.command('list-resolvable-aliases'))
    .description('list the aliases of targets on which a user has any right')
    .requiredOption('--id <id>', 'user')
    .addHelpText('after', '\nExample:\n  $ postern users list-resolvable-aliases -id=u_1234567890')
    .action(async ({ id, ...options }: OfUser) => {
      const items = await allPages<ResourceItem>(
        apiOf(options, context),
        documents.resolvable,
        { id },
        { pageIn },
      );
      print(outputOf(options, context), { items }, () =>
        listTable(
          'Alias information',
          'No aliases resolve for this user',
          items.map((item) => ({
            facts: listFacts(aliases, item, false),
            actions: item.authorizedActions.map(grantAction),
          })),
        ),
      );
    });
}
