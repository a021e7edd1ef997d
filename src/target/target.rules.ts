import { invalidInput } from '../core/failure.js';
import { given } from '../core/text.rules.js';
import { FilterFault } from '../filter/filter-fault.js';
import { parseFilter } from '../filter/parse-filter.js';

/** What a target may have done with sessions that lose their permission; the first unless it says so. */
export const permissionLossChoices = ['cancel', 'keep'] as const;
export type OnPermissionLoss = (typeof permissionLossChoices)[number];

/** The choice of an input as it is stored: null goes back to the usual. */
export function cleanPermissionLoss(
  choice: OnPermissionLoss | null | undefined,
): OnPermissionLoss | undefined {
  return choice === null ? permissionLossChoices[0] : choice;
}

/** How long a session lives, and how often it may connect, where nobody says otherwise. */
const usualSessionSeconds = 28_800;
const anyNumber = -1;

/** Longest life of a session that a target may give: one that outlives a year is a standing right, and no session. */
const longestSessionSeconds = 31_536_000;

const largestPort = 65_535;

/** The numbers of a target in an input: what is left out stays, null goes back to the usual. */
export interface TargetNumbers {
  readonly defaultPort?: number | null;
  readonly defaultClientPort?: number | null;
  readonly sessionMaxSeconds?: number | null;
  readonly sessionConnectionLimit?: number | null;
}

interface StoredNumbers {
  readonly defaultPort?: number;
  readonly defaultClientPort?: number | null;
  readonly sessionMaxSeconds?: number;
  readonly sessionConnectionLimit?: number;
}

/** The numbers of an input as they are stored. Refuses those out of range, and to clear the port that is dialled. */
export function cleanNumbers(input: TargetNumbers): StoredNumbers {
  if (input.defaultPort === null)
    throw invalidInput('input.defaultPort', 'cannot be cleared; a target is reached at a port');
  requirePort('input.defaultPort', input.defaultPort);
  requirePort('input.defaultClientPort', input.defaultClientPort);
  const sessionMaxSeconds = orUsual(input.sessionMaxSeconds, usualSessionSeconds);
  if (sessionMaxSeconds !== undefined && (sessionMaxSeconds < 1 || sessionMaxSeconds > longestSessionSeconds))
    throw invalidInput('input.sessionMaxSeconds', `must be 1 to ${longestSessionSeconds}, which is a year`);
  const sessionConnectionLimit = orUsual(input.sessionConnectionLimit, anyNumber);
  if (
    sessionConnectionLimit !== undefined &&
    sessionConnectionLimit !== anyNumber &&
    sessionConnectionLimit < 1
  )
    throw invalidInput('input.sessionConnectionLimit', 'must be 1 or more, or -1 for any number');
  const { defaultPort, defaultClientPort } = input;
  return given({ defaultPort, defaultClientPort, sessionMaxSeconds, sessionConnectionLimit });
}

function requirePort(path: string, port: number | null | undefined): void {
  if (port != null && (port < 1 || port > largestPort))
    throw invalidInput(path, `must be 1 to ${largestPort}`);
}

function orUsual(value: number | null | undefined, usual: number): number | undefined {
  return value === null ? usual : value;
}

/** The worker filter of an input, as it stands. Refuses a text that is no filter, showing the place. */
export function cleanFilter<T extends string | null | undefined>(text: T): T {
  if (text == null) return text;
  try {
    parseFilter(text);
    return text;
  } catch (error) {
    if (error instanceof FilterFault) throw invalidInput('input.egressWorkerFilter', error.message);
    throw error;
  }
}
