import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';

type Page = (request: IncomingMessage, response: ServerResponse) => void;

// Everything a page needs is its own file on this server: no script in the markup, no other host.
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The static files of the playground, read once; `files` maps the path to the file and its type. */
export function playgroundPages(): ReadonlyMap<string, Page> {
  const files: Record<string, readonly [string, string]> = {
    '/playground': ['playground.html', 'text/html; charset=utf-8'],
    '/icon.svg': ['icon.svg', 'image/svg+xml'],
    '/playground.css': ['playground.css', 'text/css; charset=utf-8'],
    '/playground.js': ['playground.js', 'text/javascript; charset=utf-8'],
  };
  return new Map(
    Object.entries(files).map(([path, [file, type]]): [string, Page] => {
      const body = readFileSync(join(__dirname, 'playground', file));
      return [
        path,
        (request, response) => {
          if (request.method !== 'GET' && request.method !== 'HEAD') {
            response.statusCode = 405;
            response.setHeader('allow', 'GET, HEAD');
            response.end();
            return;
          }
          response.setHeader('content-type', type);
          response.setHeader('content-security-policy', contentSecurityPolicy);
          response.setHeader('cache-control', 'no-cache');
          response.end(request.method === 'HEAD' ? undefined : body);
        },
      ];
    }),
  );
}

/** Sends a reader of `/` where there is something to see. */
export const redirectHome: Page = (_request, response) => {
  response.statusCode = 302;
  response.setHeader('location', '/playground');
  response.end();
};
