import { generateKeyPairSync } from 'node:crypto';

/** A new private key in PEM, encrypted where a passphrase is given. */
export function newPrivateKey(passphrase?: string): string {
  const { privateKey } = generateKeyPairSync('ed25519');
  const cipher = passphrase === undefined ? {} : { cipher: 'aes-256-cbc', passphrase };
  return privateKey.export({ type: 'pkcs8', format: 'pem', ...cipher }).toString();
}
