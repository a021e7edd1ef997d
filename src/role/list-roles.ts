import type { Page } from '../api/page.js';
import type { Request } from '../api/request.js';
import { listInScope, type ScopeArgs } from '../scope/list-in-scope.js';
import type { Listing } from '../scope/listing.js';
import { resourceTerms, type ResourceTermArgs } from '../scope/resource-terms.js';
import { scopeTypes } from '../scope/scope.rules.js';
import { Role, roleFields } from './role.entity.js';
import { roleColumns, roleTables } from './role.store.js';

const listing: Listing<Role> = {
  type: 'role',
  entity: Role,
  select: roleColumns,
  from: roleTables,
  alias: 'r',
  columns: { id: 'r.id', scopeId: 'r.scope_id', scopeParentId: 's.parent_id' },
  livesIn: scopeTypes,
  hideable: roleFields,
};

/** Roles of a scope; with `recursive`, those of the scopes below it too. */
export function listRoles(request: Request, args: ScopeArgs & ResourceTermArgs): Promise<Page<Role>> {
  return listInScope(request, listing, args, resourceTerms(listing, args));
}
