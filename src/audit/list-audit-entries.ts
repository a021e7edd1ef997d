import type { Page } from '../api/page.js';
import type { Request } from '../api/request.js';
import { listInScope, type ScopeArgs } from '../scope/list-in-scope.js';
import type { Listing, ListOrder } from '../scope/listing.js';
import { scopeTypes } from '../scope/scope.rules.js';
import { AuditEntry, auditEntryFields } from './audit-entry.entity.js';
import { auditFilter, type AuditFilter } from './audit-filter.js';
import { auditColumns, auditTables } from './audit.store.js';

const listing: Listing<AuditEntry> = {
  type: 'audit-entry',
  entity: AuditEntry,
  select: auditColumns,
  from: auditTables,
  alias: 'a',
  columns: {
    id: 'a.public_id',
    scopeId: 'a.scope_id',
    scopeParentId: 'a.scope_parent_id',
    holdsParent: true,
  },
  livesIn: scopeTypes,
  hideable: auditEntryFields,
};

const newestFirst: ListOrder<AuditEntry> = {
  key: 'a.at',
  keyType: 'timestamptz',
  descending: true,
  keyOf: (entry) => entry.at,
  leansOn: [],
};

/** Audit entries of a scope, newest first; with `recursive`, those of the scopes below it, also of deleted ones. */
export async function listAuditEntries(
  request: Request,
  args: ScopeArgs & { readonly filter?: AuditFilter | null },
): Promise<Page<AuditEntry>> {
  const filter = auditFilter(await request.ctx.acl(), args.filter);
  return listInScope(request, listing, args, { filter, order: newestFirst });
}
