import { readQuoted } from './read-quoted.js';
import { readSelector } from './read-selector.js';
import type { TextReader } from './text-reader.js';

const number = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?/y;
const afterNumber = /[ \t\r\n)]|$/y;

/**
 * Reads what a selector is compared with, as text: a bare word, a number or a quoted text; null when there is
 * none. A quoted text that looks like a JSON pointer is read as one and loses its first slash.
 */
export function readValue(reader: TextReader): string | null {
  return readSelector(reader)?.text ?? readLiteral(reader);
}

/** Reads a number or a quoted text; null when there is none. */
export function readLiteral(reader: TextReader): string | null {
  const found = reader.take(number);
  if (!found) return readQuoted(reader);
  if (reader.sees(afterNumber)) return found[0];
  throw reader.finalFault('expected a space after the number; quote it to go on');
}
