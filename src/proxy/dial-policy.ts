import { networkInterfaces } from 'node:os';
import { BlockList, isIPv4, isIPv6 } from 'node:net';
import { StartFailure } from '../core/start-failure.js';

/** Where a worker may dial, by its own settings; no controller widens it. */
export interface DialPolicy {
  /** Why that address is not dialled; null when it may be. The address is an IP, already resolved. */
  refuse(address: string, port: number): string | null;
}

export interface DialRules {
  /** CIDRs; when there are any, everything else is refused. */
  readonly allow: readonly string[];
  /** CIDRs refused beside the built-in ones. A built-in one is lifted by naming it in `allow`. */
  readonly deny: readonly string[];
  /** Listeners of this installation: a session must not become a way round their own doors. */
  readonly ownListeners: readonly { readonly address: string; readonly port: number }[];
}

// Link-local ranges, where clouds keep the credentials of a machine; and what is no unicast address.
const alwaysDenied = [
  ...['169.254.0.0/16', 'fe80::/10', 'fd00:ec2::254/128', '100.100.100.200/32', '192.0.0.192/32'],
  ...['0.0.0.0/8', '::/128', '224.0.0.0/4', '240.0.0.0/4', 'ff00::/8'],
];

const loopback = blockList(['127.0.0.0/8', '::1/128']);

export function makeDialPolicy(rules: DialRules): DialPolicy {
  const allow = blockList(rules.allow);
  const deny = blockList([...alwaysDenied.filter((cidr) => !rules.allow.includes(cidr)), ...rules.deny]);
  return {
    refuse(address, port) {
      const spellings = spellingsOf(address);
      if (spellings.length === 0) return 'it is no IP address';
      if (spellings.some((one) => contains(deny, one))) return 'the worker may not dial this address';
      if (rules.allow.length > 0 && !spellings.some((one) => contains(allow, one))) {
        return 'the worker may not dial outside its allowed ranges';
      }
      const isOwn = rules.ownListeners.some(
        (own) => own.port === port && spellings.some((one) => listensOn(own.address, one)),
      );
      return isOwn ? 'it is a listener of postern itself' : null;
    },
  };
}

function listensOn(listener: string, address: string): boolean {
  if (!isEverywhere(listener)) return isSame(listener, address);
  const ours = Object.values(networkInterfaces()).flatMap((found) => found ?? []);
  return contains(loopback, address) || ours.some((one) => isSame(one.address, address));
}

function isEverywhere(listener: string): boolean {
  return listener === '0.0.0.0' || wordsOf(listener)?.every((word) => word === 0) === true;
}

/** Whether both texts are of one address, however they spell it. */
function isSame(one: string, other: string): boolean {
  const [a, b] = [wordsOf(one), wordsOf(other)];
  return a !== null && b !== null && a.every((word, index) => word === b[index]);
}

/** The eight words of an address; an IPv4 one is taken as mapped into IPv6. */
function wordsOf(address: string): number[] | null {
  return expand(isIPv4(address) ? `::ffff:${address}` : address);
}

/** An address and the IPv4 address it stands for, when it is one in IPv6 clothes (mapped, or NAT64). */
function spellingsOf(address: string): string[] {
  if (isIPv4(address)) return [address];
  if (!isIPv6(address)) return [];
  const words = expand(address);
  if (words === null) return [];
  const isMapped = words.slice(0, 5).every((word) => word === 0) && (words[5] === 0xffff || words[5] === 0);
  const isNat64 = words[0] === 0x64 && words[1] === 0xff9b && words.slice(2, 6).every((word) => word === 0);
  const isLoopback = words.slice(0, 7).every((word) => word === 0);
  const plain = address.replace(/%.*$/, '');
  if (isLoopback || (!isMapped && !isNat64)) return [plain];
  const [high = 0, low = 0] = words.slice(6);
  return [plain, `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`];
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

function contains(list: BlockList, address: string): boolean {
  return list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
}

function blockList(cidrs: readonly string[]): BlockList {
  const list = new BlockList();
  for (const cidr of cidrs) {
    const [, address = '', bits] = /^([^/%]+)(?:\/(\d{1,3}))?$/.exec(cidr) ?? [];
    const family = isIPv4(address) ? 'ipv4' : 'ipv6';
    const widest = family === 'ipv4' ? 32 : 128;
    const prefix = bits === undefined ? widest : Number(bits);
    if ((!isIPv4(address) && !isIPv6(address)) || prefix > widest) {
      throw new StartFailure(`${JSON.stringify(cidr)} is no address range; write it like 10.0.0.0/8`);
    }
    list.addSubnet(address, prefix, family);
  }
  return list;
}
