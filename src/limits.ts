import type { GuardLimits } from './auth/login-guard.js';
import type { DocumentLimits } from './graphql/document.js';
import type { WebSocketLimits } from './graphql/websocket-api.js';

/**
 * How much, how often and how long: what no operator has to set. They travel in the settings, so that a
 * test or a measurement starts a server with its own.
 */
export interface Limits {
  /** Between two sweeps over sessions whose time is up. */
  readonly sweepMs: number;
  /** Between two looks for sessions that have lost their permission, when the log tells of nothing. */
  readonly judgeMs: number;
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
  /** How long a refusal waits to be written down with others. */
  readonly denialFlushMs: number;
  /** Refusals that may wait for that; what is beyond is lost. */
  readonly mostDenialsWaiting: number;
  /** How long one request seals the secrets of a scope again; what is left is for the next. */
  readonly resealMs: number;
  /** How often the connections are asked for life on which the locks of this process stand. */
  readonly lockCheckMs: number;
  /** Live tokens of one account; of more, the one that was used least recently goes. */
  readonly mostAccountTokens: number;
  /** How sign-ins are counted; how many of them are settings. */
  readonly login: GuardLimits;
}

export const defaultLimits: Limits = Object.freeze({
  sweepMs: 1000,
  judgeMs: 1000,
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
    mostSocketsOfUser: 20,
    anonymousIdleMs: 10_000,
    mostWaitingBytes: 4_000_000,
    mostSubscriptions: 20,
    mostMessagesPerSecond: 50,
    tokenPauseMs: 200,
    tokenCheckMs: 15_000,
  }),
  mostWorkerSockets: 10_000,
  handshakeTimeoutMs: 10_000,
  dialTimeoutMs: 10_000,
  reportMs: 1000,
  denialFlushMs: 200,
  mostDenialsWaiting: 500,
  resealMs: 10_000,
  lockCheckMs: 10_000,
  mostAccountTokens: 50,
  login: Object.freeze({
    firstWaitMs: 15_000,
    longestWaitMs: 300_000,
    forgetMs: 900_000,
    mostKeys: 20_000,
    tallyMs: 60_000,
  }),
});
