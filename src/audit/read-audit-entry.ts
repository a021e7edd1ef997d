import type { ReadCtx } from '../core/ctx.js';
import { present } from '../grant/present.js';
import { requireOn } from '../grant/require.js';
import { auditEntryFields, type AuditEntry } from './audit-entry.entity.js';
import { findAuditEntries } from './audit.store.js';

/** One entry. NOT_FOUND when it is missing or hidden, FORBIDDEN without `read`. */
export async function readAuditEntry(ctx: ReadCtx, id: string): Promise<AuditEntry> {
  const found = (await findAuditEntries(ctx.tx, [id]))[0];
  const { row, acl } = await requireOn(ctx, 'read', 'audit-entry', found);
  return present(acl, 'read', 'audit-entry', row, auditEntryFields) as AuditEntry;
}

/** The entries behind those ids as the caller may see them, null where missing or hidden. */
export async function locateAuditEntries(
  ctx: ReadCtx,
  ids: readonly string[],
): Promise<(AuditEntry | null)[]> {
  const acl = await ctx.acl();
  const found = new Map((await findAuditEntries(ctx.tx, ids)).map((row) => [row.id, row]));
  return ids.map((id) => present(acl, 'read', 'audit-entry', found.get(id), auditEntryFields));
}
