import type { BackOff } from './back-off.js';
import type { Budget } from './budget.js';
import type { RefusedFor } from './refusal-tally.js';

/** One limit of one attempt. */
export interface Meter {
  readonly reason: RefusedFor;
  /** How long the attempt has to wait, in ms; 0 for not at all. */
  waitMs(now: number): number;
  take(now: number): void;
  /** The attempt was none. */
  giveBack(): void;
  /** The attempt was right. */
  right(): void;
}

/** A wait that grows with what was wrong, and that one right attempt ends. */
export function growing(backOff: BackOff, key: string, reason: RefusedFor): Meter {
  return {
    reason,
    waitMs: (now) => backOff.waitMs(key, now),
    take: (now) => backOff.count(key, now),
    giveBack: () => backOff.takeBack(key),
    right: () => backOff.forget(key),
  };
}

/** So many a minute, right ones among them. */
export function even(budget: Budget, key: string, reason: RefusedFor): Meter {
  return {
    reason,
    waitMs: (now) => budget.waitMs(key, now),
    take: (now) => budget.take(key, now),
    giveBack: () => budget.giveBack(key),
    right: () => {},
  };
}

/** So many wrong ones a minute. */
export function evenOfWrong(budget: Budget, key: string, reason: RefusedFor): Meter {
  return { ...even(budget, key, reason), right: () => budget.giveBack(key) };
}
