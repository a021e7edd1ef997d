import { addressFault } from '../host/address.rules.js';
import { isGrantFault } from '../grant/grant-fault.js';
import { loginNameFault } from '../auth/password.rules.js';
import { readNewGrant } from '../role/role-grants.rules.js';
import { ConfigFailure, type ConfigFault } from './config-fault.js';
import type {
  AuthMethodBlock,
  CredentialBlock,
  CredentialStoreBlock,
  ConfigDocument,
  HostCatalogBlock,
  ProjectBlock,
  RoleBlock,
  SecretSource,
} from './document.js';

export type NodeKind =
  | 'org'
  | 'project'
  | 'auth_method'
  | 'account'
  | 'user'
  | 'role'
  | 'host_catalog'
  | 'host'
  | 'host_set'
  | 'credential_store'
  | 'credential'
  | 'target';

/** A resource of a configuration: its address, what contains it, its plain attributes and its references. */
export interface ConfigNode {
  readonly kind: NodeKind;
  /** Path of kinds and labels, `org.it_support.project.qa_tests.target.tests`: the identity of the resource. */
  readonly address: string;
  readonly parent: string | null;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Addresses, or the names of built-in principals, by attribute. */
  readonly references: Readonly<Record<string, readonly string[]>>;
  /** Where its secrets are found, by attribute. */
  readonly secrets: Readonly<Record<string, SecretSource>>;
}

const builtInPrincipals: Readonly<Record<string, string>> = { anonymous: 'u_anon', authenticated: 'u_auth' };

/** The id of a built-in principal; undefined for anything else. */
export function builtInPrincipal(reference: string): string | undefined {
  return Object.hasOwn(builtInPrincipals, reference) ? builtInPrincipals[reference] : undefined;
}

/**
 * The resources of a document, containers before what they contain and what is referred to before what
 * refers to it. Throws ConfigFailure with every fault of meaning: references that lead nowhere, grants that
 * grant nothing, addresses that are none.
 */
export function graphOf(file: string, document: ConfigDocument): ConfigNode[] {
  const nodes = collect(document);
  const byAddress = new Map(nodes.map((node) => [node.address, node]));
  const faults: ConfigFault[] = [];
  const resolved = nodes.map((node) => {
    faults.push(...faultsOfNode(file, node));
    const references: Record<string, string[]> = {};
    for (const [name, texts] of Object.entries(node.references)) {
      references[name] = texts.map((text) => {
        if (name === 'principals' && builtInPrincipal(text) !== undefined) return text;
        const found = lookUp(text, node.address, byAddress);
        if (!found)
          faults.push({
            place: `${file}: ${node.address}`,
            message: `${name}: there is no ${text} in reach of it`,
          });
        else if (!fits(name, found))
          faults.push({ place: `${file}: ${node.address}`, message: `${name}: ${text} is a ${found.kind}` });
        return found?.address ?? text;
      });
    }
    return { ...node, references };
  });
  faults.push(...faultsOfAccounts(file, resolved, byAddress));
  if (faults.length > 0) throw new ConfigFailure(faults);
  const order: NodeKind[] = [
    'org',
    'project',
    'user',
    'auth_method',
    'account',
    'host_catalog',
    'host',
    'host_set',
    'credential_store',
    'credential',
    'target',
    'role',
  ];
  return resolved.sort(
    (a, b) => order.indexOf(a.kind) - order.indexOf(b.kind) || (a.address < b.address ? -1 : 1),
  );
}

// What concerns an account and others: its login name and the method it is of, and the one user it belongs to.
function faultsOfAccounts(
  file: string,
  nodes: readonly ConfigNode[],
  byAddress: ReadonlyMap<string, ConfigNode>,
): ConfigFault[] {
  const faults: ConfigFault[] = [];
  const holders = new Map<string, string>();
  for (const { kind, address, parent, attributes, references } of nodes) {
    const place = `${file}: ${address}`;
    if (kind === 'account') {
      const least = Number(byAddress.get(parent ?? '')?.attributes['min_login_name_length'] ?? 3);
      const login = String(attributes['login_name']);
      const message = `login_name ${JSON.stringify(login)} is shorter than ${least} characters`;
      if (login.length < least) faults.push({ place, message });
    }
    for (const account of references['accounts'] ?? []) {
      const holder = holders.get(account);
      if (holder === undefined) holders.set(account, address);
      else faults.push({ place, message: `accounts: ${account} belongs to ${holder} already` });
    }
  }
  return faults;
}

const referredKind: Readonly<Record<string, NodeKind>> = {
  accounts: 'account',
  principals: 'user',
  hosts: 'host',
  host_sources: 'host_set',
  brokered_credentials: 'credential',
};

function fits(attribute: string, node: ConfigNode): boolean {
  return referredKind[attribute] === node.kind;
}

// From the inside out: first what stands beside the referring block, then what stands around it.
function lookUp(text: string, from: string, nodes: ReadonlyMap<string, ConfigNode>): ConfigNode | undefined {
  const steps = from.split('.');
  for (let length = steps.length - 2; length >= 0; length -= 2) {
    const found = nodes.get([...steps.slice(0, length), text].join('.'));
    if (found) return found;
  }
  return undefined;
}

function faultsOfNode(file: string, { kind, address, attributes, references }: ConfigNode): ConfigFault[] {
  const place = `${file}: ${address}`;
  const faults: ConfigFault[] = [];
  const { address: host, login_name: login } = attributes;
  if (typeof host === 'string') {
    const fault = addressFault(host);
    if (fault !== null) faults.push({ place, message: `address ${JSON.stringify(host)} ${fault}` });
  }
  if (typeof login === 'string') {
    const fault = loginNameFault(login);
    if (fault !== null) faults.push({ place, message: `login_name ${JSON.stringify(login)} ${fault}` });
  }
  if (kind === 'target' && (host === undefined) === (references['host_sources']?.length === 0)) {
    faults.push({ place, message: 'a target has an address or host_sources, one of the two' });
  }
  for (const grant of (attributes['grants'] as string[] | undefined) ?? []) {
    const read = readNewGrant(grant);
    if (isGrantFault(read)) faults.push({ place, message: read.message });
  }
  return faults;
}

function collect(document: ConfigDocument): ConfigNode[] {
  return Object.entries(document.orgs).flatMap(([label, org]) => {
    const address = `org.${label}`;
    const { auth_methods: methods, users, roles, projects, ...own } = org;
    return [
      plain('org', address, null, { ...own, name: own.name ?? label }),
      ...Object.entries(users).map(([name, { accounts, ...user }]) =>
        plain('user', `${address}.user.${name}`, address, { ...user, name: user.name ?? name }, { accounts }),
      ),
      ...Object.entries(methods).flatMap(([name, block]) =>
        authMethodNodes(`${address}.auth_method.${name}`, address, name, block),
      ),
      ...roleNodes(address, roles),
      ...Object.entries(projects).flatMap(([name, block]) =>
        projectNodes(`${address}.project.${name}`, address, name, block),
      ),
    ];
  });
}

function plain(
  kind: NodeKind,
  address: string,
  parent: string | null,
  attributes: Record<string, unknown>,
  references: Record<string, readonly string[]> = {},
  secrets: Record<string, SecretSource> = {},
): ConfigNode {
  return { kind, address, parent, attributes, references, secrets };
}

function authMethodNodes(
  address: string,
  parent: string,
  label: string,
  { accounts, ...own }: AuthMethodBlock,
): ConfigNode[] {
  return [
    plain('auth_method', address, parent, { ...own, name: own.name ?? label }),
    ...Object.entries(accounts).map(([name, { password, ...account }]) =>
      plain('account', `${address}.account.${name}`, address, account, {}, password ? { password } : {}),
    ),
  ];
}

function roleNodes(parent: string, roles: Readonly<Record<string, RoleBlock>>): ConfigNode[] {
  return Object.entries(roles).map(([name, { principals, ...role }]) =>
    plain('role', `${parent}.role.${name}`, parent, { ...role, name: role.name ?? name }, { principals }),
  );
}

function projectNodes(address: string, parent: string, label: string, block: ProjectBlock): ConfigNode[] {
  const { host_catalogs: catalogs, credential_stores: stores, targets, roles, ...own } = block;
  return [
    plain('project', address, parent, { ...own, name: own.name ?? label }),
    ...Object.entries(catalogs).flatMap(([name, catalog]) =>
      catalogNodes(`${address}.host_catalog.${name}`, address, name, catalog),
    ),
    ...Object.entries(stores).flatMap(([name, store]) =>
      storeNodes(`${address}.credential_store.${name}`, address, name, store),
    ),
    ...Object.entries(targets).map(([name, { host_sources, brokered_credentials, ...target }]) =>
      plain(
        'target',
        `${address}.target.${name}`,
        address,
        { ...target, name: target.name ?? name },
        { host_sources, brokered_credentials },
      ),
    ),
    ...roleNodes(address, roles),
  ];
}

function catalogNodes(
  address: string,
  parent: string,
  label: string,
  { hosts, host_sets: sets, ...own }: HostCatalogBlock,
): ConfigNode[] {
  return [
    plain('host_catalog', address, parent, { ...own, name: own.name ?? label }),
    ...Object.entries(hosts).map(([name, host]) =>
      plain('host', `${address}.host.${name}`, address, { ...host, name: host.name ?? name }),
    ),
    ...Object.entries(sets).map(([name, { hosts: members, ...set }]) =>
      plain(
        'host_set',
        `${address}.host_set.${name}`,
        address,
        { ...set, name: set.name ?? name },
        { hosts: members },
      ),
    ),
  ];
}

function storeNodes(
  address: string,
  parent: string,
  label: string,
  { credentials, ...own }: CredentialStoreBlock,
): ConfigNode[] {
  return [
    plain('credential_store', address, parent, { ...own, name: own.name ?? label }),
    ...Object.entries(credentials).map(([name, block]) =>
      credentialNode(`${address}.credential.${name}`, address, name, block),
    ),
  ];
}

function credentialNode(address: string, parent: string, label: string, block: CredentialBlock): ConfigNode {
  const parts = Object.entries({ ...block, name: block.name ?? label });
  const isSecret = (value: unknown): value is SecretSource => typeof value === 'object' && value !== null;
  const plainParts = parts.filter(([, value]) => !isSecret(value));
  const secrets = parts.flatMap(([name, value]): [string, SecretSource][] =>
    isSecret(value) ? [[name, value]] : [],
  );
  return plain(
    'credential',
    address,
    parent,
    Object.fromEntries(plainParts),
    {},
    Object.fromEntries(secrets),
  );
}
