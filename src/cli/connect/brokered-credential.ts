import { credentialFields, type ShownCredential } from '../credential-lines.js';

/** What `connect` asks of a credential that the target hands out. */
export const brokeredFields = `${credentialFields} username password privateKey privateKeyPassphrase object`;

/** A credential that the target hands out with a session, with the parts that a program could take. */
export interface BrokeredCredential extends ShownCredential {
  readonly username: string | null;
  readonly password: string | null;
  readonly privateKey: string | null;
  readonly privateKeyPassphrase: string | null;
  readonly object: Readonly<Record<string, unknown>> | null;
}

/** Somebody with a password. */
export interface Login {
  /** Null where the credential is a password alone. */
  readonly username: string | null;
  readonly password: string;
}

/** The user name and the password in a credential, also in an object that calls them so; null when there is none. */
export function loginOf({ username, password, object }: BrokeredCredential): Login | null {
  if (password !== null) return { username, password };
  const { username: name, password: secret } = object ?? {};
  return typeof name === 'string' && name !== '' && typeof secret === 'string' && secret !== ''
    ? { username: name, password: secret }
    : null;
}

/** Whether a text is one line, as most files of passwords want it. */
export function isOneLine(text: string): boolean {
  return !/[\0\r\n]/.test(text);
}
