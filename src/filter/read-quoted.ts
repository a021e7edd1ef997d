import type { TextReader } from './text-reader.js';

const raw = /`([^`]*)`/y;
const quoted = /"([^"]*)"/y;
const opening = /["`]/y;
const singleQuote = /'/y;
const escapes = /\\(?:([abfnrtv\\])|(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))|([0-7]{3})|)/g;
const controls: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
};

/**
 * Reads a text in " with the escapes of Go, or one in back-quotes as it stands; null when none begins here.
 * A carriage return in back-quotes is dropped, as Go drops it.
 */
export function readQuoted(reader: TextReader): string | null {
  const start = reader.at;
  const asItStands = reader.take(raw);
  if (asItStands) return (asItStands[1] ?? '').replaceAll('\r', '');
  const found = reader.take(quoted);
  if (found) return unescape(reader, found[1] ?? '', start + 1);
  if (reader.sees(singleQuote)) throw reader.finalFault('a text is quoted with " or with back-quotes');
  if (reader.sees(opening)) throw reader.finalFault('this text has no closing quote');
  return null;
}

function unescape(reader: TextReader, inner: string, start: number): string {
  const newline = inner.indexOf('\n');
  if (newline !== -1) {
    throw reader.finalFault('a text in " ends on its line; one in back-quotes may go on', start + newline);
  }
  return inner.replace(escapes, (_escape: string, letter, byte, short, long, octal, at: number) => {
    if (letter !== undefined) return controls[letter as string] ?? '';
    const hex = (byte ?? short ?? long) as string | undefined;
    const code = hex === undefined ? parseInt(octal as string, 8) : parseInt(hex, 16);
    const why = whyNoEscape(code, (byte ?? octal) !== undefined, inner.slice(at, at + 2));
    if (why !== null) throw reader.finalFault(why, start + at);
    return String.fromCodePoint(code);
  });
}

function whyNoEscape(code: number, isByte: boolean, said: string): string | null {
  if (said === '\\') return 'a text in " holds no "; quote it with back-quotes';
  if (isByte && code > 0x7f) return '\\x and octal escapes end at 7f; write the letter itself';
  if (code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)) return null;
  return `there is no escape ${said}; back-quotes take a text as it stands`;
}
