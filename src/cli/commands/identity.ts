import type { Command } from 'commander';
import type { CliContext } from '../cli-context.js';
import { localTime } from '../output.js';
import { addResource } from '../resources/add-resource.js';
import { documentsOf } from '../resources/resource-documents.js';
import type { FieldFlag, ResourceSpec } from '../resources/resource-spec.js';
import { addSecondFactor } from './second-factor.js';
import { textOf, yesOrNo, type ResourceItem } from '../resources/resource-table.js';
import { tokenIdOf } from '../token-store.js';
import { disabled } from './users.js';

const timeOf = (item: ResourceItem, field: string): string | null =>
  localTime(item[field] as string | null | undefined);

const lengths: readonly FieldFlag[] = [
  {
    flag: 'min-login-name-length',
    kind: 'number',
    value: 'number',
    help: 'characters that a login name must have',
  },
  { flag: 'min-password-length', kind: 'number', value: 'number', help: 'bytes that a password must have' },
];

const authMethods: ResourceSpec = {
  noun: 'auth-methods',
  type: 'AuthMethod',
  subtype: 'password',
  empty: 'No auth methods found',
  place: 'scope',
  selection:
    'type scopeId isPrimary minLoginNameLength minPasswordLength scope { id name type parentId } authorizedCollectionActions { collection actions }',
  listSelection: 'type scopeId isPrimary',
  facts: (item) => ({
    'Is Primary For Scope': yesOrNo(item['isPrimary']),
    'Minimum Login Name Length': textOf(item, 'minLoginNameLength'),
    'Minimum Password Length': textOf(item, 'minPasswordLength'),
  }),
  listFacts: (item) => ({ 'Is Primary For Scope': yesOrNo(item['isPrimary']) }),
  create: lengths,
  update: lengths.map((one) => ({ ...one, help: `${one.help}; \`null\` makes it the usual one` })),
  isDeletable: true,
  exampleId: 'ampw_1234567890',
  examples: { list: '-recursive', create: '-scope-id=o_1234567890 -name=staff' },
};

const loginName = {
  flag: 'login-name',
  value: 'name',
  help: 'name to sign in with: a to z, digits, dot and dash',
} as const;
const where = 'env://NAME or file://PATH';

const accounts: ResourceSpec = {
  noun: 'accounts',
  type: 'Account',
  subtype: 'password',
  empty: 'No accounts found',
  place: { flag: 'auth-method-id', field: 'authMethodId', help: 'auth method' },
  selection: 'type loginName authMethodId userId hasPassword hasTotp recoveryCodesLeft isDisabled',
  listSelection: 'type loginName userId isDisabled',
  facts: (item) => ({
    'Auth Method ID': textOf(item, 'authMethodId'),
    'Has Password': yesOrNo(item['hasPassword']),
    'Has Second Factor': yesOrNo(item['hasTotp']),
    'Is Disabled': yesOrNo(item['isDisabled']),
    'Login Name': textOf(item, 'loginName'),
    'Recovery Codes Left': item['hasTotp'] ? textOf(item, 'recoveryCodesLeft') : null,
    'User ID': textOf(item, 'userId'),
  }),
  listFacts: (item) => ({
    'Login Name': textOf(item, 'loginName'),
    'User ID': textOf(item, 'userId'),
    'Is Disabled': yesOrNo(item['isDisabled']),
  }),
  create: [
    { ...loginName, isRequired: true },
    {
      flag: 'password',
      kind: 'secret',
      value: 'where',
      help: `${where}; nobody signs in with it before it has one`,
    },
    disabled,
  ],
  update: [loginName, disabled],
  isDeletable: true,
  verbs: [
    {
      verb: 'set-password',
      mutation: 'setAccountPassword',
      help: 'give an account a password, or take it away',
      flags: [
        {
          ...{ flag: 'password', kind: 'secret', value: 'where', isRequired: true, isNew: true },
          ...{ isNullable: true, help: `${where}, asked for when left out; \`null\` takes it away` },
        },
      ],
      example: '-password=env://NEW_PASSWORD',
    },
    {
      verb: 'change-password',
      mutation: 'changeAccountPassword',
      help: 'choose another password, proving the one the account has',
      flags: [
        {
          ...{ flag: 'current-password', kind: 'secret', value: 'where', isRequired: true },
          help: `${where}; asked for when left out`,
        },
        {
          ...{ flag: 'new-password', kind: 'secret', value: 'where', isRequired: true, isNew: true },
          help: `${where}; asked for when left out`,
        },
      ],
      example: '-new-password=file:///run/secrets/new',
    },
  ],
  exampleId: 'acctpw_1234567890',
  examples: {
    list: '-auth-method-id=ampw_1234567890',
    create: '-auth-method-id=ampw_1234567890 -login-name=ada -password=env://ADA_PASSWORD',
  },
};

const authTokens: ResourceSpec = {
  noun: 'auth-tokens',
  type: 'AuthToken',
  empty: 'No auth tokens found',
  place: 'scope',
  selection: 'type scopeId userId accountId authMethodId name description isReadOnly expiresAt lastUsedAt',
  facts: (item) => ({
    'Account ID': textOf(item, 'accountId'),
    'Approximate Last Used Time': timeOf(item, 'lastUsedAt'),
    'Auth Method ID': textOf(item, 'authMethodId'),
    'Expiration Time': timeOf(item, 'expiresAt'),
    'Is Read Only': yesOrNo(item['isReadOnly']),
    'User ID': textOf(item, 'userId'),
  }),
  listFacts: (item) => ({
    Type: item.type?.toLowerCase(),
    'Is Read Only': item['isReadOnly'] === true ? 'true' : null,
    'User ID': textOf(item, 'userId'),
    'Created Time': localTime(item.createdAt),
    'Approximate Last Used Time': timeOf(item, 'lastUsedAt'),
    'Expiration Time': timeOf(item, 'expiresAt'),
  }),
  hasNames: false,
  hasVersions: false,
  isDeletable: true,
  idHelp: 'identifier; `self` for the token in use',
  idOf: (id, token) => (id === 'self' ? tokenIdOf(token) : id),
  exampleId: 'self',
  examples: { list: '-recursive' },
};

const specs = [authMethods, accounts, authTokens];

/** Documents of these commands; the schema check validates each. */
export const documents = documentsOf(specs);

/** Adds `auth-methods`, `accounts` and `auth-tokens`. */
export function addIdentity(program: Command, context: CliContext): void {
  for (const spec of specs) {
    const group = addResource(program, context, spec);
    if (spec === accounts) addSecondFactor(group, context);
  }
}
