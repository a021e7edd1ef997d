import { WebSocket, type ClientOptions } from 'ws';
import { openLive, type Live } from '../../client/live.js';
import { failureOf, type ApiClient } from '../api-client.js';
import { CliFailure } from '../cli-failure.js';
import { visible, word, type Output } from '../output.js';

const watched =
  'id status userName targetName endpoint openConnectionCount bytesUp bytesDown expiresAt terminationReason endedByName revision';

/** Documents of `sessions watch`; the schema check validates each. */
export const documents = {
  scope: `subscription SessionEvents($scopeId: ID!, $after: EventCursor) {
    sessionEvents(scopeId: $scopeId, recursive: true, after: $after) {
      __typename
      ... on SessionEvent { cursor occurredAt type isSnapshot session { ${watched} } connection { id clientAddress closedReason } }
      ... on SessionRemoved { cursor sessionId }
      ... on StreamCheckpoint { cursor serverTime }
      ... on StreamReset { reason }
    }
  }`,
  one: `subscription Session($id: ID!) { session(id: $id) { ${watched} updatedAt } }`,
} as const;

interface Watched {
  readonly id: string;
  readonly status: string;
  readonly userName: string | null;
  readonly targetName: string | null;
  readonly openConnectionCount: number | null;
  readonly bytesUp: string | null;
  readonly bytesDown: string | null;
  readonly terminationReason: string | null;
  readonly endedByName: string | null;
}

interface StreamItem {
  readonly __typename: 'SessionEvent' | 'SessionRemoved' | 'StreamCheckpoint' | 'StreamReset';
  readonly cursor?: string;
  readonly occurredAt: string;
  readonly type: string;
  readonly isSnapshot: boolean;
  readonly session: Watched;
  readonly connection: { readonly clientAddress: string | null; readonly closedReason: string | null } | null;
  readonly sessionId: string;
  readonly reason: string;
}

/** Shows what happens to the sessions of a scope and below it, a line each, until the process is stopped. */
export async function watchScope(api: ApiClient, output: Output, scopeId: string): Promise<void> {
  let after: string | null = null;
  let hasHeader = false;
  await follow(
    api,
    output,
    () => ({ query: documents.scope, variables: { scopeId, after } }),
    (data) => {
      const item = data['sessionEvents'] as StreamItem;
      // A snapshot is whole at its checkpoint: one that breaks off before is asked for again.
      if (!item.isSnapshot) after = item.cursor ?? after;
      if (item.__typename === 'StreamReset') after = null;
      if (output.format === 'json') return void output.out.write(`${JSON.stringify(item)}\n`);
      if (!hasHeader)
        output.out.write(
          `${line(['TIME', 'EVENT', 'SESSION', 'STATUS', 'USER', 'TARGET', 'OPEN', 'DETAIL'])}\n`,
        );
      hasHeader = true;
      if (item.__typename === 'SessionEvent') output.out.write(`${eventLine(item)}\n`);
      if (item.__typename === 'StreamReset')
        output.err.write(`the stream starts again: ${word(item.reason)}\n`);
    },
    // It has no end of its own.
    () => {
      throw new CliFailure('the stream was ended: the token is over, or may not watch there any more', 3);
    },
  );
}

/** Shows one session, its present state first, until it is over. */
export async function watchOne(api: ApiClient, output: Output, id: string): Promise<void> {
  await follow(
    api,
    output,
    () => ({ query: documents.one, variables: { id } }),
    (data) => {
      const session = data['session'] as Watched & { readonly updatedAt: string };
      if (output.format === 'json') output.out.write(`${JSON.stringify(session)}\n`);
      else output.out.write(`${sessionLine(session.updatedAt, 'state', session, null)}\n`);
    },
  );
}

async function follow(
  api: ApiClient,
  output: Output,
  payload: () => { query: string; variables: Record<string, unknown> },
  show: (data: Record<string, unknown>) => void,
  ended: () => void = () => {},
): Promise<void> {
  // A first question over HTTP: it says what is wrong with the address, the certificate or the token, where
  // a WebSocket only fails and is tried again.
  await api.run('{ about { version } }');
  let isLost = false;
  let isOver = false;
  let isStopped = false;
  const live: Live = openLive({
    url: `${api.address.replace(/^http/, 'ws')}/graphql`,
    token: () => api.token,
    webSocketImpl: socketClass(api.ca),
    onState: (state) => {
      if (isOver) return; // the server closes the connection, too
      if (state === 'reconnecting' && !isLost) output.err.write('connection lost, reconnecting…\n');
      if (state === 'connected' && isLost) output.err.write('connected again\n');
      isLost = state === 'reconnecting';
    },
  });
  await new Promise<void>((resolve, reject) => {
    const { stop } = live.subscribe(payload, {
      next: show,
      refused: ([error]) => {
        reject(failureOf(error ?? { message: 'the server refused' }));
      },
      complete: () => {
        isOver = true;
        resolve();
      },
    });
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => {
        isStopped = true;
        stop();
      });
  }).finally(() => live.close());
  if (!isStopped) ended();
}

function socketClass(ca: Buffer | null): unknown {
  if (ca === null) return WebSocket;
  return class extends WebSocket {
    constructor(url: string, protocols?: string | string[]) {
      super(url, protocols, { ca } as ClientOptions);
    }
  };
}

function eventLine({ type, isSnapshot, occurredAt, session, connection }: StreamItem): string {
  const event = isSnapshot ? 'present' : (word(type) ?? '');
  const detail = connection ? connectionDetail(connection, session) : null;
  return sessionLine(occurredAt, event, session, detail);
}

function connectionDetail(
  { clientAddress, closedReason }: NonNullable<StreamItem['connection']>,
  { bytesUp, bytesDown }: Watched,
): string {
  if (closedReason === null) return clientAddress ?? '';
  const bytes = bytesUp === null ? '' : `, session ${bytesUp} up, ${bytesDown} down`;
  return `${clientAddress ?? ''} ${word(closedReason)}${bytes}`.trim();
}

function sessionLine(time: string, event: string, session: Watched, detail: string | null): string {
  const end = session.terminationReason ? endText(session.terminationReason, session.endedByName) : null;
  return line([
    new Date(time).toTimeString().slice(0, 8),
    event,
    session.id,
    session.status.toLowerCase(),
    session.userName ?? '',
    session.targetName ?? '',
    String(session.openConnectionCount ?? ''),
    detail ?? end ?? `${session.bytesUp ?? 0} up, ${session.bytesDown ?? 0} down`,
  ]);
}

function endText(reason: string, by: string | null): string {
  if (by === null) return word(reason) ?? '';
  return reason === 'CLOSED_BY_USER' ? `closed by ${by}` : `${word(reason)} by ${by}`;
}

const widths = [8, 18, 12, 10, 12, 16, 4, 0];

function line(cells: readonly string[]): string {
  return cells
    .map((cell, i) => visible(cell).padEnd(widths[i] ?? 0))
    .join('  ')
    .trimEnd();
}
