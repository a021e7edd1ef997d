import type { Action } from './action.js';
import { kindOfId } from '../core/id.js';

interface TypeRule {
  /** The type whose id pins it in a grant; none for a top-level type. */
  readonly parent?: ResourceType;
  /** False for what has no list of its own, so that no grant without ids speaks of it. */
  readonly isListed?: boolean;
  /** Where it is not made with an s. */
  readonly plural?: string;
  /** Actions on one resource, in the order they are shown. */
  readonly idActions: readonly Action[];
  readonly collectionActions: readonly Action[];
}

const life = ['no-op', 'read', 'update', 'delete'] as const;
const createAndList = ['create', 'list'] as const;

/** What may be asked of the data keys of a scope: of its collection of scopes, in a project too, which holds none. */
export const scopeKeyActions = ['list-keys', 'rotate-keys', 'destroy-key-version'] as const;

/** The types a grant may name, with what can be done to each. Only types whose resources exist have actions here. */
export const resourceTypes = {
  scope: {
    idActions: [...life, 'explain-access'],
    collectionActions: [...createAndList, ...scopeKeyActions],
  },
  'auth-method': { idActions: [...life, 'authenticate'], collectionActions: createAndList },
  account: {
    parent: 'auth-method',
    idActions: [...life, 'set-password', 'change-password'],
    collectionActions: createAndList,
  },
  'managed-group': { parent: 'auth-method', idActions: life, collectionActions: createAndList },
  'auth-token': {
    idActions: ['no-op', 'read', 'read:self', 'delete', 'delete:self'],
    collectionActions: ['list'],
  },
  user: {
    idActions: [
      ...life,
      ...(['add-accounts', 'set-accounts', 'remove-accounts'] as const),
      ...(['list-resolvable-aliases', 'issue-api-token'] as const),
    ],
    collectionActions: createAndList,
  },
  group: {
    idActions: [...life, 'add-members', 'set-members', 'remove-members'],
    collectionActions: createAndList,
  },
  role: {
    idActions: [
      ...life,
      ...(['add-principals', 'set-principals', 'remove-principals'] as const),
      ...(['add-grants', 'set-grants', 'remove-grants'] as const),
      ...(['add-grant-scopes', 'set-grant-scopes', 'remove-grant-scopes'] as const),
    ],
    collectionActions: createAndList,
  },
  'host-catalog': { idActions: life, collectionActions: createAndList },
  'host-set': {
    parent: 'host-catalog',
    idActions: [...life, 'add-hosts', 'set-hosts', 'remove-hosts'],
    collectionActions: createAndList,
  },
  host: { parent: 'host-catalog', idActions: life, collectionActions: createAndList },
  target: {
    idActions: [
      ...life,
      ...(['add-host-sources', 'set-host-sources', 'remove-host-sources'] as const),
      ...(['add-credential-sources', 'set-credential-sources', 'remove-credential-sources'] as const),
      'authorize-session',
    ],
    collectionActions: createAndList,
  },
  session: {
    idActions: ['no-op', 'read', 'read:self', 'cancel', 'cancel:self'],
    collectionActions: ['list'],
  },
  'credential-store': { idActions: life, collectionActions: createAndList },
  'credential-library': {
    parent: 'credential-store',
    plural: 'credential-libraries',
    idActions: life,
    collectionActions: createAndList,
  },
  credential: { parent: 'credential-store', idActions: life, collectionActions: createAndList },
  worker: {
    idActions: [...life, 'add-worker-tags', 'set-worker-tags', 'remove-worker-tags'],
    collectionActions: ['create:controller-led', 'create:worker-led', 'list'],
  },
  alias: { plural: 'aliases', idActions: life, collectionActions: createAndList },
  policy: { plural: 'policies', idActions: life, collectionActions: createAndList },
  'storage-bucket': { idActions: life, collectionActions: createAndList },
  'session-recording': { idActions: ['no-op', 'read', 'download', 'delete'], collectionActions: ['list'] },
  billing: {
    isListed: false,
    plural: 'billing',
    idActions: [],
    collectionActions: ['monthly-active-users'],
  },
  'audit-entry': { plural: 'audit-entries', idActions: ['no-op', 'read'], collectionActions: ['list'] },
} as const satisfies Record<string, { parent?: string } & Omit<TypeRule, 'parent'>>;

export type ResourceType = keyof typeof resourceTypes;

/** Every type a grant may name, beside `*`. */
export const resourceTypeNames = Object.keys(resourceTypes) as readonly ResourceType[];

export function isResourceType(text: string): text is ResourceType {
  return Object.hasOwn(resourceTypes, text);
}

function ruleOf(type: ResourceType): TypeRule {
  return resourceTypes[type];
}

/** The name of its collections, `host-sets` for instance. */
export function pluralOf(type: ResourceType): string {
  return ruleOf(type).plural ?? `${type}s`;
}

/** The type that pins it; a top-level type is its own parent. */
export function parentType(type: ResourceType): ResourceType {
  return ruleOf(type).parent ?? type;
}

export function isTopLevel(type: ResourceType): boolean {
  const { parent, isListed = true } = ruleOf(type);
  return parent === undefined && isListed;
}

const containers = new Set(resourceTypeNames.map((type) => ruleOf(type).parent));

/** True for auth methods, host catalogs and credential stores: their id may pin a grant on children. */
export function hasChildren(type: ResourceType): boolean {
  return containers.has(type);
}

export function idActionsOf(type: ResourceType): readonly Action[] {
  return ruleOf(type).idActions;
}

/** What can be asked of its collections, in the order it is shown. */
export function collectionActionsOf(type: ResourceType): readonly Action[] {
  return ruleOf(type).collectionActions;
}

/** The grant type of an id by its prefix; null when no grant can name it. */
export function typeOfId(id: string): ResourceType | null {
  const kind = kindOfId(id);
  return kind !== null && isResourceType(kind) ? kind : null;
}
