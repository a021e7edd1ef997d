import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Clock } from '../core/clock.js';
import type { Log } from '../core/log.js';
import { newId } from '../core/id.js';
import type { Authority, ClosedAs, Denied, Lease } from './authority.js';
import { controlChannel } from './control.js';
import { dial, DialError } from './dial.js';
import { withinBounds, type DialPolicy } from './dial-policy.js';
import type { EndReports } from './end-reports.js';
import { hangUp } from './hang-up.js';
import { encodeRefusal, encodeWelcome, type Hello, type Welcome } from './handshake.js';
import type { LiveConnection, LiveSession, LiveSessions } from './live-sessions.js';
import { relay } from './relay.js';

export interface DoorParts {
  readonly authority: Authority;
  readonly live: LiveSessions;
  readonly ends: EndReports;
  readonly policy: DialPolicy;
  readonly clock: Clock;
  readonly log: Log;
  readonly dialTimeoutMs: number;
}

/** A client whose first frame has been read, with the key it has proved. What follows waits in the socket. */
export interface Visitor {
  readonly socket: TLSSocket;
  readonly hello: Hello;
  readonly thumbprint: string;
  readonly address: string;
}

/** Serves one visitor for what it came for. Refuses, with the reason, what its session or its key does not allow. */
export async function admit(parts: DoorParts, visitor: Visitor): Promise<void> {
  const session = parts.live.hold(visitor.hello.sessionId);
  try {
    const lease = await knownLease(parts, session);
    // A wrong key learns no more than that: whether the session exists is not its business.
    if ('clientThumbprint' in lease && lease.clientThumbprint !== visitor.thumbprint)
      return refuse(parts, visitor, { denied: 'unknown' });
    if ('denied' in lease) return refuse(parts, visitor, lease);
    // Either may have been decided while we asked.
    if (session.ended) return refuse(parts, visitor, { ...lease, denied: 'ended', ...session.ended });
    if (parts.live.isCut) return hangUp(visitor.socket, parts.clock, encodeRefusal('UNAVAILABLE'));
    if (visitor.hello.purpose === 'cancel') return await closeByUser(parts, visitor, session, lease);
    if (visitor.hello.purpose === 'control') return serveControl(parts, visitor, session, lease);
    await serveConnection(parts, visitor, session);
  } finally {
    parts.live.release(session);
  }
}

async function knownLease({ authority, live }: DoorParts, session: LiveSession): Promise<Lease | Denied> {
  if (session.lease) return session.lease;
  const asked = (session.lookup ??= authority
    .lookup(session.sessionId)
    .finally(() => (session.lookup = null)));
  const lease = await asked;
  if (!('denied' in lease) && !session.lease) live.keepLease(session, lease);
  return session.lease ?? lease;
}

function refuse({ clock }: DoorParts, { socket }: Visitor, denial: Denied): void {
  switch (denial.denied) {
    case 'unknown':
      return hangUp(socket, clock, encodeRefusal('NOT_AUTHORIZED'));
    case 'limit':
      return hangUp(socket, clock, encodeRefusal('LIMIT'));
    case 'ended':
      return hangUp(
        socket,
        clock,
        encodeRefusal('ENDED', denial.reason, { reason: denial.reason, by: denial.by }),
      );
  }
}

async function closeByUser(
  parts: DoorParts,
  { socket }: Visitor,
  session: LiveSession,
  lease: Lease,
): Promise<void> {
  await parts.authority.closedByUser(lease.sessionId);
  hangUp(socket, parts.clock, encodeWelcome(welcomeOf(session, lease, parts.clock)));
}

function serveControl(
  { live, clock }: DoorParts,
  { socket }: Visitor,
  session: LiveSession,
  lease: Lease,
): void {
  if (socket.destroyed) return;
  socket.write(encodeWelcome(welcomeOf(session, lease, clock)));
  const channel = controlChannel(socket, clock, () => {
    session.controls.delete(channel);
    live.forgetIfIdle(session);
  });
  session.controls.add(channel);
}

async function serveConnection(parts: DoorParts, visitor: Visitor, session: LiveSession): Promise<void> {
  const { clock } = parts;
  const active = session.lease?.isActive ? session.lease : await activated(parts, session);
  if ('denied' in active) return refuse(parts, visitor, active);
  const connection = newConnection(parts, session, visitor);
  try {
    const denied = await takePlace(parts, session, connection, visitor.address);
    if (denied) {
      parts.live.drop(session, connection);
      return refuse(parts, visitor, denied);
    }
    const host = await reachHost(parts, active, connection);
    join(parts, visitor, session, { lease: active, connection, host });
  } catch (error) {
    connection.cutAs ??= error instanceof DialError ? 'connect failed' : 'system error';
    // The place is given back before the client hears of it, so that trying again finds it free.
    await Promise.race([finish(parts, session, connection), pause(clock, giveBackPatienceMs)]);
    if (session.ended) return refuse(parts, visitor, { ...active, denied: 'ended', ...session.ended });
    if (!(error instanceof DialError)) throw error;
    parts.log.info('a host could not be reached', { sessionId: session.sessionId, reason: error.message });
    const endpoint = `${active.endpointHost}:${active.endpointPort}`;
    hangUp(visitor.socket, clock, encodeRefusal('CONNECT_FAILED', `${endpoint}: ${error.message}`));
  }
}

const giveBackPatienceMs = 2000;

// On the books from here on: an end that is decided while the controller is asked finds it there.
function newConnection({ live }: DoorParts, session: LiveSession, { socket }: Visitor): LiveConnection {
  const connection: LiveConnection = {
    id: newId('sc'),
    hasPlace: false,
    endpointAddress: null,
    relay: null,
    dialing: new AbortController(),
    cutAs: null,
  };
  session.connections.set(connection.id, connection);
  const giveUp = (reason: ClosedAs): void => {
    if (connection.relay) return;
    connection.cutAs ??= reason;
    connection.dialing.abort();
  };
  socket.once('close', () => giveUp('closed by client'));
  // Each may have happened before it was on the books.
  if (socket.destroyed) giveUp('closed by client');
  if (session.ended) giveUp(session.ended.closeAs);
  if (live.isCut) giveUp(live.isCut);
  return connection;
}

async function takePlace(
  { authority }: DoorParts,
  session: LiveSession,
  connection: LiveConnection,
  address: string,
): Promise<Denied | null> {
  const place = await authority.authorize(session.sessionId, connection.id, address);
  if ('denied' in place) return place;
  connection.hasPlace = true;
  session.placesLeft = Math.min(session.placesLeft ?? place.connectionsLeft, place.connectionsLeft);
  return null;
}

/** Takes a connection off the books and reports its end; a place that was not used is free again then. */
async function finish(parts: DoorParts, session: LiveSession, connection: LiveConnection): Promise<void> {
  const { live, ends } = parts;
  const end = live.drop(session, connection);
  live.forgetIfIdle(session);
  if (!end) return;
  await ends.add(end);
  if (!connection.hasPlace || end.endpointAddress !== null || session.placesLeft === null) return;
  if (session.placesLeft >= 0) session.placesLeft += 1;
  tellLeft(session);
}

async function reachHost(parts: DoorParts, lease: Lease, connection: LiveConnection): Promise<Socket> {
  const { dialTimeoutMs: timeoutMs } = parts;
  const policy = withinBounds(parts.policy, lease.addressBounds);
  const { signal } = connection.dialing;
  const host = await dial(lease.endpointHost, lease.endpointPort, { policy, timeoutMs, signal });
  if (!signal.aborted) return host;
  host.destroy();
  throw new DialError('the session ended meanwhile');
}

interface Joined {
  readonly lease: Lease;
  readonly connection: LiveConnection;
  readonly host: Socket;
}

function join(parts: DoorParts, visitor: Visitor, session: LiveSession, joined: Joined): void {
  const { authority, ends, clock } = parts;
  const { lease, connection, host } = joined;
  const address = host.remoteAddress ?? '';
  connection.endpointAddress = `${address.includes(':') ? `[${address}]` : address}:${host.remotePort}`;
  ends.after(connection.id, authority.connected(connection.id, connection.endpointAddress));
  visitor.socket.write(encodeWelcome(welcomeOf(session, lease, clock)));
  connection.relay = relay(visitor.socket, host, (reason) => {
    connection.cutAs ??= reason;
    void finish(parts, session, connection);
  });
  tellLeft(session);
}

function pause(clock: Clock, forMs: number): Promise<void> {
  return new Promise((resolve) => void clock.after(forMs, resolve));
}

async function activated({ authority, live }: DoorParts, session: LiveSession): Promise<Lease | Denied> {
  const asked = (session.activation ??= authority
    .activate(session.sessionId)
    .finally(() => (session.activation = null)));
  const lease = await asked;
  if (!('denied' in lease) && !session.lease?.isActive) live.keepLease(session, lease);
  return lease;
}

/** Connections the session may still open; a place that is being dialled for may come back. */
function leftOf({ placesLeft, lease, connections }: LiveSession): number {
  if (placesLeft === null || placesLeft < 0) return placesLeft ?? lease?.connectionLimit ?? -1;
  const dialing = [...connections.values()].filter(
    ({ hasPlace, endpointAddress }) => hasPlace && !endpointAddress,
  );
  return placesLeft + dialing.length;
}

function tellLeft(session: LiveSession): void {
  const connectionsLeft = leftOf(session);
  if (connectionsLeft < 0 || connectionsLeft === (session.toldLeft ?? session.lease?.connectionLimit)) return;
  session.toldLeft = connectionsLeft;
  for (const control of session.controls) control.send({ type: 'left', connectionsLeft });
}

function welcomeOf(session: LiveSession, lease: Lease, clock: Clock): Welcome {
  const { connectionLimit, expiresAt } = lease;
  const remainingMs = Math.max(0, session.deadlineMs - clock.monotonicMs());
  return { connectionsLeft: leftOf(session), connectionLimit, expiresAt, remainingMs };
}
