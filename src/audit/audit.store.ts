import type { Reader } from '../core/tx.js';
import { AuditEntry } from './audit-entry.entity.js';

export const auditColumns = `a.public_id as id, a.at, a.request_id, a.actor_kind, a.actor_id, a.actor_name,
  a.client_address, a.operation, a.resource_type, a.resource_id, a.scope_id, a.scope_parent_id, a.outcome,
  a.error_code, a.denial_id, a.comment, a.before, a.after`;
export const auditTables = 'audit a';

export async function findAuditEntries(reader: Reader, ids: readonly string[]): Promise<AuditEntry[]> {
  return reader.rows(
    AuditEntry,
    `select ${auditColumns} from ${auditTables} where a.public_id = any($1::text[])`,
    [ids],
  );
}
