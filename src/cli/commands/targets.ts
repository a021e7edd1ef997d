import type { Command } from 'commander';
import type { CliContext } from '../cli-context.js';
import { word } from '../output.js';
import { addResource } from '../resources/add-resource.js';
import { documentsOf } from '../resources/resource-documents.js';
import type { FieldFlag, ResourceSpec } from '../resources/resource-spec.js';
import { joined, textOf, type ResourceItem } from '../resources/resource-table.js';

const defaultPort: FieldFlag = {
  ...{ flag: 'default-port', kind: 'number', value: 'port', help: 'port the worker dials' },
};

const fields: readonly FieldFlag[] = [
  { flag: 'address', value: 'host', help: 'host name or IP, without a port; none to go by host sources' },
  {
    flag: 'default-client-port',
    kind: 'number',
    value: 'port',
    help: 'local port that `connect` listens on unless told another',
  },
  {
    flag: 'session-max-seconds',
    kind: 'number',
    value: 'seconds',
    help: 'longest life of a session; 28800 (8 hours) unless told another',
  },
  {
    flag: 'session-connection-limit',
    kind: 'number',
    value: 'count',
    help: 'connections that one session may open in its life; -1, any number, unless told another',
  },
  {
    flag: 'egress-worker-filter',
    value: 'filter',
    help: 'what a worker must match to serve its sessions, such as \'"db" in "/tags/type"\'',
  },
  {
    flag: 'on-permission-loss',
    kind: 'choice',
    choices: ['cancel', 'keep'],
    help: 'what becomes of sessions that lose their permission; cancel unless told another',
  },
];

const withAlias: FieldFlag = {
  flag: 'with-alias',
  field: 'withAliases',
  kind: 'list',
  value: 'value',
  help: 'alias to make with it, such as db.corp; may be given several times',
  shape: (given) => given.map((value) => ({ value })),
};

/** The values of the aliases in one line; nothing where there are none. */
const aliasesOf = (item: ResourceItem): string | null =>
  joined((item['aliases'] as readonly { value: string }[] | null)?.map(({ value }) => value));

const targets: ResourceSpec = {
  noun: 'targets',
  type: 'Target',
  subtype: 'tcp',
  empty: 'No targets found',
  place: 'scope',
  selection:
    'type scopeId address defaultPort defaultClientPort sessionMaxSeconds sessionConnectionLimit egressWorkerFilter onPermissionLoss hostSourceIds brokeredCredentialSourceIds aliases { id value } scope { id name type parentId }',
  listSelection: 'type scopeId address defaultPort aliases { id value }',
  facts: (item) => ({
    Address: textOf(item, 'address'),
    Aliases: aliasesOf(item),
    'Default Port': textOf(item, 'defaultPort'),
    'Default Client Port': textOf(item, 'defaultClientPort'),
    'Session Max Seconds': textOf(item, 'sessionMaxSeconds'),
    'Session Connection Limit': textOf(item, 'sessionConnectionLimit'),
    'Egress Worker Filter': textOf(item, 'egressWorkerFilter'),
    'On Permission Loss': word(item['onPermissionLoss'] as string | null),
    'Host Source IDs': joined(item['hostSourceIds']),
    'Brokered Credential Source IDs': joined(item['brokeredCredentialSourceIds']),
  }),
  listFacts: (item) => ({ Address: textOf(item, 'address'), Aliases: aliasesOf(item) }),
  needsName: true,
  create: [{ ...defaultPort, isRequired: true }, ...fields, withAlias],
  update: [defaultPort, ...fields.map((one) => ({ ...one, help: `${one.help}; \`null\` clears it` }))],
  isDeletable: true,
  members: [
    {
      noun: 'host-sources',
      flag: 'host-source',
      field: 'hostSourceIds',
      value: 'id',
      help: 'host set of the same project',
      example: '-host-source=hsst_1234567890',
    },
    {
      noun: 'credential-sources',
      flag: 'brokered-credential-source',
      field: 'brokeredCredentialSourceIds',
      value: 'id',
      help: 'credential of the same project, handed out with every session',
      example: '-brokered-credential-source=credup_1234567890',
    },
  ],
  exampleId: 'ttcp_1234567890',
  examples: {
    list: '-scope-id=p_1234567890',
    create: '-scope-id=p_1234567890 -name=orders -default-port=5432 -address=db.example -with-alias=db.corp',
  },
};

/** Documents of these commands; the schema check validates each. */
export const documents = documentsOf([targets]);

/** Adds `targets`. Returns the group, which has a command more. */
export function addTargets(program: Command, context: CliContext): Command {
  return addResource(program, context, targets);
}
