import type { DocumentLimits } from './graphql/document.js';
import type { WebSocketLimits } from './graphql/websocket-api.js';

/**
 * How much, how often and how long: what no operator has to set. They travel in the settings, so that a
 * test or a measurement starts a server with its own.
 */
export interface Limits {
  /** Between two sweeps over sessions whose time is up. */
  readonly sweepMs: number;
  /** Between two looks at the event log when nobody says that there is something. */
  readonly tailPollMs: number;
  /** A worker unheard of for longer gets no new sessions. */
  readonly workerLivenessMs: number;
  /** Between two signs of life on a subscription. */
  readonly beatMs: number;
  /** Events that may wait for a slow subscriber before it starts anew. */
  readonly mostWaiting: number;
  /** How old the permissions may be that a subscription's items are checked by. */
  readonly viewMaxAgeMs: number;
  readonly mostBodyBytes: number;
  readonly bodyTimeoutMs: number;
  readonly document: DocumentLimits;
  readonly webSocket: WebSocketLimits;
  /** Sockets at the worker, those still shaking hands among them. */
  readonly mostWorkerSockets: number;
  readonly handshakeTimeoutMs: number;
  readonly dialTimeoutMs: number;
  /** Between two reports of a worker that serves something. */
  readonly reportMs: number;
  /** How long one request seals the secrets of a scope again; what is left is for the next. */
  readonly resealMs: number;
  /** How often the connections are asked for life on which the locks of this process stand. */
  readonly lockCheckMs: number;
}

export const defaultLimits: Limits = Object.freeze({
  sweepMs: 1000,
  tailPollMs: 200,
  workerLivenessMs: 15_000,
  beatMs: 15_000,
  mostWaiting: 2000,
  viewMaxAgeMs: 500,
  mostBodyBytes: 100_000,
  bodyTimeoutMs: 10_000,
  document: Object.freeze({
    tokens: 2000,
    anonymousTokens: 400,
    depth: 12,
    aliases: 30,
    directives: 5,
    rootFields: 20,
    mutations: 10,
    fragments: 30,
    cost: 15_000,
  }),
  webSocket: Object.freeze({
    mostFrameBytes: 65_536,
    initTimeoutMs: 3000,
    keepAliveMs: 12_000,
    mostSockets: 5000,
    mostAnonymousSockets: 50,
    anonymousIdleMs: 10_000,
    mostWaitingBytes: 4_000_000,
    mostSubscriptions: 20,
    mostMessagesPerSecond: 50,
  }),
  mostWorkerSockets: 10_000,
  handshakeTimeoutMs: 10_000,
  dialTimeoutMs: 10_000,
  reportMs: 1000,
  resealMs: 10_000,
  lockCheckMs: 10_000,
});
