import type { IncomingMessage } from 'node:http';
import { isLoopbackHost } from '../core/listen-host.js';

/** Which names this server answers to, and which pages may speak to it. */
export interface Doors {
  /** Why the request is turned away; null when it may come in. */
  refuse(request: IncomingMessage): { readonly status: 421 | 403; readonly message: string } | null;
}

export interface DoorSettings {
  /** Where it listens. */
  readonly host: string;
  readonly port: number;
  readonly isTls: boolean;
  /** The address people use when it is another, behind a proxy for instance. */
  readonly publicUrl: URL | null;
  /** Origins of pages elsewhere that may use the API. */
  readonly allowedOrigins: readonly string[];
}

/**
 * A page of another site can make a browser send requests to a server on this machine, under any host name
 * it has pointed here. So a request must name us, and what comes from a page must come from ours.
 */
export function makeDoors(settings: DoorSettings): Doors {
  const scheme = settings.isTls ? 'https' : 'http';
  const standardPort = settings.isTls ? 443 : 80;
  const isLoopback = isLoopbackHost(settings.host);
  const names = isLoopback ? ['127.0.0.1', 'localhost', '[::1]'] : [bracketed(settings.host).toLowerCase()];
  const hosts = new Set(names.map((name) => `${name}:${settings.port}`));
  if (settings.port === standardPort) for (const name of names) hosts.add(name);
  const origins = new Set([...[...hosts].map((host) => `${scheme}://${host}`), ...settings.allowedOrigins]);
  if (settings.publicUrl) {
    hosts.add(settings.publicUrl.host);
    if (settings.publicUrl.port === '')
      hosts.add(`${settings.publicUrl.host}:${settings.publicUrl.protocol === 'https:' ? 443 : 80}`);
    origins.add(settings.publicUrl.origin);
  }
  return {
    refuse({ headers }) {
      if (!hosts.has((headers.host ?? '').toLowerCase())) {
        return {
          status: 421,
          message: 'this server does not go by that name; set --public-url if it should',
        };
      }
      if (headers.origin !== undefined && !origins.has(headers.origin.toLowerCase())) {
        return {
          status: 403,
          message: 'pages of that origin may not use this API; name it in --allowed-origin if they should',
        };
      }
      return null;
    },
  };
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
