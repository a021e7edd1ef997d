import { actorName, type Actor } from '../core/ctx.js';
import { describeProblem, type Problem } from '../core/failure.js';
import type { AuditNote } from '../core/tx.js';

/** Who and what an audit row is about, known before the operation runs. */
export interface AuditHeader {
  readonly operation: string;
  readonly requestId: string;
  readonly actor: Actor;
  readonly clientAddress: string | null;
  readonly note: AuditNote | null;
}

export const auditSql = `
  insert into audit (request_id, actor_kind, actor_id, actor_name, client_address, operation, resource_type, resource_id,
                     scope_id, outcome, error_code, denial_id, comment, before, after)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`;

/** The parameters of `auditSql`. */
export function auditRow(header: AuditHeader, outcome: string, problem: Problem | null): unknown[] {
  const { note } = header;
  const actor = note?.actor ?? header.actor;
  const comment = note?.comment ?? (problem ? describeProblem(problem) : null);
  return [
    header.requestId,
    actor.kind,
    actorName(actor),
    actor.kind === 'user' ? actor.userName : null,
    header.clientAddress,
    header.operation,
    note?.resourceType ?? (problem && 'resourceType' in problem ? problem.resourceType : null),
    note?.resourceId ?? null,
    note?.scopeId ?? null,
    outcome,
    outcome === 'done' ? null : (problem?.code ?? 'INTERNAL'),
    problem && 'denialId' in problem ? problem.denialId : null,
    comment,
    note?.before ? JSON.stringify(note.before, (_key, value: unknown) => storable(value)) : null,
    note?.after ? JSON.stringify(note.after, (_key, value: unknown) => storable(value)) : null,
  ].map(storable);
}

// What was tried may hold what the database cannot: NUL, and half of a surrogate pair.
function storable(value: unknown): unknown {
  return typeof value === 'string' ? value.replace(/[\0\p{Cs}]/gu, '\uFFFD') : value;
}
