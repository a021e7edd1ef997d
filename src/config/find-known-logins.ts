import { findLogin } from '../auth/auth.store.js';
import { checkPassword } from '../auth/password-hash.js';
import type { Reader } from '../core/tx.js';
import { developmentLogins, type Administrator } from './initial-resources.js';

/** Those of the development logins whose well-known password still works. */
export async function findKnownLogins(
  reader: Reader,
  logins: readonly Administrator[] = developmentLogins,
): Promise<Administrator[]> {
  const isKnown = async ({ authMethodId, loginName, password }: Administrator): Promise<boolean> => {
    const login = await findLogin(reader, authMethodId, loginName);
    return (
      login?.userId != null &&
      login.hash !== null &&
      checkPassword(login.hash, password, { address: '', loginName })
    );
  };
  const known = await Promise.all(logins.map(isKnown));
  return logins.filter((_, index) => known[index]);
}
