import type { Tx } from '../core/tx.js';
import type { ConnectionRecord } from './connection.entity.js';
import type { Session } from './session.entity.js';
import { findSession, findSessions } from './session.store.js';

/** What the log says of sessions. The words are those of `SessionEventType` in the API. */
export const sessionEventKinds = {
  'session.created': 'CREATED',
  'session.bound': 'BOUND',
  'session.authorization_replayed': 'AUTHORIZATION_REPLAYED',
  'session.status_changed': 'STATUS_CHANGED',
  'session.connection_opened': 'CONNECTION_OPENED',
  'session.connection_closed': 'CONNECTION_CLOSED',
} as const;
export type SessionEventKind = keyof typeof sessionEventKinds;

/** The columns of a session that its events carry: no secret among them. */
const imageColumns = [
  ...([
    'id',
    'type',
    'status',
    'states',
    'terminationReason',
    'endedBy',
    'endedByName',
    'endComment',
  ] as const),
  ...([
    'userId',
    'userName',
    'authTokenId',
    'orgId',
    'projectId',
    'projectName',
    'targetId',
    'targetName',
  ] as const),
  ...(['hostSetId', 'hostId', 'endpointHost', 'endpointPort', 'connectionLimit', 'connectionCount'] as const),
  ...([
    'openConnectionCount',
    'bytesUp',
    'bytesDown',
    'reportedAt',
    'createdAt',
    'updatedAt',
    'expiresAt',
  ] as const),
  ...(['terminatedAt', 'version', 'revision', 'scopeId', 'scopeParentId'] as const),
] as const satisfies readonly (keyof Session)[];

export type SessionImage = Pick<Session, (typeof imageColumns)[number]>;

/** What an event of a session carries: the session, and the connection it is about, right after the change. */
export interface SessionEventBody {
  readonly session: SessionImage;
  readonly connection?: ConnectionRecord;
}

function imageOf(session: Session): SessionImage {
  return Object.fromEntries(imageColumns.map((name) => [name, session[name]])) as unknown as SessionImage;
}

/**
 * Records what has just been written of a session, and returns it as it is now. The write before it has
 * raised the revision.
 */
export async function recordSession(
  tx: Tx,
  kind: SessionEventKind,
  id: string,
  connection?: ConnectionRecord,
): Promise<Session> {
  const session = await findSession(tx, id);
  if (!session) throw new Error(`session ${id} vanished inside its own transaction`);
  recordOne(tx, kind, session, connection);
  return session;
}

/** The same of many, with one look at them. */
export async function recordSessions(tx: Tx, kind: SessionEventKind, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  for (const session of await findSessions(tx, ids)) recordOne(tx, kind, session);
}

function recordOne(tx: Tx, kind: SessionEventKind, session: Session, connection?: ConnectionRecord): void {
  const { id: subjectId, projectId: scopeId, revision } = session;
  const body: SessionEventBody = { session: imageOf(session), ...(connection ? { connection } : {}) };
  tx.record({ kind, subjectId, scopeId, revision, body: { ...body } });
}
