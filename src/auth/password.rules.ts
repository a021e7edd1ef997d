import { invalidInput } from '../core/failure.js';

/** What an auth method demands of what is set in it. */
export interface PasswordRules {
  readonly minLoginNameLength: number;
  readonly minPasswordLength: number;
}

/** What an auth method demands unless told otherwise. */
export const usualPasswordRules: PasswordRules = { minLoginNameLength: 3, minPasswordLength: 8 };

/** Why a text is no login name; null when it is one. Upper case is refused, not folded. */
export function loginNameFault(text: string): string | null {
  return /^[a-z0-9.-]{1,128}$/.test(text) ? null : 'may hold a to z, digits, dot and dash, 128 at most';
}

/** Why a password is too short or too long for its auth method, counted in bytes; null when it is neither. */
export function passwordFault(password: string, leastBytes: number): string | null {
  const bytes = Buffer.byteLength(password);
  if (bytes < leastBytes) return `is shorter than ${leastBytes} bytes`;
  return bytes > longestPasswordBytes ? `is longer than ${longestPasswordBytes} bytes` : null;
}

export const longestLoginName = 128;
export const longestPasswordBytes = 1024;

/** Refuses a login name that an auth method would not have. */
export function requireLoginName(path: string, text: string, { minLoginNameLength }: PasswordRules): void {
  const fault = loginNameFault(text);
  if (fault !== null) throw invalidInput(path, fault);
  if (text.length < minLoginNameLength)
    throw invalidInput(path, `is shorter than ${minLoginNameLength} characters`);
}

/** Refuses a password that an auth method would not have, without repeating it. */
export function requirePassword(path: string, password: string, { minPasswordLength }: PasswordRules): void {
  const fault = passwordFault(password, minPasswordLength);
  if (fault !== null) throw invalidInput(path, fault);
}
