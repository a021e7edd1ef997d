import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { makeWebCertificate } from './web-certificate';

/** What a site has seen of a request. */
export interface SeenRequest {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly host: string | undefined;
  /** The name that was asked for before the certificate was shown; none for an IP address. */
  readonly serverName: string | null;
  readonly body: string;
}

/** A site with TLS on this machine. `/old` redirects to `/new` of the same site, `/missing` is not there. */
export interface WebHost {
  readonly port: number;
  /** The certificate, which vouches for itself, in PEM. */
  readonly authority: string;
  readonly seen: SeenRequest[];
  /** What each of them logged in with, as it was sent. */
  readonly logins: (string | undefined)[];
  close(): void;
}

export async function startWebHost(name: string): Promise<WebHost> {
  const { cert, key } = makeWebCertificate(name);
  const seen: SeenRequest[] = [];
  const logins: (string | undefined)[] = [];
  const server = createServer({ cert, key }, (request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.once('end', () => {
      const { method, url: path, headers, socket } = request;
      logins.push(headers.authorization);
      const serverName = (socket as TLSSocket & { servername?: string | false }).servername;
      seen.push({ method, path, host: headers.host, serverName: serverName || null, body });
      if (path === '/old') response.writeHead(302, { location: `https://${name}/new` });
      else if (path === '/missing') response.statusCode = 404;
      response.end(`this is ${path}\n`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    authority: cert,
    seen,
    logins,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
