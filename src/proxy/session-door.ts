import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Clock } from '../core/clock.js';
import type { Log } from '../core/log.js';
import type { Authority, ClosedAs, Denied, Lease, Place } from './authority.js';
import { controlChannel } from './control.js';
import { dial, DialError } from './dial.js';
import type { DialPolicy } from './dial-policy.js';
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
  hangUp(socket, parts.clock, encodeWelcome(welcomeOf(session, lease, 0, parts.clock)));
}

function serveControl(
  { live, clock }: DoorParts,
  { socket }: Visitor,
  session: LiveSession,
  lease: Lease,
): void {
  if (socket.destroyed) return;
  const left = session.connectionsLeft ?? lease.connectionLimit;
  socket.write(encodeWelcome(welcomeOf(session, lease, left, clock)));
  const channel = controlChannel(socket, clock, () => {
    session.controls.delete(channel);
    live.forgetIfIdle(session);
  });
  session.controls.add(channel);
}

async function serveConnection(parts: DoorParts, visitor: Visitor, session: LiveSession): Promise<void> {
  const { authority, clock } = parts;
  const active = session.lease?.isActive ? session.lease : await activated(parts, session);
  if ('denied' in active) return refuse(parts, visitor, active);
  const place = await authority.authorize(session.sessionId, visitor.address);
  if ('denied' in place) return refuse(parts, visitor, place);
  const connection: LiveConnection = {
    id: place.connectionId,
    relay: null,
    dialing: new AbortController(),
    cutAs: null,
  };
  session.connections.set(connection.id, connection);
  const isGone = (): void => cutDialing(connection, 'closed by client');
  visitor.socket.once('close', isGone);
  // Each may have happened while we asked for the place.
  if (session.ended) cutDialing(connection, session.ended.closeAs);
  if (parts.live.isCut) cutDialing(connection, parts.live.isCut);
  if (visitor.socket.destroyed) isGone();
  try {
    const host = await reachHost(parts, active, connection);
    visitor.socket.removeListener('close', isGone);
    join(parts, visitor, session, { lease: active, place, connection, host });
  } catch (error) {
    connection.cutAs ??= 'connect failed';
    // The place is given back before the client hears of it, so that trying again finds it free.
    await Promise.race([finish(parts, session, connection), pause(clock, giveBackPatienceMs)]);
    if (!(error instanceof DialError)) throw error;
    parts.log.info('a host could not be reached', { sessionId: session.sessionId, reason: error.message });
    const endpoint = `${active.endpointHost}:${active.endpointPort}`;
    hangUp(visitor.socket, clock, encodeRefusal('CONNECT_FAILED', `${endpoint}: ${error.message}`));
  }
}

const giveBackPatienceMs = 2000;

function cutDialing(connection: LiveConnection, reason: ClosedAs): void {
  connection.cutAs ??= reason;
  connection.dialing.abort();
}

/** Takes a connection off the books and reports its end. */
function finish({ live, ends }: DoorParts, session: LiveSession, connection: LiveConnection): Promise<void> {
  const end = live.drop(session, connection);
  live.forgetIfIdle(session);
  return end ? ends.add(end) : Promise.resolve();
}

async function reachHost(parts: DoorParts, lease: Lease, { dialing }: LiveConnection): Promise<Socket> {
  const { policy, dialTimeoutMs: timeoutMs } = parts;
  const { signal } = dialing;
  const host = await dial(lease.endpointHost, lease.endpointPort, { policy, timeoutMs, signal });
  if (!signal.aborted) return host;
  host.destroy();
  throw new DialError('the session ended meanwhile');
}

interface Joined {
  readonly lease: Lease;
  readonly place: Place;
  readonly connection: LiveConnection;
  readonly host: Socket;
}

function join(parts: DoorParts, visitor: Visitor, session: LiveSession, joined: Joined): void {
  const { authority, ends, clock } = parts;
  const { lease, place, connection, host } = joined;
  tellLeft(session, place.connectionsLeft);
  const address = host.remoteAddress ?? '';
  const endpoint = `${address.includes(':') ? `[${address}]` : address}:${host.remotePort}`;
  ends.after(connection.id, authority.connected(connection.id, endpoint));
  visitor.socket.write(encodeWelcome(welcomeOf(session, lease, place.connectionsLeft, clock)));
  connection.relay = relay(visitor.socket, host, (reason) => {
    connection.cutAs ??= reason;
    void finish(parts, session, connection);
  });
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

function tellLeft(session: LiveSession, connectionsLeft: number): void {
  if (connectionsLeft < 0) return;
  session.connectionsLeft = Math.min(session.connectionsLeft ?? connectionsLeft, connectionsLeft);
  for (const control of session.controls)
    control.send({ type: 'left', connectionsLeft: session.connectionsLeft });
}

function welcomeOf(session: LiveSession, lease: Lease, connectionsLeft: number, clock: Clock): Welcome {
  const { connectionLimit, expiresAt } = lease;
  const remainingMs = Math.max(0, session.deadlineMs - clock.monotonicMs());
  return { connectionsLeft, connectionLimit, expiresAt, remainingMs };
}
