import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandsOf, killPrograms, type Commands } from '../support/commands';
import { newPrivateKey } from '../support/private-keys';
import { makeTarget } from '../support/session-client';
import { startTestServer, type TestServer } from '../support/test-server';

let server: TestServer;
let postern: Commands;
let folder: string;
let store: string;
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text, { mode: 0o600 });
  return `file://${join(folder, name)}`;
};
beforeAll(async () => {
  server = await startTestServer();
  postern = commandsOf(server, await server.signIn());
  folder = mkdtempSync(join(tmpdir(), 'postern-credentials-'));
  const { id } = await postern.item(
    ...['credential-stores', 'create', 'static', '-scope-id=p_1234567890', '-name=databases'],
  );
  store = `-credential-store-id=${id}`;
});
afterAll(async () => {
  killPrograms();
  rmSync(folder, { recursive: true, force: true });
  await server.stop();
});

test('a store is read, changed and deleted from the command line', async () => {
  const { id } = await postern.item('credential-stores', 'create', '-scope-id=p_1234567890');
  expect(await postern.item('credential-stores', 'update', `-id=${id}`, '-name=old')).toMatchObject({
    ...{ name: 'old', type: 'STATIC', version: 2 },
  });
  expect(await postern.table('credential-stores', 'read', `-id=${id}`)).toMatch(
    /Authorized Actions on Credential Store's Collections:\n {4}credentials:\n {6}create\n {6}list\n/,
  );
  expect(await postern.table('credential-stores', 'list', '-scope-id=p_1234567890')).toContain(id);
  expect(await postern.table('credential-stores', 'delete', `-id=${id}`)).toContain('completed successfully');
});

test('a password is taken from a file, and from standard input, and never from an argument', async () => {
  const create = ['credentials', 'create', 'username-password', store, '-username=postgres'];
  const made = await postern.item(...create, `-password=${file('password', 'swordfish\n')}`);
  expect(made).toMatchObject({ type: 'USERNAME_PASSWORD', username: 'postgres', version: 1 });
  const piped = await postern.run(
    ['credentials', 'update', 'username-password', `-id=${made.id}`, '-password=-', '-format=json'],
    'swordfish\n',
  );
  expect(JSON.parse(piped.stdout)).toMatchObject({ item: { version: 1, passwordHmac: made.passwordHmac } });
  const argument = await postern.refusal(...create, '-password=swordfish');
  expect(argument).toEqual([
    1,
    '-password takes env://NAME, file://PATH or -: an argument would show in the process list',
  ]);
  const table = await postern.table('credentials', 'read', `-id=${made.id}`);
  expect(table).toMatch(/Password HMAC: +[\w-]{43}\n[\s\S]*Username: +postgres\n/);
  expect(table).not.toContain('swordfish');
  expect(await postern.table('credentials', 'list', store)).toMatch(
    /Type: +username_password\n +Username: +postgres\n/,
  );
  expect(await postern.table('credentials', 'delete', `-id=${made.id}`)).toContain('completed successfully');
});

test('the other types are made from files, and what does not fit them is refused with a sentence', async () => {
  const create = (type: string, ...args: string[]) => ['credentials', 'create', type, store, ...args];
  const password = `-password=${file('another', 'swordfish')}`;
  expect(await postern.item(...create('password', password))).toMatchObject({ type: 'PASSWORD' });
  expect(
    await postern.item(...create('username-password-domain', '-username=jim', '-domain=corp', password)),
  ).toMatchObject({ type: 'USERNAME_PASSWORD_DOMAIN', username: 'jim', domain: 'corp' });
  const object = `-object=${file('object.json', '{ "token": "swordfish", "n": [1, 2] }')}`;
  expect(await postern.item(...create('json', object))).toMatchObject({ type: 'JSON' });
  const key = [`-private-key=${file('id_ed25519', newPrivateKey('open sesame'))}`, '-username=ubuntu'];
  const passphrase = `-private-key-passphrase=${file('passphrase', 'open sesame')}`;
  const made = await postern.item(...create('ssh-private-key', ...key, passphrase));
  expect(made).toMatchObject({ type: 'SSH_PRIVATE_KEY', username: 'ubuntu' });
  const refused: [string[], string][] = [
    [
      create('ssh-private-key', ...key),
      'input.privateKeyPassphrase: is missing; the private key is encrypted',
    ],
    [create('ssh-private-key', '-username=ubuntu'), '-private-key is missing: name it as file://PATH'],
    [create('json', `-object=${file('no.json', 'swordfish')}`), '-object leads to a text that is no JSON'],
    [['credentials', 'update', 'json', `-id=${made.id}`, object], 'is no part of a credential of type'],
  ];
  for (const [args, sentence] of refused) {
    const [code, said] = await postern.refusal(...args);
    expect({ code, said }).toEqual({ code: 1, said: expect.stringContaining(sentence) });
    expect(said).not.toContain('swordfish');
  }
});

test('a target hands out what is attached to it, once, with the session', async () => {
  const login = ['credentials', 'create', 'username-password', store, '-username=postgres', '-name=db'];
  const { id } = await postern.item(...login, `-password=${file('login', 'swordfish')}`);
  const object = `-object=${file('access.json', '{ "token": "abc", "for": ["read"] }')}`;
  const other = await postern.item('credentials', 'create', 'json', store, object);
  const target = await makeTarget(server, 22);
  const sources = (verb: string, ...ids: string[]) =>
    postern.item(
      ...['targets', `${verb}-credential-sources`, `-id=${target}`],
      ...ids.map((one) => `-brokered-credential-source=${one}`),
    );
  expect((await sources('add', id, other.id)).brokeredCredentialSourceIds).toEqual([other.id, id].sort());
  expect((await sources('remove', other.id)).brokeredCredentialSourceIds).toEqual([id]);
  expect((await sources('set', id, other.id)).version).toBe(4);
  expect(await postern.table('targets', 'read', `-id=${target}`)).toMatch(
    new RegExp(`Brokered Credential Source IDs: +${[other.id, id].sort().join(', ')}\n`),
  );
  const { credentials } = await postern.item('targets', 'authorize-session', `-id=${target}`);
  expect(credentials.map(({ secret }: { secret: unknown }) => secret)).toEqual(
    [id, other.id]
      .sort()
      .map((one) =>
        one === id ? { username: 'postgres', password: 'swordfish' } : { token: 'abc', for: ['read'] },
      ),
  );
  const table = await postern.table('targets', 'authorize-session', `-id=${target}`);
  expect(table).toMatch(
    new RegExp(
      [
        `    Credential Source ID: +${id}`,
        '    Credential Source Name: +db',
        '    Credential Store ID: +csst_\\w+',
        '    Credential Store Type: +static',
        '    Credential Type: +username_password',
        '    Secret:',
        '      username: +postgres',
        '      password: +swordfish',
      ].join('\n'),
    ),
  );
  expect(table).toContain('\n\n  Credentials:\n');
  expect(table).toContain('      token:    abc\n      for:\n        [\n          "read"\n        ]');
});
