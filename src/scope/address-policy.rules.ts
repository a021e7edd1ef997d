import { isIP, SocketAddress } from 'node:net';
import { invalidInput } from '../core/failure.js';
import { ipRanges, oldIpv4, readIpRange, wordsOf, type IpRange } from '../core/ip-range.js';

/**
 * What bounds the addresses of targets and hosts below a scope: ranges, single addresses, names, and `*.example.com`
 * for every name below one. What is denied is refused. When something is allowed, an address has to lie in an allowed
 * range, and a name has to be an allowed one.
 */
export interface AddressPolicy {
  readonly allow: readonly string[];
  readonly deny: readonly string[];
}

const mostEntries = 200;
const label = '[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?';
const namePattern = new RegExp(`^(?=.{1,253}$)(\\*\\.)?${label}(\\.${label})*$`);

/** The entries of a list in an input as they are stored: each once, in one spelling. */
export function cleanEntries(path: string, entries: readonly string[]): string[] {
  if (entries.length > mostEntries) throw invalidInput(path, `holds more than ${mostEntries} entries`);
  const clean = entries.map((entry, index) => cleanEntry(`${path}.${index}`, entry));
  return [...new Set(clean)];
}

function cleanEntry(path: string, entry: string): string {
  const text = entry.trim().toLowerCase();
  const range = readIpRange(text);
  if (range !== null) return cleanRange(path, range);
  const old = oldIpv4(text);
  if (old !== null) throw invalidInput(path, `is another spelling of ${old}; write it like that`);
  const lastLabel = text.split('.').at(-1) ?? '';
  if (text === '*' || (namePattern.test(text) && !/^\d+$/.test(lastLabel))) return text;
  throw invalidInput(path, 'must be a range like 10.0.0.0/8, an IP address, a host name or *.example.com');
}

function cleanRange(path: string, { address, prefix, family }: IpRange): string {
  const words = wordsOf(address) ?? [];
  // It is never an address as such, and would bound nothing as people read it.
  if (family === 'ipv6' && words.slice(0, 5).every((word) => word === 0) && words[5] === 0xffff)
    throw invalidInput(path, 'stands for IPv4 addresses; write them like 10.0.0.0/8');
  const bits = family === 'ipv4' ? prefix + 96 : prefix;
  const kept = words.map(
    (word, index) => word & (0xffff << Math.min(16, Math.max(0, 16 * (index + 1) - bits))),
  );
  const first = printAddress(
    kept.map((word) => word & 0xffff),
    family,
  );
  return prefix === (family === 'ipv4' ? 32 : 128) ? first : `${first}/${prefix}`;
}

function printAddress(words: readonly number[], family: IpRange['family']): string {
  if (family === 'ipv4') {
    return words
      .slice(6)
      .flatMap((word) => [word >> 8, word & 255])
      .join('.');
  }
  const written = words.map((word) => word.toString(16)).join(':');
  return new SocketAddress({ address: written, family }).address;
}

/** Why an address is refused: the entry that denies it, or null when it is none of what is allowed. */
export interface AddressRefusal {
  readonly deniedBy: string | null;
}

/** A policy made ready to be asked often: why it refuses an address, null when it does not. */
export function addressJudge({ allow, deny }: AddressPolicy): (address: string) => AddressRefusal | null {
  const [isAllowed, isDenied] = [matcher(allow), matcher(deny)];
  return (address) => {
    if (isDenied(address)) return { deniedBy: deny.find((entry) => matcher([entry])(address)) ?? null };
    return allow.length > 0 && !isAllowed(address) ? { deniedBy: null } : null;
  };
}

function matcher(entries: readonly string[]): (address: string) => boolean {
  const ranges = ipRanges(entries.map(readIpRange).filter((range) => range !== null));
  const names = entries.filter((entry) => readIpRange(entry) === null);
  return (address) => {
    // Resolvers take the old spellings of IPv4 addresses for addresses, so they are no names here.
    const literal = isIP(address) === 0 ? oldIpv4(address) : address;
    if (literal !== null) return ranges.holds(literal);
    const name = address.toLowerCase();
    return names.some((entry) => isNamed(entry, name));
  };
}

function isNamed(entry: string, name: string): boolean {
  return entry === '*' || (entry.startsWith('*.') ? name.endsWith(entry.slice(1)) : name === entry);
}

/**
 * The ranges of a policy, which a worker holds every address against that a name resolves to. Names that are allowed
 * go where they lead unless some range is allowed beside them.
 */
export function boundsOf({ allow, deny }: AddressPolicy): AddressPolicy {
  const isRange = (entry: string): boolean => readIpRange(entry) !== null;
  return { allow: allow.filter(isRange), deny: deny.filter(isRange) };
}
