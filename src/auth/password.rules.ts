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

export const longestPasswordBytes = 1024;
