import type { Reader, Tx } from '../core/tx.js';
import type { LogHead } from '../events/event.store.js';
import type { OnPermissionLoss } from '../target/target.rules.js';
import type { Concern, EndpointNow } from './permission-loss.rules.js';

/** How far the log has been judged. */
export interface JudgeCursor extends LogHead {
  /** Newest event up to there after which a session might have lost something. */
  readonly accessEventId: string;
  /** While all sessions are judged, the last one that was; null when they have been. */
  readonly allAfter: string | null;
}

/**
 * The cursor, held until the transaction ends; null when another controller holds it. A controller that is stopped in
 * the middle would keep everybody else from judging: it loses its transaction after two seconds in which it asks nothing.
 */
export async function takeJudgeCursor(tx: Tx): Promise<JudgeCursor | null> {
  const [row] = await tx.query<JudgeCursor>(
    `select epoch, event_id as id, nonce, access_event_id, all_after,
       set_config('idle_in_transaction_session_timeout', '2000', true)
     from session_judge for update skip locked`,
  );
  return row ?? null;
}

export async function moveJudgeCursor(tx: Tx, cursor: JudgeCursor): Promise<void> {
  const { epoch, id, nonce, accessEventId, allAfter } = cursor;
  await tx.query(
    'update session_judge set epoch = $1, event_id = $2, nonce = $3, access_event_id = $4, all_after = $5',
    [epoch, id, nonce, accessEventId, allAfter],
  );
}

/** What has happened: the subjects of the facts by what of a session they are about. */
export interface News {
  readonly subjects: Readonly<Record<Concern, readonly string[]>>;
  /** Newest of these facts; null when there was none. */
  readonly newestId: string | null;
  /** Sessions that were made. */
  readonly createdIds: readonly string[];
  /** Newest fact up to the creations that may have crossed one of them. */
  readonly accessEventId: string;
}

// What is over by time ends with that reason, and is not judged any more.
const live = `s.status in ('pending', 'active') and s.expires_at > postern_now()`;
const unseen = '(s.access_event_id is null or s.access_event_id < $2)';
const going = `select s.id from session s where ${live} and ${unseen} and`;

/**
 * Live sessions that the news are about and that were last judged before them. Each line goes along an index of its
 * own; those that would look at all live sessions are not begun without a subject.
 */
export async function findConcerned(reader: Reader, news: News, most: number): Promise<string[]> {
  const { subjects } = news;
  const rows = await reader.query<{ id: string }>(
    `select id from (
       select s.id from session s where ${live} and s.id = any($4::text[])
         and (s.access_event_id is null or s.access_event_id < $3)
       union ${going} s.held_by && $5::text[]
       union ${going} s.user_ref = any($6::text[])
       union ${going} s.auth_token_ref in (select t.id from auth_token t where t.account_id = any($7::text[]))
       union ${going} s.target_ref = any($8::text[])
       union ${going} s.host_ref = any($9::text[])
       union ${going} s.host_ref is not null and s.target_ref in
         (select o.target_id from target_host_source o where o.host_set_id = any($10::text[]))
       union ${going} s.host_ref is not null and s.project_ref = any($11::text[])
       union ${going} cardinality($12::text[]) > 0 and (s.org_id = any($12::text[]) or 'global' = any($12::text[]))
       union ${going} $13::boolean and exists (select from unnest(s.held_by) h (id)
         where not exists (select from role r where r.id = h.id) and not exists (select from iam_group g where g.id = h.id))
       union ${going} $2::bigint is not null and s.access_event_id is null
     ) concerned order by id limit $1`,
    [
      ...[most, news.newestId, news.accessEventId, news.createdIds],
      ...[subjects.holder, subjects.user, subjects.account, subjects.target, subjects.host],
      ...[subjects['host set'], subjects['project of hosts'], subjects.scope],
      subjects['lost holder'].length > 0,
    ],
  );
  return rows.map(({ id }) => id);
}

/** Live sessions behind that one in the order of their ids. */
export async function findLiveAfter(reader: Reader, id: string, most: number): Promise<string[]> {
  const rows = await reader.query<{ id: string }>(
    `select s.id from session s where ${live} and s.id > $1 order by s.id limit $2`,
    [id, most],
  );
  return rows.map((row) => row.id);
}

/** A session with what its target is now, and who could ask for it again. */
export interface JudgedSession extends EndpointNow {
  readonly id: string;
  readonly userId: string;
  /** Null for a program, which has a token and no account. */
  readonly accountId: string | null;
  /** False when the token it was asked for with does not speak for that user any more. */
  readonly isSpokenFor: boolean;
  readonly targetId: string;
  readonly projectId: string;
  readonly orgId: string;
  readonly onPermissionLoss: OnPermissionLoss;
}

/** Those of the sessions that are pending or active. */
export async function findJudged(reader: Reader, ids: readonly string[]): Promise<JudgedSession[]> {
  return reader.query<JudgedSession>(
    `select s.id, s.user_ref as user_id, k.account_id, k.user_id is not null as is_spoken_for, s.target_id, s.project_id, s.org_id,
       s.host_id, s.endpoint_host, s.endpoint_port, t.address, t.default_port, t.on_permission_loss,
       exists (select from target_host_source o join host_set_member m on m.host_set_id = o.host_set_id
         join host h on h.id = m.host_id
         where o.target_id = t.id and h.id = s.host_ref and h.address = s.endpoint_host) as is_host_offered
     from session s join target t on t.id = s.target_ref
     left join auth_token k on k.id = s.auth_token_ref and k.user_id = s.user_ref
     where s.id = any($1::text[]) and s.status in ('pending', 'active') order by s.id`,
    [ids],
  );
}

/** Notes what sessions stand on that were judged by what was there after that event. */
export async function noteJudged(
  tx: Tx,
  sessions: readonly { readonly id: string; readonly heldBy: readonly string[] }[],
  accessEventId: string,
): Promise<void> {
  if (sessions.length === 0) return;
  await tx.query(
    `update session s set access_event_id = $2, held_by = j.held_by
     from jsonb_to_recordset($1::jsonb) as j (id text, held_by text[]) where s.id = j.id`,
    [JSON.stringify(sessions.map(({ id, heldBy }) => ({ id, held_by: heldBy }))), accessEventId],
  );
}
