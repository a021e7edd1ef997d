import type { Page } from '../api/page.js';
import type { Request } from '../api/request.js';
import { sealEventCursor } from '../events/event-cursor.js';
import { findHead } from '../events/event.store.js';
import { listInScope, type ScopeArgs } from '../scope/list-in-scope.js';
import type { Listing } from '../scope/listing.js';
import { presentSession } from './require-session.js';
import { listFilterOf, type SessionFilter } from './session-filter.js';
import { Session, sessionFields } from './session.entity.js';
import { sessionColumns, sessionTables } from './session.store.js';

export const sessionOrders = {
  CREATED_AT: { key: 'x.created_at', of: (row: Session) => row.createdAt },
  EXPIRES_AT: { key: 'x.expires_at', of: (row: Session) => row.expiresAt },
  UPDATED_AT: { key: 'x.updated_at', of: (row: Session) => row.updatedAt },
} as const;

export interface SessionOrder {
  readonly field: keyof typeof sessionOrders;
  readonly direction: 'ASC' | 'DESC';
}

/** How sessions are listed for that caller; a session stands in its project, below its org. */
export function sessionListing(request: Request, order: SessionOrder): Listing<Session> {
  return {
    type: 'session',
    entity: Session,
    select: sessionColumns,
    from: sessionTables,
    columns: { id: 'x.id', scopeId: 'x.project_id', scopeParentId: 'x.org_id', ownerId: 'x.user_id' },
    order: {
      key: sessionOrders[order.field].key,
      keyType: 'timestamptz',
      descending: order.direction === 'DESC',
      ...(order.field === 'EXPIRES_AT'
        ? { leansOn: { path: 'orderBy.field', field: 'expiration_time' } }
        : {}),
    },
    keyOf: sessionOrders[order.field].of,
    hideable: sessionFields,
    livesIn: 'project',
    view: (acl, row) => presentSession(acl, request.ctx.actor, 'list', row),
  };
}

export interface SessionPageData extends Page<Session> {
  readonly eventCursor: string;
}

/** Sessions of a scope, most recent first unless told otherwise, with the place in the log to follow on from. */
export async function listSessions(
  request: Request,
  args: ScopeArgs,
  filter: SessionFilter | null | undefined,
  order: SessionOrder | null | undefined,
): Promise<SessionPageData> {
  const listing = sessionListing(request, order ?? { field: 'CREATED_AT', direction: 'DESC' });
  // Read before the page: what happens between the two is told again by the stream, never left out.
  const head = await findHead(request.ctx.tx);
  const page = await listInScope(request, listing, args, listFilterOf(filter));
  return { ...page, eventCursor: sealEventCursor(request.eventCursors, head) };
}
