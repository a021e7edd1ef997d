import { LRUCache } from 'lru-cache';

/**
 * So many attempts a minute for each key: as many at once, then one each time its share of a minute has passed. 0 for
 * no limit. Of more keys than it remembers, those that were used least recently begin anew.
 */
export class Budget {
  /** When each key will have its whole budget again, in ms. */
  private readonly fullAt: LRUCache<string, number>;
  private readonly shareMs: number;

  constructor(
    private readonly perMinute: number,
    mostKeys: number,
  ) {
    this.fullAt = new LRUCache({ max: mostKeys });
    this.shareMs = perMinute === 0 ? 0 : 60_000 / perMinute;
  }

  /** How long the next attempt has to wait, in ms; 0 for not at all. */
  waitMs(key: string, now: number): number {
    const usedMs = (this.fullAt.get(key) ?? 0) - now;
    return Math.max(0, usedMs - (this.perMinute - 1) * this.shareMs);
  }

  take(key: string, now: number): void {
    if (this.perMinute > 0) this.fullAt.set(key, Math.max(this.fullAt.get(key) ?? 0, now) + this.shareMs);
  }

  giveBack(key: string): void {
    const fullAt = this.fullAt.get(key);
    if (fullAt !== undefined) this.fullAt.set(key, fullAt - this.shareMs);
  }
}
