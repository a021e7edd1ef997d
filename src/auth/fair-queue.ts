import { Failure } from '../core/failure.js';

export interface QueueLimits {
  readonly mostAtOnce: number;
  /** Of one address, and of one address for one name. */
  readonly mostWaitingOfAddress: number;
  readonly mostWaitingOfName: number;
  readonly mostWaiting: number;
}

/**
 * Lets dear work in a few at a time, in turns: one of each address, and of each name at that address. Whoever
 * floods it waits behind himself; everybody else gets the next turn. Refuses with RATE_LIMITED what would
 * make a line longer than its limit.
 */
export class FairQueue {
  private readonly lines = new Map<string, Map<string, (() => void)[]>>();
  private running = 0;
  private waiting = 0;

  constructor(private readonly limits: QueueLimits) {}

  async run<R>(address: string, name: string, work: () => Promise<R>): Promise<R> {
    if (this.running >= this.limits.mostAtOnce) await this.turn(address, name);
    else this.running += 1;
    try {
      return await work();
    } finally {
      // Whoever is next takes the place over, so that nobody slips in between.
      const next = this.next();
      if (next) next();
      else this.running -= 1;
    }
  }

  private turn(address: string, name: string): Promise<void> {
    const { mostWaiting, mostWaitingOfAddress, mostWaitingOfName } = this.limits;
    const names = this.lines.get(address) ?? new Map<string, (() => void)[]>();
    const line = names.get(name) ?? [];
    const ofAddress = [...names.values()].reduce((sum, { length }) => sum + length, 0);
    if (line.length >= mostWaitingOfName || ofAddress >= mostWaitingOfAddress || this.waiting >= mostWaiting)
      return Promise.reject(new Failure({ code: 'RATE_LIMITED', retryAfterMs: 2000 }));
    this.lines.set(address, names);
    names.set(name, line);
    this.waiting += 1;
    return new Promise((resolve) => line.push(resolve));
  }

  /** The longest waiting of the name and the address whose turn it is; both then go to the end. */
  private next(): (() => void) | undefined {
    const [[address, names] = []] = this.lines;
    if (address === undefined || !names) return undefined;
    const [[name, line] = []] = names;
    if (name === undefined || !line) return undefined;
    const first = line.shift();
    this.waiting -= 1;
    names.delete(name);
    if (line.length > 0) names.set(name, line);
    this.lines.delete(address);
    if (names.size > 0) this.lines.set(address, names);
    return first;
  }
}
