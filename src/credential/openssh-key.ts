import { createDecipheriv } from 'node:crypto';
import { FairQueue } from '../auth/fair-queue.js';
import { bcryptKey } from './bcrypt-kdf.js';
import { KeyFault } from './key-fault.js';

const magic = Buffer.from('openssh-key-v1\0', 'latin1');
const mostRounds = 200;
const ivBytes = 16;

/** Ciphers of OpenSSH's own that are read; ssh-keygen takes the first unless told otherwise. */
const ciphers: Readonly<Record<string, { readonly name: string; readonly keyBytes: number }>> = {
  'aes256-ctr': { name: 'aes-256-ctr', keyBytes: 32 },
  'aes192-ctr': { name: 'aes-192-ctr', keyBytes: 24 },
  'aes128-ctr': { name: 'aes-128-ctr', keyBytes: 16 },
  'aes256-cbc': { name: 'aes-256-cbc', keyBytes: 32 },
  'aes192-cbc': { name: 'aes-192-cbc', keyBytes: 24 },
  'aes128-cbc': { name: 'aes-128-cbc', keyBytes: 16 },
};

// A key opens in steps of some 10 ms. One at a time, so that there is one step between two turns of everybody else.
const queue = new FairQueue({
  mostAtOnce: 1,
  mostWaitingOfName: 4,
  mostWaitingOfAddress: 4,
  mostWaiting: 64,
});

interface Container {
  readonly cipher: string;
  readonly kdfOptions: Buffer;
  readonly publicKey: Buffer;
  readonly privateKeys: Buffer;
}

/**
 * Checks a private key in the format of OpenSSH, and that the passphrase opens it if it is encrypted. Throws a KeyFault.
 * `by` is who waits in turns.
 */
export async function checkOpensshKey(pem: string, passphrase: string | null, by: string): Promise<void> {
  const { cipher, ...container } = containerIn(pem);
  if (cipher === 'none') {
    if (passphrase !== null)
      throw new KeyFault('passphrase', 'does not go with a private key that is not encrypted');
    requireKey(plainPem(container.publicKey, container.privateKeys));
    return;
  }
  const { name, keyBytes } = (Object.hasOwn(ciphers, cipher) ? ciphers[cipher] : undefined) ?? {};
  if (name === undefined || keyBytes === undefined)
    throw new KeyFault(
      'key',
      `is encrypted with ${JSON.stringify(cipher.slice(0, 40))}, which is not read here; ssh-keygen -p -Z aes256-ctr changes that`,
    );
  if (passphrase === null) throw new KeyFault('passphrase', 'is missing; the private key is encrypted');
  const options = new Strings(container.kdfOptions);
  const salt = options.next();
  const rounds = options.number();
  if (salt.length === 0 || rounds < 1 || rounds > mostRounds)
    throw new KeyFault(
      'key',
      `has ${rounds} rounds, at most ${mostRounds} are read; ssh-keygen -p -a changes that`,
    );
  const key = await queue.run({ address: by, loginName: by, isKnown: true }, () =>
    bcryptKey(passphrase, salt, rounds, keyBytes + ivBytes),
  );
  const opened = decrypted(name, key.subarray(0, keyBytes), key.subarray(keyBytes), container.privateKeys);
  requireKey(plainPem(container.publicKey, opened));
}

function containerIn(pem: string): Container {
  const body =
    /^-----BEGIN OPENSSH PRIVATE KEY-----\n([A-Za-z0-9+/=\n]+)\n-----END OPENSSH PRIVATE KEY-----\n$/.exec(
      pem,
    );
  const bytes = Buffer.from(body?.[1] ?? '', 'base64');
  if (!bytes.subarray(0, magic.length).equals(magic)) throw noKey();
  const strings = new Strings(bytes.subarray(magic.length));
  const [cipher, kdf, kdfOptions] = [strings.next().toString(), strings.next().toString(), strings.next()];
  if (strings.number() !== 1 || (cipher === 'none') !== (kdf === 'none') || !['none', 'bcrypt'].includes(kdf))
    throw noKey();
  return { cipher, kdfOptions, publicKey: strings.next(), privateKeys: strings.next() };
}

function decrypted(name: string, key: Buffer, iv: Buffer, sealed: Buffer): Buffer {
  if (sealed.length % ivBytes !== 0) throw noKey();
  const decipher = createDecipheriv(name, key, iv).setAutoPadding(false);
  const opened = Buffer.concat([decipher.update(sealed), decipher.final()]);
  // The same number stands at its beginning twice, to tell whether it was the right passphrase.
  if (opened.length < 8 || !opened.subarray(0, 4).equals(opened.subarray(4, 8)))
    throw new KeyFault('passphrase', 'does not open the private key');
  return opened;
}

/** The same key as it is written without encryption. */
function plainPem(publicKey: Buffer, privateKeys: Buffer): string {
  const parts = [Buffer.from('none'), Buffer.from('none'), Buffer.alloc(0)].map(lengthAnd);
  const one = Buffer.from([0, 0, 0, 1]);
  const bytes = Buffer.concat([magic, ...parts, one, lengthAnd(publicKey), lengthAnd(privateKeys)]);
  const lines = bytes.toString('base64').match(/.{1,70}/g) ?? [];
  return ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join(
    '\n',
  );
}

function lengthAnd(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

interface Sshpk {
  parsePrivateKey(text: string, format: 'ssh-private'): { readonly type: string };
}

function requireKey(pem: string): void {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded where it is needed
  const { parsePrivateKey } = require('sshpk') as Sshpk;
  try {
    parsePrivateKey(pem, 'ssh-private');
  } catch {
    throw noKey(); // the library's own words may show pieces of it
  }
}

function noKey(): KeyFault {
  return new KeyFault('key', 'is no private key that ssh can use');
}

/** Reads the texts of a blob, each behind its length. */
class Strings {
  private at = 0;

  constructor(private readonly bytes: Buffer) {}

  number(): number {
    if (this.at + 4 > this.bytes.length) throw noKey();
    this.at += 4;
    return this.bytes.readUInt32BE(this.at - 4);
  }

  next(): Buffer {
    const length = this.number();
    if (this.at + length > this.bytes.length) throw noKey();
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }
}
