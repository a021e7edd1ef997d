import { Secret } from 'otpauth';
import { hashRecoveryCode, newRecoveryCodes } from '../../src/auth/recovery-code';
import { totpSecrets } from '../../src/auth/totp-secret';
import { acceptedStep, isTotpCode, newTotpSecret, totpUri } from '../../src/auth/totp.rules';
import { rootKeyFrom } from '../../src/seal/root-key';
import { sealer } from '../../src/seal/seal';

// RFC 6238, appendix B, SHA-1: the last six of its eight digits.
const secret = Secret.fromUTF8('12345678901234567890').base32;
const vectors: [number, string][] = [
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
  [20_000_000_000, '353130'],
];

describe('a code by time', () => {
  test.each(vectors)('is at %i s what RFC 6238 says: %s', (seconds, code) => {
    const step = Math.floor(seconds / 30);
    expect(acceptedStep(secret, code, seconds, 0)).toBe(step);
    expect(acceptedStep(secret, code, seconds, step)).toBeNull();
    expect(acceptedStep(secret, code, seconds, step - 1)).toBe(step);
  });

  test.each([
    [-60, null],
    [-30, 37_037_037],
    [0, 37_037_037],
    [30, 37_037_037],
    [60, null],
  ])('is taken by a clock that is %i s off as of its own step: %j', (off, step) => {
    expect(acceptedStep(secret, '050471', 1_111_111_111 + off, 0)).toBe(step);
  });

  test.each([
    ['287082', true],
    ['287 082', true],
    [' 287082\n', true],
    ['28708', false],
    ['2870821', false],
    ['28708a', false],
    ['٢٨٧٠٨٢', false],
    ['', false],
    ['abcd-efgh-ijkl-mnop', false],
  ])('is told from anything else: %j', (text, isOne) => {
    expect(isTotpCode(text)).toBe(isOne);
  });

  test('comes from 160 random bits, which an authenticator reads from an address', () => {
    const fresh = newTotpSecret();
    expect(fresh).toMatch(/^[A-Z2-7]{32}$/);
    expect(newTotpSecret()).not.toBe(fresh);
    const uri = new URL(totpUri(fresh, 'ada.l-1'));
    expect(uri.href).toMatch(/^otpauth:\/\/totp\/Postern:ada.l-1\?/);
    expect(Object.fromEntries(uri.searchParams)).toEqual({
      ...{ issuer: 'Postern', secret: fresh },
      ...{ algorithm: 'SHA1', digits: '6', period: '30' },
    });
  });
});

describe('recovery codes', () => {
  test('are ten of 80 bits, none like another', () => {
    const codes = newRecoveryCodes();
    expect(new Set(codes).size).toBe(10);
    for (const code of codes) expect(code).toMatch(/^([a-z2-7]{4}-){3}[a-z2-7]{4}$/);
  });

  test('are kept as a hash that is the account’s own, however they are typed', () => {
    const hash = hashRecoveryCode('acctpw_1', 'abcd-efgh-ijkl-mnop');
    expect(hash).toHaveLength(32);
    expect(hashRecoveryCode('acctpw_1', ' ABCD efgh\tijklmnop ')).toEqual(hash);
    expect(hashRecoveryCode('acctpw_2', 'abcd-efgh-ijkl-mnop')).not.toEqual(hash);
    expect(hashRecoveryCode('acctpw_1', 'abcd-efgh-ijkl-mno2')).not.toEqual(hash);
  });
});

test('a sealed secret opens at its account alone', () => {
  const secrets = totpSecrets(sealer(rootKeyFrom(Buffer.alloc(32, 1))));
  const sealed = secrets.seal('acctpw_1', secret);
  expect(sealed).not.toContain(secret);
  expect(secrets.open('acctpw_1', sealed)).toBe(secret);
  expect(() => secrets.open('acctpw_2', sealed)).toThrow();
});
