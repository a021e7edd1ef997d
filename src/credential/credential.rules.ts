import { invalidInput } from '../core/failure.js';
import { holdsUnprintable } from '../core/text.rules.js';

/** Every type of credential, with the parts it is made of: those that are shown, and those that are secret. */
export const credentialParts = {
  username_password: { shown: ['username'], secret: ['password'] },
  username_password_domain: { shown: ['username', 'domain'], secret: ['password'] },
  password: { shown: [], secret: ['password'] },
  ssh_private_key: { shown: ['username'], secret: ['privateKey', 'privateKeyPassphrase'] },
  json: { shown: [], secret: ['object'] },
} as const satisfies Record<string, { shown: readonly ShownPart[]; secret: readonly SecretPart[] }>;

export type ShownPart = 'username' | 'domain';
export type SecretPart = 'password' | 'privateKey' | 'privateKeyPassphrase' | 'object';
export type CredentialType = keyof typeof credentialParts;

export const shownParts: readonly ShownPart[] = ['username', 'domain'];
export const secretParts: readonly SecretPart[] = [
  'password',
  'privateKey',
  'privateKeyPassphrase',
  'object',
];

/** The parts of an input; those of other types are not among them. */
export interface GivenParts {
  readonly username?: string | null;
  readonly domain?: string | null;
  readonly password?: string | null;
  readonly privateKey?: string | null;
  readonly privateKeyPassphrase?: string | null;
  readonly object?: object | null;
}

/** What is secret of one credential, checked, as it is sealed and handed out. */
export interface CredentialSecret {
  readonly password?: string;
  readonly privateKey?: string;
  readonly privateKeyPassphrase?: string;
  readonly object?: Readonly<Record<string, unknown>>;
}

const longestName = 256;
const mostPasswordBytes = 1024;
const mostObjectBytes = 32_768;
const mostObjectDepth = 32;

/** A user name or a domain, as it is: what another system calls somebody is not ours to trim. */
export function checkedName(path: string, text: string | null | undefined): string {
  if (text == null || text === '') throw invalidInput(path, 'is missing');
  if (Array.from(text).length > longestName)
    throw invalidInput(path, `is longer than ${longestName} characters`);
  if (holdsUnprintable(text))
    throw invalidInput(path, 'holds characters that cannot be seen, such as control characters');
  return text;
}

/** A password or a passphrase, as it is. Refuses without repeating it. */
export function checkedPassword(path: string, text: string | null | undefined): string {
  if (text == null || text === '') throw invalidInput(path, 'is missing');
  if (Buffer.byteLength(text) > mostPasswordBytes)
    throw invalidInput(path, `is longer than ${mostPasswordBytes} bytes`);
  return text;
}

/** An object of JSON that holds something. Refuses one that would come out otherwise than it went in. */
export function checkedObject(
  path: string,
  object: object | null | undefined,
): Readonly<Record<string, unknown>> {
  if (object == null || Array.isArray(object) || Object.keys(object).length === 0)
    throw invalidInput(path, 'must be an object of JSON that is not empty');
  checkValues(path, object);
  if (Buffer.byteLength(JSON.stringify(object)) > mostObjectBytes)
    throw invalidInput(path, `is longer than ${mostObjectBytes} bytes of JSON`);
  return object as Record<string, unknown>;
}

// By levels and not by recursion, because what is nested as deep as it is long ends the stack.
function checkValues(path: string, object: object): void {
  let level: unknown[] = Object.values(object);
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > mostObjectDepth) throw invalidInput(path, `is nested deeper than ${mostObjectDepth}`);
    if (level.some((value) => Number.isInteger(value) && !Number.isSafeInteger(value)))
      throw invalidInput(path, 'holds a number that JSON does not carry exactly; write it as a text');
    level = level.flatMap((value): unknown[] =>
      typeof value === 'object' && value !== null ? Object.values(value) : [],
    );
  }
}

/** A value of JSON as one text, whatever the order in which its members were written. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, one: unknown) =>
    typeof one === 'object' && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  );
}

/** Refuses parts that no credential of the type has. */
export function refuseForeignParts(type: CredentialType, given: GivenParts): void {
  const own: readonly string[] = [...credentialParts[type].shown, ...credentialParts[type].secret];
  const foreign = [...shownParts, ...secretParts].find(
    (part) => given[part] !== undefined && !own.includes(part),
  );
  if (foreign !== undefined)
    throw invalidInput(`input.${foreign}`, `is no part of a credential of type ${type}`);
}
