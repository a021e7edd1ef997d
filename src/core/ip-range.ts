import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** Addresses with a common beginning, as `10.0.0.0/8` or a single address is written. */
export interface IpRange {
  readonly address: string;
  readonly prefix: number;
  readonly family: 'ipv4' | 'ipv6';
}

/** Reads a range; null for a text that is none. It may be written with an address from its middle. */
export function readIpRange(text: string): IpRange | null {
  const [, address = '', bits] = /^([^/%]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  if (!isIPv4(address) && !isIPv6(address)) return null;
  const family = isIPv4(address) ? 'ipv4' : 'ipv6';
  const widest = family === 'ipv4' ? 32 : 128;
  const prefix = bits === undefined ? widest : Number(bits);
  return prefix > widest ? null : { address, prefix, family };
}

export interface IpRanges {
  /** Whether an IP address lies in any of them, in whichever of its spellings. */
  holds(address: string): boolean;
}

export function ipRanges(ranges: readonly IpRange[]): IpRanges {
  const list = new BlockList();
  for (const { address, prefix, family } of ranges) list.addSubnet(address, prefix, family);
  return {
    holds: (address) => spellingsOf(address).some((one) => list.check(one, isIPv4(one) ? 'ipv4' : 'ipv6')),
  };
}

/**
 * An address and the IPv4 address it stands for, when it is one in IPv6 clothes: mapped, compatible, translated
 * (`::ffff:0:0/96`), NAT64 (`64:ff9b::/96` and the local `64:ff9b:1::/48`) or 6to4 (`2002::/16`). None for what is no
 * IP address.
 */
export function spellingsOf(address: string): string[] {
  if (isIPv4(address)) return [address];
  if (!isIPv6(address)) return [];
  const words = expand(address);
  if (words === null) return [];
  const isLoopback = words.slice(0, 7).every((word) => word === 0);
  const plain = address.replace(/%.*$/, '');
  const inside = isLoopback ? null : ipv4Inside(words);
  if (inside === null) return [plain];
  const [high = 0, low = 0] = inside;
  return [plain, `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`];
}

// The two words that are an IPv4 address, where the other six say that they are.
function ipv4Inside(words: readonly number[]): readonly number[] | null {
  const isZero = (from: number, to: number): boolean => words.slice(from, to).every((word) => word === 0);
  const isMapped = isZero(0, 5) && (words[5] === 0xffff || words[5] === 0);
  const isTranslated = isZero(0, 4) && words[4] === 0xffff && words[5] === 0;
  const isNat64 = words[0] === 0x64 && words[1] === 0xff9b && (isZero(2, 6) || words[2] === 1);
  if (isMapped || isTranslated || isNat64) return words.slice(6);
  return words[0] === 0x2002 ? words.slice(1, 3) : null;
}

/** The eight words of an address; an IPv4 one is taken as mapped into IPv6. Null for what is no IP address. */
export function wordsOf(address: string): number[] | null {
  return expand(isIPv4(address) ? `::ffff:${address}` : address);
}

/** Whether both texts are of one address, however they spell it. */
export function isSameAddress(one: string, other: string): boolean {
  const [a, b] = [wordsOf(one), wordsOf(other)];
  return a !== null && b !== null && a.every((word, index) => word === b[index]);
}

/**
 * The IPv4 address that resolvers make of a text in the old ways of writing one: `0x7f.1`, `2130706433`,
 * `0177.0.0.1`. Null for a text that is none of them.
 */
export function oldIpv4(text: string): string | null {
  const parts = text.split('.');
  if (parts.length > 4 || !parts.every((part) => /^(0x[0-9a-f]*|\d+)$/i.test(part))) return null;
  const numbers = parts.map(numberOf);
  const last = numbers.pop() as number;
  if (numbers.some((number) => !(number <= 255)) || !(last < 256 ** (4 - numbers.length))) return null;
  const value = numbers.reduce((sum, number, index) => sum + number * 256 ** (3 - index), last);
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}

function numberOf(part: string): number {
  if (/^0x/i.test(part)) return part.length === 2 ? 0 : parseInt(part, 16);
  if (!part.startsWith('0')) return Number(part);
  return /^[0-7]+$/.test(part) ? parseInt(part, 8) : NaN;
}

function expand(address: string): number[] | null {
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address.replace(/%.*$/, ''));
  const hex = (a: string, b: string): string => ((Number(a) << 8) | Number(b)).toString(16);
  const text = dotted
    ? `${dotted[1]}${hex(dotted[2] as string, dotted[3] as string)}:${hex(dotted[4] as string, dotted[5] as string)}`
    : address.replace(/%.*$/, '');
  const [left = '', right] = text.split('::');
  const head = left === '' ? [] : left.split(':');
  const tail = right === undefined || right === '' ? [] : right.split(':');
  const missing = 8 - head.length - tail.length;
  if (missing < 0 || (right === undefined && missing !== 0)) return null;
  return [...head, ...Array<string>(missing).fill('0'), ...tail].map((word) => parseInt(word, 16));
}
