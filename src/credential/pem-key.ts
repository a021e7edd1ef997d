import { createPrivateKey, type KeyObject } from 'node:crypto';
import { KeyFault } from './key-fault.js';

const mostIterations = 200_000;
const curves: readonly (string | undefined)[] = ['prime256v1', 'secp384r1', 'secp521r1'];

/**
 * Checks a private key in PEM (PKCS #8, or the older form of each kind of key), and that the passphrase opens it if it is
 * encrypted. Throws a KeyFault.
 */
export function checkPemKey(pem: string, passphrase: string | null): void {
  const isSealed = pem.startsWith('-----BEGIN ENCRYPTED PRIVATE KEY-----');
  const isEncrypted = isSealed || /^Proc-Type: 4,ENCRYPTED$/m.test(pem);
  if (isEncrypted && passphrase === null)
    throw new KeyFault('passphrase', 'is missing; the private key is encrypted');
  if (!isEncrypted && passphrase !== null)
    throw new KeyFault('passphrase', 'does not go with a private key that is not encrypted');
  if (isSealed) refuseWork(pem);
  const key = keyIn(pem, passphrase);
  if (!isForSsh(key)) throw new KeyFault('key', 'is of a kind that ssh has no use for');
}

function keyIn(pem: string, passphrase: string | null): KeyObject {
  try {
    return createPrivateKey({ key: pem, format: 'pem', ...(passphrase === null ? {} : { passphrase }) });
  } catch {
    throw passphrase === null
      ? new KeyFault('key', 'is no private key that ssh can use')
      : new KeyFault('passphrase', 'does not open the private key');
  }
}

function isForSsh({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject): boolean {
  return type === 'rsa' || type === 'ed25519' || (type === 'ec' && curves.includes(details?.namedCurve));
}

// How much it hashes stands in the key, and nobody else has a turn meanwhile.
function refuseWork(pem: string): void {
  const [, body = ''] =
    /^-----BEGIN ENCRYPTED PRIVATE KEY-----\n([A-Za-z0-9+/=\n]+)\n-----END/.exec(pem) ?? [];
  const bytes = Buffer.from(body, 'base64');
  if (bytes.includes(scrypt)) throw new KeyFault('key', 'is encrypted with scrypt, which is not read here');
  if (largestNumber(bytes) > mostIterations)
    throw new KeyFault(
      'key',
      `hashes its passphrase more than ${mostIterations} times, which is not read here`,
    );
}

const scrypt = Buffer.from('06092b06010401da47040b', 'hex');
const [sequence, integer] = [0x30, 0x02];

/** The largest number in the sequences of a DER text, where those of an encrypted key are; endless in what is none. */
function largestNumber(der: Buffer, depth = 0): number {
  if (depth > 6) return Infinity;
  let largest = 0;
  let at = 0;
  while (at < der.length) {
    const { tag, body, end } = elementAt(der, at);
    if (tag === integer) largest = Math.max(largest, numberIn(body));
    if (tag === sequence) largest = Math.max(largest, largestNumber(body, depth + 1));
    if (end > der.length) return Infinity;
    at = end;
  }
  return largest;
}

function elementAt(der: Buffer, at: number): { tag: number; body: Buffer; end: number } {
  const [tag = 0, first = 0x80] = der.subarray(at, at + 2);
  const bytes = first > 0x80 ? first - 0x80 : 0;
  const start = at + 2 + bytes;
  if (first === 0x80 || bytes > 4 || start > der.length) return { tag, body: Buffer.alloc(0), end: Infinity };
  const end = start + (bytes === 0 ? first : der.readUIntBE(at + 2, bytes));
  return { tag, body: der.subarray(start, end), end };
}

function numberIn(body: Buffer): number {
  if (body.length > 6) return Infinity;
  return body.length === 0 ? 0 : body.readUIntBE(0, body.length);
}
