import { type Refuse, refusalOf } from './grant-fault.js';
import { readJson } from './grant-json.js';
import { readText } from './grant-text.js';
import type { OutputFields } from './output-fields.js';

/** A grant string, read and not understood yet: which keys it has, and what stands behind them. */
export interface RawGrant {
  /** The old key for a single id. */
  readonly id: string | null;
  readonly ids: readonly string[] | null;
  readonly type: string | null;
  /** In lower case, as they were written: they may be unknown, or stand there twice. */
  readonly actions: readonly string[];
  readonly outputFields: OutputFields;
}

export type GrantSyntax = 'text' | 'json';

/** Which of the two ways of writing a grant that is: JSON begins with `{`. */
export function syntaxOf(text: string): GrantSyntax {
  return text.startsWith('{') ? 'json' : 'text';
}

/** Reads a grant string without asking whether it means anything. Throws the GrantFault of what is malformed. */
export function readRawGrant(
  text: string,
  syntax: GrantSyntax = syntaxOf(text),
  refuse: Refuse = refusalOf(text),
): RawGrant {
  return syntax === 'json' ? readJson(text, refuse) : readText(text, refuse);
}

/** Text that is valid Unicode: what stands for half a character becomes U+FFFD, a run of it once. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}+/gu, '\uFFFD');
}
