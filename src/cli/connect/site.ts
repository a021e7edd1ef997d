import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import type { SessionFacts } from './known-program.js';

/** A host as it stands in an address of the web: an IPv6 address has its brackets. */
export interface Site {
  readonly host: string;
  /** `:8443`, or nothing for that of the scheme. */
  readonly port: string;
}

/** Reads `example.com`, `example.com:8443` or an IP address; null for anything else. */
export function siteOf(text: string): Site | null {
  if (isIPv6(text)) return { host: `[${text}]`, port: '' };
  const [, name = '', port = ''] = /^(\[[^\]]*\]|[^:/?#@%\\\s]*)(:\d{1,5})?$/.exec(text) ?? [];
  if (Number(port.slice(1)) > 65535) return null;
  if (name.startsWith('[')) return isIPv6(name.slice(1, -1)) ? { host: name, port } : null;
  const host = domainToASCII(name);
  return /^[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?$/.test(host) ? { host, port } : null;
}

/** Where the session leads, as somebody beside the host would write it; null when that is kept back. */
export function siteOfSession({ endpoint }: SessionFacts): Site | null {
  return siteOf(endpoint?.replace(/^\w+:\/\//, '') ?? '');
}

/** Without the brackets. */
export function bareHost({ host }: Site): string {
  return host.replace(/^\[|\]$/g, '');
}

// One with a zone is of this machine, and nothing to tell a server.
function isIPv6(text: string): boolean {
  return isIP(text) === 6 && !text.includes('%');
}
