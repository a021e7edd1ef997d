import type { Reader, Tx } from '../core/tx.js';
import type { Placed } from '../grant/require.js';
import type { AddressPolicy } from '../scope/address-policy.rules.js';
import { Session } from './session.entity.js';
import type { SessionStatus, TerminationReason } from './session.rules.js';

/** A session as every query selects it: in its project. */
export const sessionRow = 'x.*, x.project_id as scope_id, x.org_id as scope_parent_id';
/** The same with its states, oldest first, which take longer to read than all the rest. */
export const sessionColumns = `${sessionRow},
  (select jsonb_agg(jsonb_build_object('status', st.status, 'startedAt', rfc3339(st.started_at),
                                       'endedAt', rfc3339(st.ended_at))
                    order by st.started_at, array_position('{pending,active,canceling,terminated}', st.status))
   from session_state st where st.session_id = x.id) as states`;
export const sessionTables = 'session x';

export async function findSessions(reader: Reader, ids: readonly string[]): Promise<Session[]> {
  return reader.rows(Session, `select ${sessionColumns} from ${sessionTables} where x.id = any($1::text[])`, [
    ids,
  ]);
}

export async function findSession(reader: Reader, id: string): Promise<Session | null> {
  return (await findSessions(reader, [id]))[0] ?? null;
}

/** Where a session stands and whose it is, which is what access to it is judged by. */
export type SessionPlace = Placed & Pick<Session, 'userId'>;

/** Read before the session itself, so that one that stays hidden costs no more than one that is missing. */
export async function findSessionPlaces(reader: Reader, ids: readonly string[]): Promise<SessionPlace[]> {
  return reader.query<SessionPlace>(
    `select x.id, x.user_id, x.project_id as scope_id, x.org_id as scope_parent_id
     from ${sessionTables} where x.id = any($1::text[])`,
    [ids],
  );
}

/** The session, locked until the transaction ends, so that what is judged stays true. */
export async function lockSession(tx: Tx, id: string): Promise<Session | null> {
  await lockSessions(tx, [id]);
  return findSession(tx, id);
}

/** Locks sessions until the transaction ends, in the order in which everybody does. */
export async function lockSessions(tx: Tx, ids: readonly string[]): Promise<void> {
  await tx.query('select id from session where id = any($1::text[]) order by id for no key update', [ids]);
}

export interface NewSession {
  readonly id: string;
  readonly userId: string;
  readonly userName: string;
  readonly authTokenId: string;
  readonly targetId: string;
  readonly hostSetId: string | null;
  readonly hostId: string | null;
  readonly endpointHost: string;
  readonly clientThumbprint: string | null;
  readonly detachedSecretHash: Buffer | null;
  readonly detachedTtlSeconds: number;
  readonly mostOfUser: number;
  /** Newest event of the log before the user's access was looked at. */
  readonly accessEventId: string;
  /** What allowed it. */
  readonly roleIds: readonly string[];
}

// Looks at no more of them than it takes to know.
const hasAsMany = (user: string, most: string): string =>
  `((select count(*) from (select from session where user_ref = ${user}::public_id and status in ('pending', 'active')
      limit ${most}::bigint) open) >= ${most}::bigint)`;

/** Whether a user has as many pending and active sessions as it may. */
export async function hasReachedLimit(reader: Reader, userId: string, most: number): Promise<boolean> {
  const [row] = await reader.query<{ isReached: boolean }>(`select ${hasAsMany('$1', '$2')} as is_reached`, [
    userId,
    most,
  ]);
  return row?.isReached ?? false;
}

/**
 * Writes a pending session. Names, port, filter, limit and life are taken from the target as it is now; nothing is
 * written when the target is gone, or when the user has as many open sessions as it may.
 */
export async function insertSession(tx: Tx, session: NewSession): Promise<boolean> {
  const rows = await tx.query(
    `insert into session (id, type, user_id, user_name, auth_token_id, org_id, org_name, project_id, project_name,
       target_id, target_name, host_set_id, host_id, endpoint_host, endpoint_port,
       user_ref, auth_token_ref, project_ref, target_ref, host_set_ref, host_ref,
       client_thumbprint, detached_secret_hash, detached_expires_at, connection_limit, egress_worker_filter,
       expires_at, max_expires_at, access_event_id, held_by)
     select $1, t.type, $2, $3, $4, o.id, o.name, p.id, p.name,
       t.id, t.name, $6, $7, $8, t.default_port,
       $2, $4, p.id, t.id, $6, $7,
       $9, $10::bytea, case when $10::bytea is null then null else postern_now() + make_interval(secs => $11) end,
       t.session_connection_limit, t.egress_worker_filter,
       postern_now() + make_interval(secs => t.session_max_seconds),
       postern_now() + make_interval(secs => t.session_max_seconds), $12,
       $13::text[] || array(select distinct m.group_id::text from group_member m
         where m.user_id = any($14::text[]) and exists (
           select from role_principal p where p.principal_id = m.group_id and p.role_id = any($13::text[]) offset 0))
     from target t join scope p on p.id = t.scope_id join scope o on o.id = p.parent_id
     where t.id = $5 and not ${hasAsMany('$2', '$15')}
     returning id`,
    [
      ...[session.id, session.userId, session.userName, session.authTokenId, session.targetId],
      ...[session.hostSetId, session.hostId, session.endpointHost],
      ...[session.clientThumbprint, session.detachedSecretHash, session.detachedTtlSeconds],
      ...[session.accessEventId, session.roleIds, ['u_anon', 'u_auth', session.userId]],
      session.mostOfUser,
    ],
  );
  return rows.length > 0;
}

/** Who decided an end, when somebody did. */
export interface EndedBy {
  readonly userId: string;
  readonly userName: string;
}

/**
 * Moves those of the sessions to the status that are in one of the others; gives which they were. A reason that is
 * there stays. Rows are taken in the order of their ids, as by everybody who takes several, so that no two writers
 * wait for each other in a circle.
 */
export async function moveSessions(
  tx: Tx,
  ids: readonly string[],
  from: readonly SessionStatus[],
  to: SessionStatus,
  end?: {
    readonly reason: TerminationReason;
    readonly by?: EndedBy | null;
    readonly comment?: string | null;
  },
): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `update session set status = $3, revision = revision + 1,
       termination_reason = coalesce(termination_reason, $4),
       ended_by = coalesce(ended_by, $5), ended_by_name = coalesce(ended_by_name, $6),
       end_comment = coalesce(end_comment, $7)
     where id in (select id from session where id = any($1::text[]) order by id for no key update)
       and status = any($2::text[]) and ($3 <> 'terminated' or open_connection_count = 0)
     returning id`,
    [
      ids,
      from,
      to,
      end?.reason ?? null,
      end?.by?.userId ?? null,
      end?.by?.userName ?? null,
      end?.comment ?? null,
    ],
  );
  return rows.map(({ id }) => id).sort();
}

/** Makes a pending session active, unless its time is over; false when it is not pending (any more). */
export async function activatePending(tx: Tx, id: string): Promise<boolean> {
  const rows = await tx.query(
    `update session set status = 'active', revision = revision + 1
     where id = $1 and status = 'pending' and expires_at > postern_now() and client_thumbprint is not null
     returning id`,
    [id],
  );
  return rows.length > 0;
}

/** Binds a detached session to a key, once, while the token and the session live. */
export async function bindDetached(
  tx: Tx,
  id: string,
  secretHash: Buffer,
  thumbprint: string,
): Promise<boolean> {
  const rows = await tx.query(
    `update session set client_thumbprint = $3, revision = revision + 1
     where id = $1 and detached_secret_hash = $2 and client_thumbprint is null and status = 'pending'
       and detached_expires_at > postern_now() and expires_at > postern_now()
     returning id`,
    [id, secretHash, thumbprint],
  );
  return rows.length > 0;
}

export async function bumpRevision(tx: Tx, id: string): Promise<void> {
  await tx.query('update session set revision = revision + 1 where id = $1', [id]);
}

/** Sessions that time alone has moved on: expired, waiting for an end that has come, or never redeemed. */
export interface OverdueSession {
  readonly id: string;
  readonly status: SessionStatus;
  readonly openConnectionCount: number;
}

export async function lockOverdueSessions(tx: Tx, most: number): Promise<OverdueSession[]> {
  // Three branches, each along an index of its own: together they would read every live session.
  return tx.query<OverdueSession>(
    `select id, status, open_connection_count from session
     where status <> 'terminated' and id in (
       (select id from session where status in ('pending', 'active') and expires_at <= postern_now()
        order by expires_at limit $1)
       union all
       (select id from session where status = 'canceling' and open_connection_count = 0 limit $1)
       union all
       (select id from session where status = 'pending' and client_thumbprint is null
          and detached_expires_at <= postern_now() order by detached_expires_at limit $1))
     limit $1
     for no key update skip locked`,
    [most],
  );
}

/** What a worker needs to serve a session, and nothing that would let it act as somebody. */
export interface SessionLease {
  readonly sessionId: string;
  readonly status: SessionStatus;
  readonly clientThumbprint: string | null;
  readonly endpointHost: string;
  readonly endpointPort: number;
  readonly remainingMs: number;
  readonly connectionLimit: number;
  readonly connectionCount: number;
  readonly terminationReason: TerminationReason | null;
  readonly endedByName: string | null;
  readonly userId: string;
  readonly userName: string;
  readonly expiresAt: string;
  readonly egressWorkerFilter: string | null;
  /** Those of global and of the org above the project, as far as there are any. */
  readonly addressPolicies: readonly AddressPolicy[];
}

export async function findLease(reader: Reader, sessionId: string): Promise<SessionLease | null> {
  const [row] = await reader.query<SessionLease>(
    `select id as session_id, status, client_thumbprint, endpoint_host, endpoint_port, connection_limit,
       connection_count, egress_worker_filter, termination_reason, ended_by_name, user_id, user_name, expires_at,
       (extract(epoch from expires_at - postern_now()) * 1000)::float8 as remaining_ms,
       coalesce((select jsonb_agg(jsonb_build_object(
           'allow', coalesce(s.address_allow, '{}'), 'deny', coalesce(s.address_deny, '{}')))
         from scope s where s.id in ('global', session.org_id)
           and (s.address_allow is not null or s.address_deny is not null)), '[]') as address_policies
     from session where id = $1`,
    [sessionId],
  );
  return row ?? null;
}

/** Of those sessions, the ones that are over or being ended, with why. */
export async function findEnded(reader: Reader, ids: readonly string[]): Promise<SessionLease[]> {
  return reader.query<SessionLease>(
    `select id as session_id, status, termination_reason, ended_by_name from session
     where id = any($1::text[]) and status in ('canceling', 'terminated')`,
    [ids],
  );
}

/** How a detached session stands towards somebody who shows a token for it; null when there is no such session. */
export async function findDetachedState(
  reader: Reader,
  id: string,
  secretHash: Buffer,
): Promise<{ isHolder: boolean; isBound: boolean; isExpired: boolean } | null> {
  const [row] = await reader.query<{ isHolder: boolean; isBound: boolean; isExpired: boolean }>(
    `select coalesce(detached_secret_hash = $2, false) as is_holder, client_thumbprint is not null as is_bound,
            least(detached_expires_at, expires_at) <= postern_now() as is_expired
     from session where id = $1`,
    [id, secretHash],
  );
  return row ?? null;
}

/** All sessions that meet the conditions, which are text of ours over `x`; oldest first. */
export async function findSessionsWhere(
  reader: Reader,
  conditions: readonly string[],
  values: readonly unknown[],
): Promise<Session[]> {
  return reader.rows(
    Session,
    `select ${sessionColumns} from ${sessionTables} where ${conditions.join(' and ')} order by x.created_at, x.id`,
    values,
  );
}
