import type { Clock, Timer } from '../core/clock.js';
import type { ClosedAs, ConnectionEnd, Denied, Lease, Order, Traffic } from './authority.js';
import type { ControlChannel } from './control.js';
import type { Relay } from './relay.js';

/** A connection from the moment its place is asked for: being authorized, being dialled, passing bytes. */
export interface LiveConnection {
  readonly id: string;
  hasPlace: boolean;
  /** The address of the host, once it was reached. */
  endpointAddress: string | null;
  /** Set once bytes pass. */
  relay: Relay | null;
  /** Aborted when the session ends while the host is being dialled. */
  readonly dialing: AbortController;
  /** Why it was cut, when it was. */
  cutAs: ClosedAs | null;
}

/** What a worker holds of one session: its lease, its end once that is decided, and all that hangs on it. */
export interface LiveSession {
  readonly sessionId: string;
  lease: Lease | null;
  /** When it expires, on the monotonic clock. */
  deadlineMs: number;
  ended: { readonly reason: string; readonly by: string | null; readonly closeAs: ClosedAs } | null;
  /** Questions on their way to the controller; however many clients need the answer, it is asked once. */
  lookup: Promise<Lease | Denied> | null;
  activation: Promise<Lease | Denied> | null;
  /** Places that are free by the last answer of the controller; null before the first, -1 for any number. */
  placesLeft: number | null;
  /** What the control connections were told last. */
  toldLeft: number | null;
  readonly connections: Map<string, LiveConnection>;
  readonly controls: Set<ControlChannel>;
  /** Handshakes on their way; keeps the entry while there are any. */
  pending: number;
  expiry: Timer | null;
}

/** All that a worker serves now, by session. */
export class LiveSessions {
  private readonly sessions = new Map<string, LiveSession>();
  private readonly reported = new Map<string, bigint>();
  private cutAs: ClosedAs | null = null;

  constructor(private readonly clock: Clock) {}

  /** The entry of a session, for as long as `release` has not been called as often as this. */
  hold(sessionId: string): LiveSession {
    let session = this.sessions.get(sessionId);
    if (!session) {
      session = {
        sessionId,
        lease: null,
        deadlineMs: 0,
        ended: null,
        lookup: null,
        activation: null,
        placesLeft: null,
        toldLeft: null,
        connections: new Map(),
        controls: new Set(),
        pending: 0,
        expiry: null,
      };
      this.sessions.set(sessionId, session);
    }
    session.pending += 1;
    return session;
  }

  release(session: LiveSession): void {
    session.pending -= 1;
    this.forgetIfIdle(session);
  }

  /** Keeps what the controller said of a session, and ends it here when its time is over, whoever is reachable. */
  keepLease(session: LiveSession, lease: Lease): void {
    session.lease = lease;
    session.deadlineMs = this.clock.monotonicMs() + lease.remainingMs;
    session.expiry?.cancel();
    session.expiry = this.clock.after(Math.max(0, lease.remainingMs), () =>
      this.end({ sessionId: session.sessionId, reason: 'timed out', by: null, closeAs: 'timed out' }),
    );
  }

  /** Carries out an end: clients are told why, then everything is cut. Unknown and repeated orders do nothing. */
  end({ sessionId, reason, by, closeAs }: Order): void {
    const session = this.sessions.get(sessionId);
    if (!session || session.ended) return;
    session.ended = { reason, by, closeAs };
    for (const control of session.controls) control.end({ type: 'ended', reason, by });
    this.cutConnections(session, closeAs);
    this.forgetIfIdle(session);
  }

  /** Why nothing is served any more; null while the worker serves. */
  get isCut(): ClosedAs | null {
    return this.cutAs;
  }

  /** The worker itself goes away: connections are lost, but no session ends by it. */
  cutAll(reason: ClosedAs): void {
    this.cutAs = reason;
    for (const session of this.sessions.values()) {
      for (const control of session.controls) control.end({ type: 'going-away' });
      this.cutConnections(session, reason);
    }
  }

  /** Cuts connections that the controller has closed meanwhile: it took this worker for lost. */
  cut(connectionIds: readonly string[]): void {
    if (connectionIds.length === 0) return;
    const gone = new Set(connectionIds);
    for (const session of this.sessions.values())
      for (const connection of session.connections.values())
        if (gone.has(connection.id)) cutConnection(connection, 'worker lost');
  }

  forgetIfIdle(session: LiveSession): void {
    if (session.pending > 0 || session.connections.size > 0 || session.controls.size > 0) return;
    session.expiry?.cancel();
    this.sessions.delete(session.sessionId);
  }

  ids(): string[] {
    return [...this.sessions.keys()];
  }

  /** Every connection that holds a place, or may be given one at any moment. */
  connectionIds(): string[] {
    return [...this.sessions.values()].flatMap(({ connections }) => [...connections.keys()]);
  }

  /** Whether anything holds a place, or may be given one at any moment. */
  isBusy(): boolean {
    return [...this.sessions.values()].some(({ connections, pending }) => connections.size + pending > 0);
  }

  /** Byte counts that have moved since they were last asked for. */
  takeTraffic(): Traffic[] {
    const traffic: Traffic[] = [];
    for (const session of this.sessions.values()) {
      for (const { id, relay } of session.connections.values()) {
        if (!relay) continue;
        const { up, down } = relay.bytes();
        if (this.reported.get(id) === up + down) continue;
        this.reported.set(id, up + down);
        traffic.push({ connectionId: id, bytesUp: up, bytesDown: down });
      }
    }
    return traffic;
  }

  /** What was taken did not arrive; it is to be told again. */
  forgetReported(): void {
    this.reported.clear();
  }

  drop(session: LiveSession, connection: LiveConnection): ConnectionEnd | null {
    if (!session.connections.delete(connection.id)) return null;
    this.reported.delete(connection.id);
    const { up, down } = connection.relay?.bytes() ?? { up: 0n, down: 0n };
    const { id, cutAs, endpointAddress } = connection;
    return { id, reason: cutAs ?? 'system error', endpointAddress, bytesUp: up, bytesDown: down };
  }

  private cutConnections(session: LiveSession, reason: ClosedAs): void {
    for (const connection of session.connections.values()) cutConnection(connection, reason);
  }
}

function cutConnection(connection: LiveConnection, reason: ClosedAs): void {
  connection.cutAs ??= reason;
  connection.dialing.abort();
  connection.relay?.cut(reason);
}
