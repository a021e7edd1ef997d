import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { execute, GraphQLError, subscribe, type ExecutionArgs, type GraphQLSchema } from 'graphql';
import { GRAPHQL_TRANSPORT_WS_PROTOCOL, makeServer, type Context } from 'graphql-ws';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Clock, Timer } from '../core/clock.js';
import { Failure, isFailure, type Problem } from '../core/failure.js';
import { newId } from '../core/id.js';
import type { Log } from '../core/log.js';
import { findGoodTokens } from '../auth/auth.store.js';
import { identify } from '../auth/identify.js';
import { parseToken } from '../auth/token-secret.js';
import type { Tail } from '../events/tail.js';
import type { ClientAddress } from './client-address.js';
import type { Preparer } from './document.js';
import { formatError } from './error-format.js';
import { bearerToken } from './http-api.js';
import { RequestContext, type RequestParts } from './request-context.js';
import { closing, showOut, type Closable } from './socket-end.js';
import { watchTokens, type TokenWatch } from './token-watch.js';
import { userBook, type UserBook } from './user-book.js';

export interface WebSocketApiParts {
  readonly schema: GraphQLSchema;
  readonly preparer: Preparer;
  readonly requests: RequestParts;
  /** Tells of tokens that are over. */
  readonly tail: Tail;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits: WebSocketLimits;
  readonly clientAddress: ClientAddress;
}

export interface WebSocketLimits {
  readonly mostFrameBytes: number;
  readonly initTimeoutMs: number;
  readonly keepAliveMs: number;
  readonly mostSockets: number;
  /** Of one address, before it is known who they are. */
  readonly mostAnonymousSockets: number;
  /** Of one user, whatever tokens it comes with. */
  readonly mostSocketsOfUser: number;
  /** After that a socket that has not signed in and asks for nothing is closed, in ms. */
  readonly anonymousIdleMs: number;
  /** Answers that wait to be written to a socket; one that reads slower is cut. */
  readonly mostWaitingBytes: number;
  readonly mostSubscriptions: number;
  readonly mostMessagesPerSecond: number;
  /** Between two looks at the tokens behind open sockets, in ms, when the log tells of many that are over. */
  readonly tokenPauseMs: number;
  /** The same when it tells of none. */
  readonly tokenCheckMs: number;
}

export interface WebSocketApi {
  /** Takes over a connection whose Host and Origin have been looked at. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  close(): Promise<void>;
}

interface Extra extends Closable {
  readonly request: IncomingMessage;
  readonly guest: Guest;
  /** Takes it out of the count of its user. */
  leaveUser?: () => void;
  expiry?: Timer;
}

type SocketContext = Context<{ token?: unknown }, Extra>;

/** GraphQL over WebSocket, by the protocol graphql-transport-ws, behind the same limits as HTTP. */
export function startWebSocketApi(parts: WebSocketApiParts): WebSocketApi {
  const { clock, limits, log } = parts;
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: limits.mostFrameBytes,
    perMessageDeflate: false,
    handleProtocols: (offered) =>
      offered.has(GRAPHQL_TRANSPORT_WS_PROTOCOL) ? GRAPHQL_TRANSPORT_WS_PROTOCOL : false,
  });
  const guests = guestBook(parts);
  const { reader } = parts.requests.database;
  const tokens = watchTokens({
    ...{ tail: parts.tail, clock, log, findGood: (ids) => findGoodTokens(reader, ids) },
    ...{ pauseMs: limits.tokenPauseMs, everyMs: limits.tokenCheckMs },
  });
  const users = userBook(limits.mostSocketsOfUser);
  const server = makeServer<{ token?: unknown }, Extra>({
    connectionInitWaitTimeout: limits.initTimeoutMs,
    onConnect: (context) => onConnect(parts, { tokens, users }, context),
    onSubscribe: (context, id, payload) => onSubscribe(parts, context, id, payload),
    onNext: (_context, _id, _payload, args, { data, errors }) => {
      if (!errors) return;
      const { requestId } = (args.contextValue as RequestContext).ctx;
      return { data: data ?? null, errors: errors.map((error) => formatError(error, requestId, log)) };
    },
    onError: (_context, _id, _payload, errors) =>
      errors.map((error) => formatError(error, newId('req'), log)),
    onComplete: ({ extra }) => extra.completed?.(),
    execute: (args) => execute(args),
    subscribe: (args) => subscribe(args),
  });

  sockets.on('connection', (socket: WebSocket, request: IncomingMessage) => {
    const guest = guests.enter(request, socket);
    if (!guest) return socket.close(...closing.tryLater);
    const extra: Extra = { request, socket, guest };
    const rate = messageRate(clock, limits.mostMessagesPerSecond);
    socket.on('error', () => {}); // 'close' follows, with the code that the fault deserves
    let deliver: ((data: string) => Promise<void>) | undefined;
    const closed = server.opened(
      {
        protocol: socket.protocol,
        send: (data) =>
          new Promise((resolve, reject) => {
            if (socket.readyState !== socket.OPEN) return resolve();
            if (socket.bufferedAmount > limits.mostWaitingBytes) {
              log.info('a socket was cut because it does not read', { waitingBytes: socket.bufferedAmount });
              socket.terminate();
              return resolve();
            }
            socket.send(data, (error) => (error ? reject(error) : resolve()));
          }),
        close: (code, reason) => {
          // graphql-ws says 4500 where it does not know better; clients then give up for good.
          if (code === 4500) socket.close(...closing.tryLater);
          else socket.close(code, reason);
        },
        onMessage: (listener) => (deliver = listener),
      },
      extra,
    );
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (isBinary) return socket.close(4400, 'Text only');
      if (!rate.allows()) return socket.close(...closing.tooFast);
      deliver?.(data.toString('utf8')).catch((error: unknown) => {
        if (!isFailure(error)) log.warn('a socket was closed for a fault', { reason: String(error) });
        socket.close(...closing.tryLater);
      });
    });
    const stopPings = keepAlive(socket, clock, limits.keepAliveMs);
    socket.once('close', (code, reason) => {
      guest.leave();
      extra.leaveUser?.();
      stopPings();
      extra.expiry?.cancel();
      extra.unwatch?.();
      void closed(code, reason.toString());
    });
  });

  return {
    upgrade(request, socket, head) {
      if (sockets.clients.size >= limits.mostSockets) {
        socket.end('HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\n\r\n', () =>
          socket.destroy(),
        );
        return;
      }
      sockets.handleUpgrade(request, socket, head, (webSocket) =>
        sockets.emit('connection', webSocket, request),
      );
    },
    async close() {
      await tokens.close();
      for (const socket of sockets.clients) socket.close(...closing.goingAway);
      const late = new Promise<void>((resolve) => void clock.after(1000, resolve));
      const gone = new Promise<void>((resolve) => sockets.close(() => resolve()));
      await Promise.race([gone, late]);
      for (const socket of sockets.clients) socket.terminate();
    },
  };
}

// What is given as a token and is none is no token that is valid, as over HTTP.
function tokenOf({
  connectionParams,
  extra,
}: Pick<SocketContext, 'connectionParams' | 'extra'>): string | null {
  const { token = null } = connectionParams ?? {};
  if (token === null) return bearerToken(extra.request);
  return typeof token === 'string' ? token.slice(0, 256) : '';
}

// A socket with a token that is not valid is closed at once; one without may ask what anonymous callers may.
async function onConnect(
  parts: WebSocketApiParts,
  { tokens, users }: { readonly tokens: TokenWatch; readonly users: UserBook },
  context: SocketContext,
): Promise<boolean> {
  const token = tokenOf(context);
  const id = token === null ? undefined : parseToken(token)?.id;
  try {
    // Before it is looked up: what happens to it from then on is heard.
    if (id !== undefined) context.extra.unwatch = tokens.add(id, () => void showOut(parts.clock, context));
    const actor = await identify(parts.requests.database.reader, token);
    if (token !== null && actor.kind === 'anonymous') return false;
    if (actor.kind === 'user') {
      if (!users.enter(actor.userId, context.extra)) {
        context.extra.socket.close(...closing.tryLater);
        return true;
      }
      const leftMs = Date.parse(actor.tokenExpiresAt) - parts.clock.wallMs();
      context.extra.guest.leave();
      context.extra.expiry = parts.clock.after(Math.max(0, leftMs), () => void showOut(parts.clock, context));
    }
    context.extra.guest.isBusy = () => Object.keys(context.subscriptions).length > 0;
    return true;
  } catch (error) {
    if (!isFailure(error)) parts.log.warn('a socket could not be opened', { reason: String(error) });
    context.extra.socket.close(...closing.tryLater);
    return true; // the socket is closing; refusing would overwrite the code that tells to come back
  }
}

async function onSubscribe(
  parts: WebSocketApiParts,
  context: SocketContext,
  _id: string,
  payload: {
    query: string;
    operationName?: string | null | undefined;
    variables?: Record<string, unknown> | null | undefined;
  },
) {
  const { mostSubscriptions } = parts.limits;
  if (Object.keys(context.subscriptions).length > mostSubscriptions) {
    context.extra.socket.close(...closing.tooMany);
    // The socket is closing and nothing is sent on it; the library wants at least one error for a refusal.
    return [refused({ code: 'LIMIT_REACHED', limit: mostSubscriptions, what: 'subscriptions of a socket' })];
  }
  const request = await RequestContext.open(parts.requests, {
    token: tokenOf(context),
    clientAddress: parts.clientAddress(context.extra.request),
  });
  const prepared = parts.preparer.prepare(payload.query, {
    operationName: payload.operationName ?? null,
    variables: payload.variables,
    mayIntrospect: request.ctx.actor.kind !== 'anonymous',
  });
  if ('errors' in prepared) return prepared.errors;
  return {
    schema: parts.schema,
    document: prepared.document,
    operationName: payload.operationName ?? null,
    variableValues: payload.variables ?? null,
    contextValue: request,
  } satisfies ExecutionArgs;
}

function refused(problem: Problem): GraphQLError {
  const failure = new Failure(problem);
  return new GraphQLError(failure.message, { originalError: failure });
}

/** A socket whose user is not known (yet). */
interface Guest {
  /** Told once the protocol is spoken: whether something that it asked for is under way. */
  isBusy: () => boolean;
  /** It has signed in, or gone. */
  leave(): void;
}

/** Counts guests by their address, so that nobody takes the places of all, and shows out those who want nothing. */
function guestBook({ clock, limits, clientAddress }: WebSocketApiParts) {
  const count = new Map<string, number>();
  return {
    /** Null when that address has as many already as it may. */
    enter(request: IncomingMessage, socket: WebSocket): Guest | null {
      const address = clientAddress(request) ?? '';
      const present = count.get(address) ?? 0;
      if (present >= limits.mostAnonymousSockets) return null;
      count.set(address, present + 1);
      let isHere = true;
      let timer: Timer;
      const guest: Guest = {
        isBusy: () => false,
        leave() {
          if (!isHere) return;
          isHere = false;
          timer.cancel();
          const left = (count.get(address) ?? 1) - 1;
          if (left > 0) count.set(address, left);
          else count.delete(address);
        },
      };
      const look = (): void => {
        if (guest.isBusy()) timer = clock.after(limits.anonymousIdleMs, look);
        else socket.close(...closing.idle);
      };
      timer = clock.after(limits.anonymousIdleMs, look);
      return guest;
    },
  };
}

function messageRate(clock: Clock, perSecond: number): { allows(): boolean } {
  let windowStart = 0;
  let count = 0;
  return {
    allows() {
      const now = clock.monotonicMs();
      if (now - windowStart >= 1000) {
        windowStart = now;
        count = 0;
      }
      count += 1;
      return count <= perSecond;
    },
  };
}

/** Pings a socket and cuts one that does not answer: browsers cannot see these pings, but they answer them. */
function keepAlive(socket: WebSocket, clock: Clock, everyMs: number): () => void {
  let isAnswered = true;
  let question = Buffer.alloc(0);
  let timer: Timer;
  const ping = (): void => {
    if (!isAnswered) {
      socket.terminate();
      return;
    }
    isAnswered = false;
    question = randomBytes(8);
    socket.ping(question);
    timer = clock.after(everyMs, ping);
  };
  // What it was not asked, a client that reads nothing can say as well.
  socket.on('pong', (answer: Buffer) => (isAnswered ||= answer.equals(question)));
  timer = clock.after(everyMs, ping);
  return () => timer.cancel();
}
