import type { TLSSocket } from 'node:tls';
import type { Clock } from '../core/clock.js';
import type { Log } from '../core/log.js';
import type { Authority, Denied, Lease } from './authority.js';
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

/** A client whose first frame has been read, with the key it has proved and what it sent after the frame. */
export interface Visitor {
  readonly socket: TLSSocket;
  readonly hello: Hello;
  readonly thumbprint: string;
  readonly address: string;
  readonly early: Buffer;
}

/** Serves one visitor for what it came for. Refuses, with the reason, what its session or its key does not allow. */
export async function admit(parts: DoorParts, visitor: Visitor): Promise<void> {
  const session = parts.live.hold(visitor.hello.sessionId);
  try {
    const lease = await knownLease(parts, session);
    // A wrong key learns no more than that: whether the session exists is not its business.
    if (!('denied' in lease) && lease.clientThumbprint !== visitor.thumbprint)
      return refuse(parts, visitor, { denied: 'unknown' });
    if ('denied' in lease) return refuse(parts, visitor, lease);
    if (visitor.hello.purpose === 'cancel') return await closeByUser(parts, visitor, session, lease);
    if (visitor.hello.purpose === 'control') return serveControl(parts, visitor, session, lease);
    await serveConnection(parts, visitor, session, lease);
  } finally {
    parts.live.release(session);
  }
}

async function knownLease({ authority, live }: DoorParts, session: LiveSession): Promise<Lease | Denied> {
  if (session.ended) return { denied: 'ended', ...session.ended };
  if (session.lease) return session.lease;
  const lease = await authority.lookup(session.sessionId);
  if (!('denied' in lease)) live.keepLease(session, lease);
  return lease;
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
  { socket, early }: Visitor,
  session: LiveSession,
  lease: Lease,
): void {
  const left = session.connectionsLeft ?? lease.connectionLimit;
  socket.write(encodeWelcome(welcomeOf(session, lease, left, clock)));
  if (early.length > 0) socket.unshift(early);
  const channel = controlChannel(socket, clock, () => {
    session.controls.delete(channel);
    live.forgetIfIdle(session);
  });
  session.controls.add(channel);
}

async function serveConnection(
  parts: DoorParts,
  visitor: Visitor,
  session: LiveSession,
  lease: Lease,
): Promise<void> {
  const { authority, live, ends, policy, clock, dialTimeoutMs } = parts;
  const active = lease.isActive ? lease : await activated(parts, session);
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
  const finish = (): void => {
    const end = live.drop(session, connection);
    if (end) ends.add(end);
    live.forgetIfIdle(session);
  };
  // Its end may have been decided while we asked for the place, or the client may have gone.
  if (session.ended) connection.cutAs = session.ended.closeAs;
  else if (visitor.socket.destroyed) connection.cutAs = 'closed by client';
  if (connection.cutAs) {
    visitor.socket.destroy();
    return finish();
  }
  visitor.socket.once('close', () => connection.dialing.abort());
  try {
    const host = await dial(active.endpointHost, active.endpointPort, {
      policy,
      timeoutMs: dialTimeoutMs,
      signal: connection.dialing.signal,
    });
    if (connection.dialing.signal.aborted) {
      host.destroy();
      throw new DialError('the session ended meanwhile');
    }
    tellLeft(session, place.connectionsLeft);
    const endpoint = `${host.remoteAddress}:${host.remotePort}`;
    ends.after(
      connection.id,
      authority.connected(connection.id, endpoint.replace(/^([^:]*:.*):(\d+)$/, '[$1]:$2')),
    );
    visitor.socket.write(encodeWelcome(welcomeOf(session, active, place.connectionsLeft, clock)));
    if (visitor.early.length > 0) visitor.socket.unshift(visitor.early);
    connection.relay = relay(visitor.socket, host, (reason) => {
      connection.cutAs ??= reason;
      finish();
    });
  } catch (error) {
    connection.cutAs ??= 'connect failed';
    finish();
    if (!(error instanceof DialError)) throw error;
    parts.log.info('a host could not be reached', { sessionId: session.sessionId, reason: error.message });
    const endpoint = `${active.endpointHost}:${active.endpointPort}`;
    hangUp(visitor.socket, clock, encodeRefusal('CONNECT_FAILED', `${endpoint}: ${error.message}`));
  }
}

// However many first connections arrive at once, the controller is asked once.
async function activated({ authority, live }: DoorParts, session: LiveSession): Promise<Lease | Denied> {
  const activation = (session.activation ??= authority.activate(session.sessionId));
  try {
    const lease = await activation;
    if (!('denied' in lease) && !session.lease?.isActive) live.keepLease(session, lease);
    return lease;
  } finally {
    session.activation = null;
  }
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
