import type { IncomingMessage, ServerResponse } from 'node:http';
import { ApolloServer, HeaderMap } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import { GraphQLError, type GraphQLSchema } from 'graphql';
import { isFailure } from '../core/failure.js';
import { newId } from '../core/id.js';
import type { Log } from '../core/log.js';
import type { ClientAddress } from './client-address.js';
import type { Preparer } from './document.js';
import { formatError, httpStatus } from './error-format.js';
import { RequestContext, type RequestParts } from './request-context.js';

export interface HttpApiParts {
  readonly schema: GraphQLSchema;
  readonly preparer: Preparer;
  readonly requests: RequestParts;
  readonly log: Log;
  /** Longest body, in bytes. */
  readonly mostBodyBytes: number;
  readonly bodyTimeoutMs: number;
  readonly clientAddress: ClientAddress;
}

export interface HttpApi {
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  close(): Promise<void>;
}

interface Asked {
  readonly query: string;
  readonly operationName: string | null;
  readonly variables: unknown;
  readonly body: unknown;
  readonly search: string;
}

/** GraphQL over HTTP: our limits first, then Apollo Server, without a framework between it and the socket. */
export async function startHttpApi(parts: HttpApiParts): Promise<HttpApi> {
  const { schema, log } = parts;
  const requestIds = new WeakMap<GraphQLError, string>();
  const apollo = new ApolloServer<RequestContext>({
    schema,
    introspection: true, // decided per caller before Apollo sees the document
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    persistedQueries: false,
    plugins: [
      ApolloServerPluginCacheControlDisabled(), // it wraps every field of every answer
      ApolloServerPluginLandingPageDisabled(),
      {
        requestDidStart: () =>
          Promise.resolve({
            didEncounterErrors: ({ errors, contextValue }) => {
              for (const error of errors) requestIds.set(error, contextValue.ctx.requestId);
              return Promise.resolve();
            },
            willSendResponse: ({ response: { http, body }, errors }) => {
              const waitMs =
                body.kind === 'single' && body.singleResult.data == null ? limitedMs(errors ?? []) : 0;
              if (waitMs > 0) {
                http.status = httpStatus.RATE_LIMITED;
                http.headers.set('retry-after', String(Math.ceil(waitMs / 1000)));
              }
              return Promise.resolve();
            },
          }),
      },
    ],
    formatError: (formatted, error) => {
      const known = error instanceof GraphQLError ? requestIds.get(error) : undefined;
      const shown =
        error instanceof GraphQLError
          ? error
          : new GraphQLError(formatted.message, { extensions: formatted.extensions ?? {} });
      return formatError(shown, known ?? newId('req'), log);
    },
  });
  await apollo.start();
  return {
    close: () => apollo.stop(),
    async handle(request, response) {
      try {
        await answer(parts, apollo, request, response);
      } catch (error) {
        refuse(response, error, log);
      }
    },
  };
}

async function answer(
  parts: HttpApiParts,
  apollo: ApolloServer<RequestContext>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = '' } = request;
  if (method !== 'POST' && method !== 'GET') {
    response.setHeader('allow', 'GET, POST');
    return send(response, 405, { message: 'use POST, or GET for queries', code: 'INVALID_INPUT' });
  }
  const asked = method === 'GET' ? askedByGet(request) : await askedByPost(parts, request);
  const context = await RequestContext.open(parts.requests, {
    token: bearerToken(request),
    clientAddress: parts.clientAddress(request),
  });
  const { requestId, actor } = context.ctx;
  const prepared = parts.preparer.prepare(asked.query, {
    operationName: asked.operationName,
    variables: asked.variables,
    mayIntrospect: actor.kind !== 'anonymous',
  });
  if ('errors' in prepared) {
    const errors = prepared.errors.map((error) => formatError(error, requestId, parts.log));
    return sendJson(response, 400, { errors });
  }
  if (prepared.operation === 'subscription') {
    return send(response, 400, {
      message:
        'subscriptions run over WebSocket: connect to this address with the protocol graphql-transport-ws',
      code: 'INVALID_INPUT',
    });
  }
  if (method === 'GET' && prepared.operation === 'mutation') {
    response.setHeader('allow', 'POST');
    return send(response, 405, { message: 'mutations go by POST', code: 'INVALID_INPUT' });
  }
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  const answered = await apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: { method, headers, search: asked.search, body: asked.body },
    context: () => Promise.resolve(context),
  });
  for (const [name, value] of answered.headers) response.setHeader(name, value);
  response.setHeader('cache-control', 'no-store');
  response.statusCode = answered.status ?? 200;
  if (answered.body.kind !== 'complete') throw new Error('answers are never sent in pieces');
  response.end(answered.body.string);
}

/** How long a request has to wait that was refused for nothing but limits, in ms; 0 for any other. */
function limitedMs(errors: readonly GraphQLError[]): number {
  const waits = errors.map(({ originalError }) =>
    isFailure(originalError) && originalError.problem.code === 'RATE_LIMITED'
      ? originalError.problem.retryAfterMs
      : 0,
  );
  return waits.every((waitMs) => waitMs > 0) ? Math.max(0, ...waits) : 0;
}

function askedByGet(request: IncomingMessage): Asked {
  const url = new URL(request.url ?? '', 'http://localhost');
  const query = url.searchParams.get('query');
  if (query === null) throw refusal(400, 'give the document as query=…');
  const variables = parsed(url.searchParams.get('variables') ?? '{}', 'the variables are not JSON');
  const operationName = url.searchParams.get('operationName');
  return { query, operationName, variables, body: undefined, search: url.search };
}

async function askedByPost(parts: HttpApiParts, request: IncomingMessage): Promise<Asked> {
  const [type = '', ...parameters] = (request.headers['content-type'] ?? '').toLowerCase().split(';');
  const charset = parameters.map((part) => /^\s*charset="?([^"]*)"?\s*$/.exec(part)?.[1]).find(Boolean);
  if (type.trim() !== 'application/json' || (charset !== undefined && charset !== 'utf-8')) {
    throw refusal(415, 'send application/json in UTF-8');
  }
  if ((request.headers['content-encoding'] ?? 'identity') !== 'identity')
    throw refusal(415, 'send the body uncompressed');
  const text = await readBody(request, parts.mostBodyBytes, parts.bodyTimeoutMs);
  const body = parsed(text, 'the body is not JSON');
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw refusal(400, 'the body must be one object: {"query": …, "variables": …}');
  }
  const { query, operationName = null, variables = null } = body as Record<string, unknown>;
  if (typeof query !== 'string') throw refusal(400, 'the body must have a query, a string');
  if (operationName !== null && typeof operationName !== 'string')
    throw refusal(400, 'operationName must be a string');
  return { query, operationName, variables, body, search: '' };
}

function parsed(text: string, otherwise: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw refusal(400, otherwise);
  }
}

function readBody(request: IncomingMessage, most: number, timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    if (Number(request.headers['content-length'] ?? 0) > most) {
      request.resume();
      reject(refusal(413, `the body is longer than ${most} bytes`));
      return;
    }
    const chunks: Buffer[] = [];
    let size = 0;
    const late = setTimeout(() => fail(refusal(408, 'the body did not arrive in time')), timeoutMs);
    const fail = (error: Error): void => {
      clearTimeout(late);
      request.removeAllListeners('data');
      request.resume();
      reject(error);
    };
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > most) fail(refusal(413, `the body is longer than ${most} bytes`));
      else chunks.push(chunk);
    });
    request.once('end', () => {
      clearTimeout(late);
      resolve(Buffer.concat(chunks).toString('utf8'));
    });
    request.once('error', fail);
  });
}

/** The token of a request; tokens come in this header and nowhere else. */
export function bearerToken(request: IncomingMessage): string | null {
  const match = /^Bearer (\S{1,256})$/i.exec(request.headers.authorization ?? '');
  return match?.[1] ?? (request.headers.authorization === undefined ? null : '');
}

class HttpRefusal extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

function refusal(status: number, message: string): HttpRefusal {
  return new HttpRefusal(status, message);
}

function refuse(response: ServerResponse, error: unknown, log: Log): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  if (error instanceof HttpRefusal) {
    if (error.status === 413 || error.status === 408) response.setHeader('connection', 'close');
    return send(response, error.status, { message: error.message, code: 'INVALID_INPUT' });
  }
  const shown = formatError(error, newId('req'), log);
  const status = isFailure(error) ? httpStatus[error.code] : 500;
  if (isFailure(error, 'UNAVAILABLE')) response.setHeader('retry-after', '1');
  sendJson(response, status, { errors: [shown] });
}

function send(response: ServerResponse, status: number, error: { message: string; code: string }): void {
  sendJson(response, status, { errors: [{ message: error.message, extensions: { code: error.code } }] });
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.statusCode = status;
  response.setHeader('content-type', 'application/json; charset=utf-8');
  response.setHeader('cache-control', 'no-store');
  response.end(JSON.stringify(body));
}
