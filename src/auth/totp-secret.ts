import type { Sealer } from '../seal/seal.js';

/** How the secret of an account's second factor is kept: sealed, and bound to its row. */
export interface TotpSecrets {
  seal(accountId: string, secret: string): string;
  open(accountId: string, sealed: string): string;
}

export function totpSecrets(sealer: Sealer): TotpSecrets {
  const placeOf = (id: string) => ({ table: 'account_totp', column: 'sealed_secret', id });
  return {
    seal: (accountId, secret) => sealer.seal(secret, placeOf(accountId)),
    open: (accountId, sealed) => sealer.open(sealed, placeOf(accountId)),
  };
}
