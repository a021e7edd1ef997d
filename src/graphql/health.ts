import type { IncomingMessage, ServerResponse } from 'node:http';

type Page = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

/** `/healthz`: the process lives. `/readyz`: it can serve, so the database answers too; 503 when not. */
export function healthPages(ping: () => Promise<void>): ReadonlyMap<string, Page> {
  const answer = (response: ServerResponse, status: number, body: object): void => {
    response.statusCode = status;
    response.setHeader('content-type', 'application/json; charset=utf-8');
    response.setHeader('cache-control', 'no-store');
    response.end(JSON.stringify(body));
  };
  return new Map<string, Page>([
    ['/healthz', (_request, response) => answer(response, 200, { status: 'ok' })],
    [
      '/readyz',
      async (_request, response) => {
        try {
          await ping();
          answer(response, 200, { status: 'ready' });
        } catch {
          answer(response, 503, { status: 'not ready', reason: 'the database is out of reach' });
        }
      },
    ],
  ]);
}
