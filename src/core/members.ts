import { invalidInput } from './failure.js';

/** The identifiers or texts of a change, each once. Refuses more than 1000, and none where none makes no sense. */
export function cleanList(path: string, list: readonly string[], mayBeEmpty: boolean): string[] {
  if (list.length > 1000) throw invalidInput(path, 'holds more than 1000 entries; send them in parts');
  if (list.length === 0 && !mayBeEmpty) throw invalidInput(path, 'is empty; name at least one');
  return [...new Set(list)];
}

/** What a set of members becomes by adding to it, setting it or taking from it, and how it differs. */
export interface MembersDiff {
  readonly added: string[];
  readonly removed: string[];
}

export type MembersVerb = 'add' | 'set' | 'remove';

/** How the members change. What is there already is not added, what is not there is not removed. */
export function membersDiff(
  verb: MembersVerb,
  present: readonly string[],
  named: readonly string[],
): MembersDiff {
  const [now, asked] = [new Set(present), new Set(named)];
  const added = verb === 'remove' ? [] : [...asked].filter((one) => !now.has(one));
  const gone = (one: string): boolean => (verb === 'set' ? !asked.has(one) : asked.has(one));
  return { added, removed: verb === 'add' ? [] : [...now].filter(gone) };
}
