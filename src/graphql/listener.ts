import {
  createServer as createHttpServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https';
import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { isEveryAddress, isLoopbackHost } from '../core/listen-host.js';
import type { Log } from '../core/log.js';
import { StartFailure } from '../core/start-failure.js';
import { makeDoors, type DoorSettings, type Doors } from './doors.js';

export interface ListenSettings {
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
  readonly tls: { readonly certFile: string; readonly keyFile: string } | null;
  /** Declares that a proxy in front does the TLS, so that plain HTTP may leave this machine. */
  readonly isBehindProxy: boolean;
  readonly publicUrl: URL | null;
  readonly allowedOrigins: readonly string[];
}

type Page = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

export interface Routes {
  /** By path, without its query. */
  readonly pages: ReadonlyMap<string, Page>;
  /** Answered under whatever name they are asked: probes go to an address. They must reveal nothing. */
  readonly probes: ReadonlyMap<string, Page>;
  upgrade(path: string, request: IncomingMessage, socket: Duplex, head: Buffer): boolean;
}

export interface Listener {
  readonly host: string;
  readonly port: number;
  readonly url: string;
  close(): Promise<void>;
}

const mostConnections = 12_000;

const securityHeaders = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'cross-origin-resource-policy': 'same-origin',
} as const;

/**
 * Refuses a plain listener beyond this machine, because tokens would cross the network in the clear; one
 * on all addresses without a name, because no request could name it; and a certificate that cannot be
 * read. A start asks this before it touches anything.
 */
export function checkListenSettings(settings: ListenSettings): void {
  if (settings.tls) readTls(settings.tls);
  if (!isLoopbackHost(settings.host) && !settings.tls && !settings.isBehindProxy) {
    throw new StartFailure(
      `${settings.host} is reachable from outside and the API has no TLS; give --tls-cert-file and --tls-key-file, ` +
        'or --behind-proxy when a proxy in front does TLS',
    );
  }
  if (isEveryAddress(settings.host) && !settings.publicUrl) {
    throw new StartFailure(
      `${settings.host} is no name that people can use; say in --public-url how they reach the API`,
    );
  }
}

/** Opens the API's port; reloads the certificate when its file changes. */
export async function listen(settings: ListenSettings, routes: Routes, log: Log): Promise<Listener> {
  checkListenSettings(settings);
  let doors: Doors | undefined;
  const serve: RequestListener = (request, response) => {
    for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
    const path = (request.url ?? '').split('?')[0] ?? '';
    const probe = routes.probes.get(path);
    const refusal = probe ? null : doors?.refuse(request);
    if (refusal) return plain(response, refusal.status, refusal.message);
    const page = probe ?? routes.pages.get(path);
    if (!page) return plain(response, 404, 'there is nothing here');
    void Promise.resolve(page(request, response)).catch((error: unknown) => {
      log.error('a page failed', { path, error: String(error) });
      if (!response.headersSent) plain(response, 500, 'a fault of the broker');
    });
  };
  const timeouts = {
    headersTimeout: 10_000,
    requestTimeout: 20_000,
    keepAliveTimeout: 10_000,
    connectionsCheckingInterval: 2000,
  };
  const server: Server | HttpsServer = settings.tls
    ? createHttpsServer({ ...timeouts, ...readTls(settings.tls), minVersion: 'TLSv1.2' }, serve)
    : createHttpServer(timeouts, serve);
  server.maxHeadersCount = 100;
  server.maxConnections = mostConnections;
  // Node forgets what has been upgraded or has sent half a header; a stop must not wait for those.
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => {});
    const refusal = doors?.refuse(request);
    if (refusal) return refuseUpgrade(socket, refusal.status, refusal.message);
    if (!routes.upgrade((request.url ?? '').split('?')[0] ?? '', request, socket, head)) {
      refuseUpgrade(socket, 404, 'there is nothing here');
    }
  });
  server.on('clientError', (_error, socket) => {
    if (socket.writable) lastWords(socket, 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
    else socket.destroy();
  });
  const address = await bind(server, settings);
  const isTls = settings.tls !== null;
  const doorSettings: DoorSettings = { ...settings, host: settings.host, port: address.port, isTls };
  doors = makeDoors(doorSettings);
  const stopReloading = settings.tls ? reloadOnChange(server as HttpsServer, settings.tls, log) : () => {};
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return {
    host: address.address,
    port: address.port,
    url: settings.publicUrl?.origin ?? `${isTls ? 'https' : 'http'}://${host}:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        stopReloading();
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function bind(server: Server | HttpsServer, { host, port }: ListenSettings): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why =
        error.code === 'EADDRINUSE' ? 'is busy' : `cannot be listened on (${error.code ?? error.message})`;
      reject(
        new StartFailure(
          `${host}:${port} ${why}; stop what listens there, or choose another --api-listen-address`,
        ),
      );
    });
    server.listen({ host, port }, () => {
      server.removeAllListeners('error');
      resolve(server.address() as AddressInfo);
    });
  });
}

function readTls({ certFile, keyFile }: { certFile: string; keyFile: string }): {
  cert: Buffer;
  key: Buffer;
} {
  try {
    return { cert: readFileSync(certFile), key: readFileSync(keyFile) };
  } catch (error) {
    throw new StartFailure(`the TLS certificate or key cannot be read: ${(error as Error).message}`);
  }
}

function reloadOnChange(
  server: HttpsServer,
  files: { certFile: string; keyFile: string },
  log: Log,
): () => void {
  const reload = (): void => {
    try {
      server.setSecureContext({ ...readTls(files), minVersion: 'TLSv1.2' });
      log.info('the TLS certificate was read again');
    } catch (error) {
      // Certificate and key are replaced one after the other: the second change brings the pair together.
      log.warn('the TLS certificate and key do not fit; the old ones stay', {
        reason: (error as Error).message,
      });
    }
  };
  // Looked at by name every few seconds, because renewals replace the file rather than write into it.
  const names = [files.certFile, files.keyFile];
  for (const name of names) watchFile(name, { interval: 5000, persistent: false }, reload);
  return () => names.forEach((name) => unwatchFile(name, reload));
}

function plain(response: ServerResponse, status: number, message: string): void {
  response.statusCode = status;
  response.setHeader('content-type', 'application/json; charset=utf-8');
  response.end(
    JSON.stringify({
      errors: [{ message, extensions: { code: status === 404 ? 'NOT_FOUND' : 'FORBIDDEN' } }],
    }),
  );
}

/** Says a last thing and hangs up: a socket left half open would be kept as long as its client likes. */
function lastWords(socket: Duplex, text: string): void {
  const late = setTimeout(() => socket.destroy(), 1000).unref();
  socket.once('close', () => clearTimeout(late));
  socket.end(text, () => socket.destroy());
}

function refuseUpgrade(socket: Duplex, status: number, message: string): void {
  lastWords(
    socket,
    `HTTP/1.1 ${status} Refused\r\nContent-Type: text/plain\r\nConnection: close\r\nContent-Length: ${message.length}\r\n\r\n${message}`,
  );
}
