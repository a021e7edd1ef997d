import type { Command } from 'commander';
import { CliFailure } from '../cli-failure.js';
import type { CliContext } from '../cli-context.js';
import { addResource } from '../resources/add-resource.js';
import { documentsOf } from '../resources/resource-documents.js';
import type { FieldFlag, ResourceSpec } from '../resources/resource-spec.js';
import { textOf } from '../resources/resource-table.js';

const username: FieldFlag = { flag: 'username', value: 'name', help: 'user name', isRequired: true };
const domain: FieldFlag = { flag: 'domain', value: 'name', help: 'domain of the user', isRequired: true };
const password: FieldFlag = {
  ...{ flag: 'password', kind: 'secret', value: 'where', isRequired: true, isNew: true },
  help: 'env://NAME, file://PATH, or - for standard input; `create` asks for it when left out',
};
const privateKey: FieldFlag = {
  ...{ flag: 'private-key', kind: 'secret', value: 'where', isRequired: true, isWhole: true },
  help: 'private key for ssh: file://PATH, env://NAME, or - for standard input',
};
const passphrase: FieldFlag = {
  ...{ flag: 'private-key-passphrase', kind: 'secret', value: 'where' },
  help: 'passphrase of an encrypted key: env://NAME, file://PATH, or - for standard input',
};
const object: FieldFlag = {
  ...{ flag: 'object', kind: 'secret', value: 'where', isRequired: true, isWhole: true, parse: parseObject },
  help: 'object of JSON: file://PATH, env://NAME, or - for standard input',
};

function parseObject(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new CliFailure('-object leads to a text that is no JSON'); // the parser's own words show a piece of it
  }
}

const stores: ResourceSpec = {
  noun: 'credential-stores',
  type: 'CredentialStore',
  subtype: 'static',
  empty: 'No credential stores found',
  place: 'scope',
  selection:
    'type scopeId scope { id name type parentId } authorizedCollectionActions { collection actions }',
  listSelection: 'type scopeId',
  create: [],
  update: [],
  isDeletable: true,
  exampleId: 'csst_1234567890',
  examples: { list: '-recursive', create: '-scope-id=p_1234567890 -name=databases' },
};

const inStore = '-credential-store-id=csst_1234567890';

const credentials: ResourceSpec = {
  noun: 'credentials',
  type: 'Credential',
  empty: 'No credentials found',
  place: { flag: 'credential-store-id', field: 'credentialStoreId', help: 'credential store' },
  selection:
    'type credentialStoreId username domain passwordHmac privateKeyHmac privateKeyPassphraseHmac objectHmac',
  listSelection: 'type username domain',
  facts: (item) => ({
    'Credential Store ID': textOf(item, 'credentialStoreId'),
    Domain: textOf(item, 'domain'),
    'Object HMAC': textOf(item, 'objectHmac'),
    'Password HMAC': textOf(item, 'passwordHmac'),
    'Private Key HMAC': textOf(item, 'privateKeyHmac'),
    'Private Key Passphrase HMAC': textOf(item, 'privateKeyPassphraseHmac'),
    Username: textOf(item, 'username'),
  }),
  listFacts: (item) => ({
    Type: item.type?.toLowerCase() ?? null,
    Username: textOf(item, 'username'),
    Domain: textOf(item, 'domain'),
  }),
  subtypes: [
    {
      word: 'username-password',
      mutation: 'createUsernamePasswordCredential',
      fields: [username, password],
      exampleId: 'credup_1234567890',
      examples: {
        create: `${inStore} -username=postgres -password=env://DB_PASSWORD`,
        update: '-password=env://DB_PASSWORD',
      },
    },
    {
      word: 'username-password-domain',
      mutation: 'createUsernamePasswordDomainCredential',
      fields: [username, password, domain],
      exampleId: 'credupd_1234567890',
      examples: {
        create: `${inStore} -username=jim -domain=corp -password=env://JIMS_PASSWORD`,
        update: '-domain=corp.example',
      },
    },
    {
      word: 'password',
      mutation: 'createPasswordCredential',
      fields: [password],
      exampleId: 'credp_1234567890',
      examples: {
        create: `${inStore} -password=env://REDIS_PASSWORD`,
        update: '-password=env://REDIS_PASSWORD',
      },
    },
    {
      word: 'ssh-private-key',
      mutation: 'createSshPrivateKeyCredential',
      fields: [username, privateKey, passphrase],
      exampleId: 'credspk_1234567890',
      examples: {
        create: `${inStore} -username=ubuntu -private-key=file://id_ed25519`,
        update: '-private-key=file://id_ed25519 -private-key-passphrase=env://PASSPHRASE',
      },
    },
    {
      word: 'json',
      mutation: 'createJsonCredential',
      fields: [object],
      exampleId: 'credjson_1234567890',
      examples: { create: `${inStore} -object=file://access.json`, update: '-object=file://access.json' },
    },
  ],
  isDeletable: true,
  exampleId: 'credup_1234567890',
  examples: { list: inStore },
};

/** Documents of these commands; the schema check validates each. */
export const documents = documentsOf([stores, credentials]);

/** Adds `credential-stores` and `credentials`. */
export function addCredentials(program: Command, context: CliContext): void {
  addResource(program, context, stores);
  addResource(program, context, credentials);
}
