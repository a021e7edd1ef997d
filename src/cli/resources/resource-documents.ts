import { camel, fieldOf, pageOf, type MembersSpec, type ResourceSpec } from './resource-spec.js';

const pageVariables = '$first: Int, $after: String';
const pageInfo = 'pageInfo { hasNextPage endCursor }';

/** What every item of the type answers with. */
function commonOf({ hasNames = true, hasVersions = true }: ResourceSpec): string {
  const versions = hasVersions ? 'version updatedAt' : '';
  return ['id createdAt authorizedActions', versions, hasNames ? 'name description' : ''].join(' ').trim();
}

function capital(word: string): string {
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
}

/** Name of the mutation that changes members: `addHostSetHosts`. */
export function membersMutation({ type }: ResourceSpec, verb: string, members: MembersSpec): string {
  const { noun, inMutation = noun } = members;
  return `${verb}${type}${capital(camel(inMutation))}`;
}

/** The document of a mutation that answers with the resource. */
export function changeDocument(spec: ResourceSpec, mutation: string): string {
  const name = capital(mutation);
  return `mutation ${name}($input: ${name}Input!) { ${mutation}(input: $input) { ${fieldOf(spec)} { ${commonOf(spec)} ${spec.selection} } } }`;
}

/** The document of the mutation that deletes. */
export function deleteDocument({ type }: ResourceSpec): string {
  return `mutation Delete${type}($input: Delete${type}Input!) { delete${type}(input: $input) { deletedId } }`;
}

export function listDocument(spec: ResourceSpec): string {
  const { place, selection, listSelection = selection } = spec;
  const [variables, given] =
    place === 'scope'
      ? ['$scopeId: ID!, $recursive: Boolean!', 'scopeId: $scopeId, recursive: $recursive']
      : [`$${place.field}: ID!`, `${place.field}: $${place.field}`];
  const page = pageOf(spec);
  return `query ${capital(page)}(${variables}, ${pageVariables}) { ${page}(${given}, first: $first, after: $after) { nodes { ${commonOf(spec)} ${listSelection} } ${pageInfo} } }`;
}

export function readDocument(spec: ResourceSpec): string {
  return `query ${spec.type}($id: ID!) { ${fieldOf(spec)}(id: $id) { ${commonOf(spec)} ${spec.selection} } }`;
}

/** Every document that the commands of these resources send; the schema check validates each. */
export function documentsOf(specs: readonly ResourceSpec[]): Record<string, string> {
  const documents: Record<string, string> = {};
  for (const spec of specs) {
    documents[`list ${spec.noun}`] = listDocument(spec);
    documents[`read ${spec.noun}`] = readDocument(spec);
    const mutations = [
      ...(spec.create ? [`create${spec.type}`] : []),
      ...(spec.subtypes ?? []).map(({ mutation }) => mutation),
      ...((spec.update ?? spec.subtypes) ? [`update${spec.type}`] : []),
      ...(spec.members ?? []).flatMap((members) =>
        ['add', 'set', 'remove'].map((verb) => membersMutation(spec, verb, members)),
      ),
      ...(spec.verbs ?? []).map(({ mutation }) => mutation),
    ];
    for (const mutation of mutations) documents[mutation] = changeDocument(spec, mutation);
    if (spec.isDeletable) documents[`delete${spec.type}`] = deleteDocument(spec);
  }
  return documents;
}
