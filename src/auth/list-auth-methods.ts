import type { Page } from '../api/page.js';
import type { Request } from '../api/request.js';
import { listInScope, type ScopeArgs } from '../scope/list-in-scope.js';
import type { Listing } from '../scope/listing.js';
import { resourceTerms, type ResourceTermArgs } from '../scope/resource-terms.js';
import { AuthMethod, authMethodFields } from './auth-method.entity.js';
import { authMethodColumns, authMethodTables } from './auth-method.store.js';

const listing: Listing<AuthMethod> = {
  type: 'auth-method',
  entity: AuthMethod,
  select: authMethodColumns,
  from: authMethodTables,
  alias: 'm',
  columns: { id: 'm.id', scopeId: 'm.scope_id', scopeParentId: 's.parent_id' },
  livesIn: ['global', 'org'],
  hideable: authMethodFields,
};

/** Auth methods of a scope; with `recursive`, those of the orgs below it too. */
export function listAuthMethods(
  request: Request,
  args: ScopeArgs & ResourceTermArgs,
): Promise<Page<AuthMethod>> {
  return listInScope(request, listing, args, resourceTerms(listing, args));
}
