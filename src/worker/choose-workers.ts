import type { ReadCtx } from '../core/ctx.js';
import { Failure, invalidInput } from '../core/failure.js';
import { matchingWorkers, UnanswerableFilter } from './worker-filter.rules.js';
import { findLiveWorkers, type LiveWorker, type WorkerAddress } from './worker.store.js';

const retryAfterMs = 2000;

/**
 * Workers a client can be sent to now, in random order: those that live and match the filter. Refuses, with a hint
 * when to retry, when there is none; with INVALID_INPUT a filter that gives no answer.
 */
export async function chooseWorkers(
  ctx: ReadCtx,
  livenessMs: number,
  filter: string | null,
): Promise<WorkerAddress[]> {
  const live = await findLiveWorkers(ctx.tx, livenessMs);
  const chosen = chosenOf(filter, live);
  if (chosen.length > 0) return chosen;
  const filtered = live.length > 0;
  throw new Failure({ code: 'NO_WORKER_AVAILABLE', retryable: true, retryAfterMs, filtered });
}

function chosenOf(filter: string | null, live: readonly LiveWorker[]): LiveWorker[] {
  try {
    return matchingWorkers(filter, live);
  } catch (error) {
    if (!(error instanceof UnanswerableFilter)) throw error;
    throw invalidInput('input', `the worker filter of the target gives no answer: ${error.message}`);
  }
}
