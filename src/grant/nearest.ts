const longestWord = 40;

/**
 * The candidate that a misspelt word was probably meant to be: one slip in a short word, two or three in a long
 * one. Null when nothing is near, or when the word is longer than any of ours.
 */
export function nearest(word: string, candidates: readonly string[]): string | null {
  if (word.length > longestWord) return null;
  const most = Math.max(1, Math.floor(word.length / 4));
  let best: string | null = null;
  let least = most + 1;
  for (const candidate of candidates) {
    const slips = slipsBetween(word, candidate);
    if (slips < least && slips < candidate.length) [best, least] = [candidate, slips];
  }
  return best;
}

// Letters left out, added, changed, or two neighbours exchanged.
function slipsBetween(from: string, to: string): number {
  let before: number[] = [];
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let line = 1; line <= from.length; line++) {
    const next = [line];
    for (let column = 1; column <= to.length; column++) {
      const isSame = from[line - 1] === to[column - 1];
      let slips = Math.min(
        cell(row, column) + 1,
        cell(next, column - 1) + 1,
        cell(row, column - 1) + (isSame ? 0 : 1),
      );
      const isExchanged = from[line - 1] === to[column - 2] && from[line - 2] === to[column - 1];
      if (isExchanged && column > 1 && line > 1) slips = Math.min(slips, cell(before, column - 2) + 1);
      next.push(slips);
    }
    [before, row] = [row, next];
  }
  return cell(row, to.length);
}

function cell(row: readonly number[], column: number): number {
  return row[column] ?? Infinity;
}
