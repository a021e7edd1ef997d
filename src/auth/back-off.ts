import { LRUCache } from 'lru-cache';

export interface BackOffLimits {
  /** Wrong attempts that nobody waits after; 0 for no limit. */
  readonly free: number;
  /** After the last free one; each further one doubles it. */
  readonly firstMs: number;
  readonly longestMs: number;
  /** After so long without an attempt all is forgotten. */
  readonly forgetMs: number;
  readonly mostKeys: number;
}

interface Entry {
  readonly count: number;
  readonly at: number;
}

/**
 * A wait that grows with each wrong attempt of a key. An attempt counts as wrong from its beginning, so that many at
 * once get no further than one after the other; a right one forgets them all.
 */
export class BackOff {
  private readonly entries: LRUCache<string, Entry>;

  constructor(private readonly limits: BackOffLimits) {
    this.entries = new LRUCache({ max: limits.mostKeys });
  }

  /** How long the next attempt has to wait, in ms; 0 for not at all. */
  waitMs(key: string, now: number): number {
    const entry = this.entries.get(key);
    return entry ? Math.max(0, entry.at + this.pauseMs(entry.count) - now) : 0;
  }

  count(key: string, now: number): void {
    if (this.limits.free === 0) return;
    const entry = this.entries.get(key);
    const isOld = entry !== undefined && now - entry.at > this.limits.forgetMs;
    this.entries.set(key, { count: (isOld ? 0 : (entry?.count ?? 0)) + 1, at: now });
  }

  /** Of an attempt that was none: it was not even looked at. */
  takeBack(key: string): void {
    const entry = this.entries.get(key);
    if (entry) this.entries.set(key, { ...entry, count: entry.count - 1 });
  }

  forget(key: string): void {
    this.entries.delete(key);
  }

  private pauseMs(count: number): number {
    const { free, firstMs, longestMs } = this.limits;
    return count < free ? 0 : Math.min(longestMs, firstMs * 2 ** (count - free));
  }
}
