import type { Clock, Timer } from '../core/clock.js';
import { actorName, type Actor, type Denial } from '../core/ctx.js';
import type { Log } from '../core/log.js';
import type { Reader } from '../core/tx.js';

/** A refusal that was told to a caller, under its id. */
export interface ToldDenial {
  readonly id: string;
  readonly requestId: string;
  readonly actor: Actor;
  readonly denial: Denial;
}

export interface DenialWriterParts {
  readonly reader: Reader;
  readonly clock: Clock;
  readonly log: Log;
  /** How long one waits for others to be written with it. */
  readonly flushMs: number;
  /** How many may wait; those beyond are dropped. */
  readonly mostWaiting: number;
}

export interface DenialWriter {
  /** Takes a denial to be written soon. Never waits and never fails. */
  keep(told: ToldDenial): void;
  /** Writes what waits. */
  close(): Promise<void>;
}

interface Waiting {
  readonly told: ToldDenial;
  readonly sinceMs: number;
}

/**
 * Writes denials in batches beside the requests they belong to, which neither wait for it nor learn of its troubles:
 * what finds no room, or no database, is lost, and the log says so once until it works again.
 */
export function startDenialWriter(parts: DenialWriterParts): DenialWriter {
  const { reader, clock, log, flushMs, mostWaiting } = parts;
  let waiting: Waiting[] = [];
  let timer: Timer | undefined;
  let writing: Promise<void> = Promise.resolve();
  let isLosing = false;
  const lose = (why: string): void => {
    if (!isLosing) log.warn('denials are lost; they cannot be looked up', { reason: why });
    isLosing = true;
  };
  const flush = async (): Promise<void> => {
    timer = undefined;
    const batch = waiting;
    waiting = [];
    if (batch.length === 0) return;
    try {
      await reader.query(insertSql, rowsOf(batch, clock.monotonicMs()));
      if (batch.length < mostWaiting) isLosing = false;
    } catch (error) {
      lose(String(error));
    }
  };
  const arm = (): void => {
    timer ??= clock.after(flushMs, () => {
      // One statement at a time: a slow database gets no second connection to be slow on.
      writing = writing.then(flush);
    });
  };
  return {
    keep(told) {
      if (waiting.length >= mostWaiting) lose(`${mostWaiting} are waiting already`);
      else waiting.push({ told, sinceMs: clock.monotonicMs() });
      arm();
    },
    async close() {
      timer?.cancel();
      await writing;
      await flush();
    },
  };
}

const insertSql = `
  insert into denial (id, at, request_id, actor_kind, user_id, user_name, account_id, code, action, resource_type,
                      resource_id, scope_id, asked_on, reason)
  select d.id, postern_now() - make_interval(secs => d.age_ms / 1000), d.request_id, d.actor_kind, d.user_id, d.user_name,
         d.account_id, d.code, d.action, d.resource_type, d.resource_id, d.scope_id, d.asked_on, d.reason
  from unnest($1::text[], $2::float8[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
              $9::text[], $10::text[], $11::text[], $12::text[], $13::jsonb[], $14::text[])
    as d (id, age_ms, request_id, actor_kind, user_id, user_name, account_id, code, action, resource_type, resource_id,
          scope_id, asked_on, reason)
  on conflict (id) do nothing`;

// By columns, as the statement takes them.
function rowsOf(batch: readonly Waiting[], nowMs: number): unknown[][] {
  const rows = batch.map(({ told: { id, requestId, actor, denial }, sinceMs }) => {
    const { code, action, resourceType, resourceId, scopeId = null, on = null, reason = null } = denial;
    const user = actor.kind === 'user' ? actor : null;
    const userId = actor.kind === 'anonymous' ? 'u_anon' : (user?.userId ?? null);
    return [
      ...[id, nowMs - sinceMs, requestId, actor.kind, userId, user?.userName ?? actorName(actor)],
      ...[user?.accountId ?? null, code, action, resourceType, resourceId, scopeId],
      ...[on === null ? null : JSON.stringify(on), reason],
    ];
  });
  return (rows[0] ?? []).map((_, column) => rows.map((row) => row[column]));
}

const kept = "interval '30 days'";
const mostPruned = 1000;

/** Forgets denials that are too old to be asked about, some at a time. */
export async function forgetOldDenials(reader: Reader): Promise<void> {
  await reader.query(
    `delete from denial where id in
       (select id from denial where at < postern_now() - ${kept} order by at limit ${mostPruned})`,
  );
}
