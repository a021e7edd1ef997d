import { z } from 'zod';
import { permissionLossChoices } from '../target/target.rules.js';

/**
 * One configuration, whichever way it is spelled: HCL and YAML both become this. Maps are keyed by label;
 * references and grants are text; a secret is an object that says where to find it.
 */
const label = z.string().regex(/^[A-Za-z_][A-Za-z0-9_-]*$/, 'a label has letters, digits, _ and -');
const text = z.string().trim().min(1);
const named = { name: text.max(128).optional(), description: text.max(1024).optional() };
const references = z.array(text).default([]);
const port = z.int().min(1).max(65535);

const secret = z.strictObject({
  secret: z.string().regex(/^(env|file):\/\/.+/, 'a secret is env://NAME or file://PATH'),
});

const account = z.strictObject({ ...named, login_name: text, password: secret.optional() });
const authMethod = z.strictObject({
  ...named,
  type: z.literal('password'),
  primary: z.boolean().default(false),
  min_login_name_length: z.int().min(1).max(128).optional(),
  min_password_length: z.int().min(1).max(1024).optional(),
  accounts: z.record(label, account).default({}),
});
const user = z.strictObject({ ...named, accounts: references });
const role = z.strictObject({
  ...named,
  principals: references,
  grants: z.array(text).default([]),
  grant_scopes: z.array(text).default(['this']),
});
const host = z.strictObject({ ...named, address: text });
const hostSet = z.strictObject({ ...named, hosts: references });
const hostCatalog = z.strictObject({
  ...named,
  type: z.literal('static'),
  hosts: z.record(label, host).default({}),
  host_sets: z.record(label, hostSet).default({}),
});
const username = z.string().min(1);
const credential = z.discriminatedUnion(
  'type',
  [
    z.strictObject({ ...named, type: z.literal('username_password'), username, password: secret }),
    z.strictObject({
      ...named,
      type: z.literal('username_password_domain'),
      username,
      password: secret,
      domain: z.string().min(1),
    }),
    z.strictObject({ ...named, type: z.literal('password'), password: secret }),
    z.strictObject({
      ...named,
      type: z.literal('ssh_private_key'),
      username,
      private_key: secret,
      private_key_passphrase: secret.optional(),
    }),
    z.strictObject({ ...named, type: z.literal('json'), object: secret }),
  ],
  'must be username_password, username_password_domain, password, ssh_private_key or json',
);
const credentialStore = z.strictObject({
  ...named,
  type: z.literal('static'),
  credentials: z.record(label, credential).default({}),
});
const target = z.strictObject({
  ...named,
  type: z.literal('tcp'),
  default_port: port,
  default_client_port: port.optional(),
  session_max_seconds: z.int().positive().optional(),
  session_connection_limit: z.union([z.literal(-1), z.int().positive()]).optional(),
  on_permission_loss: z.enum(permissionLossChoices).optional(),
  address: text.optional(),
  host_sources: references,
  brokered_credentials: references,
});
const project = z.strictObject({
  ...named,
  host_catalogs: z.record(label, hostCatalog).default({}),
  credential_stores: z.record(label, credentialStore).default({}),
  targets: z.record(label, target).default({}),
  roles: z.record(label, role).default({}),
});
const org = z.strictObject({
  ...named,
  auth_methods: z.record(label, authMethod).default({}),
  users: z.record(label, user).default({}),
  roles: z.record(label, role).default({}),
  projects: z.record(label, project).default({}),
});

export const documentSchema = z.strictObject({
  format: z.literal(1, 'must be 1, which is what this release reads'),
  manager: z.string().regex(/^[A-Za-z0-9:/._-]{1,128}$/, 'a manager has letters, digits and : / . _ -'),
  orgs: z.record(label, org).default({}),
});

export type ConfigDocument = z.infer<typeof documentSchema>;
export type SecretSource = z.infer<typeof secret>;
export type RoleBlock = z.infer<typeof role>;
export type AuthMethodBlock = z.infer<typeof authMethod>;
export type ProjectBlock = z.infer<typeof project>;
export type HostCatalogBlock = z.infer<typeof hostCatalog>;
export type CredentialStoreBlock = z.infer<typeof credentialStore>;
export type CredentialBlock = z.infer<typeof credential>;

/** How nested blocks of HCL are called in the document: `org` blocks stand under `orgs`. */
export const blockNames: Readonly<Record<string, string>> = {
  org: 'orgs',
  project: 'projects',
  auth_method: 'auth_methods',
  account: 'accounts',
  user: 'users',
  role: 'roles',
  host_catalog: 'host_catalogs',
  host: 'hosts',
  host_set: 'host_sets',
  credential_store: 'credential_stores',
  credential: 'credentials',
  target: 'targets',
};

/** Blocks whose first label is their type. */
export const typedBlocks: ReadonlySet<string> = new Set([
  'auth_method',
  'host_catalog',
  'credential_store',
  'credential',
  'target',
]);
