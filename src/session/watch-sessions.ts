import type { Request } from '../api/request.js';
import type { Reach } from '../core/acl.js';
import type { Clock } from '../core/clock.js';
import { invalidInput, isFailure } from '../core/failure.js';
import type { Reader, Transactor } from '../core/tx.js';
import { openEventCursor, sealEventCursor } from '../events/event-cursor.js';
import { eventStream, type Step, type StreamSettings, type StreamSource } from '../events/event-stream.js';
import {
  findEventsAfter,
  findHead,
  findNow,
  standingOf,
  type LoggedEvent,
  type LogHead,
} from '../events/event.store.js';
import type { Tail } from '../events/tail.js';
import { Params } from '../grant/list-predicate.js';
import { idActionsOf } from '../grant/resource-type.js';
import { requireListing } from '../scope/list-in-scope.js';
import { listConditions } from '../scope/listing.js';
import { requireShown } from '../scope/require-shown.js';
import { ConnectionRecord } from './connection.entity.js';
import { sessionListing } from './list-sessions.js';
import {
  sessionEventKinds,
  type SessionEventBody,
  type SessionEventKind,
  type SessionImage,
} from './record-session.js';
import { presentSession } from './require-session.js';
import {
  item,
  SessionEvent,
  SessionRemoved,
  StreamCheckpoint,
  StreamReset,
  type SessionStreamItem,
  type StreamResetReason,
} from './session-event.js';
import { checkFilter, listFilterOf, matchesFilter, type SessionFilter } from './session-filter.js';
import { Session } from './session.entity.js';
import { sessionStatuses } from './session.rules.js';
import { findSessionsWhere } from './session.store.js';
import { ViewCheck } from './view-check.js';

export interface WatchParts {
  readonly database: Transactor;
  readonly tail: Tail;
  readonly clock: Clock;
  readonly settings: StreamSettings & {
    /** How old the knowledge of the caller's token and grants may be when an item is sent, in ms. */
    readonly viewMaxAgeMs: number;
  };
}

export interface WatchArgs {
  readonly scopeId: string;
  readonly recursive: boolean;
  readonly filter?: SessionFilter | null;
  readonly after?: string | null;
}

const replayBatch = 1000;
const liveStatuses = sessionStatuses.filter((status) => status !== 'terminated');

/** A session rebuilt from an event, so that it shows what was and not what has become of it. */
export function sessionOf(image: SessionImage): Session {
  return Object.assign(Object.create(Session.prototype) as Session, image);
}

function connectionOf(image: ConnectionRecord): ConnectionRecord {
  return Object.assign(Object.create(ConnectionRecord.prototype) as ConnectionRecord, image);
}

/**
 * Sessions of a scope: a snapshot of those that live, a checkpoint, then every change. With `after`, the changes since then; when that is not possible any more, a reset and a
 * fresh snapshot. The caller's token and grants are looked at again at every item and heartbeat: when the
 * token is over the stream completes, when the grants change it starts again with what may be seen now.
 */
export async function watchSessions(
  request: Request,
  parts: WatchParts,
  args: WatchArgs,
): Promise<AsyncIterableIterator<SessionStreamItem>> {
  checkFilter(args.filter);
  if (args.after != null && !openEventCursor(request.eventCursors, args.after)) {
    throw invalidInput('after', 'is not a cursor of this installation');
  }
  await requireWatching(request, args);
  return eventStream(parts.tail, parts.clock, parts.settings, new SessionSource(request, parts, args));
}

async function requireWatching({ ctx }: Request, args: WatchArgs): Promise<void> {
  await requireListing(ctx, 'session', args);
  await requireShown(ctx, { type: 'session', livesIn: ['project'] }, args, listFilterOf(args.filter).leansOn);
}

class SessionSource implements StreamSource<SessionStreamItem> {
  /** Revision last sent of each session in view: older news of it is dropped, and its leaving is told. */
  private readonly sent = new Map<string, number>();
  private readonly check: ViewCheck;
  private epoch = '';
  /** Everything up to here has been sent, or was not for this reader. */
  private reached: LogHead = { epoch: '', id: '0', nonce: '' };

  constructor(
    private readonly request: Request,
    private readonly parts: WatchParts,
    private readonly args: WatchArgs,
  ) {
    this.check = new ViewCheck(request, parts.clock, parts.settings.viewMaxAgeMs);
  }

  hear(event: LoggedEvent): void {
    this.check.hear(event);
  }

  async open(since: LogHead): Promise<Step<SessionStreamItem>> {
    this.epoch = since.epoch;
    await this.check.look();
    const { after } = this.args;
    if (after == null) return { items: await this.snapshot() };
    const from = openEventCursor(this.request.eventCursors, after) as LogHead;
    if (from.epoch !== since.epoch) return { items: await this.restart('EPOCH_CHANGED') };
    const standing = await standingOf(this.parts.database.reader, from);
    if (standing === 'other') return { items: await this.restart('EPOCH_CHANGED') };
    if (standing === 'expired') return { items: await this.restart('CURSOR_EXPIRED') };
    this.reached = from;
    return this.replay(since);
  }

  async each(event: LoggedEvent): Promise<Step<SessionStreamItem>> {
    const changed = await this.changed();
    this.reach({ epoch: this.epoch, id: event.id, nonce: event.nonce });
    return changed ?? { items: this.view(event) };
  }

  // A checkpoint promises that everything up to it was sent, so it is never ahead of what this stream has
  // taken, however far the log is.
  async beat(): Promise<Step<SessionStreamItem>> {
    return (await this.changed(true)) ?? { items: [await this.checkpoint()] };
  }

  async overflow(): Promise<Step<SessionStreamItem>> {
    return (await this.changed()) ?? this.startAgain('SLOW_CONSUMER');
  }

  /** What to send instead when the reader has changed; null when it has not. */
  private async changed(isForced = false): Promise<Step<SessionStreamItem> | null> {
    const change = await this.check.look(isForced);
    if (change === 'same') return null;
    return change === 'gone' ? { items: [], isLast: true } : this.startAgain('GRANTS_CHANGED');
  }

  private async startAgain(reason: StreamResetReason): Promise<Step<SessionStreamItem>> {
    try {
      return { items: await this.restart(reason) };
    } catch (error) {
      if (!isFailure(error)) throw error;
      return { items: [item(StreamReset, { reason: 'GRANTS_CHANGED' })], isLast: true };
    }
  }

  private async restart(reason: StreamResetReason): Promise<SessionStreamItem[]> {
    return [item(StreamReset, { reason }), ...(await this.snapshot())];
  }

  // What is shown is read first, and who reads it is looked at afterwards: it may have changed in between, at a
  // place in the log before that of the snapshot.
  private async snapshot(): Promise<SessionStreamItem[]> {
    for (;;) {
      const items = await this.snapshotAsKnown();
      if ((await this.check.look(true)) === 'same') return items;
    }
  }

  private async snapshotAsKnown(): Promise<SessionStreamItem[]> {
    this.sent.clear();
    await requireWatching(this.request, this.args);
    return this.parts.database.snapshot(async (reader) => {
      const head = await findHead(reader);
      const rows = await this.rowsNow(reader);
      const cursor = sealEventCursor(this.request.eventCursors, head);
      const items = rows.flatMap((row): SessionStreamItem[] => {
        const { id, revision, updatedAt } = row;
        const session = this.shown(row);
        if (!session) return [];
        this.sent.set(id, revision);
        return [
          item(SessionEvent, {
            cursor,
            occurredAt: updatedAt,
            type: revision === 1 ? 'CREATED' : 'STATUS_CHANGED',
            session,
            connection: null,
            isSnapshot: true,
          }),
        ];
      });
      this.reach(head);
      return [...items, await this.checkpoint(reader)];
    });
  }

  // Those that live. What is over is history, which `sessions` lists in pages.
  private async rowsNow(reader: Reader): Promise<Session[]> {
    const { filter } = this.args;
    const wanted = liveStatuses.filter((status) => filter?.statusIn?.includes(status) ?? true);
    const listing = sessionListing(this.request, true);
    const params = new Params();
    const conditions = await listConditions(this.request.ctx, listing, this.args, params);
    const all = [...conditions, ...listFilterOf({ ...filter, statusIn: wanted }).sql(params)];
    return findSessionsWhere(reader, all, params.values);
  }

  // What the tail had passed before it began to listen for us, a batch at a time.
  private async replay(until: LogHead): Promise<Step<SessionStreamItem>> {
    const events = await findEventsAfter(this.parts.database.reader, this.reached.id, replayBatch);
    const missed = events.filter((event) => BigInt(event.id) <= BigInt(until.id));
    const changed = await this.changed(true);
    if (changed) return changed;
    const items = missed.flatMap((event) => this.view(event));
    const last = missed.at(-1);
    if (last) this.reach({ epoch: this.epoch, id: last.id, nonce: last.nonce });
    if (missed.length === replayBatch) return { items, rest: () => this.replay(until) };
    this.reach(until);
    return { items: [...items, await this.checkpoint()] };
  }

  private reach(place: LogHead): void {
    if (BigInt(place.id) >= BigInt(this.reached.id)) this.reached = place;
  }

  private view(event: LoggedEvent): SessionStreamItem[] {
    const type = sessionEventKinds[event.kind as SessionEventKind] as
      (typeof sessionEventKinds)[SessionEventKind] | undefined;
    if (type === undefined) return [];
    const { session: image, connection } = event.body as unknown as SessionEventBody;
    if (!this.isBelow(image) || (this.sent.get(image.id) ?? 0) >= event.revision) return [];
    const session = this.shown(sessionOf(image));
    if (!session) return [];
    const { id, nonce } = event;
    const cursor = sealEventCursor(this.request.eventCursors, { epoch: this.epoch, id, nonce });
    if (!matchesFilter(this.args.filter, image)) {
      const wasSent = this.sent.delete(image.id) || this.args.after != null;
      return wasSent ? [item(SessionRemoved, { cursor, sessionId: image.id })] : [];
    }
    this.sent.set(image.id, event.revision);
    return [
      item(SessionEvent, {
        cursor,
        occurredAt: event.at,
        type,
        session,
        connection: connection && !session.hidesConnections ? connectionOf(connection) : null,
        isSnapshot: false,
      }),
    ];
  }

  private shown(session: Session): Session | null {
    return presentSession(this.check.acl, this.request.ctx.actor, 'list', session);
  }

  private isBelow({ projectId, orgId }: SessionImage): boolean {
    const { scopeId, recursive } = this.args;
    if (!recursive) return projectId === scopeId;
    const isInside = scopeId === 'global' || scopeId === orgId || scopeId === projectId;
    const { listable } = this.check.acl.listPermission('session', idActionsOf('session'));
    return isInside && reaches(listable, projectId, orgId);
  }

  private async checkpoint(reader: Reader = this.parts.database.reader): Promise<StreamCheckpoint> {
    return item(StreamCheckpoint, {
      cursor: sealEventCursor(this.request.eventCursors, this.reached),
      serverTime: await findNow(reader),
    });
  }
}

function reaches(reach: Reach, scopeId: string, parentId: string): boolean {
  return reach.everywhere || reach.scopes.includes(scopeId) || reach.parents.includes(parentId);
}
