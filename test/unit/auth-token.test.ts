import { endOfTokenLife, type TokenLife } from '../../src/auth/auth-token.rules';
import { isSecretOf, newToken, parseToken } from '../../src/auth/token-secret';

const now = '2026-11-24T00:00:00.000Z';

describe('the end of an API token', () => {
  test.each<[string, TokenLife, string]>([
    ['nothing', {}, '2027-02-22T00:00:00.000Z'],
    ['nulls', { expiresAt: null, lifetimeSeconds: null }, '2027-02-22T00:00:00.000Z'],
    ['a minute', { lifetimeSeconds: 60 }, '2026-11-24T00:01:00.000Z'],
    ['366 days', { lifetimeSeconds: 366 * 86_400 }, '2027-11-25T00:00:00.000Z'],
    ['a time', { expiresAt: '2026-12-24T18:00:00.000Z' }, '2026-12-24T18:00:00.000Z'],
    ['a time in 366 days', { expiresAt: '2027-11-25T00:00:00.000Z' }, '2027-11-25T00:00:00.000Z'],
  ])('follows from %s', (_, life, end) => {
    expect(endOfTokenLife(life, now)).toBe(end);
  });

  test.each<[string, TokenLife, RegExp]>([
    ['no time at all', { lifetimeSeconds: 0 }, /^input.lifetimeSeconds: must be 60 to 31622400/],
    ['a moment', { lifetimeSeconds: 59 }, /^input.lifetimeSeconds/],
    ['more than 366 days', { lifetimeSeconds: 366 * 86_400 + 1 }, /^input.lifetimeSeconds/],
    ['the past', { expiresAt: '2026-11-23T23:59:59.000Z' }, /^input.expiresAt: must be a minute to 366 days/],
    ['now', { expiresAt: now }, /^input.expiresAt/],
    ['a far future', { expiresAt: '2027-11-25T00:00:00.001Z' }, /^input.expiresAt/],
    ['both', { expiresAt: '2026-12-24T18:00:00.000Z', lifetimeSeconds: 60 }, /goes without expiresAt/],
  ])('is not %s', (_, life, message) => {
    expect(() => endOfTokenLife(life, now)).toThrow(message);
  });
});

describe('the text of a token', () => {
  test('says what it is, and has what a scanner for leaked secrets looks for', () => {
    const [login, api] = [newToken(), newToken('api')];
    expect(login.text).toMatch(/^at_[A-Za-z0-9]{10}_[A-Za-z0-9]{32}$/);
    expect(api.text).toMatch(/^postern_at_[A-Za-z0-9]{10}_[A-Za-z0-9]{32}$/);
    for (const [{ id, text, secretHash }, type] of [
      [login, 'login'],
      [api, 'api'],
    ] as const) {
      const parts = parseToken(text)!;
      expect(parts).toMatchObject({ type, id });
      expect(isSecretOf(secretHash, parts.secret)).toBe(true);
    }
  });

  test.each([
    '',
    'postern_',
    'postern_at_1234567890',
    `postern_postern_at_1234567890_${'A'.repeat(32)}`,
    `Postern_at_1234567890_${'A'.repeat(32)}`,
    `postern_at_1234567890_${'A'.repeat(33)}`,
    `postern_at_1234567890_${'A'.repeat(32)}\n`,
  ])('%j is none', (text) => {
    expect(parseToken(text)).toBeNull();
  });
});
