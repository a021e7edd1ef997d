import type { Page, PageArgs } from '../api/page.js';
import type { Request } from '../api/request.js';
import { listInContainer } from '../scope/list-in-container.js';
import { listInScope, type ScopeArgs } from '../scope/list-in-scope.js';
import type { Listing } from '../scope/listing.js';
import { resourceTerms, type ResourceTermArgs } from '../scope/resource-terms.js';
import { CredentialStore, credentialStoreFields } from './credential-store.entity.js';
import { Credential, credentialFields } from './credential.entity.js';
import {
  credentialColumns,
  credentialTables,
  findCredentialStore,
  storeColumns,
  storeTables,
} from './credential.store.js';

const stores: Listing<CredentialStore> = {
  type: 'credential-store',
  entity: CredentialStore,
  select: storeColumns,
  from: storeTables,
  alias: 'w',
  columns: { id: 'w.id', scopeId: 'w.scope_id', scopeParentId: 's.parent_id' },
  livesIn: ['project'],
  hideable: credentialStoreFields,
};

const credentials: Listing<Credential> = {
  type: 'credential',
  entity: Credential,
  select: credentialColumns,
  from: credentialTables,
  alias: 'c',
  columns: {
    id: 'c.id',
    scopeId: 'c.scope_id',
    scopeParentId: 's.parent_id',
    pin: 'c.credential_store_id',
  },
  livesIn: ['project'],
  hideable: credentialFields,
  pinOf: (row) => row.credentialStoreId,
};

/** Credential stores of a scope; with `recursive`, those of the projects below it. */
export function listCredentialStores(
  request: Request,
  args: ScopeArgs & ResourceTermArgs,
): Promise<Page<CredentialStore>> {
  return listInScope(request, stores, args, resourceTerms(stores, args));
}

export interface StoreArgs extends PageArgs, ResourceTermArgs {
  readonly credentialStoreId: string;
}

/** Credentials of a store, without their secrets. */
export async function listCredentials(request: Request, args: StoreArgs): Promise<Page<Credential>> {
  const { credentialStoreId: id } = args;
  const row = await findCredentialStore(request.ctx.tx, id);
  const store = { type: 'credential-store', id, row } as const;
  return listInContainer(request, credentials, store, args, resourceTerms(credentials, args));
}
