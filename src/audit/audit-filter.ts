import type { Acl } from '../core/acl.js';
import { reachSql, type Params } from '../grant/list-predicate.js';
import type { LeanedOn, ListFilter } from '../scope/listing.js';
import { requireFewValues } from '../scope/resource-terms.js';
import type { AuditOutcome } from './audit-entry.entity.js';

/** What the audit can be narrowed by. Its parts are joined by AND. */
export interface AuditFilter {
  readonly actorIdIn?: readonly string[] | null;
  readonly operationIn?: readonly string[] | null;
  readonly resourceTypeIn?: readonly string[] | null;
  readonly resourceIdIn?: readonly string[] | null;
  readonly outcomeIn?: readonly AuditOutcome[] | null;
  readonly requestId?: string | null;
  readonly denialId?: string | null;
  readonly after?: string | null;
  readonly before?: string | null;
}

/** The columns that parts of the filter compare, each with what grants call it where they may hide it. */
const compared = {
  actorIdIn: { column: 'a.actor_id', field: 'actor_id' },
  operationIn: { column: 'a.operation', field: 'operation' },
  resourceTypeIn: { column: 'a.resource_type', field: 'resource_type' },
  resourceIdIn: { column: 'a.resource_id', field: 'resource_id' },
  outcomeIn: { column: 'a.outcome', field: null },
  requestId: { column: 'a.request_id', field: 'request_id' },
  denialId: { column: 'a.denial_id', field: 'denial_id' },
} as const;

type Part = keyof typeof compared;
const parts = Object.keys(compared) as Part[];

/** The filter as conditions of a list. Refuses lists of more than 50 values. */
export function auditFilter(acl: Acl, given: AuditFilter | null | undefined): ListFilter {
  const filter = given ?? {};
  for (const part of parts) {
    const value = filter[part];
    if (typeof value !== 'string') requireFewValues(part, value);
  }
  const used = parts.filter((part) => filter[part] != null);
  const leansOn = used.flatMap((part): LeanedOn[] => {
    const { field } = compared[part];
    return field === null ? [] : [{ path: `filter.${part}`, field }];
  });
  return {
    key: [...parts.map((part) => filter[part] ?? null), filter.after ?? null, filter.before ?? null],
    sql: (params) => [
      ...used.map((part) => comparison(compared[part].column, filter[part] as string | string[], params)),
      ...(filter.after ? [`a.at >= ${params.add(filter.after, 'timestamptz')}`] : []),
      ...(filter.before ? [`a.at < ${params.add(filter.before, 'timestamptz')}`] : []),
      ...leansOn.map(({ field }) => shownSql(acl, field, params)),
    ],
    leansOn,
  };
}

function comparison(column: string, value: string | string[], params: Params): string {
  return typeof value === 'string'
    ? `${column} = ${params.add(value, 'text')}`
    : `${column} = any(${params.add(value, 'text[]')})`;
}

// A list refuses a field that is hidden in any of its scopes, but entries outlive their scopes: what they hide
// does not match.
function shownSql(acl: Acl, field: string, params: Params): string {
  const { limited, shown } = acl.listedField('audit-entry', field);
  const columns = { scopeId: 'a.scope_id', scopeParentId: 'a.scope_parent_id' };
  const isHidden = [
    reachSql(limited, columns, params),
    `not coalesce(${reachSql(shown, columns, params)}, false)`,
  ];
  return `not coalesce(${isHidden.join(' and ')}, false)`;
}
