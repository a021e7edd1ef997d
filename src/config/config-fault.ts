import type { z } from 'zod';
import { StartFailure } from '../core/start-failure.js';

const mostFaults = 50;

/** One fault of a configuration: where it stands, as well as the reader of that spelling can tell, and what it is. */
export interface ConfigFault {
  /** `file`, `file:line:column`, or with the path of the value behind it. */
  readonly place: string;
  readonly message: string;
}

/** A configuration that is not applied: all its faults at once, a line each. Nothing was written. */
export class ConfigFailure extends StartFailure {
  constructor(readonly faults: readonly ConfigFault[]) {
    super(faults.map((fault) => `${fault.place}: ${fault.message}`).join('\n'));
  }
}

/**
 * The faults a schema found, each at the place the reader knows for its path. A place that is a line and a
 * column does not say which value it is about, so the message does.
 */
export function faultsOf(
  error: z.ZodError,
  placeOf: (path: readonly PropertyKey[]) => string,
  doesPlaceName: boolean,
): ConfigFault[] {
  const found = error.issues.flatMap((issue): { path: readonly PropertyKey[]; message: string }[] => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({ path: [...issue.path, key], message: `there is no ${key} here` }));
    }
    const name = String(issue.path.at(-1) ?? 'document');
    const isMissing = issue.code === 'invalid_type' && issue.message.includes('received undefined');
    const inner = issue.code === 'invalid_key' ? issue.issues[0]?.message : undefined;
    const said = isMissing ? 'is missing' : (inner ?? issue.message);
    const message = doesPlaceName ? said : `${name}${isMissing ? '' : ':'} ${said}`;
    return [{ path: issue.path, message }];
  });
  // To find a place takes time; nobody reads thousands of faults.
  const faults = found.slice(0, mostFaults).map(({ path, message }) => ({ place: placeOf(path), message }));
  const left = found.length - faults.length;
  return left === 0 ? faults : [...faults, { place: placeOf([]), message: `and ${left} more like these` }];
}
