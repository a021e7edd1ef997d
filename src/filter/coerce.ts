import { EvaluationFault } from './evaluation-fault.js';

const truths = new Set(['1', 't', 'T', 'true', 'True', 'TRUE']);
const falsehoods = new Set(['0', 'f', 'F', 'false', 'False', 'FALSE']);

/** The boolean a literal stands for; null when it is none. */
export function readBoolean(literal: string): boolean | null {
  return truths.has(literal) ? true : falsehoods.has(literal) ? false : null;
}

const integer =
  /^([+-]?)(0[xX](?:_?[0-9a-fA-F])+|0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0(?:_?[0-7])*|[1-9](?:_?[0-9])*)$/;

/**
 * The integer a literal stands for, as Go writes them: `0x1f`, `0b11`, `0o17`, `017`, `1_000`; null when it is none.
 * Throws when it does not fit 64 bits.
 */
export function readInteger(literal: string): bigint | null {
  const [, sign, digits] = integer.exec(literal) ?? [];
  if (digits === undefined) return null;
  const plain = digits.replaceAll('_', '').replace(/^0(?=[0-7])/, '0o');
  const value = sign === '-' ? -BigInt(plain) : BigInt(plain);
  if (BigInt.asIntN(64, value) !== value) throw outOfRange(literal);
  return value;
}

const fraction = /^[+-]?(?:D(?:\.D?)?|\.D)(?:[eE][+-]?D)?$/;
const decimal = new RegExp(fraction.source.replaceAll('D', '\\d(?:_?\\d)*'));

/** The fraction a literal stands for, in decimals, or `inf` or `nan`; null when it is none. Throws when it is too large. */
export function readFraction(literal: string): number | null {
  if (/^[+-]?inf(?:inity)?$/i.test(literal)) return literal.startsWith('-') ? -Infinity : Infinity;
  if (/^nan$/i.test(literal)) return NaN;
  if (!decimal.test(literal)) return null;
  const value = Number(literal.replaceAll('_', ''));
  if (!Number.isFinite(value)) throw outOfRange(literal);
  return value;
}

function outOfRange(literal: string): EvaluationFault {
  return new EvaluationFault('bad-literal', `${literal} is out of range`);
}
