import type { Clock } from '../core/clock.js';
import type { Log } from '../core/log.js';
import type { Authority, ConnectionEnd } from './authority.js';

const retryMs = 500;

/**
 * Delivers the ends of connections to the controller, in batches, each after the report of its beginning.
 * An end that cannot be delivered is kept and tried again, so that a controller that was away learns the
 * true reason and the final bytes.
 */
export class EndReports {
  private waiting: ConnectionEnd[] = [];
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

  add(end: ConnectionEnd): void {
    this.waiting.push(end);
    this.flushing ??= this.flush();
  }

  /** Tries to deliver what is left, for at most that long. */
  async close(patienceMs: number): Promise<void> {
    const late = new Promise<void>((resolve) => void this.clock.after(patienceMs, resolve));
    await Promise.race([this.flushing ?? Promise.resolve(), late]);
    this.isClosed = true;
  }

  private async flush(): Promise<void> {
    while (this.waiting.length > 0 && !this.isClosed) {
      const batch = this.waiting;
      this.waiting = [];
      await Promise.all(batch.map((end) => this.beginnings.get(end.id) ?? Promise.resolve()));
      try {
        await this.authority.closed(batch);
      } catch (error) {
        this.log.warn('ends of connections could not be delivered; trying again', {
          count: batch.length,
          reason: String(error),
        });
        this.waiting.unshift(...batch);
        await new Promise<void>((resolve) => void this.clock.after(retryMs, resolve));
      }
    }
    this.flushing = null;
  }
}
