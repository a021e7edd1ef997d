import type { Path } from './filter-expression.js';
import { readQuoted } from './read-quoted.js';
import { space, type TextReader } from './text-reader.js';

const identifier = /[a-zA-Z][a-zA-Z0-9_/]*/y;
const member = /\.([a-zA-Z][a-zA-Z0-9_/]*)/y;
const number = /\.([0-9]+)/y;
const pointer = /"((?:\/[\p{L}\p{N}\-_.~:|]+)*)"/uy;
const opening = /\[/y;
const closing = /\]/y;

/** A selector, and what it is worth where a value is wanted: its parts, joined. */
export interface Selector {
  readonly path: Path;
  readonly text: string;
}

/** Reads `tags.type`, `tags["type"]`, `list.0` or a JSON pointer in ", `"/tags/type"`; null when none begins here. */
export function readSelector(reader: TextReader): Selector | null {
  const name = reader.take(identifier);
  if (name) {
    const path = [name[0], ...readRest(reader)];
    return { path, text: path.join('.') };
  }
  const found = reader.take(pointer);
  if (!found) return null;
  const path = (found[1] ?? '')
    .split('/')
    .slice(found[1] === '' ? 0 : 1)
    .map(unescapePart);
  return { path, text: path.join('/') };
}

function readRest(reader: TextReader): string[] {
  const rest: string[] = [];
  for (;;) {
    const found = reader.take(member) ?? reader.take(number);
    if (found) rest.push(found[1] ?? '');
    else if (reader.take(opening)) rest.push(readKey(reader));
    else return rest;
  }
}

function readKey(reader: TextReader): string {
  reader.take(space);
  const key = readQuoted(reader);
  if (key === null) throw reader.finalFault('expected a key in quotes after [');
  reader.take(space);
  if (!reader.take(closing)) throw reader.finalFault('expected ] after the key');
  return key;
}

// ~1 before ~0, as RFC 6901 has it, so that ~01 is ~1 and not a slash.
function unescapePart(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}
