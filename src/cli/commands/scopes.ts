import type { Command } from 'commander';
import type { CliContext } from '../cli-context.js';
import { addResource } from '../resources/add-resource.js';
import { documentsOf } from '../resources/resource-documents.js';
import type { ResourceSpec } from '../resources/resource-spec.js';
import { joined, textOf } from '../resources/resource-table.js';

const scopes: ResourceSpec = {
  noun: 'scopes',
  type: 'Scope',
  empty: 'No child scopes found',
  place: 'scope',
  selection:
    'type parentId primaryAuthMethodId addressPolicy { allow deny } scope: parent { id name type parentId } authorizedCollectionActions { collection actions }',
  listSelection: 'type parentId',
  create: [
    {
      flag: 'skip-admin-role-creation',
      kind: 'switch',
      help: 'leave out the role by which you may do everything in it',
    },
    {
      flag: 'skip-default-role-creation',
      kind: 'switch',
      help: 'leave out the role for what everybody usually may',
    },
  ],
  update: [
    {
      flag: 'primary-auth-method-id',
      value: 'id',
      help: 'auth method of it that signs people in unless they name another; `null` for none',
    },
  ],
  isDeletable: true,
  facts: (item) => {
    const policy = item['addressPolicy'] as { allow: unknown; deny: unknown } | null;
    return {
      'Allowed Addresses': joined(policy?.allow),
      'Denied Addresses': joined(policy?.deny),
      'Primary Auth Method ID': textOf(item, 'primaryAuthMethodId'),
    };
  },
  verbs: [
    {
      verb: 'set-address-policy',
      mutation: 'setScopeAddressPolicy',
      help: 'bound the addresses of targets and hosts in all projects below global or an org',
      flags: [
        {
          ...{ flag: 'allow', kind: 'list', value: 'entry' },
          help: 'range, address, host name or *.example.com that is allowed, and nothing else; several times; `null` for none',
        },
        {
          ...{ flag: 'deny', kind: 'list', value: 'entry' },
          help: 'range, address, host name or *.example.com that is denied, also where it is allowed; several times; `null` for none',
        },
      ],
      example: '-deny=169.254.0.0/16 -deny=*.internal',
    },
  ],
  exampleId: 'o_1234567890',
  examples: { list: '-recursive', create: '-scope-id=global -name="IT Support"' },
};

/** Documents of these commands; the schema check validates each. */
export const documents = documentsOf([scopes]);

/** Adds `scopes`. */
export function addScopes(program: Command, context: CliContext): Command {
  return addResource(program, context, scopes);
}
