import { isIP } from 'node:net';
import { invalidInput } from '../core/failure.js';

const hostName =
  /^(?=.{1,253}$)([A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?)(\.[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?)*$/;

/** Why a text is no address of a host; null when it is one. The port is the target's business. */
export function addressFault(text: string): string | null {
  if (text.length < 3 || text.length > 255) return 'must have 3 to 255 characters';
  if (isIP(text) !== 0 || hostName.test(text)) return null;
  if (/^\[.*\](:\d+)?$/.test(text) || /^[^:]+:\d+$/.test(text)) {
    return 'must not carry a port or brackets; the port is the default_port of the target';
  }
  return 'must be a host name or an IP address';
}

/** The address of an input as it is stored, without the spaces around it. */
export function cleanAddress(text: string): string {
  const address = text.trim();
  const fault = addressFault(address);
  if (fault !== null) throw invalidInput('input.address', fault);
  return address;
}

/** `tcp://10.0.0.1:22`, with brackets around an IPv6 address. */
export function endpointUrl(type: string, host: string, port: number): string {
  return `${type}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
