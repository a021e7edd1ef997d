import type { Writable } from 'node:stream';

export type Format = 'table' | 'json';

/** Where a command writes. Results go to `out`, everything else to `err`, so that results can be piped. */
export interface Output {
  readonly format: Format;
  readonly out: Writable;
  readonly err: Writable;
}

/** A labelled value of a block; null and undefined ones are left out. */
export type Facts = Readonly<Record<string, string | number | null | undefined>>;

/** Prints the JSON of a result, or its table. */
export function print(output: Output, json: unknown, table: () => string): void {
  output.out.write(output.format === 'json' ? `${JSON.stringify(json)}\n` : `\n${table()}\n`);
}

/** Lines of `Label: value`, values in one column. */
export function factLines(facts: Facts, indent: number, width = widthOf(facts)): string[] {
  return present(facts).map(
    ([label, value]) => `${' '.repeat(indent)}${`${label}:`.padEnd(width)}${visible(String(value))}`,
  );
}

/**
 * A text that somebody else has written, for a terminal: what would move its cursor, set its title or turn
 * the direction of writing is shown as its code, and a line stays one line.
 */
export function visible(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu,
    (sign) => `\\u{${(sign.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

/** Width of the label column that fits the longest label of all these facts. */
export function widthOf(...all: readonly Facts[]): number {
  const labels = all.flatMap((facts) => present(facts).map(([label]) => label.length));
  return Math.max(0, ...labels) + 5;
}

function present(facts: Facts): [string, string | number][] {
  return Object.entries(facts).flatMap(([label, value]) =>
    value === null || value === undefined ? [] : [[label, value]],
  );
}

/** The same facts with their labels in alphabetical order, as one item is shown. */
export function sorted(facts: Facts): Facts {
  return Object.fromEntries(Object.entries(facts).sort(([a], [b]) => a.localeCompare(b)));
}

/** A list as blocks: the identifier first, everything else indented below it, actions one a line. */
export function listTable(
  title: string,
  empty: string,
  items: readonly { facts: Facts; actions: readonly string[] }[],
): string {
  if (items.length === 0) return empty;
  const width = widthOf(...items.map((item) => item.facts));
  const blocks = items.map(({ facts, actions }) => {
    const [first = '', ...rest] = Object.keys(facts);
    const below = Object.fromEntries(rest.map((label) => [label, facts[label]]));
    return [
      ...factLines({ [first]: facts[first] }, 2, width + 2),
      ...factLines(below, 4, width),
      ...actionLines(actions, 4),
    ].join('\n');
  });
  return [`${title}:`, blocks.join('\n\n')].join('\n');
}

/** Rows in columns, each as wide as its widest cell. */
export function columnLines(rows: readonly (readonly string[])[]): string[] {
  const shown = rows.map((cells) => cells.map(visible));
  const widths = (shown[0] ?? []).map((_, i) =>
    shown.reduce((widest, cells) => Math.max(widest, cells[i]?.length ?? 0), 0),
  );
  return shown.map((cells) =>
    cells
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** What stands for an empty list; where it may be empty because it looked at one level alone, it says so. */
export function emptyText(text: string, isOneLevel: boolean): string {
  return isOneLevel ? `${text} in this scope itself; add -recursive for the scopes below it` : text;
}

export function actionLines(actions: readonly string[], indent: number): string[] {
  if (actions.length === 0) return [];
  return [
    `${' '.repeat(indent)}Authorized Actions:`,
    ...actions.map((action) => `${' '.repeat(indent + 2)}${action}`),
  ];
}

/** `READ_SELF` of the API is `read:self` in a grant and on the screen. */
export function grantAction(name: string): string {
  return name
    .toLowerCase()
    .replaceAll('_', '-')
    .replace(/-self$/, ':self')
    .replace(/^create-(worker|controller)-led$/, 'create:$1-led');
}

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A time of the API as people read it here: `Tue, 24 Jan 2023 17:09:53 MST`. */
export function localTime(time: string | null | undefined): string | null {
  if (!time) return null;
  const date = new Date(time);
  const two = (value: number): string => String(value).padStart(2, '0');
  const zone = new Intl.DateTimeFormat('en-US', { timeZoneName: 'short' })
    .formatToParts(date)
    .find((part) => part.type === 'timeZoneName')?.value;
  const day = `${days[date.getDay()]}, ${two(date.getDate())} ${months[date.getMonth()]} ${date.getFullYear()}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())} ${zone}`;
}

/** A word of an enum for people: `CLOSED_BY_USER` is `closed by user`. */
export function word(value: string | null | undefined): string | null {
  return value ? value.toLowerCase().replaceAll('_', ' ') : null;
}
