import type { Command } from 'commander';
import type { CliContext } from '../cli-context.js';
import { CliFailure } from '../cli-failure.js';
import { localTime } from '../output.js';
import { addResource } from '../resources/add-resource.js';
import { documentsOf } from '../resources/resource-documents.js';
import type { ResourceSpec } from '../resources/resource-spec.js';
import { joined, textOf, type ResourceItem } from '../resources/resource-table.js';

interface Tag {
  readonly key: string;
  readonly values: readonly string[];
}

/** `key=value` several times as the input has it: each key with its values. */
function tagsOf(given: readonly string[]): Tag[] {
  const tags = new Map<string, string[]>();
  for (const text of given) {
    const cut = text.indexOf('=');
    if (cut < 1) throw new CliFailure(`-tag must be key=value, not ${JSON.stringify(text)}`);
    const key = text.slice(0, cut);
    tags.set(key, [...(tags.get(key) ?? []), text.slice(cut + 1)]);
  }
  return [...tags].map(([key, values]) => ({ key, values }));
}

/** Tags in one line; nothing where there are none. */
function tagLine(item: ResourceItem, field: string): string | null {
  const tags = item[field] as readonly Tag[] | null;
  return joined(tags?.flatMap(({ key, values }) => values.map((value) => `${key}=${value}`)));
}

const healthOf = (item: ResourceItem): string | null =>
  (item['health'] as string | null)?.toLowerCase() ?? null;

const tags = (field: string): string => `${field} { key values }`;

const workers: ResourceSpec = {
  noun: 'workers',
  type: 'Worker',
  empty: 'No workers found',
  place: 'scope',
  selection: `type scopeId address health lastSeenAt releaseVersion activeConnectionCount ${tags('configTags')} ${tags('apiTags')} ${tags('canonicalTags')} scope { id name type parentId }`,
  listSelection: `type scopeId address health lastSeenAt releaseVersion ${tags('canonicalTags')}`,
  facts: (item) => ({
    'Active Connection Count': textOf(item, 'activeConnectionCount'),
    Address: textOf(item, 'address'),
    'API Tags': tagLine(item, 'apiTags'),
    'Canonical Tags': tagLine(item, 'canonicalTags'),
    'Config Tags': tagLine(item, 'configTags'),
    Health: healthOf(item),
    'Last Status Time': localTime(textOf(item, 'lastSeenAt') as string | null),
    'Release Version': textOf(item, 'releaseVersion'),
    Type: item.type?.toLowerCase().replaceAll('_', '-'),
  }),
  listFacts: (item) => ({
    Address: textOf(item, 'address'),
    Health: healthOf(item),
    'Last Status Time': localTime(textOf(item, 'lastSeenAt') as string | null),
    'Release Version': textOf(item, 'releaseVersion'),
    Tags: tagLine(item, 'canonicalTags'),
  }),
  update: [],
  isDeletable: true,
  members: [
    {
      noun: 'worker-tags',
      inMutation: 'tags',
      flag: 'tag',
      field: 'apiTags',
      value: 'key=value',
      help: 'tag',
      example: '-tag=region=eu -tag=type=db',
      shape: tagsOf,
    },
  ],
  exampleId: 'w_1234567890',
  examples: { list: '-scope-id=global' },
};

/** Documents of these commands; the schema check validates each. */
export const documents = documentsOf([workers]);

/** Adds `workers`. */
export function addWorkers(program: Command, context: CliContext): void {
  addResource(program, context, workers);
}
