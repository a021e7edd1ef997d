import { loginOf, type BrokeredCredential } from './brokered-credential.js';
import { hostAndPort } from './client-program.js';
import { option, type Call, type KnownProgram, type Taking } from './known-program.js';
import { bareHost, siteOf, siteOfSession } from './site.js';

type Flag = 'scheme' | 'host' | 'path' | 'method';

/**
 * The request is that of somebody who stands beside the host: its address, its Host header and the name its
 * certificate is checked against are the site's own, and only the connection is made to the local port. So a
 * redirect within the site comes through the session too. A proxy of the environment is passed over.
 */
function curlArgs({ local, session, flags }: Call<Flag>): string[] {
  const site = flags.host === undefined ? siteOfSession(session) : siteOf(flags.host);
  const here = hostAndPort(local);
  const { scheme = 'https', path = '' } = flags;
  return [
    ...methodArgs(flags.method),
    '--globoff', // [ and { of a path are meant as they stand
    ...['--noproxy', site === null ? local.address : bareHost(site)],
    ...option('--connect-to', site === null ? undefined : `${site.host}::${here}`),
    `${scheme}://${site === null ? here : site.host + site.port}${written(path)}`,
  ];
}

function methodArgs(method: string | undefined): string[] {
  // Told with -X to ask for HEAD, curl waits for a body that never comes.
  return method === 'HEAD' ? ['--head'] : option('-X', method);
}

function written(path: string): string {
  const whole = path.startsWith('/') ? path : `/${path}`;
  return whole.replace(/[^!-~]/gu, (sign) => encodeURIComponent(sign));
}

/** A file that stands before the caller's arguments, so that a `-u` of theirs wins. Redirects elsewhere do not get it. */
function take(credential: BrokeredCredential, { given: [first = ''] }: Call<Flag>): Taking | null {
  const login = loginOf(credential);
  // What is before the first colon is the name.
  if (login?.username == null || login.username.includes(':') || login.password.includes('\0')) return null;
  const user = `${login.username}:${login.password}`;
  const isFirst = first === '-q' || first === '--disable'; // it counts where it stands first, and nowhere else
  return {
    username: login.username,
    files: { options: `user = ${quoted(user)}\n` },
    start: (pathOf) => ({ lead: [...(isFirst ? [first] : []), '--config', pathOf('options')] }),
  };
}

const escapes: Readonly<Record<string, string>> = {
  ...{ '\t': 't', '\n': 'n', '\r': 'r', '\v': 'v' },
  ...{ '\\': '\\', '"': '"' },
};

function quoted(text: string): string {
  return `"${text.replace(/[\t\n\r\v\\"]/g, (sign) => `\\${escapes[sign]}`)}"`;
}

export const http: KnownProgram<Flag> = {
  name: 'http',
  description: 'connect to an HTTP target and send it a request with curl',
  flags: {
    scheme: {
      value: 'scheme',
      says: 'https (when left out) or http',
      fault: (value) => (value === 'https' || value === 'http' ? null : 'must be https or http'),
    },
    host: {
      value: 'host[:port]',
      says: 'site to ask for: Host header and name in the certificate; the address of the target when left out',
      fault: (value) =>
        siteOf(value) === null ? 'must be a host name or an IP address, with :PORT or without' : null,
    },
    path: { value: 'path', says: 'path and query; / when left out' },
    method: {
      value: 'method',
      says: 'method; what curl takes by itself when left out',
      fault: (value) => (/^[A-Za-z]+(-[A-Za-z]+)*$/.test(value) ? null : 'must be a word such as POST'),
    },
  },
  styles: {
    curl: { needs: { curl: 'install it (Debian: apt install curl)' }, args: curlArgs, take },
  },
  credentials:
    'The first credential of the target with a user name and a password is sent (Basic, unless behind -- you say --digest or the like); curl reads it from a file of its own. -u behind -- wins over it.',
  examples: [
    '-target-name=shop -target-scope-name=Production -host=shop.example -path=/health',
    "-target-id=ttcp_1234567890 -host=shop.example -method=POST -path=/orders -- -d '{}' -H 'Content-Type: application/json'",
    '-target-id=ttcp_1234567890 -scheme=http -- -sS -L',
  ],
};
