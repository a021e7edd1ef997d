import { Failure } from '../core/failure.js';

export interface QueueLimits {
  readonly mostAtOnce: number;
  /** Of one address, and of one address for one name. */
  readonly mostWaitingOfAddress: number;
  readonly mostWaitingOfName: number;
  /** In the line of strangers, and in that of those who are known. */
  readonly mostWaiting: number;
}

/** Who waits: where from, for which login name, and whether that name is known there. */
export interface Hasher {
  readonly address: string;
  readonly loginName: string;
  readonly isKnown: boolean;
}

/**
 * Lets dear work in a few at a time, in turns: of those who are known and of strangers, in each of the addresses, and
 * of the names at an address. Whoever floods it waits behind himself; everybody else gets the next turn. Refuses
 * with RATE_LIMITED what would make a line longer than its limit.
 */
export class FairQueue {
  private readonly known: Line;
  private readonly strangers: Line;
  private isTurnOfKnown = true;
  private running = 0;

  constructor(private readonly limits: QueueLimits) {
    this.known = new Line(limits);
    this.strangers = new Line(limits);
  }

  async run<R>(who: Hasher, work: () => Promise<R>): Promise<R> {
    if (this.running >= this.limits.mostAtOnce) await (who.isKnown ? this.known : this.strangers).wait(who);
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

  private next(): (() => void) | undefined {
    const [one, other] = this.isTurnOfKnown ? [this.known, this.strangers] : [this.strangers, this.known];
    this.isTurnOfKnown = !this.isTurnOfKnown;
    return one.next() ?? other.next();
  }
}

class Line {
  private readonly addresses = new Map<string, Map<string, (() => void)[]>>();
  private waiting = 0;

  constructor(private readonly limits: QueueLimits) {}

  wait({ address, loginName }: Hasher): Promise<void> {
    const { mostWaiting, mostWaitingOfAddress, mostWaitingOfName } = this.limits;
    const names = this.addresses.get(address) ?? new Map<string, (() => void)[]>();
    const line = names.get(loginName) ?? [];
    const ofAddress = [...names.values()].reduce((sum, { length }) => sum + length, 0);
    if (line.length >= mostWaitingOfName || ofAddress >= mostWaitingOfAddress || this.waiting >= mostWaiting)
      return Promise.reject(new Failure({ code: 'RATE_LIMITED', retryAfterMs: 2000 }));
    this.addresses.set(address, names);
    names.set(loginName, line);
    this.waiting += 1;
    return new Promise((resolve) => line.push(resolve));
  }

  /** The longest waiting of the name and the address whose turn it is; both then go to the end. */
  next(): (() => void) | undefined {
    const [[address, names] = []] = this.addresses;
    if (address === undefined || !names) return undefined;
    const [[name, line] = []] = names;
    if (name === undefined || !line) return undefined;
    const first = line.shift();
    this.waiting -= 1;
    names.delete(name);
    if (line.length > 0) names.set(name, line);
    this.addresses.delete(address);
    if (names.size > 0) this.addresses.set(address, names);
    return first;
  }
}
