import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';

const blockBytes = 32;

interface Bcrypt {
  hash(password: Uint8Array, salt: Uint8Array, out: Uint8Array): void;
}

const sha512 = (...parts: readonly Uint8Array[]): Uint8Array => {
  const hash = createHash('sha512');
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
};

/**
 * The key that `bcrypt_pbkdf` makes of a passphrase, which is how OpenSSH encrypts private keys. One round takes some 10
 * ms of this process, and a key has 16 to 200: between any two the others have their turn, as the library has it not.
 */
export async function bcryptKey(
  passphrase: string,
  salt: Uint8Array,
  rounds: number,
  length: number,
): Promise<Buffer> {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded where it is needed
  const { hash } = require('bcrypt-pbkdf') as Bcrypt;
  const password = sha512(Buffer.from(passphrase, 'utf8'));
  const blocks = Math.ceil(length / blockBytes);
  const key = Buffer.alloc(blocks * blockBytes);
  for (let block = 0; block < blocks; block += 1) {
    const sum = new Uint8Array(blockBytes);
    let last: Uint8Array = sha512(salt, new Uint8Array([0, 0, 0, block + 1]));
    for (let round = 0; round < rounds; round += 1) {
      const out = new Uint8Array(blockBytes);
      hash(password, last, out);
      for (let i = 0; i < blockBytes; i += 1) sum[i] = (sum[i] ?? 0) ^ (out[i] ?? 0);
      last = sha512(out);
      await setImmediate();
    }
    // The blocks are not one behind the other: their bytes take turns.
    for (let i = 0; i < blockBytes; i += 1) key[i * blocks + block] = sum[i] ?? 0;
  }
  return key.subarray(0, length);
}
