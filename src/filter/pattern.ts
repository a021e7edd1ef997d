import { estimateSize } from './pattern-size.js';

/** A regular expression, ready to search in time linear in the text. */
export interface Pattern {
  /** About how many steps a search takes for each character, at worst. */
  readonly size: number;
  /** True when it matches anywhere in the text. */
  isIn(text: string): boolean;
}

/**
 * Compiles a regular expression of RE2, the dialect of Go. Throws what `refuse` makes of the reason when it is
 * none, or larger than there is room for.
 */
export function compilePattern(source: string, room: number, refuse: (reason: string) => Error): Pattern {
  const size = estimateSize(source);
  if (size > room) throw refuse('too large a regular expression; repeat less in it');
  const { RE2JS } = loadRe2();
  let compiled: InstanceType<typeof RE2JS>;
  try {
    compiled = RE2JS.compile(source);
  } catch (error) {
    throw refuse(reasonOf(error));
  }
  return { size, isIn: (text) => compiled.test(text) };
}

function reasonOf(error: unknown): string {
  const said = error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : String(error);
  return `not a regular expression: ${said.length > 120 ? `${said.slice(0, 120)}…` : said}`;
}

function loadRe2(): typeof import('re2js') {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded where it is needed: it takes 10 ms
  return require('re2js') as typeof import('re2js');
}
