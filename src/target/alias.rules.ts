import { invalidInput } from '../core/failure.js';
import { oldIpv4 } from '../core/ip-range.js';

/** In characters. */
export const longestValue = 253;
const longestLabel = 63;

/**
 * Why a text is no value of an alias; null when it is one. An alias is written where an id or a host name may
 * stand: it looks like a host name, and never like an id (no underscore) or an address (no number at its end).
 */
export function aliasFault(value: string): string | null {
  if (value === '') return 'is empty; write a name like db.corp';
  if (value !== value.trim()) return 'must not begin or end with spaces';
  if (value.length > longestValue) return `is longer than ${longestValue} characters`;
  const odd = /[^A-Za-z0-9.-]/u.exec(value)?.[0];
  if (odd !== undefined)
    return `holds ${JSON.stringify(odd)}; it may hold letters, digits and hyphens, with dots between its parts`;
  const labels = value.split('.');
  if (labels.includes('')) return 'must not begin or end with a dot, nor have two in a row';
  const long = labels.find((label) => label.length > longestLabel);
  if (long !== undefined) return `has a part of more than ${longestLabel} characters between its dots`;
  const hyphened = labels.find((label) => label.startsWith('-') || label.endsWith('-'));
  if (hyphened !== undefined) return `has a part that begins or ends with a hyphen: ${hyphened}`;
  if (/^\d+$/.test(labels.at(-1) ?? '') || oldIpv4(value) !== null)
    return 'must not end in a number, as an address does';
  return null;
}

/** The value of an alias in an input. */
export function cleanValue(path: string, value: string): string {
  const fault = aliasFault(value);
  if (fault !== null) throw invalidInput(path, fault);
  return value;
}
