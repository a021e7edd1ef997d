import { createHash, randomInt } from 'node:crypto';

const letters = 'abcdefghijklmnopqrstuvwxyz234567';
const groups = 4;
const groupLength = 4;
const count = 10;

/** Fresh codes of 80 bits each, `abcd-efgh-ijkl-mnop`, for when the phone is gone. */
export function newRecoveryCodes(): string[] {
  const letter = (): string => letters.charAt(randomInt(letters.length));
  const group = (): string => Array.from({ length: groupLength }, letter).join('');
  const code = (): string => Array.from({ length: groups }, group).join('-');
  return Array.from({ length: count }, code);
}

/** Plain SHA-256, of the account too: 80 random bits need no slow hash. Case, dashes and spaces do not matter. */
export function hashRecoveryCode(accountId: string, code: string): Buffer {
  const bare = code.toLowerCase().replaceAll(/[\s-]/g, '').slice(0, 64);
  return createHash('sha256').update(`${accountId}\0${bare}`).digest();
}
