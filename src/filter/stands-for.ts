import { readBoolean, readFraction, readInteger } from './coerce.js';

/**
 * True when a literal stands for this value, read as its kind is written: a boolean, an integer (a number without
 * a fraction), a fraction or a text. `no-literal` when the literal is no value of that kind, `no-kind` when the
 * value is of none of them. Throws when a number is out of range.
 */
export function standsFor(literal: string, value: unknown): boolean | 'no-literal' | 'no-kind' {
  if (typeof value === 'string') return literal === value;
  if (typeof value === 'boolean') return sameOrNone(readBoolean(literal), value);
  if (isInteger(value)) return sameOrNone(readInteger(literal), BigInt(value));
  if (typeof value === 'number') return sameOrNone(readFraction(literal), value);
  return 'no-kind';
}

function sameOrNone<T>(read: T | null, value: T): boolean | 'no-literal' {
  return read === null ? 'no-literal' : read === value;
}

function isInteger(value: unknown): value is number | bigint {
  return typeof value === 'bigint' || Number.isSafeInteger(value);
}

/** The kind of a value, as messages call it. */
export function nameOfKind(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (isInteger(value)) return 'an integer';
  const names: Partial<Record<string, string>> = {
    string: 'a text',
    boolean: 'a boolean',
    number: 'a fraction',
  };
  return names[typeof value] ?? 'a map';
}
