import { invalidInput } from '../core/failure.js';
import { checkedPassword, type CredentialSecret } from './credential.rules.js';
import { KeyFault } from './key-fault.js';
import { checkOpensshKey } from './openssh-key.js';
import { checkPemKey } from './pem-key.js';

const mostKeyBytes = 16_384;
const paths = { key: 'input.privateKey', passphrase: 'input.privateKeyPassphrase' } as const;

/**
 * A private key as it is kept: with the line breaks that ssh expects. Refuses what is no key for ssh, an encrypted one
 * without the passphrase that opens it, and a passphrase that opens nothing. `by` is who waits in turns.
 */
export async function checkedPrivateKey(
  given: string | null | undefined,
  givenPassphrase: string | null,
  by: string,
): Promise<CredentialSecret> {
  if (given == null || given.trim() === '') throw invalidInput(paths.key, 'is missing');
  if (Buffer.byteLength(given) > mostKeyBytes)
    throw invalidInput(paths.key, `is longer than ${mostKeyBytes} bytes`);
  const passphrase = givenPassphrase === null ? null : checkedPassword(paths.passphrase, givenPassphrase);
  const privateKey = `${given.replaceAll('\r\n', '\n').trim()}\n`;
  try {
    if (privateKey.startsWith('-----BEGIN OPENSSH ')) await checkOpensshKey(privateKey, passphrase, by);
    else checkPemKey(privateKey, passphrase);
  } catch (error) {
    if (error instanceof KeyFault) throw invalidInput(paths[error.of], error.message);
    throw error;
  }
  return { privateKey, ...(passphrase === null ? {} : { privateKeyPassphrase: passphrase }) };
}
