import type { Reader } from '../core/tx.js';

/** A fact with its place in the log. */
export interface LoggedEvent {
  /** Decimal; grows in the order in which readers see events. */
  readonly id: string;
  /** Random: a log that was restored and went on has other ones under the same ids. */
  readonly nonce: string;
  readonly at: string;
  readonly kind: string;
  readonly subjectId: string;
  readonly scopeId: string;
  readonly revision: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A place in the log: an event by its id and its nonce, and which log it is. The place before all is id 0. */
export interface LogHead {
  readonly epoch: string;
  readonly id: string;
  readonly nonce: string;
}

/** Gives committed facts their numbers. Any controller may; two at once do it once. */
export async function numberEvents(reader: Reader, most: number): Promise<void> {
  await reader.query('select number_events($1)', [most]);
}

export async function findEventsAfter(reader: Reader, id: string, most: number): Promise<LoggedEvent[]> {
  return reader.query<LoggedEvent>('select * from event where id > $1 order by id limit $2', [id, most]);
}

/** What events of some kinds are about, without what they carry: those after a place up to another. */
export async function findEventsOfKinds(
  reader: Reader,
  kinds: readonly string[],
  { after, until }: { readonly after: string; readonly until: string },
  most: number,
): Promise<Omit<LoggedEvent, 'body'>[]> {
  return reader.query(
    `select id, nonce, at, kind, subject_id, scope_id, revision from event
     where id > $1 and id <= $2 and kind = any($3::text[]) order by id limit $4`,
    [after, until, kinds, most],
  );
}

/** The head as seen by this snapshot: the newest event that is visible to it. */
export async function findHead(reader: Reader): Promise<LogHead> {
  const [row] = await reader.query<LogHead>(
    `select epoch, coalesce(newest.id, 0)::text as id, coalesce(newest.nonce, '') as nonce
     from event_log left join (select id, nonce from event order by id desc limit 1) newest on true`,
  );
  return row as LogHead;
}

/**
 * Whether a reader that has reached this place can go on from it: not when events after it have been dropped
 * (`expired`), and not when the log has another history there (`other`).
 */
export async function standingOf(
  reader: Reader,
  { id, nonce }: LogHead,
): Promise<'kept' | 'expired' | 'other'> {
  const [row] = await reader.query<{ oldest: string | null; newest: string | null; nonce: string | null }>(
    `select (select min(id) from event)::text as oldest, (select max(id) from event)::text as newest,
            (select nonce from event where id = $1) as nonce`,
    [id],
  );
  const { oldest = null, newest = null, nonce: kept = null } = row ?? {};
  if (kept !== null) return kept === nonce ? 'kept' : 'other';
  if (BigInt(id) > BigInt(newest ?? 0)) return 'other';
  return id === '0' && BigInt(oldest ?? 1) === 1n ? 'kept' : 'expired';
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
