import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bcryptKey } from '../../src/credential/bcrypt-kdf';
import type { CredentialSecret } from '../../src/credential/credential.rules';
import { checkedPrivateKey } from '../../src/credential/private-key';
import { newPrivateKey } from '../support/private-keys';

const passphrase = 'open sesame';
const kept = (name: string): string =>
  readFileSync(join(__dirname, '..', 'support', 'ssh-keys', name), 'utf8');
const check = (key: string | null, secret: string | null = null): Promise<CredentialSecret> =>
  checkedPrivateKey(key, secret, 'u_1234567890');
const pem = (key: ReturnType<typeof createPrivateKey>): string =>
  key.export({ type: 'pkcs8', format: 'pem' }).toString();
const another = (namedCurve: string): string => pem(generateKeyPairSync('ec', { namedCurve }).privateKey);

describe('a private key', () => {
  test.each([
    ['ed25519, as ssh-keygen writes it', kept('ed25519')],
    ['ecdsa, as ssh-keygen writes it', kept('ecdsa')],
    ['ed25519 in PKCS #8', newPrivateKey()],
    ['ecdsa in PKCS #8', another('P-384')],
    ['rsa in PKCS #8', pem(createPrivateKey({ key: kept('rsa-older-pem'), passphrase }))],
  ])('that is not encrypted is taken: %s', async (_, privateKey) => {
    expect(await check(privateKey)).toEqual({ privateKey });
    await expect(check(privateKey, passphrase)).rejects.toThrow(
      'input.privateKeyPassphrase: does not go with a private key that is not encrypted',
    );
  });

  test.each([
    ['aes256-ctr', kept('ed25519-aes256-ctr')],
    ['aes256-ctr, of rsa', kept('rsa-aes256-ctr')],
    ['aes128-cbc', kept('ecdsa-aes128-cbc')],
    ['what PKCS #8 has', newPrivateKey(passphrase)],
    ['what PEM had before', kept('rsa-older-pem')],
  ])('that is encrypted with %s is taken with the passphrase that opens it', async (_, privateKey) => {
    expect(await check(privateKey, passphrase)).toEqual({ privateKey, privateKeyPassphrase: passphrase });
    await expect(check(privateKey)).rejects.toThrow('input.privateKeyPassphrase: is missing');
    await expect(check(privateKey, 'swordfish')).rejects.toThrow(
      /^input.privateKeyPassphrase: does not open the private key$/,
    );
  });

  const body = kept('ed25519').split('\n').slice(1, -2).join('');
  const container = (bytes: Buffer): string =>
    `-----BEGIN OPENSSH PRIVATE KEY-----\n${bytes.toString('base64')}\n-----END OPENSSH PRIVATE KEY-----\n`;
  const whole = Buffer.from(body, 'base64');
  const sealed = Buffer.from(kept('ed25519-aes256-ctr').split('\n').slice(1, -2).join(''), 'base64');
  const roundsAt = sealed.indexOf(Buffer.from([0, 0, 0, 2]));
  const dearer = Buffer.from(sealed);
  dearer.writeUInt32BE(4_000_000_000, roundsAt);

  test.each([
    ['is a text', 'swordfish', /is no private key/],
    ['is a public key', 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5', /is no private key/],
    ['ends early', container(whole.subarray(0, 100)), /is no private key/],
    [
      'says that it is longer than it is',
      container(Buffer.concat([whole.subarray(0, 15), Buffer.alloc(9, 0xff)])),
      /is no private key/,
    ],
    ['is nothing in a container', container(Buffer.alloc(0)), /is no private key/],
    [
      'holds other bytes',
      container(Buffer.concat([whole.subarray(0, 60), Buffer.alloc(200)])),
      /is no private key/,
    ],
    ['is for another purpose', pem(generateKeyPairSync('x25519').privateKey), /no use for/],
    ['is on a curve that ssh does not know', another('secp256k1'), /no use for/],
  ])('that %s is refused without a word of it', async (_, key, message) => {
    const refused = await check(key).catch((error: unknown) => String(error));
    expect(refused).toMatch(message);
    expect(refused).toMatch(/^input.privateKey: /);
    expect(refused).not.toContain('swordfish');
  });

  test.each([
    ['a cipher that is not read', kept('ed25519-chacha20'), /chacha20-poly1305.*ssh-keygen -p -Z aes256-ctr/],
    ['four thousand million rounds', container(dearer), /has 4000000000 rounds, at most 200/],
    ['300,000 times of hashing', kept('pkcs8-300000-times.pem'), /more than 200000 times/],
    ['scrypt', kept('pkcs8-scrypt.pem'), /scrypt/],
  ])('encrypted with %s is refused before it takes time', async (_, key, message) => {
    await expect(check(key, passphrase)).rejects.toThrow(message);
  });

  test('is kept with the line breaks that ssh expects', async () => {
    const key = kept('ed25519');
    expect(await check(`\n${key.trim().replaceAll('\n', '\r\n')}`)).toEqual({ privateKey: key });
  });

  test('opens in steps, between which the others have their turn', async () => {
    let turns = 0;
    let isOpening = true;
    const take = (): void => {
      turns += 1;
      if (isOpening) setImmediate(take);
    };
    setImmediate(take);
    await bcryptKey(passphrase, Buffer.from('0123456789abcdef'), 4, 48);
    isOpening = false;
    expect(turns).toBeGreaterThanOrEqual(8);
  });

  test('is opened by the very key that the library makes', async () => {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- it comes without types
    const { pbkdf } = require('bcrypt-pbkdf') as {
      pbkdf(...args: [Buffer, number, Buffer, number, Buffer, number, number]): number;
    };
    const [secret, salt] = [Buffer.from(passphrase), Buffer.from('0123456789abcdef')];
    for (const length of [16, 32, 48, 70]) {
      const key = Buffer.alloc(length);
      pbkdf(secret, secret.length, salt, salt.length, key, length, 3);
      expect(await bcryptKey(passphrase, salt, 3, length)).toEqual(key);
    }
  });
});
