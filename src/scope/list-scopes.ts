import type { Page } from '../api/page.js';
import type { Request } from '../api/request.js';
import { listInScope, type ScopeArgs } from './list-in-scope.js';
import { noFilter, type Listing } from './listing.js';
import { Scope, scopeFields } from './scope.entity.js';
import { scopeColumns, scopeTables } from './scope.store.js';

// A scope is listed in its parent; global, which has none, is in no list.
const listing: Listing<Scope> = {
  type: 'scope',
  entity: Scope,
  select: scopeColumns,
  from: scopeTables,
  columns: { id: 's.id', scopeId: 's.parent_id', scopeParentId: 'p.parent_id' },
  order: { key: 's.created_at', keyType: 'timestamptz', descending: false },
  keyOf: (row) => row.createdAt,
  hideable: scopeFields,
};

/** Scopes below a scope, oldest first; with `recursive`, the projects of its orgs too. */
export function listScopes(request: Request, args: ScopeArgs): Promise<Page<Scope>> {
  return listInScope(request, listing, args, noFilter);
}
