import type { Page } from '../api/page.js';
import type { Request } from '../api/request.js';
import { listInScope, type ScopeArgs } from '../scope/list-in-scope.js';
import type { Listing } from '../scope/listing.js';
import { resourceTerms, type ResourceTermArgs } from '../scope/resource-terms.js';
import { User, userFields } from './user.entity.js';
import { userColumns, userTables } from './user.store.js';

const listing: Listing<User> = {
  type: 'user',
  entity: User,
  select: userColumns,
  from: userTables,
  alias: 'u',
  columns: { id: 'u.id', scopeId: 'u.scope_id', scopeParentId: 's.parent_id' },
  livesIn: ['global', 'org'],
  hideable: userFields,
};

/** Users of a scope; with `recursive`, those of the orgs below it too. */
export function listUsers(request: Request, args: ScopeArgs & ResourceTermArgs): Promise<Page<User>> {
  return listInScope(request, listing, args, resourceTerms(listing, args));
}
