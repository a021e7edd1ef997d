/** As large may the regular expressions of a filter be, together; compiling them then takes some 10 ms. */
export const mostPatternSize = 2000;

const tokens = new RegExp(
  [
    /\{(?<least>\d+)(?<isRange>,?)(?<most>\d*)\}/,
    /(?<nothing>\(\?[a-zA-Z-]*\)|\\Q\\E)/,
    /\\Q(?<literal>[^]*?)(?:\\E|$)/,
    /(?<opens>\()(?:\?(?:[a-zA-Z-]*:|P?<[^>]*>))?/,
    /(?<closes>\))/,
    /(?<sign>[|*+?])/,
    /\[\^?\]?(?:\[:\^?[a-z]*:\]|\\[^]|[^\]\\])*\]?/,
    /\\(?:[pPx]\{[^}]*\}|[^])?/,
    /[^]/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'g',
);

/**
 * How large a regular expression becomes once its counted repetitions are spelled out, which is what compiling
 * and searching cost: within a small factor, and no longer exactly once it is above `mostPatternSize`. It need
 * not be a valid one.
 */
export function estimateSize(source: string): number {
  const outer: number[] = [];
  let total = 0;
  let last = 0;
  for (const { groups = {} } of source.matchAll(tokens)) {
    if (total > mostPatternSize) break;
    // What sets flags leaves no trace: a count behind it is about what stands before it.
    if (groups.nothing) continue;
    const before = last;
    if (groups.opens) {
      outer.push(total);
      total = 0;
      last = 0;
      continue;
    }
    if (groups.closes) {
      last = total + 2;
      total = (outer.pop() ?? 0) + last;
    } else if (groups.least !== undefined) {
      last *= timesOf(groups.least, groups.isRange !== '', groups.most ?? '');
      total += last - before;
    } else if (groups.sign) {
      last += 1;
      total += 1;
    } else {
      last = groups.literal?.length ?? 1;
      total += last;
    }
  }
  return outer.reduce((sum, size) => sum + size, total);
}

// What may be left out costs a branch beside it. RE2 refuses counts above 1000.
function timesOf(least: string, isRange: boolean, most: string): number {
  const times = Math.max(1, Number(least) + (isRange ? 1 : 0), Number(most));
  return Math.min(times, 1001) * (isRange ? 2 : 1);
}
