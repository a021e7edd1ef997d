import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/** Tells where a request came from: what is counted per client, and what the audit names. */
export type ClientAddress = (request: IncomingMessage) => string | null;

/**
 * The other end of the connection. Behind a proxy that is the proxy, which writes the address it saw as the
 * last one of X-Forwarded-For; whatever stands before it, a client may have made up.
 */
export function clientAddressOf(isBehindProxy: boolean): ClientAddress {
  return (request) => {
    const seen = request.socket.remoteAddress?.replace(/^::ffff:/, '') ?? null;
    if (!isBehindProxy) return seen;
    const forwarded =
      [request.headers['x-forwarded-for'] ?? []].flat().join(',').split(',').at(-1)?.trim() ?? '';
    return isIP(forwarded) ? forwarded : seen;
  };
}
