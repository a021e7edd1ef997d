import type { ListFilter } from '../scope/listing.js';
import { requireFewValues } from '../scope/resource-terms.js';
import type { SessionStatus } from './session.rules.js';
import type { SessionImage } from './record-session.js';

export interface SessionFilter {
  readonly statusIn?: readonly SessionStatus[] | null;
  readonly userIdIn?: readonly string[] | null;
  readonly targetIdIn?: readonly string[] | null;
  readonly createdAfter?: string | null;
  readonly createdBefore?: string | null;
}

/** The filter as conditions of a list. Refuses lists of more than 50 values. */
export function listFilterOf(filter: SessionFilter | null | undefined): ListFilter {
  checkFilter(filter);
  const { statusIn, userIdIn, targetIdIn, createdAfter, createdBefore } = filter ?? {};
  return {
    key: [
      statusIn ?? null,
      userIdIn ?? null,
      targetIdIn ?? null,
      createdAfter ?? null,
      createdBefore ?? null,
    ],
    sql: (params) => [
      ...(statusIn ? [`x.status = any(${params.add(statusIn, 'text[]')})`] : []),
      ...(userIdIn ? [`x.user_id = any(${params.add(userIdIn, 'text[]')})`] : []),
      ...(targetIdIn ? [`x.target_id = any(${params.add(targetIdIn, 'text[]')})`] : []),
      ...(createdAfter ? [`x.created_at >= ${params.add(createdAfter, 'timestamptz')}`] : []),
      ...(createdBefore ? [`x.created_at < ${params.add(createdBefore, 'timestamptz')}`] : []),
    ],
    leansOn: [
      ...(userIdIn ? [{ path: 'filter.userIdIn', field: 'user_id' }] : []),
      ...(targetIdIn ? [{ path: 'filter.targetIdIn', field: 'target_id' }] : []),
    ],
  };
}

/** The same filter on a session that stands in an event. */
export function matchesFilter(filter: SessionFilter | null | undefined, session: SessionImage): boolean {
  const { statusIn, userIdIn, targetIdIn, createdAfter, createdBefore } = filter ?? {};
  return (
    (!statusIn || statusIn.includes(session.status)) &&
    (!userIdIn || userIdIn.includes(session.userId)) &&
    (!targetIdIn || targetIdIn.includes(session.targetId)) &&
    (!createdAfter || session.createdAt >= createdAfter) &&
    (!createdBefore || session.createdAt < createdBefore)
  );
}

export function checkFilter(filter: SessionFilter | null | undefined): void {
  for (const name of ['statusIn', 'userIdIn', 'targetIdIn'] as const) requireFewValues(name, filter?.[name]);
}
