import { isIPv4 } from 'node:net';
import { wordsOf } from '../core/ip-range.js';

/**
 * What is counted as one place that somebody signs in from: an IPv4 address, however it is spelled, or the /64 of an
 * IPv6 address, because whoever has one address of it has them all. One key for all whose address is not known.
 */
export function sourceOf(address: string | null): string {
  if (address === null) return '';
  if (isIPv4(address)) return address;
  const words = wordsOf(address);
  if (words === null) return '';
  const isMapped = words.slice(0, 5).every((word) => word === 0) && words[5] === 0xffff;
  if (!isMapped)
    return `${words
      .slice(0, 4)
      .map((word) => word.toString(16))
      .join(':')}::/64`;
  const [high = 0, low = 0] = words.slice(6);
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
}
