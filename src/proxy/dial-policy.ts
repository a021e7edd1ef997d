import { networkInterfaces } from 'node:os';
import {
  ipRanges,
  isSameAddress,
  readIpRange,
  spellingsOf,
  wordsOf,
  type IpRanges,
} from '../core/ip-range.js';
import { StartFailure } from '../core/start-failure.js';
import type { AddressBounds } from './authority.js';

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

const loopback = rangesOf(['127.0.0.0/8', '::1/128']);

export function makeDialPolicy(rules: DialRules): DialPolicy {
  const allow = rangesOf(rules.allow);
  const deny = rangesOf([...alwaysDenied.filter((cidr) => !rules.allow.includes(cidr)), ...rules.deny]);
  return {
    refuse(address, port) {
      const spellings = spellingsOf(address);
      if (spellings.length === 0) return 'it is no IP address';
      if (deny.holds(address)) return 'the worker may not dial this address';
      if (rules.allow.length > 0 && !allow.holds(address)) {
        return 'the worker may not dial outside its allowed ranges';
      }
      const isOwn = rules.ownListeners.some(
        (own) => own.port === port && spellings.some((one) => listensOn(own.address, one)),
      );
      return isOwn ? 'it is a listener of postern itself' : null;
    },
  };
}

/**
 * A policy within the bounds of a session: what it refuses stays refused, and so is what any of the bounds denies, or
 * does not allow although it allows something. Bounds that cannot be read refuse everything.
 */
export function withinBounds(policy: DialPolicy, bounds: readonly AddressBounds[]): DialPolicy {
  if (bounds.length === 0) return policy;
  const read = bounds.map(({ allow, deny }) => ({
    allow: allow.length === 0 ? null : readRanges(allow),
    deny: readRanges(deny),
  }));
  return {
    refuse(address, port) {
      const refusal = policy.refuse(address, port);
      if (refusal !== null) return refusal;
      for (const { allow, deny } of read) {
        if (deny === undefined || allow === undefined) return 'the bounds of its project cannot be read';
        if (deny.holds(address)) return 'the address policy above its project denies it';
        if (allow && !allow.holds(address)) return 'the address policy above its project allows only others';
      }
      return null;
    },
  };
}

function readRanges(cidrs: readonly string[]): IpRanges | undefined {
  const ranges = cidrs.map(readIpRange);
  return ranges.includes(null) ? undefined : ipRanges(ranges.filter((one) => one !== null));
}

function listensOn(listener: string, address: string): boolean {
  if (!isEverywhere(listener)) return isSameAddress(listener, address);
  const ours = Object.values(networkInterfaces()).flatMap((found) => found ?? []);
  return loopback.holds(address) || ours.some((one) => isSameAddress(one.address, address));
}

function isEverywhere(listener: string): boolean {
  return listener === '0.0.0.0' || wordsOf(listener)?.every((word) => word === 0) === true;
}

function rangesOf(cidrs: readonly string[]): IpRanges {
  return ipRanges(
    cidrs.map((cidr) => {
      const range = readIpRange(cidr);
      if (range === null)
        throw new StartFailure(`${JSON.stringify(cidr)} is no address range; write it like 10.0.0.0/8`);
      return range;
    }),
  );
}
