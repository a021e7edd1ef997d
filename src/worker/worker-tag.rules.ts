import { invalidInput } from '../core/failure.js';

/** One tag of a worker. A key may stand in several. */
export interface TagPair {
  readonly key: string;
  readonly value: string;
}

/** Tags as they are shown: each key once, with its values. */
export interface TagValues {
  readonly key: string;
  readonly values: readonly string[];
}

const longest = 512;
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

// The ancestor's cloud marks the workers it runs with it, and filters written for it rely on that.
const reservedKeys: ReadonlySet<string> = new Set(['boundary.cloud.hashicorp.com:managed']);

/** Why a text is neither key nor value of a tag; null when it may be either. */
function textFault(text: string): string | null {
  const length = Array.from(text).length;
  if (length < 1 || length > longest) return `must have 1 to ${longest} characters`;
  if (text !== text.trim()) return 'must not begin or end with spaces';
  if (text !== text.toLowerCase()) return 'must be in lower case';
  if (text.includes(',')) return 'must not hold a comma';
  // Two spellings of one letter would make two tags that look the same.
  if (text !== text.normalize('NFC')) return 'must be in the composed form of Unicode (NFC)';
  return unprintable.test(text) ? 'holds characters that cannot be seen' : null;
}

/** Why a tag is none that somebody may give; null when it is. */
export function tagFault({ key, value }: TagPair): string | null {
  const [ofKey, ofValue] = [textFault(key), textFault(value)];
  if (ofKey !== null) return `the key ${ofKey}`;
  if (ofValue !== null) return `the value ${ofValue}`;
  return reservedKeys.has(key) ? `the key ${key} is reserved` : null;
}

/** The tags of an input one by one, checked. */
export function cleanTags(path: string, tags: readonly TagValues[]): TagPair[] {
  return tags.flatMap(({ key, values }, index) => {
    if (values.length === 0) throw invalidInput(`${path}.${index}.values`, 'is empty; name at least one');
    return values.map((value) => {
      const fault = tagFault({ key, value });
      if (fault !== null) throw invalidInput(`${path}.${index}`, fault);
      return { key, value };
    });
  });
}

/** A tag as one text, so that tags are compared as other members are. */
export function tagText({ key, value }: TagPair): string {
  return JSON.stringify([key, value]);
}

export function tagOfText(text: string): TagPair {
  const [key, value] = JSON.parse(text) as [string, string];
  return { key, value };
}

export function textsOfTags(tags: readonly TagValues[] | null): string[] {
  return (tags ?? []).flatMap(({ key, values }) => values.map((value) => tagText({ key, value })));
}
