import type { Request } from '../api/request.js';
import { isFailure } from '../core/failure.js';
import { eventStream, type Step, type StreamSource } from '../events/event-stream.js';
import type { LoggedEvent } from '../events/event.store.js';
import { readSession } from './read-session.js';
import { sessionEventKinds, type SessionEventBody } from './record-session.js';
import { presentSession, requireSession } from './require-session.js';
import { findSession } from './session.store.js';
import type { Session } from './session.entity.js';
import { ViewCheck } from './view-check.js';
import { sessionOf, type WatchParts } from './watch-sessions.js';

/**
 * One session: its present state at once, then every change until it is terminated, when the stream
 * completes. It completes early when the caller may not read it any more.
 */
export async function watchSession(
  request: Request,
  parts: WatchParts,
  id: string,
): Promise<AsyncIterableIterator<Session>> {
  await requireSession(request.ctx, 'read', id);
  return eventStream(parts.tail, parts.clock, parts.settings, new OneSession(request, parts, id));
}

class OneSession implements StreamSource<Session> {
  private readonly check: ViewCheck;
  private sentRevision = 0;

  constructor(
    private readonly request: Request,
    parts: WatchParts,
    private readonly id: string,
  ) {
    this.check = new ViewCheck(request, parts.clock, parts.settings.viewMaxAgeMs);
  }

  hear(event: LoggedEvent): void {
    this.check.hear(event);
  }

  // What is shown is read first, and who reads it is looked at afterwards: it may have changed in between.
  async open(): Promise<Step<Session>> {
    await this.check.look();
    const session = await readSession(this.request.ctx, this.id);
    return (await this.mayGoOn(true)) ? this.send(session) : { items: [], isLast: true };
  }

  async each(event: LoggedEvent): Promise<Step<Session>> {
    if (event.subjectId !== this.id || !(event.kind in sessionEventKinds)) return { items: [] };
    if (!(await this.mayGoOn())) return { items: [], isLast: true };
    return this.send(sessionOf((event.body as unknown as SessionEventBody).session));
  }

  async beat(): Promise<Step<Session>> {
    return { items: [], isLast: !(await this.mayGoOn(true)) };
  }

  async overflow(): Promise<Step<Session>> {
    const session = await findSession(this.request.ctx.tx, this.id);
    return session && (await this.mayGoOn(true)) ? this.send(session) : { items: [], isLast: true };
  }

  private async mayGoOn(isForced = false): Promise<boolean> {
    const change = await this.check.look(isForced);
    if (change !== 'grants') return change === 'same';
    try {
      const { ctx } = this.request;
      await requireSession(ctx, 'read', this.id);
      return true;
    } catch (error) {
      if (isFailure(error)) return false;
      throw error;
    }
  }

  private send(session: Session): Step<Session> {
    if (session.revision <= this.sentRevision) return { items: [] };
    const { revision, status } = session;
    const shown = presentSession(this.check.acl, this.request.ctx.actor, 'read', session);
    if (!shown) return { items: [], isLast: true };
    this.sentRevision = revision;
    return { items: [shown], isLast: status === 'terminated' };
  }
}
