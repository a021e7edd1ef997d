import type { Command } from 'commander';
import type { CliContext } from '../cli-context.js';
import { addResource } from '../resources/add-resource.js';
import { documentsOf } from '../resources/resource-documents.js';
import type { ResourceSpec } from '../resources/resource-spec.js';
import { joined, textOf } from '../resources/resource-table.js';

const scope = 'scope { id name type parentId }';

const targets: ResourceSpec = {
  noun: 'targets',
  type: 'Target',
  subtype: 'tcp',
  empty: 'No targets found',
  place: 'scope',
  selection: `type scopeId address defaultPort defaultClientPort sessionMaxSeconds sessionConnectionLimit hostSourceIds ${scope}`,
  listSelection: 'type scopeId address defaultPort',
  facts: (item) => ({
    Address: textOf(item, 'address'),
    'Default Port': textOf(item, 'defaultPort'),
    'Default Client Port': textOf(item, 'defaultClientPort'),
    'Session Max Seconds': textOf(item, 'sessionMaxSeconds'),
    'Session Connection Limit': textOf(item, 'sessionConnectionLimit'),
    'Host Source IDs': joined(item['hostSourceIds']),
  }),
  exampleId: 'ttcp_1234567890',
  examples: { list: '-scope-id=p_1234567890' },
};

const users: ResourceSpec = {
  noun: 'users',
  type: 'User',
  empty: 'No users found',
  place: 'scope',
  selection: `scopeId loginName ${scope}`,
  listSelection: 'scopeId loginName',
  facts: (item) => ({ 'Login Name': textOf(item, 'loginName') }),
  exampleId: 'u_1234567890',
  examples: { list: '-scope-id=global' },
};

/** Documents of these commands; the schema check validates each. */
export const documents = documentsOf([targets, users]);

/** Adds targets and users. Returns the group of targets, which has a command more. */
export function addInventory(program: Command, context: CliContext): { targets: Command } {
  const group = addResource(program, context, targets);
  addResource(program, context, users);
  return { targets: group };
}
