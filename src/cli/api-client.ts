import { readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { ErrorCode } from '../core/failure.js';
import { CliFailure, exitCodeOf } from './cli-failure.js';
import { visible } from './output.js';

export interface ApiClient {
  /** `http://127.0.0.1:9200`, without a path. */
  readonly address: string;
  readonly token: string | null;
  /** PEM of the authority that vouches for the server, where it is not a public one. */
  readonly ca: Buffer | null;
  /** Runs a query or a mutation. Throws CliFailure with the first error of the answer. */
  run<T>(document: string, variables?: Readonly<Record<string, unknown>>): Promise<T>;
}

export interface ApiClientSettings {
  readonly address: string;
  readonly token: string | null;
  readonly caFile: string | null;
}

const timeoutMs = 30_000;
const longestMs = 120_000;
const mostAnswerBytes = 50_000_000;

interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly unknown[];
}

/** A client of the API and of nothing else. Refuses to send a token in the clear beyond this machine. */
export function apiClient(settings: ApiClientSettings): ApiClient {
  const url = serverUrl(settings.address);
  const ca = settings.caFile === null ? null : readCa(settings.caFile);
  return {
    address: url.origin,
    token: settings.token,
    ca,
    async run<T>(document: string, variables: Readonly<Record<string, unknown>> = {}): Promise<T> {
      const body = JSON.stringify({ query: document, variables });
      const answer = await post(new URL('/graphql', url), body, settings.token, ca);
      if (answer.errors !== undefined && answer.errors.length > 0) throw failureOf(answer.errors[0]);
      const { data } = answer;
      if (typeof data !== 'object' || data === null || Object.keys(data).length === 0)
        throw new CliFailure(`${url.origin} answered without what was asked for; is it of this release?`);
      return data as T;
    },
  };
}

/** An error of the API as a sentence for the terminal. What the server says is shown, and never obeyed. */
export function failureOf(error: unknown): CliFailure {
  const { message, extensions } = (error ?? {}) as {
    message?: unknown;
    extensions?: { code?: unknown; denialId?: unknown };
  };
  const code = typeof extensions?.code === 'string' ? (extensions.code as ErrorCode) : null;
  const text = typeof message === 'string' ? linesOf(message) : 'the server refused and did not say why';
  // One of a newer release has no status of its own here.
  const status = code !== null && Object.hasOwn(exitCodeOf, code) ? exitCodeOf[code] : 1;
  return new CliFailure(text + explainable(text, extensions?.denialId), status, code);
}

// Who was refused can do little about it, but an administrator can see why.
function explainable(text: string, denialId: unknown): string {
  if (typeof denialId !== 'string' || !/^denial_\w{1,64}$/.test(denialId)) return '';
  const told = text.includes(denialId) ? '' : ` (denial ${denialId})`;
  return `${told}\nan administrator can see why with \`postern explain ${denialId}\``;
}

// The lines below the sentence, which show where a filter is wrong, are indented; no other break is one.
function linesOf(message: string): string {
  return message
    .split(/\n(?= {2})/)
    .map(visible)
    .join('\n');
}

/** The address of a server, checked. */
export function serverUrl(address: string): URL {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    throw new CliFailure(
      `-addr ${JSON.stringify(address)} is no address; write it like http://127.0.0.1:9200`,
    );
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new CliFailure('-addr must begin with http:// or https://');
  if (url.protocol === 'http:' && !/^(127(\.\d+){3}|localhost|\[::1\])$/.test(url.hostname)) {
    throw new CliFailure(
      `${url.origin} is not on this machine, so the token would cross the network in the clear; use https://`,
    );
  }
  return url;
}

function readCa(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new CliFailure(`the CA certificate cannot be read: ${(error as Error).message}`);
  }
}

function post(url: URL, body: string, token: string | null, ca: Buffer | null): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException): void => reject(unreachable(url, error));
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    };
    const signal = AbortSignal.timeout(longestMs);
    const options = { method: 'POST', headers, timeout: timeoutMs, signal, ...(ca ? { ca } : {}) };
    const asked = url.protocol === 'https:' ? httpsRequest(url, options) : httpRequest(url, options);
    asked.once('error', fail);
    asked.once('timeout', () => asked.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)));
    asked.once('response', (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > mostAnswerBytes) asked.destroy(new Error('the answer is too long'));
        else chunks.push(chunk);
      });
      response.once('error', fail);
      response.once('end', () => {
        try {
          const answer = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Answer | null;
          const hasErrors = Array.isArray(answer?.errors);
          if (
            !answer ||
            (answer.errors !== undefined && !hasErrors) ||
            (answer.data === undefined && !hasErrors)
          )
            throw new Error('no answer of GraphQL');
          resolve(answer);
        } catch {
          reject(
            new CliFailure(
              `${url.origin} answered ${response.statusCode} and no JSON; is that a postern server?`,
            ),
          );
        }
      });
    });
    asked.end(body);
  });
}

const hints: readonly (readonly [RegExp, string])[] = [
  [/certificate|CERT|ALTNAME/i, 'name the authority that vouches for it in -ca-cert (POSTERN_CACERT)'],
  [/ENOTFOUND|EAI_AGAIN/, 'that name is not known here; look at -addr (POSTERN_ADDR)'],
  [/socket hang up|ECONNRESET/, 'if it speaks TLS, write https:// in -addr (POSTERN_ADDR)'],
  [/EPROTO|wrong version|SSL/i, 'if it speaks no TLS, write http:// in -addr (POSTERN_ADDR)'],
];

function unreachable(url: URL, error: NodeJS.ErrnoException): CliFailure {
  if (error.code === 'ECONNREFUSED') {
    return new CliFailure(
      `nothing answers at ${url.origin}; start the server with \`postern server\`, or give -addr`,
    );
  }
  const inner = error instanceof AggregateError ? (error.errors[0] as NodeJS.ErrnoException) : error;
  if (inner.code === 'ECONNREFUSED') return unreachable(url, inner);
  const { code = '', message } = inner;
  const hint = hints.find(([pattern]) => pattern.test(`${code} ${message}`))?.[1];
  return new CliFailure(`${url.origin} cannot be reached: ${message}${hint ? `; ${hint}` : ''}`);
}
