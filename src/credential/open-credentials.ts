import { timingSafeEqual } from 'node:crypto';
import { Failure, isFailure } from '../core/failure.js';
import type { Log } from '../core/log.js';
import type { Tx } from '../core/tx.js';
import type { SecretKeeper } from '../seal/secret-keeper.js';
import { findSealed, type SealedCredential } from './credential-secret.store.js';
import { credentialParts, type CredentialSecret } from './credential.rules.js';
import { hmacsOf, secretPlace } from './keep-secret.js';

/** A credential with its secret in clear, for the one who may connect with it. Never logged, recorded or kept. */
export interface OpenedCredential {
  readonly credential: Pick<
    SealedCredential,
    'id' | 'name' | 'description' | 'credentialStoreId' | 'type' | 'username' | 'domain'
  >;
  readonly secret: CredentialSecret;
}

/** What opens credentials, and who is told of one that does not open: what it says is for an operator. */
export interface Opener {
  readonly secrets: SecretKeeper;
  readonly log: Log;
}

/**
 * Opens those credentials, all or none; those that are gone are left out. Fails with INVALID_STATE where one does not
 * open: its text was changed, or moved there from elsewhere, or is one that it had before.
 */
export async function openCredentials(
  tx: Tx,
  { secrets, log }: Opener,
  ids: readonly string[],
): Promise<OpenedCredential[]> {
  const opened: OpenedCredential[] = [];
  for (const found of ids.length === 0 ? [] : await findSealed(tx, ids)) {
    try {
      opened.push(await openLatest(tx, secrets, found));
    } catch (error) {
      if (isFailure(error)) throw error;
      const { id } = found;
      log.error('a credential cannot be opened', { credential: id, reason: (error as Error).message });
      const message = `the credential ${id} cannot be opened; whoever keeps it has to give its secret again`;
      throw new Failure({ code: 'INVALID_STATE', state: 'unreadable', message });
    }
  }
  return opened;
}

// Between the reading of a text and of its key, the text may be sealed again and the key destroyed.
async function openLatest(
  tx: Tx,
  secrets: SecretKeeper,
  { sealed, ...credential }: SealedCredential,
): Promise<OpenedCredential> {
  try {
    return { credential, secret: await openOne(tx, secrets, credential, sealed) };
  } catch (error) {
    const [now] = isFailure(error) ? [] : await findSealed(tx, [credential.id]);
    if (!now || now.sealed === sealed) throw error;
    const { sealed: latest, ...row } = now;
    return { credential: row, secret: await openOne(tx, secrets, row, latest) };
  }
}

async function openOne(
  tx: Tx,
  secrets: SecretKeeper,
  credential: Omit<SealedCredential, 'sealed'>,
  sealed: string | null,
): Promise<CredentialSecret> {
  if (sealed === null) throw new Error('its secret is gone');
  const secret = secretIn(await secrets.open(tx, sealed, secretPlace(credential.id)));
  // A text of before opens as well: whoever can write to the database could bring back a password that was changed.
  const hmacs = await hmacsOf(tx, secrets, credential, secret);
  for (const part of credentialParts[credential.type].secret) {
    if (!isSame(hmacs[`${part}Hmac`] ?? null, credential[`${part}Hmac`]))
      throw new Error('its secret is not the one that it was given last');
  }
  return secret;
}

function secretIn(text: string): CredentialSecret {
  try {
    return JSON.parse(text) as CredentialSecret;
  } catch {
    throw new Error('its secret is no JSON'); // the parser's own words show a piece of it
  }
}

function isSame(one: string | null, other: string | null): boolean {
  const [a, b] = [Buffer.from(one ?? ''), Buffer.from(other ?? '')];
  return a.length === b.length && timingSafeEqual(a, b);
}
