import type { Reader } from '../core/tx.js';

/** A fact with its place in the log. */
export interface LoggedEvent {
  /** Decimal; grows in the order in which readers see events. */
  readonly id: string;
  readonly at: string;
  readonly kind: string;
  readonly subjectId: string;
  readonly scopeId: string;
  readonly revision: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Where the log ends now, and which log it is: another epoch means that it was restored or rebuilt. */
export interface LogHead {
  readonly epoch: string;
  readonly id: string;
}

/** Gives committed facts their numbers. Any controller may; two at once do it once. */
export async function numberEvents(reader: Reader, most: number): Promise<void> {
  await reader.query('select number_events($1)', [most]);
}

export async function findEventsAfter(reader: Reader, id: string, most: number): Promise<LoggedEvent[]> {
  return reader.query<LoggedEvent>('select * from event where id > $1 order by id limit $2', [id, most]);
}

/** The head as seen by this snapshot: the newest event that is visible to it. */
export async function findHead(reader: Reader): Promise<LogHead> {
  const [row] = await reader.query<LogHead>(
    'select epoch, coalesce((select max(id) from event), 0)::text as id from event_log',
  );
  return row as LogHead;
}

/** True when every event after that one is still in the log. */
export async function isRetained(reader: Reader, id: string): Promise<boolean> {
  const [row] = await reader.query<{ retained: boolean }>(
    `select $1::bigint >= coalesce((select min(id) from event), 1) - 1
        and $1::bigint <= coalesce((select max(id) from event), 0) as retained`,
    [id],
  );
  return row?.retained ?? false;
}

/** Makes the partition that the log will need next. Cheap when it is there. */
export async function preparePartition(reader: Reader): Promise<void> {
  await reader.query('select ensure_event_partition((select last_value from event_id_seq) + 1000000)');
}

/** The time of the database, the one that is stored and that expiry is tested by. */
export async function findNow(reader: Reader): Promise<string> {
  const [row] = await reader.query<{ now: string }>('select postern_now() as now');
  return row?.now ?? '';
}
