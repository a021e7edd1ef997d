import type { Clock } from '../core/clock.js';
import type { Log } from '../core/log.js';
import type { Authority, ConnectionEnd } from './authority.js';

const retryMs = 500;

interface Waiting {
  readonly end: ConnectionEnd;
  readonly delivered: () => void;
}

/**
 * Delivers the ends of connections to the controller, in batches, each after the report of its beginning.
 * An end that cannot be delivered is kept and tried again, so that a controller that was away learns the
 * true reason and the final bytes.
 */
export class EndReports {
  private waiting: Waiting[] = [];
  private readonly beginnings = new Map<string, Promise<void>>();
  private flushing: Promise<void> | null = null;
  private isClosed = false;

  constructor(
    private readonly authority: Authority,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** Holds the end of a connection back until its beginning has been reported. */
  after(connectionId: string, beginning: Promise<void>): void {
    const settled = beginning.catch((error: unknown) => {
      this.log.warn('a connection could not be reported as open', { connectionId, reason: String(error) });
    });
    this.beginnings.set(connectionId, settled);
    void settled.then(() => {
      if (this.beginnings.get(connectionId) === settled) this.beginnings.delete(connectionId);
    });
  }

  /** Takes an end to be delivered. Resolves when the controller has it, however long that takes. */
  add(end: ConnectionEnd): Promise<void> {
    return new Promise((delivered) => {
      this.waiting.push({ end, delivered });
      this.flushing ??= this.flush();
    });
  }

  /** Tries to deliver what is left, for at most that long. */
  async close(patienceMs: number): Promise<void> {
    await Promise.race([this.flushing ?? Promise.resolve(), this.pause(patienceMs)]);
    this.isClosed = true;
  }

  private async flush(): Promise<void> {
    while (this.waiting.length > 0 && !this.isClosed) {
      const batch = this.waiting;
      this.waiting = [];
      await Promise.all(batch.map(({ end }) => this.beginnings.get(end.id) ?? Promise.resolve()));
      try {
        await this.authority.closed(batch.map(({ end }) => end));
        for (const { delivered } of batch) delivered();
      } catch (error) {
        this.log.warn('ends of connections could not be delivered; trying again', {
          count: batch.length,
          reason: String(error),
        });
        this.waiting.unshift(...batch);
        await this.pause(retryMs);
      }
    }
    this.flushing = null;
  }

  private pause(forMs: number): Promise<void> {
    return new Promise((resolve) => void this.clock.after(forMs, resolve));
  }
}
