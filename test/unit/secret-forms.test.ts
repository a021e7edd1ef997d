import { secretsIn } from '../support/secret-forms';

const secret = 'c0rrect "horse"/bättery';

test.each<readonly [string, string]>([
  ['as it is', `password=${secret};`],
  ['in JSON', JSON.stringify({ password: secret })],
  ['in JSON in JSON', JSON.stringify({ body: JSON.stringify({ password: secret }) })],
  ['in an address', `/login?password=${encodeURIComponent(secret)}`],
  ['in a form', `password=${encodeURIComponent(secret).replaceAll('%20', '+')}`],
  ['in hex', Buffer.from(`ann:${secret}`).toString('hex')],
  ...['', 'a', 'an', 'ann'].flatMap((name): [string, string][] => [
    [`in base64 behind ${name.length}`, Buffer.from(`${name}${secret}`).toString('base64')],
    [`in base64 between ${name.length}`, Buffer.from(`${name}${secret} and more`).toString('base64url')],
  ]),
])('a secret is found %s', (_, text) => {
  expect(secretsIn(text, [secret])).toEqual([secret]);
});

test('another secret is not', () => {
  expect(secretsIn(JSON.stringify({ password: secret.slice(1) }), [secret])).toEqual([]);
});
