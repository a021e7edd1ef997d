/**
 * Time for timers and for measuring. What is persisted, and every expiry check, uses the database's
 * `postern_now()` instead, so that controllers with different clocks agree.
 */
export interface Timer {
  cancel(): void;
}

export interface Clock {
  /** Milliseconds since the epoch, as this machine believes. */
  wallMs(): number;
  /** Milliseconds that only grow: for deadlines and intervals. */
  monotonicMs(): number;
  /** Runs `work` once after `delayMs`; never keeps the process alive. */
  after(delayMs: number, work: () => void): Timer;
}

const longestTimeoutMs = 2 ** 31 - 1;

export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(delayMs, work) {
    // setTimeout fires at once above 2^31-1 ms (24.8 days), so a longer wait is taken in steps.
    let left = delayMs;
    let handle: NodeJS.Timeout;
    const arm = () => {
      const step = Math.min(left, longestTimeoutMs);
      left -= step;
      handle = setTimeout(() => (left > 0 ? arm() : work()), step);
      handle.unref();
    };
    arm();
    return { cancel: () => clearTimeout(handle) };
  },
};
