import type { OrderDirection } from '../api/order-direction.js';
import type { Page } from '../api/page.js';
import type { Request } from '../api/request.js';
import { sealEventCursor } from '../events/event-cursor.js';
import { findHead } from '../events/event.store.js';
import { listInScope, type ScopeArgs } from '../scope/list-in-scope.js';
import type { Listing, ListOrder } from '../scope/listing.js';
import { presentSession } from './require-session.js';
import { listFilterOf, type SessionFilter } from './session-filter.js';
import { Session, sessionFields } from './session.entity.js';
import { sessionColumns, sessionRow, sessionTables } from './session.store.js';

const orders = {
  CREATED_AT: { key: 'x.created_at', keyOf: (row: Session) => row.createdAt, leansOn: [] },
  EXPIRES_AT: {
    key: 'x.expires_at',
    keyOf: (row: Session) => row.expiresAt,
    leansOn: [{ path: 'orderBy.field', field: 'expiration_time' }],
  },
  UPDATED_AT: { key: 'x.updated_at', keyOf: (row: Session) => row.updatedAt, leansOn: [] },
} as const;

export interface SessionOrder {
  readonly field: keyof typeof orders;
  readonly direction: OrderDirection;
}

function orderOf({ field, direction }: SessionOrder): ListOrder<Session> {
  return { ...orders[field], keyType: 'timestamptz', descending: direction === 'DESC' };
}

/** How sessions are listed for that caller; a session stands in its project, below its org. */
export function sessionListing(request: Request, hasStates: boolean): Listing<Session> {
  return {
    type: 'session',
    entity: Session,
    select: hasStates ? sessionColumns : sessionRow,
    from: sessionTables,
    alias: 'x',
    columns: {
      ...{ id: 'x.id', scopeId: 'x.project_id', scopeParentId: 'x.org_id', holdsParent: true },
      ownerId: 'x.user_id',
    },
    livesIn: ['project'],
    hideable: sessionFields,
    view: (acl, row) => presentSession(acl, request.ctx.actor, 'list', row),
  };
}

export interface SessionListArgs extends ScopeArgs {
  readonly filter?: SessionFilter | null;
  readonly orderBy?: SessionOrder | null;
}

/** What costs more than the rest, and whether it is asked for. */
export interface SessionPageWants {
  readonly states: boolean;
  readonly eventCursor: boolean;
}

export interface SessionPageData extends Page<Session> {
  /** Null when it was not wanted. */
  readonly eventCursor: string | null;
}

/** Sessions of a scope, most recent first unless told otherwise, with the place in the log to follow on from. */
export async function listSessions(
  request: Request,
  args: SessionListArgs,
  wants: SessionPageWants,
): Promise<SessionPageData> {
  const terms = {
    filter: listFilterOf(args.filter),
    order: orderOf(args.orderBy ?? { field: 'CREATED_AT', direction: 'DESC' }),
  };
  // Read before the page: what happens between the two is told again by the stream, never left out.
  const head = wants.eventCursor ? await findHead(request.ctx.tx) : null;
  const page = await listInScope(request, sessionListing(request, wants.states), args, terms);
  const eventCursor = head && sealEventCursor(request.eventCursors, head);
  return Object.assign(page, { eventCursor });
}
