import { EvaluationFault } from '../filter/evaluation-fault.js';
import { matchesFilter } from '../filter/evaluate-filter.js';
import { FilterFault } from '../filter/filter-fault.js';
import { parseFilter } from '../filter/parse-filter.js';

/** What the filter of a target sees of a worker. */
export interface FilteredWorker {
  readonly name: string;
  /** All its tags. */
  readonly tags: Readonly<Record<string, readonly string[]>>;
}

/** A filter that gives no answer for a worker: it does not fit what workers are. */
export class UnanswerableFilter extends Error {}

/**
 * The workers that match a filter; all of them when there is none. One in which a path leads nowhere does not match.
 * Throws UnanswerableFilter, with the reason, for any other fault.
 */
export function matchingWorkers<T extends FilteredWorker>(filter: string | null, workers: readonly T[]): T[] {
  if (filter === null) return [...workers];
  try {
    const read = parseFilter(filter);
    return workers.filter(({ name, tags }) => matchesFilter(read, { name, tags }));
  } catch (error) {
    if (error instanceof EvaluationFault || error instanceof FilterFault)
      throw new UnanswerableFilter(error.message, { cause: error });
    throw error;
  }
}
