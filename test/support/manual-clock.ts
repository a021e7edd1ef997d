import type { Clock } from '../../src/core/clock';

/** A clock that stands still until it is moved. */
export class ManualClock implements Clock {
  private nowMs = 0;
  private timers: { readonly dueMs: number; readonly work: () => void }[] = [];

  wallMs(): number {
    return this.nowMs;
  }

  monotonicMs(): number {
    return this.nowMs;
  }

  after(delayMs: number, work: () => void): { cancel(): void } {
    const timer = { dueMs: this.nowMs + delayMs, work };
    this.timers.push(timer);
    return { cancel: () => (this.timers = this.timers.filter((one) => one !== timer)) };
  }

  /** Moves on, and does what falls due meanwhile, in its order. */
  advance(byMs: number): void {
    const untilMs = this.nowMs + byMs;
    for (;;) {
      const [next] = this.timers
        .filter(({ dueMs }) => dueMs <= untilMs)
        .sort((one, other) => one.dueMs - other.dueMs);
      if (!next) break;
      this.nowMs = Math.max(this.nowMs, next.dueMs);
      this.timers = this.timers.filter((one) => one !== next);
      next.work();
    }
    this.nowMs = untilMs;
  }
}
