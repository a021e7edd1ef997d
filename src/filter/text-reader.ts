import { FilterFault } from './filter-fault.js';
import { mostPatternSize } from './pattern-size.js';

/** What a filter may hold. A longer, deeper or wider one is refused before it costs anything. */
export const filterLimits = { characters: 2048, depth: 64, comparisons: 128 } as const;

/** White space; required around words, allowed around signs. */
export const space = /[ \t\r\n]+/y;

/** Goes through the text of a filter from left to right. Patterns are sticky: they match where it stands. */
export class TextReader {
  at = 0;
  /** How large the regular expressions may be that are still to come. */
  patternRoom = mostPatternSize;
  private comparisons = 0;

  constructor(private readonly text: string) {}

  /** What the pattern matches here, and moves behind it; null when it does not match. */
  take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found) this.at += found[0].length;
    return found;
  }

  sees(pattern: RegExp): boolean {
    pattern.lastIndex = this.at;
    return pattern.test(this.text);
  }

  /** Makes the fault at a place, here when none is given. Another reading of the text may still succeed. */
  fault(reason: string, at = this.at): FilterFault {
    return new FilterFault(reason, this.text, at, false);
  }

  /** Makes a fault after which no other reading is tried. */
  finalFault(reason: string, at = this.at): FilterFault {
    return new FilterFault(reason, this.text, at, true);
  }

  /** Throws when there is one comparison too many. */
  addComparison(): void {
    this.comparisons += 1;
    if (this.comparisons <= filterLimits.comparisons) return;
    throw this.finalFault(`a filter has at most ${filterLimits.comparisons} comparisons`);
  }

  /** Throws when the nesting is too deep. */
  checkDepth(depth: number): void {
    if (depth <= filterLimits.depth) return;
    throw this.finalFault(`a filter is nested at most ${filterLimits.depth} levels deep`);
  }

  /** What the first reading gives, or else the second, from the same place; or the fault of the one that got further. */
  either<T>(first: () => T, second: () => T): T {
    const { at, comparisons, patternRoom } = this;
    try {
      return first();
    } catch (missed) {
      if (!(missed instanceof FilterFault) || missed.isFinal) throw missed;
      Object.assign(this, { at, comparisons, patternRoom });
      try {
        return second();
      } catch (fault) {
        throw fault instanceof FilterFault && fault.offset < missed.offset ? missed : fault;
      }
    }
  }
}

/** Makes a fault about what comes next. */
export function faultAfterSpace(reader: TextReader, reason: string): FilterFault {
  reader.take(space);
  return reader.fault(reason);
}
