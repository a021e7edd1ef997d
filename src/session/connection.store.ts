import type { Reader, Tx } from '../core/tx.js';
import { ConnectionRecord } from './connection.entity.js';
import type { ClosedReason } from './session.rules.js';

/** Takes a place within the session's limit; null when the session does not allow one (any more). */
export async function reserveConnection(
  tx: Tx,
  sessionId: string,
): Promise<{ connectionLimit: number; connectionCount: number } | null> {
  const [row] = await tx.query<{ connectionLimit: number; connectionCount: number }>(
    `update session set connection_count = connection_count + 1, open_connection_count = open_connection_count + 1
     where id = $1 and status = 'active' and expires_at > postern_now()
       and (connection_limit = -1 or connection_count < connection_limit)
     returning connection_limit, connection_count`,
    [sessionId],
  );
  return row ?? null;
}

export async function insertConnection(
  tx: Tx,
  connection: Pick<ConnectionRecord, 'id' | 'sessionId' | 'workerName' | 'bootId' | 'clientAddress'> & {
    workerId: string;
  },
): Promise<void> {
  await tx.query(
    `insert into session_connection (id, session_id, worker_id, worker_name, boot_id, client_address)
     values ($1, $2, $3, $4, $5, $6)`,
    [
      ...[connection.id, connection.sessionId, connection.workerId],
      ...[connection.workerName, connection.bootId, connection.clientAddress],
    ],
  );
}

/** Notes where a connection went; null when it is not waiting for that (any more). */
export async function markConnected(
  tx: Tx,
  id: string,
  bootId: string,
  endpointAddress: string,
): Promise<ConnectionRecord | null> {
  const [row] = await tx.rows(
    ConnectionRecord,
    `update session_connection set status = 'connected', endpoint_address = $3, connected_at = postern_now()
     where id = $1 and boot_id = $2 and status = 'authorized' returning *`,
    [id, bootId, endpointAddress],
  );
  return row ?? null;
}

/**
 * The open ones of those connections, locked, and their sessions before them: every writer that needs both
 * takes them in this order, so that none waits for another in a circle.
 */
export async function lockOpenConnections(tx: Tx, ids: readonly string[]): Promise<ConnectionRecord[]> {
  await tx.query(
    `select id from session where id in (select session_id from session_connection where id = any($1::text[]))
     order by id for no key update`,
    [ids],
  );
  return tx.rows(
    ConnectionRecord,
    `select * from session_connection where id = any($1::text[]) and status <> 'closed' order by id for no key update`,
    [ids],
  );
}

export interface ConnectionEnd {
  readonly id: string;
  readonly reason: ClosedReason;
  /** What it reached; null when it never did, or nobody knows. */
  readonly endpointAddress: string | null;
  readonly bytesUp: bigint;
  readonly bytesDown: bigint;
}

export async function markClosed(tx: Tx, end: ConnectionEnd): Promise<ConnectionRecord> {
  const [row] = await tx.rows(
    ConnectionRecord,
    `update session_connection set status = 'closed', closed_reason = $2, closed_at = postern_now(),
       bytes_up = greatest(bytes_up, $3), bytes_down = greatest(bytes_down, $4), reported_at = postern_now(),
       endpoint_address = coalesce(endpoint_address, $5),
       connected_at = coalesce(connected_at, case when $5::text is not null then created_at end)
     where id = $1 returning *`,
    [end.id, end.reason, end.bytesUp, end.bytesDown, end.endpointAddress],
  );
  return row as ConnectionRecord;
}

/** Takes a closed connection out of its session's counts; one that never reached its host gives its place back. */
export async function releaseConnection(
  tx: Tx,
  sessionId: string,
  change: { readonly returnsPlace: boolean; readonly up: bigint; readonly down: bigint },
): Promise<void> {
  await tx.query(
    `update session set open_connection_count = open_connection_count - 1,
       connection_count = connection_count - $2, bytes_up = bytes_up + $3, bytes_down = bytes_down + $4,
       reported_at = postern_now(), revision = revision + 1
     where id = $1`,
    [sessionId, change.returnsPlace ? 1 : 0, change.up, change.down],
  );
}

/** Writes byte counts that have grown, of connections that are locked and of their sessions. */
export async function addTraffic(
  tx: Tx,
  grown: readonly {
    id: string;
    sessionId: string;
    up: bigint;
    down: bigint;
    moreUp: bigint;
    moreDown: bigint;
  }[],
): Promise<void> {
  await tx.query(
    `update session_connection c set bytes_up = g.up, bytes_down = g.down, reported_at = postern_now()
     from unnest($1::text[], $2::bigint[], $3::bigint[]) as g (id, up, down) where c.id = g.id`,
    [grown.map((one) => one.id), grown.map((one) => one.up), grown.map((one) => one.down)],
  );
  await tx.query(
    `with more as (
       select id, sum(up) as up, sum(down) as down
       from unnest($1::text[], $2::bigint[], $3::bigint[]) as g (id, up, down) group by id
     )
     update session s set bytes_up = s.bytes_up + more.up, bytes_down = s.bytes_down + more.down,
       reported_at = postern_now()
     from more where s.id = more.id`,
    [grown.map((one) => one.sessionId), grown.map((one) => one.moreUp), grown.map((one) => one.moreDown)],
  );
}

/** Open connections of boots of a worker before the present one: they died with their process. */
export async function findConnectionsOfOtherBoots(
  reader: Reader,
  workerId: string,
  bootId: string,
): Promise<string[]> {
  const rows = await reader.query<{ id: string }>(
    `select id from session_connection where worker_id = $1 and boot_id <> $2 and status <> 'closed' order by id limit 1000`,
    [workerId, bootId],
  );
  return rows.map((row) => row.id);
}

/**
 * Open connections of a boot that it does not hold: it never got the answer that gave it the place. One that
 * is young may have been asked for after the boot said what it holds.
 */
export async function findConnectionsNotHeld(
  reader: Reader,
  boot: { readonly workerId: string; readonly bootId: string },
  held: readonly string[],
): Promise<string[]> {
  const rows = await reader.query<{ id: string }>(
    `select id from session_connection
     where worker_id = $1 and boot_id = $2 and status <> 'closed' and created_at < postern_now() - interval '60 s'
       and not (id = any($3::text[])) order by id limit 1000`,
    [boot.workerId, boot.bootId, held],
  );
  return rows.map((row) => row.id);
}

/** Of those connections, the ones that are closed. */
export async function findClosedAmong(reader: Reader, ids: readonly string[]): Promise<string[]> {
  const rows = await reader.query<{ id: string }>(
    `select id from session_connection where id = any($1::text[]) and status = 'closed'`,
    [ids],
  );
  return rows.map((row) => row.id);
}

/** Open connections of workers unheard of for longer than the grace, or deleted. */
export async function findConnectionsOfLostWorkers(reader: Reader, graceMs: number): Promise<string[]> {
  const rows = await reader.query<{ id: string }>(
    `select c.id from session_connection c left join worker w on w.id = c.worker_id
     where c.status <> 'closed'
       and (w.id is null or w.last_seen_at < postern_now() - make_interval(secs => $1))
     order by c.id limit 1000`,
    [graceMs / 1000],
  );
  return rows.map((row) => row.id);
}

export async function findConnections(reader: Reader, ids: readonly string[]): Promise<ConnectionRecord[]> {
  return reader.rows(ConnectionRecord, 'select * from session_connection where id = any($1::text[])', [ids]);
}

/** Connections that meet the conditions, which are text of ours over `c`; values come as parameters. */
export async function findConnectionsWhere(
  reader: Reader,
  conditions: readonly string[],
  orderAndLimit: string,
  values: readonly unknown[],
): Promise<ConnectionRecord[]> {
  return reader.rows(
    ConnectionRecord,
    `select c.* from session_connection c where ${conditions.join(' and ')} ${orderAndLimit}`,
    values,
  );
}
