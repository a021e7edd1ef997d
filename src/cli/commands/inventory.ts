import type { Command } from 'commander';
import type { CliContext } from '../cli-context.js';
import { addResource, type ResourceItem } from './resources.js';

const pageVariables = '$first: Int, $after: String';
const listScope = `($scopeId: ID!, $recursive: Boolean!, ${pageVariables})`;
const listArguments = '(scopeId: $scopeId, recursive: $recursive, first: $first, after: $after)';
const common = 'id version createdAt updatedAt name description authorizedActions';
const scope = 'scope { id name type parentId }';
const pageInfo = 'pageInfo { hasNextPage endCursor }';

/** Documents of the read commands; the schema check validates each. */
export const documents = {
  scopes: `query Scopes${listScope} { scopes${listArguments} { nodes { ${common} type parentId } ${pageInfo} } }`,
  scope: `query Scope($id: ID!) { scope(id: $id) { ${common} type parentId primaryAuthMethodId scope: parent { id name type parentId } } }`,
  targets: `query Targets${listScope} { targets${listArguments} { nodes { ${common} type scopeId address defaultPort } ${pageInfo} } }`,
  target: `query Target($id: ID!) { target(id: $id) { ${common} type scopeId address defaultPort defaultClientPort sessionMaxSeconds sessionConnectionLimit hostSourceIds ${scope} } }`,
  hostCatalogs: `query HostCatalogs${listScope} { hostCatalogs${listArguments} { nodes { ${common} type scopeId } ${pageInfo} } }`,
  hostCatalog: `query HostCatalog($id: ID!) { hostCatalog(id: $id) { ${common} type scopeId ${scope} } }`,
  hosts: `query Hosts($hostCatalogId: ID!, ${pageVariables}) { hosts(hostCatalogId: $hostCatalogId, first: $first, after: $after) { nodes { ${common} type address hostCatalogId hostSetIds } ${pageInfo} } }`,
  host: `query Host($id: ID!) { host(id: $id) { ${common} type address hostCatalogId hostSetIds } }`,
  hostSets: `query HostSets($hostCatalogId: ID!, ${pageVariables}) { hostSets(hostCatalogId: $hostCatalogId, first: $first, after: $after) { nodes { ${common} type hostCatalogId hostIds } ${pageInfo} } }`,
  hostSet: `query HostSet($id: ID!) { hostSet(id: $id) { ${common} type hostCatalogId hostIds } }`,
  users: `query Users${listScope} { users${listArguments} { nodes { ${common} scopeId loginName } ${pageInfo} } }`,
  user: `query User($id: ID!) { user(id: $id) { ${common} scopeId loginName ${scope} } }`,
} as const;

const joined = (value: unknown): string | null =>
  Array.isArray(value) && value.length > 0 ? value.join(', ') : null;
const textOf = (item: ResourceItem, field: string): string | number | null =>
  (item[field] as string | number | null | undefined) ?? null;

/** Adds the resources that are listed and read alike. Returns the group of targets, which has a command more. */
export function addInventory(program: Command, context: CliContext): { targets: Command } {
  addResource(program, context, {
    noun: 'scopes',
    title: 'Scope information',
    empty: 'No child scopes found',
    listDocument: documents.scopes,
    readDocument: documents.scope,
    place: 'scope',
    showsType: false,
    more: (item) => ({ 'Primary Auth Method ID': textOf(item, 'primaryAuthMethodId') }),
    example: '-recursive',
  });
  const targets = addResource(program, context, {
    noun: 'targets',
    title: 'Target information',
    empty: 'No targets found',
    listDocument: documents.targets,
    readDocument: documents.target,
    place: 'scope',
    showsType: true,
    more: (item) => ({
      Address: textOf(item, 'address'),
      'Default Port': textOf(item, 'defaultPort'),
      'Default Client Port': textOf(item, 'defaultClientPort'),
      'Session Max Seconds': textOf(item, 'sessionMaxSeconds'),
      'Session Connection Limit': textOf(item, 'sessionConnectionLimit'),
      'Host Source IDs': joined(item['hostSourceIds']),
    }),
    example: '-scope-id=p_1234567890',
  });
  addResource(program, context, {
    noun: 'host-catalogs',
    title: 'Host Catalog information',
    empty: 'No host catalogs found',
    listDocument: documents.hostCatalogs,
    readDocument: documents.hostCatalog,
    place: 'scope',
    showsType: true,
    example: '-recursive',
  });
  addResource(program, context, {
    noun: 'hosts',
    title: 'Host information',
    empty: 'No hosts found',
    listDocument: documents.hosts,
    readDocument: documents.host,
    place: 'catalog',
    showsType: true,
    more: (item) => ({ Address: textOf(item, 'address'), 'Host Set IDs': joined(item['hostSetIds']) }),
    example: '-host-catalog-id=hcst_1234567890',
  });
  addResource(program, context, {
    noun: 'host-sets',
    title: 'Host Set information',
    empty: 'No host sets found',
    listDocument: documents.hostSets,
    readDocument: documents.hostSet,
    place: 'catalog',
    showsType: true,
    more: (item) => ({ 'Host IDs': joined(item['hostIds']) }),
    example: '-host-catalog-id=hcst_1234567890',
  });
  addResource(program, context, {
    noun: 'users',
    title: 'User information',
    empty: 'No users found',
    listDocument: documents.users,
    readDocument: documents.user,
    place: 'scope',
    showsType: false,
    more: (item) => ({ 'Login Name': textOf(item, 'loginName') }),
    example: '-scope-id=global',
  });
  return { targets };
}
