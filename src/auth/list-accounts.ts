import type { Page, PageArgs } from '../api/page.js';
import type { Request } from '../api/request.js';
import { listInContainer } from '../scope/list-in-container.js';
import type { ListFilter, Listing } from '../scope/listing.js';
import {
  requireFewValues,
  resourceTerms,
  type ResourceFilter,
  type ResourceTermArgs,
} from '../scope/resource-terms.js';
import { Account, accountFields } from './account.entity.js';
import { accountColumns, accountTables } from './account.store.js';
import { findAuthMethod } from './auth-method.store.js';

const listing: Listing<Account> = {
  type: 'account',
  entity: Account,
  select: accountColumns,
  from: accountTables,
  alias: 'a',
  columns: { id: 'a.id', scopeId: 'a.scope_id', scopeParentId: 's.parent_id', pin: 'a.auth_method_id' },
  livesIn: ['global', 'org'],
  hideable: accountFields,
  pinOf: (row) => row.authMethodId,
};

export interface AccountFilter extends ResourceFilter {
  readonly loginNameIn?: readonly string[] | null;
}

export interface AccountListing extends PageArgs, ResourceTermArgs {
  readonly authMethodId: string;
  readonly filter?: AccountFilter | null;
}

/** Accounts of an auth method. */
export async function listAccounts(request: Request, args: AccountListing): Promise<Page<Account>> {
  const terms = resourceTerms(listing, args, ownFilter(args.filter ?? {}));
  const { authMethodId: id } = args;
  const row = await findAuthMethod(request.ctx.tx, id);
  return listInContainer(request, listing, { type: 'auth-method', id, row }, args, terms);
}

function ownFilter({ loginNameIn }: AccountFilter): ListFilter {
  requireFewValues('loginNameIn', loginNameIn);
  if (!loginNameIn) return { key: null, sql: () => [], leansOn: [] };
  return {
    key: loginNameIn,
    sql: (params) => [`a.login_name = any(${params.add(loginNameIn, 'text[]')})`],
    leansOn: [{ path: 'filter.loginNameIn', field: 'attributes' }],
  };
}
