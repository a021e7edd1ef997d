/** What an attempt was refused for: a limit, of a name, an address, both, or of everybody. */
export interface RefusedFor {
  readonly operation: string;
  /** Of what there were too many. */
  readonly what: string;
  readonly limit: string;
  readonly address: string | null;
  readonly loginName: string | null;
}

/** Refusals for one reason within a window, beyond the first, which was told by itself. */
export interface RefusalSum extends RefusedFor {
  readonly count: number;
}

interface Window {
  readonly reason: RefusedFor;
  readonly since: number;
  more: number;
}

/** Of more reasons at once the further ones are added up as one. */
const mostReasons = 1000;
const others = 'others';

/**
 * Adds up refusals, of which there may be thousands a second: the first one of each reason is told at once, those that
 * follow within a window when it is over.
 */
export class RefusalTally {
  private readonly windows = new Map<string, Window>();

  constructor(private readonly windowMs: number) {}

  /** True when it is the first of its reason, which its caller tells. */
  add(reason: RefusedFor, now: number): boolean {
    const { operation, limit, address, loginName } = reason;
    const key = [operation, limit, address ?? '', loginName ?? ''].join('\0');
    const open = this.windows.get(key);
    if (open) {
      open.more += 1;
      return false;
    }
    if (this.windows.size >= mostReasons && limit !== others)
      return this.add({ ...reason, limit: others, address: null, loginName: null }, now);
    this.windows.set(key, { reason, since: now, more: 0 });
    return true;
  }

  /** The sums of the windows that are over by then; where nothing followed the first there is nothing to tell. */
  take(now: number): RefusalSum[] {
    const over = [...this.windows].filter(([, { since }]) => now - since >= this.windowMs);
    for (const [key] of over) this.windows.delete(key);
    return over.flatMap(([, { reason, more }]) => (more > 0 ? [{ ...reason, count: more }] : []));
  }
}
