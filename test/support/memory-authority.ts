import { randomText } from '../../src/core/id';
import type {
  AddressBounds,
  Authority,
  ClosedAs,
  ConnectionEnd,
  Denied,
  Lease,
  Order,
  Place,
  Traffic,
  Verdict,
} from '../../src/proxy/authority';
import { makeIdentity, type Identity } from '../../src/proxy/identity';
import { Waiting } from './waiting';

export type Operation = Exclude<keyof Authority, 'watchOrders'>;

export interface MemorySession {
  readonly id: string;
  /** Whose key the session serves. */
  readonly identity: Identity;
  readonly host: string;
  readonly port: number;
  readonly expiresAtMs: number;
  readonly connectionLimit: number;
  readonly addressBounds: readonly AddressBounds[];
  isActive: boolean;
  /** Places taken and not given back. */
  used: number;
  ended: Order | null;
}

export interface SessionChoices {
  readonly host?: string;
  readonly port: number;
  readonly connectionLimit?: number;
  readonly lifeMs?: number;
  readonly addressBounds?: readonly AddressBounds[];
  readonly isActive?: boolean;
}

export interface Call {
  readonly operation: Operation;
  /** The session or connection it is about, where it is about one. */
  readonly subject: string;
  readonly facts: readonly unknown[];
}

/** Answers that are on their way: what they say is settled, but they have not arrived. */
export interface Gate {
  /** How many answers wait. */
  readonly waiting: () => number;
  /** Lets the one that has waited longest arrive. */
  openForOne(): void;
  /** Lets all of them arrive, and whatever comes later. */
  open(): void;
}

/** A controller without a database: it keeps sessions, counts places, records calls, and misbehaves on demand. */
export class MemoryAuthority implements Authority {
  readonly calls: Call[] = [];
  readonly ends: ConnectionEnd[] = [];
  /** What each connection was told to have reached. */
  readonly endpoints = new Map<string, string>();
  readonly waiting = new Waiting();
  /** What each report said was held, where it said so. */
  readonly held: (readonly string[])[] = [];
  private readonly forgotten = new Set<string>();
  private readonly sessions = new Map<string, MemorySession>();
  private readonly places = new Map<string, MemorySession>();
  private readonly failures = new Map<Operation, Error>();
  private readonly lost = new Set<Operation>();
  private readonly gates = new Map<Operation, (() => void)[]>();
  private readonly watchers = new Set<(orders: readonly Order[]) => void>();

  addSession({
    host = '127.0.0.1',
    port,
    connectionLimit = -1,
    lifeMs = 60_000,
    addressBounds = [],
    isActive = false,
  }: SessionChoices) {
    const session: MemorySession = {
      id: `s_${randomText(10)}`,
      identity: makeIdentity('test client'),
      host,
      port,
      expiresAtMs: performance.now() + lifeMs,
      connectionLimit,
      addressBounds,
      isActive,
      used: 0,
      ended: null,
    };
    this.sessions.set(session.id, session);
    return session;
  }

  /** Decides the end of a session and tells the workers that listen. */
  order(session: MemorySession, reason: string, by: string | null, closeAs: ClosedAs): void {
    this.decide(session, reason, by, closeAs);
    for (const deliver of [...this.watchers]) deliver([session.ended as Order]);
  }

  /** Decides the end of a session without telling anybody; a report will learn of it. */
  decide(session: MemorySession, reason: string, by: string | null, closeAs: ClosedAs): void {
    session.ended ??= { sessionId: session.id, reason, by, closeAs };
  }

  /** Every call of these operations is refused from now on, without an effect. */
  fail(...operations: Operation[]): void {
    for (const one of operations) this.failures.set(one, new Error('the database is out of reach'));
  }

  /** Every call of these operations is carried out, and its answer does not arrive. */
  loseAnswersOf(...operations: Operation[]): void {
    for (const one of operations) this.lost.add(one);
  }

  recover(): void {
    this.failures.clear();
    this.lost.clear();
  }

  /** The effect of the operation is had at once, but nobody hears the answer until the gate is opened. */
  holdBack(operation: Operation): Gate {
    const waiting: (() => void)[] = [];
    this.gates.set(operation, waiting);
    return {
      waiting: () => waiting.length,
      openForOne: () => waiting.shift()?.(),
      open: () => {
        this.gates.delete(operation);
        for (const arrive of waiting.splice(0)) arrive();
      },
    };
  }

  callsOf(operation: Operation, subject?: string): Call[] {
    return this.calls.filter(
      (call) => call.operation === operation && (subject === undefined || call.subject === subject),
    );
  }

  /** Waits until the operation has been called so often. */
  async called(operation: Operation, times = 1): Promise<void> {
    await this.until(`${times} calls of ${operation}`, () => this.callsOf(operation).length >= times);
  }

  /** Waits until so many ends have been delivered; they are all there are. */
  async ended(count: number, timeoutMs = 5000): Promise<readonly ConnectionEnd[]> {
    await this.until(`${count} ends`, () => this.ends.length >= count, timeoutMs);
    expect(this.ends).toHaveLength(count);
    return this.ends;
  }

  until<T>(what: string, look: () => T | undefined | null | false, timeoutMs = 5000): Promise<T> {
    const instead = (): unknown => ({ calls: this.calls.slice(-20), ends: this.ends.slice(-20) });
    return this.waiting.until(what, look, { instead, timeoutMs });
  }

  lookup(sessionId: string): Promise<Lease | Denied> {
    return this.answer('lookup', sessionId, [], () => this.leaseOf(sessionId));
  }

  activate(sessionId: string): Promise<Lease | Denied> {
    return this.answer('activate', sessionId, [], () => {
      const session = this.sessions.get(sessionId);
      if (session && !session.ended) session.isActive = true;
      return this.leaseOf(sessionId);
    });
  }

  authorize(sessionId: string, connectionId: string, clientAddress: string): Promise<Place | Denied> {
    return this.answer('authorize', sessionId, [clientAddress], () => {
      const lease = this.leaseOf(sessionId);
      if ('denied' in lease) return lease;
      const session = this.sessions.get(sessionId) as MemorySession;
      const { connectionLimit } = session;
      if (connectionLimit >= 0 && session.used >= connectionLimit) return { denied: 'limit' as const };
      session.used += 1;
      this.places.set(connectionId, session);
      return { connectionsLeft: connectionLimit < 0 ? -1 : connectionLimit - session.used };
    });
  }

  connected(connectionId: string, endpointAddress: string): Promise<void> {
    return this.answer('connected', connectionId, [endpointAddress], () => {
      this.endpoints.set(connectionId, endpointAddress);
    });
  }

  closed(ends: readonly ConnectionEnd[]): Promise<void> {
    return this.answer('closed', '', ends, () => {
      for (const end of ends) {
        const session = this.places.get(end.id);
        if (!session) continue;
        this.places.delete(end.id);
        // A place is used by reaching the host, not by trying.
        if (end.endpointAddress === null) session.used -= 1;
        this.ends.push(end);
      }
    });
  }

  closedByUser(sessionId: string): Promise<void> {
    return this.answer('closedByUser', sessionId, [], () => {
      const session = this.sessions.get(sessionId);
      if (session) this.order(session, 'closed by user', 'test', 'closed by client');
    });
  }

  report(
    sessionIds: readonly string[],
    traffic: readonly Traffic[],
    held: readonly string[] | null,
  ): Promise<Verdict> {
    return this.answer('report', sessionIds.join(' '), traffic, () => {
      if (held !== null) this.held.push(held);
      return {
        orders: sessionIds.flatMap((id) => this.sessions.get(id)?.ended ?? []),
        closed: (held ?? []).filter((id) => this.forgotten.has(id)),
      };
    });
  }

  /** Takes the worker for lost: what it held is closed here, and it does not know. */
  forget(connectionId: string): void {
    this.forgotten.add(connectionId);
  }

  watchOrders(deliver: (orders: readonly Order[]) => void): () => void {
    this.watchers.add(deliver);
    return () => this.watchers.delete(deliver);
  }

  private leaseOf(sessionId: string): Lease | Denied {
    const session = this.sessions.get(sessionId);
    if (!session) return { denied: 'unknown' };
    const remainingMs = session.expiresAtMs - performance.now();
    if (session.ended || remainingMs <= 0) {
      const { reason, by } = session.ended ?? { reason: 'timed out', by: null };
      // Whose session it was, so that nobody else is told of its end.
      const ended = { denied: 'ended' as const, reason, by, clientThumbprint: session.identity.thumbprint };
      return ended;
    }
    return {
      sessionId,
      isActive: session.isActive,
      clientThumbprint: session.identity.thumbprint,
      endpointHost: session.host,
      endpointPort: session.port,
      remainingMs,
      expiresAt: new Date(Date.now() + remainingMs).toISOString(),
      connectionLimit: session.connectionLimit,
      addressBounds: session.addressBounds,
    };
  }

  private async answer<T>(
    operation: Operation,
    subject: string,
    facts: readonly unknown[],
    work: () => T,
  ): Promise<T> {
    this.calls.push({ operation, subject, facts });
    const failure = this.failures.get(operation);
    try {
      if (failure) throw failure;
      const value = work();
      if (this.lost.has(operation)) throw new Error('the answer was lost on its way');
      const gate = this.gates.get(operation);
      if (gate) await new Promise<void>((resolve) => gate.push(resolve));
      return value;
    } finally {
      this.waiting.happened();
    }
  }
}
