import type { Page } from '../api/page.js';
import type { Request } from '../api/request.js';
import { listInScope, type ScopeArgs } from '../scope/list-in-scope.js';
import type { Listing } from '../scope/listing.js';
import { resourceTerms, type ResourceTermArgs } from '../scope/resource-terms.js';
import { scopeTypes } from '../scope/scope.rules.js';
import { Group, groupFields } from './group.entity.js';
import { groupColumns, groupTables } from './group.store.js';

const listing: Listing<Group> = {
  type: 'group',
  entity: Group,
  select: groupColumns,
  from: groupTables,
  alias: 'g',
  columns: { id: 'g.id', scopeId: 'g.scope_id', scopeParentId: 's.parent_id' },
  livesIn: scopeTypes,
  hideable: groupFields,
};

/** Groups of a scope; with `recursive`, those of the scopes below it too. */
export function listGroups(request: Request, args: ScopeArgs & ResourceTermArgs): Promise<Page<Group>> {
  return listInScope(request, listing, args, resourceTerms(listing, args));
}
