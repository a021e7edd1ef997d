import { findLogin } from '../auth/auth.store.js';
import { isPassword } from '../auth/password-hash.js';
import type { Reader } from '../core/tx.js';
import { developmentLogins, type Administrator } from './initial-resources.js';

/** Those of the development logins whose well-known password still works. */
export async function findKnownLogins(
  reader: Reader,
  logins: readonly Administrator[] = developmentLogins,
): Promise<Administrator[]> {
  const isKnown = async ({ authMethodId, loginName, password }: Administrator): Promise<boolean> => {
    const login = await findLogin(reader, authMethodId, loginName);
    return login?.userId != null && login.hash !== null && isPassword(login.hash, password);
  };
  const known = await Promise.all(logins.map(isKnown));
  return logins.filter((_, index) => known[index]);
}
