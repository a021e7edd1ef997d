import type { Command } from 'commander';
import type { CliContext } from '../cli-context.js';
import { addResource } from '../resources/add-resource.js';
import { documentsOf } from '../resources/resource-documents.js';
import type { ResourceSpec } from '../resources/resource-spec.js';
import { joined, textOf } from '../resources/resource-table.js';

const inCatalog = { flag: 'host-catalog-id', field: 'hostCatalogId', help: 'host catalog' } as const;
const address = {
  flag: 'address',
  value: 'host',
  help: 'host name or IP, without a port',
} as const;

const specs: readonly ResourceSpec[] = [
  {
    noun: 'host-catalogs',
    type: 'HostCatalog',
    subtype: 'static',
    empty: 'No host catalogs found',
    place: 'scope',
    selection:
      'type scopeId scope { id name type parentId } authorizedCollectionActions { collection actions }',
    listSelection: 'type scopeId',
    create: [],
    update: [],
    isDeletable: true,
    exampleId: 'hcst_1234567890',
    examples: { list: '-recursive', create: '-scope-id=p_1234567890 -name="Rack 4"' },
  },
  {
    noun: 'hosts',
    type: 'Host',
    subtype: 'static',
    empty: 'No hosts found',
    place: inCatalog,
    selection: 'type address hostCatalogId hostSetIds',
    facts: (item) => ({ Address: textOf(item, 'address'), 'Host Set IDs': joined(item['hostSetIds']) }),
    create: [{ ...address, isRequired: true }],
    update: [address],
    isDeletable: true,
    exampleId: 'hst_1234567890',
    examples: {
      list: '-host-catalog-id=hcst_1234567890',
      create: '-host-catalog-id=hcst_1234567890 -name=db1 -address=10.0.0.7',
    },
  },
  {
    noun: 'host-sets',
    type: 'HostSet',
    subtype: 'static',
    empty: 'No host sets found',
    place: inCatalog,
    selection: 'type hostCatalogId hostIds',
    facts: (item) => ({ 'Host IDs': joined(item['hostIds']) }),
    create: [],
    update: [],
    isDeletable: true,
    members: [
      {
        noun: 'hosts',
        flag: 'host',
        field: 'hostIds',
        value: 'id',
        help: 'host of the same catalog',
        example: '-host=hst_1234567890',
      },
    ],
    exampleId: 'hsst_1234567890',
    examples: {
      list: '-host-catalog-id=hcst_1234567890',
      create: '-host-catalog-id=hcst_1234567890 -name=databases',
    },
  },
];

/** Documents of these commands; the schema check validates each. */
export const documents = documentsOf(specs);

/** Adds `host-catalogs`, `hosts` and `host-sets`. */
export function addHosts(program: Command, context: CliContext): void {
  for (const spec of specs) addResource(program, context, spec);
}
