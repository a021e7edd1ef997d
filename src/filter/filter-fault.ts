const shownBefore = 48;
const shownAfter = 24;

/** A text that is no filter: what is wrong, and where. The message shows the place with a caret under it. */
export class FilterFault extends Error {
  override readonly name = 'FilterFault';

  constructor(
    /** One line, lower-case, saying what was expected. */
    readonly reason: string,
    text: string,
    /** Where in the text, counted as JavaScript counts: in UTF-16 units, from 0. */
    readonly offset: number,
    /** True when no other reading of the text can save it. */
    readonly isFinal: boolean,
  ) {
    super(`${reason}\n${excerptOf(text, offset)}`);
  }
}

function excerptOf(text: string, offset: number): string {
  const from = Math.max(0, offset - shownBefore);
  const before = `${from > 0 ? '…' : ''}${shown(text.slice(from, offset))}`;
  const to = offset + shownAfter;
  const after = `${shown(text.slice(offset, to))}${to < text.length ? '…' : ''}`;
  return `  ${before}${after}\n  ${' '.repeat(Array.from(before).length)}^`;
}

// What would move the caret away from its place, or split a pair of surrogates.
function shown(part: string): string {
  return part.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ').replace(/\p{Cs}/gu, '\u{FFFD}');
}
