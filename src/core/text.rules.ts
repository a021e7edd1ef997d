import { invalidInput } from './failure.js';

const longestName = 128;
const longestDescription = 1024;

// Control and format characters, bidirectional overrides among them, line separators, halves of surrogate pairs, and
// letters that show nothing (fillers of Hangul, the blank of braille); not the joiners, without which some scripts
// cannot be written.
const unprintable = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u115F\u1160\u2800\u3164\uFFA0]|(?![\u200C\u200D])\p{Cf}/u;
const unprintableButBreaks =
  /[^\P{Cc}\t\n\r]|[\p{Cs}\u115F\u1160\u2800\u3164\uFFA0]|(?![\u200C\u200D])\p{Cf}/u;

/** Whether a text holds signs that cannot be seen or turn the direction of writing. Line breaks are among them. */
export function holdsUnprintable(text: string): boolean {
  return unprintable.test(text);
}

/** A name as it is stored: trimmed, in Unicode's composed form. Null and undefined pass. */
export function cleanName<T extends string | null | undefined>(path: string, name: T): T {
  return cleaned(path, name, longestName, unprintable);
}

/** A description as it is stored. It may hold line breaks. Null and undefined pass. */
export function cleanDescription<T extends string | null | undefined>(path: string, text: T): T {
  return cleaned(path, text, longestDescription, unprintableButBreaks);
}

function cleaned<T extends string | null | undefined>(
  path: string,
  text: T,
  longest: number,
  refused: RegExp,
): T {
  if (text === null || text === undefined) return text;
  const clean = text.normalize('NFC').trim();
  if (clean === '') throw invalidInput(path, 'is empty; leave it out, or clear it with null');
  if (Array.from(clean).length > longest) throw invalidInput(path, `is longer than ${longest} characters`);
  if (refused.test(clean))
    throw invalidInput(path, 'holds characters that cannot be seen, such as control characters');
  return clean as T;
}

/** Name and description of an input, as they are stored. */
export function cleanTexts(input: {
  readonly name?: string | null | undefined;
  readonly description?: string | null | undefined;
}): { name?: string | null; description?: string | null } {
  return given({
    name: cleanName('input.name', input.name),
    description: cleanDescription('input.description', input.description),
  });
}

/** The values of a patch that are there: what is left out of an input stays as it is. */
export function given<T extends object>(patch: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

/** Refuses a patch that holds nothing. */
export function refuseEmpty(patch: object): void {
  if (Object.keys(patch).length === 0)
    throw invalidInput('input', 'changes nothing; give at least one field beside id and expectedVersion');
}
