import type { Page } from '../api/page.js';
import type { Request } from '../api/request.js';
import { listInScope, type ScopeArgs } from '../scope/list-in-scope.js';
import { noFilter, type Listing } from '../scope/listing.js';
import { User, userFields } from './user.entity.js';
import { userColumns, userTables } from './user.store.js';

const listing: Listing<User> = {
  type: 'user',
  entity: User,
  select: userColumns,
  from: userTables,
  columns: { id: 'u.id', scopeId: 'u.scope_id', scopeParentId: 's.parent_id' },
  order: { key: 'u.created_at', keyType: 'timestamptz', descending: false },
  keyOf: (row) => row.createdAt,
  hideable: userFields,
};

/** Users of a scope, oldest first; with `recursive`, those of the orgs below it too. */
export function listUsers(request: Request, args: ScopeArgs): Promise<Page<User>> {
  return listInScope(request, listing, args, noFilter);
}
