import type { Page } from '../api/page.js';
import type { Request } from '../api/request.js';
import { listInScope, type ScopeArgs } from './list-in-scope.js';
import type { Listing } from './listing.js';
import { resourceTerms, type ResourceTermArgs } from './resource-terms.js';
import { Scope, scopeFields } from './scope.entity.js';
import { scopeColumns, scopeTables } from './scope.store.js';

// A scope is listed in its parent; global, which has none, is in no list.
const listing: Listing<Scope> = {
  type: 'scope',
  entity: Scope,
  select: scopeColumns,
  from: scopeTables,
  where: 's.parent_id is not null',
  alias: 's',
  columns: { id: 's.id', scopeId: 's.parent_id', scopeParentId: 'p.parent_id' },
  livesIn: ['global', 'org'],
  hideable: scopeFields,
};

/** Scopes below a scope; with `recursive`, the projects of its orgs too. */
export function listScopes(request: Request, args: ScopeArgs & ResourceTermArgs): Promise<Page<Scope>> {
  return listInScope(request, listing, args, resourceTerms(listing, args));
}
