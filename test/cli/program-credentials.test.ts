import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CliFailure } from '../../src/cli/cli-failure';
import { knownPrograms } from '../../src/cli/commands/connect-program';
import type { BrokeredCredential } from '../../src/cli/connect/brokered-credential';
import { brokered } from '../support/brokered';
import { startOf, type Given, type PlannedLine } from '../support/planned-start';
import { describeWithMysql } from '../support/program';

// Programs of these names are there, and never run.
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-known-'));
  const needed = knownPrograms.flatMap(({ styles }) => Object.values(styles).map(({ needs }) => needs));
  for (const name of needed.flatMap((needs) => Object.keys(needs))) {
    writeFileSync(join(folder, name), '');
    chmodSync(join(folder, name), 0o755);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const plan = (name: string, given: Given): PlannedLine =>
  startOf(
    knownPrograms.find((one) => one.name === name)!,
    { ...given, env: { PATH: folder, ...given.env } },
  );

const login = brokered({ username: 'ann', password: 'correct horse' });
const other = brokered({ username: 'bob', password: 'other' });
const domain = brokered({ username: 'cyd', password: 'third', domain: 'corp' });
const alone = brokered({ password: 'alone' });
const object = brokered({ object: { username: 'obj', password: 'ect' } });
const foreign = brokered({ object: { token: 'x' } });
const key = brokered({ username: 'kay', privateKey: '-----BEGIN-----\nabc\n-----END-----' });
const locked = brokered({ username: 'lea', privateKey: 'locked\n\n', privateKeyPassphrase: 'open sesame' });
const words = (text: string): string[] => text.split(' ');

describe('the start of', () => {
  test.each<[string, string, Given, Pick<PlannedLine, 'line'> & Partial<PlannedLine>]>([
    [
      'postgres',
      'a login',
      { credentials: [login] },
      {
        line: words('psql -p 40123 -h 127.0.0.1 -U ann'),
        files: { passwords: '127.0.0.1:40123:*:*:correct horse\n' },
        env: { PGPASSFILE: '/private/passwords', PGPASSWORD: undefined },
      },
    ],
    [
      'postgres',
      'a password alone',
      { credentials: [alone] },
      {
        line: words('psql -p 40123 -h 127.0.0.1'),
        files: { passwords: '127.0.0.1:40123:*:*:alone\n' },
        env: { PGPASSFILE: '/private/passwords', PGPASSWORD: undefined },
      },
    ],
    [
      'postgres',
      'signs that mean something in its file',
      {
        credentials: [brokered({ username: 'a:b', password: 'a:b\\c' })],
        local: { address: '::1', port: 5 },
      },
      {
        line: words('psql -p 5 -h ::1 -U a:b'),
        files: { passwords: '\\:\\:1:5:*:*:a\\:b\\\\c\n' },
      },
    ],
    [
      'mysql',
      'a login',
      { credentials: [login], flags: { dbname: 'orders' }, given: ['-e', 'select 1'] },
      {
        line: [
          ...words('mysql --defaults-file=/private/options -e'),
          'select 1',
          ...words('-P 40123 -h 127.0.0.1 -D orders -u ann'),
        ],
        files: { options: '[client]\npassword = "correct horse"\n' },
        env: { MYSQL_PWD: undefined },
      },
    ],
    [
      'cassandra',
      'a login',
      { credentials: [login] },
      {
        line: words('cqlsh --credentials /private/credentials 127.0.0.1 40123 -u ann'),
        files: {
          credentials:
            '[plain_text_auth]\nusername = ann\npassword = correct horse\n\n[PlainTextAuthProvider]\nusername = ann\npassword = correct horse\n',
        },
        env: {},
      },
    ],
    [
      'redis',
      'a login, and a command',
      { credentials: [login], given: ['get', 'x'] },
      {
        line: words('redis-cli -h 127.0.0.1 -p 40123 --user ann get x'),
        files: {},
        env: { REDISCLI_AUTH: 'correct horse' },
      },
    ],
    [
      'redis',
      'a password alone',
      { credentials: [alone] },
      { line: words('redis-cli -h 127.0.0.1 -p 40123'), env: { REDISCLI_AUTH: 'alone' } },
    ],
    [
      'http',
      'a login, and a request',
      { credentials: [login], given: ['-d', '{}'], flags: { host: 'shop.example' } },
      {
        line: words(
          'curl --config /private/options -d {} --globoff --noproxy shop.example --connect-to shop.example::127.0.0.1:40123 https://shop.example/',
        ),
        files: { options: 'user = "ann:correct horse"\n' },
        env: {},
      },
    ],
    [
      'http',
      'no file of the caller’s, which must be said first',
      {
        credentials: [brokered({ username: 'ann', password: 'a"b\\c\nd' })],
        given: ['-q', '-v'],
        session: { endpoint: null },
      },
      {
        line: words(
          'curl -q --config /private/options -q -v --globoff --noproxy 127.0.0.1 https://127.0.0.1:40123/',
        ),
        files: { options: 'user = "ann:a\\"b\\\\c\\nd"\n' },
      },
    ],
    [
      'ssh',
      'a key, and options of the caller, which win',
      { credentials: [key], given: ['-v'] },
      {
        line: words(
          'ssh -v -i /private/key -o IdentitiesOnly=yes -o AddKeysToAgent=no -p 40123 -o HostKeyAlias=ttcp_1234567890 -l kay -- 127.0.0.1',
        ),
        files: { key: '-----BEGIN-----\nabc\n-----END-----\n' },
        env: {},
      },
    ],
    [
      'ssh',
      'a key with a passphrase',
      { credentials: [locked] },
      {
        line: words(
          'ssh -i /private/key -o IdentitiesOnly=yes -o AddKeysToAgent=no -p 40123 -o HostKeyAlias=ttcp_1234567890 -l lea -- 127.0.0.1',
        ),
        files: {
          key: 'locked\n',
          answer: 'open sesame',
          ask: { script: expect.stringMatching(/^#!\/bin\/sh\n/) },
        },
        env: { SSH_ASKPASS: '/private/ask', SSH_ASKPASS_REQUIRE: 'force' },
      },
    ],
    [
      'ssh',
      'a login',
      { credentials: [login] },
      {
        line: words(
          'ssh -o NumberOfPasswordPrompts=1 -o PreferredAuthentications=password,keyboard-interactive,publickey -p 40123 -o HostKeyAlias=ttcp_1234567890 -l ann -- 127.0.0.1',
        ),
        files: { answer: 'correct horse', ask: { script: expect.stringMatching(/^#!\/bin\/sh\n/) } },
        env: { SSH_ASKPASS: '/private/ask', SSH_ASKPASS_REQUIRE: 'force' },
      },
    ],
    [
      'ssh',
      'a login, and sshpass',
      { style: 'sshpass', credentials: [login] },
      {
        line: words(
          'sshpass -f /private/password ssh -p 40123 -o HostKeyAlias=ttcp_1234567890 -l ann -- 127.0.0.1',
        ),
        files: { password: 'correct horse\n' },
        env: { SSHPASS: undefined },
      },
    ],
  ])('%s with %s', (name, _, given, expected) => {
    const { line, files, env, credential } = plan(name, given);
    expect({ line, files, env }).toMatchObject(expected);
    expect(credential).toBe(given.credentials![0]);
    const spoken = line.join(' ');
    for (const { password, privateKey, privateKeyPassphrase } of given.credentials!)
      for (const secret of [password, privateKey, privateKeyPassphrase].flatMap((one) => one ?? []))
        expect(spoken).not.toContain(secret);
  });
});

describe('of several credentials', () => {
  test.each<[string, string, Given, BrokeredCredential | null]>([
    ['the first that fits', 'postgres', { credentials: [foreign, key, login, other] }, login],
    ['a login in a domain, which is one', 'mysql', { credentials: [domain, login] }, domain],
    ['an object with the two names', 'postgres', { credentials: [foreign, object, login] }, object],
    [
      'the first of the user who is named',
      'postgres',
      { credentials: [login, other], flags: { username: 'bob' } },
      other,
    ],
    [
      'the first, where the user who is named has none',
      'redis',
      { credentials: [login, other], flags: { username: 'eve' } },
      login,
    ],
    ['a key as well as a password', 'ssh', { credentials: [foreign, key, login] }, key],
    ['a password, where a key is of no use', 'ssh', { style: 'sshpass', credentials: [key, login] }, login],
    ['a login, where a password alone is of no use', 'http', { credentials: [alone, login] }, login],
    ['none', 'http', { credentials: [alone, key, foreign] }, null],
    ['none', 'ssh', { style: 'putty', credentials: [login, key] }, null],
    ['none', 'mongo', { credentials: [login] }, null],
    ['none', 'kube', { credentials: [login], given: ['get'] }, null],
    ['none', 'mysql', { credentials: [login], given: ['--defaults-extra-file=mine.cnf'] }, null],
  ])('%s is taken by %s', (_, name, given, expected) => {
    expect(plan(name, given).credential).toBe(expected);
  });

  test('a user who is named by a flag wins over that of the credential', () => {
    const { line } = plan('postgres', { credentials: [login], flags: { username: 'eve' } });
    expect(line).toEqual(words('psql -p 40123 -h 127.0.0.1 -U eve'));
  });

  test.each<[string, BrokeredCredential]>([
    ['postgres', brokered({ username: 'ann', password: 'two\nlines' })],
    ['cassandra', brokered({ username: 'ann', password: ' blank before' })],
    ['http', brokered({ username: 'a:b', password: 'x' })],
    ['mysql', brokered({ username: 'ann', password: 'a\0b' })],
    ['redis', brokered({ username: 'ann', password: 'a\0b' })],
    ['ssh', brokered({ username: 'ann', password: 'two\nlines' })],
    ['ssh', brokered({ username: 'ann', privateKey: 'x', privateKeyPassphrase: 'two\nlines' })],
    ...['postgres', 'mysql', 'cassandra', 'redis', 'ssh'].map((name): [string, BrokeredCredential] => [
      name,
      brokered({ username: '-oProxyCommand=id', password: 'x' }),
    ]),
  ])('%s leaves one that it could not be told', (name, credential) => {
    expect(plan(name, { credentials: [credential] })).toMatchObject({ credential: null, files: {}, env: {} });
  });

  test('where there is none, sshpass is refused', () => {
    expect(() => plan('ssh', { style: 'sshpass', credentials: [key] })).toThrow(CliFailure);
    expect(
      plan('ssh', { style: 'sshpass', credentials: [key], env: { SSHPASS: 'x' } }).line.slice(0, 3),
    ).toEqual(words('sshpass -e ssh'));
  });
});

describe('what ssh asks through', () => {
  const answers = (
    credential: BrokeredCredential,
    prompt: string,
    given: Partial<Given> = {},
  ): string | null => {
    const { files } = plan('ssh', { credentials: [credential], ...given });
    for (const [name, file] of Object.entries(files)) {
      const path = join(folder, `asked-${name}`);
      rmSync(path, { force: true });
      writeFileSync(join(folder, name), typeof file === 'string' ? file : file.script, { mode: 0o700 });
    }
    try {
      // Without a terminal, so that nobody can be asked.
      const run = ['-w', join(folder, 'ask'), prompt.replaceAll('FOLDER', folder)];
      return execFileSync('setsid', run, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    } catch {
      return null;
    }
  };

  test.each([
    "ann@ttcp_1234567890's password: ",
    "eve@ttcp_1234567890's password: ",
    '(ann@ttcp_1234567890) Password: ',
    '(ann@ttcp_1234567890) Password for ann: ',
  ])('has the password for the host: %j', (prompt) => {
    expect(answers(login, prompt)).toBe('correct horse');
  });

  test('has it for the name that the host has where its key has none', () => {
    const session = { targetId: null };
    expect(answers(login, "ann@127.0.0.1's password: ", { session })).toBe('correct horse');
    expect(answers(login, "ann@ttcp_1234567890's password: ", { session })).toBeNull();
  });

  test.each([
    "ann@jump.example's password: ",
    "ann@xttcp_1234567890's password: ",
    '(ann@jump.example) Password: ',
    'Password: ',
    '(ann@ttcp_1234567890) Verification code: ',
    "Enter passphrase for key 'FOLDER/key': ",
    'Are you sure you want to continue connecting (yes/no/[fingerprint])? ',
  ])('has it for nothing else: %j', (prompt) => {
    expect(answers(login, prompt)).toBeNull();
  });

  test('has the passphrase for its own key alone', () => {
    expect(answers(locked, "Enter passphrase for key 'FOLDER/key': ")).toBe('open sesame');
    for (const prompt of [
      "Enter passphrase for key '/home/ann/.ssh/id_rsa': ",
      "(ann@ttcp_1234567890) Enter passphrase for key 'FOLDER/key': ",
      "lea@ttcp_1234567890's password: ",
    ])
      expect(answers(locked, prompt)).toBeNull();
  });
});

describeWithMysql('an option file', () => {
  test('is read by mysql as it was meant', () => {
    const password = `a"b'c\\d#e;f=g\th \u00fc$(id)\`x\` `;
    const { files } = plan('mysql', { credentials: [brokered({ username: 'ann', password })] });
    const path = join(folder, 'options');
    writeFileSync(path, files['options'] as string, { mode: 0o600 });
    const reader = (...args: string[]): string =>
      execFileSync('my_print_defaults', args, { encoding: 'utf8' });
    const show = reader('--help').includes('--show') ? ['--show'] : []; // without it, that of MySQL hides passwords
    expect(reader(`--defaults-file=${path}`, ...show, 'client')).toBe(`--password=${password}\n`);
  });
});
