import type { Reader, Transactor } from '../core/tx.js';
import type { LoggedEvent } from '../events/event.store.js';
import type { Tail } from '../events/tail.js';
import { boundsOf, type AddressPolicy } from '../scope/address-policy.rules.js';
import { matchingWorkers, UnanswerableFilter } from '../worker/worker-filter.rules.js';
import { findFilteredWorker, touchWorker } from '../worker/worker.store.js';
import { closeConnections } from './close-connections.js';
import {
  addTraffic,
  findClosedAmong,
  findConnectionsNotHeld,
  insertConnection,
  lockOpenConnections,
  markConnected,
  reserveConnection,
  type ConnectionEnd,
} from './connection.store.js';
import { endSession } from './end-session.js';
import { recordSession, type SessionEventBody } from './record-session.js';
import { activatePending, bumpRevision, findEnded, findLease, type SessionLease } from './session.store.js';
import {
  closedReasonOfEnd,
  connectionsLeft,
  type ClosedReason,
  type TerminationReason,
} from './session.rules.js';

/** Which start of which worker asks. It may touch only what is served by it. */
export interface WorkerBoot {
  readonly workerId: string;
  readonly workerName: string;
  readonly bootId: string;
}

/** What the worker is to know of a session that it serves. */
export interface Lease {
  readonly sessionId: string;
  readonly isActive: boolean;
  readonly clientThumbprint: string;
  readonly endpointHost: string;
  readonly endpointPort: number;
  /** Until expiry, by the database's clock; the worker counts it down on a monotonic one. */
  readonly remainingMs: number;
  readonly expiresAt: string;
  readonly connectionLimit: number;
  /** Where it may go, each bound for itself: the ranges of the address policies above its project. */
  readonly addressBounds: readonly AddressPolicy[];
}

/** Why a session serves nobody (any more). */
export type Denied =
  | { readonly denied: 'unknown' }
  | { readonly denied: 'limit' }
  | {
      readonly denied: 'ended';
      readonly reason: TerminationReason;
      readonly by: string | null;
      /** Whose session it was: nobody else is told of its end. */
      readonly clientThumbprint: string;
    };

/** An end that the worker is to carry out: cut what is open and tell the client why. */
export interface Order {
  readonly sessionId: string;
  readonly reason: TerminationReason;
  readonly by: string | null;
  /** What its connections are to be closed as. */
  readonly closeAs: ClosedReason;
}

export interface Traffic {
  readonly connectionId: string;
  readonly bytesUp: bigint;
  readonly bytesDown: bigint;
}

/**
 * What a worker may ask of the control plane. All of it is plain data, batched where it repeats, so that
 * a worker in this process and one across the network use the same operations.
 */
export function makeWorkerAuthority(database: Transactor, tail: Tail, boot: WorkerBoot) {
  const leaseOrDenied = (lease: SessionLease | null): Lease | Denied => {
    if (!lease?.clientThumbprint) return { denied: 'unknown' };
    const { clientThumbprint, terminationReason, endedByName: by } = lease;
    if (lease.status === 'canceling' || lease.status === 'terminated')
      return { denied: 'ended', reason: terminationReason ?? 'system error', by, clientThumbprint };
    if (lease.remainingMs <= 0) return { denied: 'ended', reason: 'timed out', by: null, clientThumbprint };
    const addressBounds = lease.addressPolicies.map(boundsOf);
    return { ...lease, clientThumbprint, isActive: lease.status === 'active', addressBounds };
  };

  // The worker was chosen by the filter when the session was authorized; its tags, or the client's mind, may have
  // changed since.
  const leaseFor = async (reader: Reader, sessionId: string): Promise<Lease | Denied> => {
    const found = await findLease(reader, sessionId);
    const lease = leaseOrDenied(found);
    if ('denied' in lease || !found?.egressWorkerFilter) return lease;
    return (await isMatched(reader, found.egressWorkerFilter, boot)) ? lease : { denied: 'unknown' };
  };

  return {
    /** The session, while it is pending or active and not expired, and this worker matches its filter. */
    async lookup(sessionId: string): Promise<Lease | Denied> {
      return leaseFor(database.reader, sessionId);
    },

    /** Makes the session active, whoever does it first; the same answer for all who ask at once. */
    async activate(sessionId: string): Promise<Lease | Denied> {
      return database.transact(async (tx) => {
        const before = await leaseFor(tx, sessionId);
        if ('denied' in before || before.isActive) return before;
        if (await activatePending(tx, sessionId))
          await recordSession(tx, 'session.status_changed', sessionId);
        return leaseFor(tx, sessionId);
      });
    },

    /** Takes a place for one more connection, whose id the worker chooses, atomically against the limit. */
    async authorize(
      sessionId: string,
      connectionId: string,
      clientAddress: string,
    ): Promise<{ connectionsLeft: number } | Denied> {
      return database.transact(async (tx) => {
        const place = await reserveConnection(tx, sessionId);
        if (!place) {
          const lease = leaseOrDenied(await findLease(tx, sessionId));
          return 'denied' in lease ? lease : { denied: 'limit' };
        }
        await insertConnection(tx, { id: connectionId, sessionId, ...boot, clientAddress });
        return { connectionsLeft: connectionsLeft(place.connectionLimit, place.connectionCount) };
      });
    },

    /** The host was reached. */
    async connected(connectionId: string, endpointAddress: string): Promise<void> {
      await database.transact(async (tx) => {
        const [open] = await lockOpenConnections(tx, [connectionId]);
        const connection = open && (await markConnected(tx, connectionId, boot.bootId, endpointAddress));
        if (!connection) return;
        await bumpRevision(tx, connection.sessionId);
        await recordSession(tx, 'session.connection_opened', connection.sessionId, connection);
      });
    },

    /** Connections that are over, with their final counts. Saying it twice changes nothing. */
    async closed(ends: readonly ConnectionEnd[]): Promise<void> {
      await database.transact((tx) => closeConnections(tx, ends, boot.bootId));
    },

    /** The user ended the session from its own client. */
    async closedByUser(sessionId: string): Promise<void> {
      await database.transact(async (tx) => {
        const lease = await findLease(tx, sessionId);
        if (!lease) return;
        const by = { userId: lease.userId, userName: lease.userName };
        await endSession(tx, sessionId, { reason: 'closed by user', by });
      });
    },

    /**
     * The worker lives, serves these sessions, and has passed these bytes. Answers with the sessions it
     * should no longer serve, so that an order that was missed is made good, and, when it says which
     * connections it holds, with those of them that are closed. Throws when another start of the worker has
     * taken its name.
     */
    async report(
      sessionIds: readonly string[],
      traffic: readonly Traffic[],
      held: readonly string[] | null,
    ): Promise<{ orders: Order[]; closed: string[] }> {
      if (!(await touchWorker(database.reader, boot.workerId, boot.bootId))) {
        throw new Error(`another start of worker ${boot.workerName} has taken its place`);
      }
      if (traffic.length > 0) await addGrownTraffic(database, traffic, boot.bootId);
      if (held !== null) await closeNotHeld(database, boot, held);
      const orders = sessionIds.length === 0 ? [] : await findEnded(database.reader, sessionIds);
      const closed = held === null || held.length === 0 ? [] : await findClosedAmong(database.reader, held);
      return { orders: orders.map(orderOf), closed };
    },

    /** Hears of ended sessions as soon as the log tells of them. */
    watchOrders(deliver: (orders: readonly Order[]) => void): () => void {
      const { stop } = tail.listen((events) => {
        const orders = events.flatMap(orderOfEvent);
        if (orders.length > 0) deliver(orders);
      });
      return stop;
    },
  };
}

/** Whether the worker matches a filter; one that gives no answer is matched by none. */
async function isMatched(reader: Reader, filter: string, { workerId }: WorkerBoot): Promise<boolean> {
  const worker = await findFilteredWorker(reader, workerId);
  try {
    return worker !== null && matchingWorkers(filter, [worker]).length > 0;
  } catch (error) {
    if (error instanceof UnanswerableFilter) return false;
    throw error;
  }
}

async function addGrownTraffic(
  database: Transactor,
  traffic: readonly Traffic[],
  bootId: string,
): Promise<void> {
  const given = new Map(traffic.map((one) => [one.connectionId, one]));
  await database.transact(async (tx) => {
    const grown = (await lockOpenConnections(tx, [...given.keys()])).flatMap((open) => {
      if (open.bootId !== bootId) return [];
      const { bytesUp, bytesDown } = given.get(open.id) as Traffic;
      const moreUp = bytesUp - BigInt(open.bytesUp);
      const moreDown = bytesDown - BigInt(open.bytesDown);
      if (moreUp < 0n || moreDown < 0n || (moreUp === 0n && moreDown === 0n)) return [];
      return [{ id: open.id, sessionId: open.sessionId, up: bytesUp, down: bytesDown, moreUp, moreDown }];
    });
    if (grown.length > 0) await addTraffic(tx, grown);
  });
}

async function closeNotHeld(database: Transactor, boot: WorkerBoot, held: readonly string[]): Promise<void> {
  if ((await findConnectionsNotHeld(database.reader, boot, held)).length === 0) return;
  await database.transact(async (tx) => {
    const stale = await findConnectionsNotHeld(tx, boot, held);
    await closeConnections(
      tx,
      stale.map((id) => ({ id, reason: 'system error', endpointAddress: null, bytesUp: 0n, bytesDown: 0n })),
      boot.bootId,
    );
  });
}

function orderOf(lease: SessionLease): Order {
  return makeOrder(lease.sessionId, lease.terminationReason ?? 'system error', lease.endedByName);
}

function makeOrder(sessionId: string, reason: TerminationReason, by: string | null): Order {
  return { sessionId, reason, by, closeAs: closedReasonOfEnd[reason] };
}

function orderOfEvent(event: LoggedEvent): Order[] {
  if (event.kind !== 'session.status_changed') return [];
  const { session } = event.body as unknown as SessionEventBody;
  if (session.terminationReason === null) return [];
  return [makeOrder(session.id, session.terminationReason, session.endedByName)];
}
