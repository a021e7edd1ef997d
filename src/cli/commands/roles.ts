import type { Command } from 'commander';
import type { CliContext } from '../cli-context.js';
import { addResource } from '../resources/add-resource.js';
import { documentsOf } from '../resources/resource-documents.js';
import type { ResourceSpec } from '../resources/resource-spec.js';
import { columns, joined, type ResourceItem, type Section } from '../resources/resource-table.js';

interface Principal {
  readonly id: string;
  readonly type: string;
  readonly scopeId: string;
  readonly user: { readonly name: string | null; readonly loginName: string | null } | null;
  readonly group: { readonly name: string | null } | null;
}

type Texts = readonly string[] | null;

/** Who holds it, for which scopes it speaks, and what it grants; nothing of what is hidden. */
function parts(item: ResourceItem): Section[] {
  const principals = item['principals'] as readonly Principal[] | null;
  const [scopes, grants] = [item['grantScopeIds'] as Texts, item['grantStrings'] as Texts];
  const rows = principals?.map(({ id, type, scopeId, user, group }) => [
    ...[id, type.toLowerCase(), scopeId],
    user?.name ?? user?.loginName ?? group?.name ?? '',
  ]);
  return [
    ...(rows ? [{ title: 'Principals', lines: columns(rows) }] : []),
    ...(scopes ? [{ title: 'Grant Scopes', lines: scopes }] : []),
    ...(grants ? [{ title: 'Grants', lines: grants }] : []),
  ];
}

const count = (value: unknown): number | null => (Array.isArray(value) ? value.length : null);

const roles: ResourceSpec = {
  noun: 'roles',
  type: 'Role',
  empty: 'No roles found',
  place: 'scope',
  selection: `scopeId grantScopeIds grantStrings scope { id name type parentId }
    principals { id type scopeId user { name loginName } group { name } }`,
  listSelection: 'scopeId grantScopeIds principalIds grantStrings',
  sections: parts,
  listFacts: (item) => ({
    'Grant Scopes': joined(item['grantScopeIds']),
    Principals: count(item['principalIds']),
    Grants: count(item['grantStrings']),
  }),
  create: [],
  update: [],
  isDeletable: true,
  members: [
    {
      noun: 'principals',
      flag: 'principal',
      field: 'principalIds',
      value: 'id',
      help: 'user or group, of any scope',
      example: '-principal=u_1234567890',
    },
    {
      noun: 'grants',
      flag: 'grant',
      field: 'grantStrings',
      value: 'text',
      help: 'grant string, in text or in JSON',
      example: '-grant="ids=*;type=target;actions=list,read"',
    },
    {
      noun: 'grant-scopes',
      flag: 'grant-scope-id',
      field: 'grantScopeIds',
      value: 'id',
      help: '`this`, `children`, `descendants` or the identifier of a scope',
      example: '-grant-scope-id=children',
    },
  ],
  exampleId: 'r_1234567890',
  examples: { list: '-recursive', create: '-scope-id=p_1234567890 -name="Database users"' },
};

/** Documents of these commands; the schema check validates each. */
export const documents = documentsOf([roles]);

/** Adds `roles`. */
export function addRoles(program: Command, context: CliContext): void {
  addResource(program, context, roles);
}
