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

/** A sign-in that was done, of an account that is there still. */
export interface SignedIn {
  readonly address: string;
  readonly loginName: string;
  readonly authMethodId: string;
  /** The scope that calls its auth method the primary one; null where none does. */
  readonly primaryOf: string | null;
}

/** The sign-ins among so many of the latest entries, oldest first. */
export async function findLastSignIns(reader: Reader, mostEntries: number): Promise<SignedIn[]> {
  return reader.query<SignedIn>(
    `select e.client_address as address, a.login_name, a.auth_method_id, s.id as primary_of
     from (select id, client_address, after->>'accountId' as account_id from audit
           where id > (select coalesce(max(id), 0) - $1 from audit) and outcome = 'done'
             and operation in ('authenticate', 'continueAuthentication')) e
     join account a on a.id = e.account_id
     left join scope s on s.id = a.scope_id and s.primary_auth_method_id = a.auth_method_id
     where e.client_address is not null
     order by e.id`,
    [mostEntries],
  );
}
