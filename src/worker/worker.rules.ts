/** How a worker is doing, by how long it has not been heard of. */
export const workerHealths = {
  READY: 'It reports; sessions are sent to it.',
  UNREACHABLE: 'It has not been heard of for a moment: nothing new is sent to it, its connections stand.',
  DEAD: 'It has not been heard of for longer than the grace: its connections count as lost.',
} as const;

export type WorkerHealth = keyof typeof workerHealths;

/** For how long a worker may be silent, in ms. */
export interface WorkerPatience {
  /** Until sessions are sent elsewhere. */
  readonly livenessMs: number;
  /** Until its connections count as lost. */
  readonly graceMs: number;
}

export function healthOf(unseenMs: number, { livenessMs, graceMs }: WorkerPatience): WorkerHealth {
  if (unseenMs < livenessMs) return 'READY';
  return unseenMs < graceMs ? 'UNREACHABLE' : 'DEAD';
}
