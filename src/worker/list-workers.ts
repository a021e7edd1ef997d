import type { Page } from '../api/page.js';
import type { Request } from '../api/request.js';
import { listInScope, type ScopeArgs } from '../scope/list-in-scope.js';
import type { Listing } from '../scope/listing.js';
import { resourceTerms, type ResourceTermArgs } from '../scope/resource-terms.js';
import { Worker, workerFields } from './worker.entity.js';
import { workerColumns, workerTables } from './worker.store.js';

const listing: Listing<Worker> = {
  type: 'worker',
  entity: Worker,
  select: workerColumns,
  from: workerTables,
  alias: 'w',
  columns: { id: 'w.id', scopeId: 'w.scope_id', scopeParentId: 's.parent_id' },
  livesIn: ['global'],
  hideable: workerFields,
};

/** Workers of a scope; they live in global. */
export function listWorkers(request: Request, args: ScopeArgs & ResourceTermArgs): Promise<Page<Worker>> {
  return listInScope(request, listing, args, resourceTerms(listing, args));
}
