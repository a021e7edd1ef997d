import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { knownPrograms } from '../../src/cli/commands/connect-program';
import { settingRules } from '../../src/setting-rules';

const root = join(__dirname, '..', '..');

interface Ended {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the built program, with an environment in which nothing is set. */
function postern(...args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(root, 'dist', 'main.js'), ...args],
      { env: { PATH: process.env['PATH'], HOME: '/nonexistent' } },
      (error, out, err) => resolve({ status: error === null ? 0 : Number(error.code), out, err }),
    );
  });
}

const life = ['create', 'update', 'delete'];
const changes = (members: string): string[] => ['add', 'set', 'remove'].map((verb) => `${verb}-${members}`);

const credentialTypes = [
  'username-password',
  'username-password-domain',
  'password',
  'ssh-private-key',
  'json',
];

/** The resources, with what there is beside list and read. */
const resources: Readonly<Record<string, readonly string[]>> = {
  accounts: [
    ...life,
    ...['set-password', 'change-password'],
    ...['enroll-totp', 'confirm-totp', 'renew-recovery-codes', 'remove-totp'],
  ],
  aliases: life,
  'auth-methods': life,
  'auth-tokens': ['delete'],
  'credential-stores': life,
  credentials: [
    ...life,
    ...['create', 'update'].flatMap((verb) => credentialTypes.map((type) => `${verb} ${type}`)),
  ],
  groups: [...life, ...changes('members')],
  'host-catalogs': life,
  'host-sets': [...life, ...changes('hosts')],
  hosts: life,
  roles: [...life, ...changes('principals'), ...changes('grants'), ...changes('grant-scopes')],
  scopes: [...life, 'set-address-policy', 'list-keys', 'rotate-keys', 'destroy-key-version'],
  targets: [...life, ...changes('host-sources'), ...changes('credential-sources')],
  users: [...life, ...changes('accounts'), 'list-resolvable-aliases', 'issue-api-token'],
  workers: ['update', 'delete', ...changes('worker-tags')],
};

interface Command {
  readonly words: readonly string[];
  readonly help: Ended;
  readonly children: readonly string[];
}

/** The names below `Commands:`, each at the beginning of its line. */
function commandsIn(help: string): string[] {
  const [, list = ''] = help.split('\nCommands:\n');
  return [...(list.split('\n\n')[0] ?? '').matchAll(/^ {2}([a-z-]+)/gm)]
    .map(([, name]) => name as string)
    .filter((name) => name !== 'help');
}

/** Every command there is, as the help tells it. */
async function walk(words: readonly string[] = []): Promise<Command[]> {
  const help = await postern(...words, '--help');
  const children = commandsIn(help.out);
  const below: Command[] = [];
  for (const name of children) below.push(...(await walk([...words, name])));
  return [{ words, help, children }, ...below];
}

/** What stands between the usage and the first section. */
function descriptionOf(help: string): string {
  const [, afterUsage = ''] = /^Usage: [^\n]+\n\n([\s\S]*)$/.exec(help) ?? [];
  return afterUsage.split('\n\n')[0] ?? '';
}

describe('the help', () => {
  let commands: Command[];
  beforeAll(async () => {
    commands = await walk();
  }, 60_000);

  test('leads to every command', () => {
    expect(commands.map(({ words }) => words.join(' ')).sort()).toEqual(
      [
        '',
        ...[
          'authenticate',
          'authenticate password',
          'connect',
          'explain',
          ...knownPrograms.map(({ name }) => `connect ${name}`),
          'init',
          ...['keys', 'keys new-root', 'keys rewrap'],
          'logout',
          'schema',
          'server',
          'who-can',
        ],
        ...Object.entries(resources).flatMap(([noun, verbs]) => [
          noun,
          ...['list', 'read', ...verbs].map((verb) => `${noun} ${verb}`),
        ]),
        'targets authorize-session',
        ...['audit', 'audit list', 'audit read'],
        ...['sessions', 'sessions cancel', 'sessions list', 'sessions read', 'sessions watch'],
      ].sort(),
    );
  });

  test('goes to standard output, and the command ends with 0', () => {
    expect(commands.filter(({ help }) => help.status !== 0 || help.err !== '')).toEqual([]);
  });

  test('says of every command how it is used and what it does', () => {
    for (const { words, help } of commands) {
      expect(help.out).toMatch(new RegExp(`^Usage: ${['postern', ...words].join(' ')}( |\\n)`));
      expect([words, descriptionOf(help.out)]).toEqual([words, expect.stringMatching(/^[a-z][^:]+/)]);
    }
  });

  test('shows an example of every command that does something', () => {
    const leaves = commands.filter(({ words, children }) => children.length === 0 && words[0] !== 'schema');
    expect(leaves.length).toBeGreaterThan(15);
    for (const { words, help } of leaves) {
      const [, examples = ''] = help.out.split(/\nExamples?:\n/);
      expect([words, examples]).toEqual([words, expect.stringContaining(`postern ${words.join(' ')}`)]);
    }
  });

  test('shows examples of the flags that are there', () => {
    const flags = new Map(
      commands.map(({ words, help }) => [
        words.join(' '),
        new Set([...help.out.matchAll(/^ {2}(?:-\w, )?--([a-z-]+)/gm)].map(([, name]) => name)),
      ]),
    );
    for (const { help } of commands) {
      for (const [, line = ''] of help.out.matchAll(/\$ (.*)/g)) {
        for (const [, call = ''] of line.matchAll(/postern ([^|]*)/g)) {
          const [ours = ''] = call.split(' -- ');
          const words = ours.split(' ').filter((word) => /^[a-z-]+$/.test(word) && !word.startsWith('-'));
          const name =
            [words.slice(0, 3).join(' '), words.slice(0, 2).join(' '), words[0] ?? ''].find((one) =>
              flags.has(one),
            ) ?? '';
          for (const [, flag] of ours.matchAll(/ --?([a-z][a-z-]+)/g)) {
            expect([line, flag, flags.get(name)?.has(flag as string)]).toEqual([line, flag, true]);
          }
        }
      }
    }
  });

  test('of the server tells every setting with its variable', () => {
    const server = commands
      .find(({ words }) => words.join(' ') === 'server')!
      .help.out.replaceAll(/\s+/g, ' ');
    for (const { flag, env } of Object.values(settingRules)) {
      expect(server).toContain(`--${flag} `);
      expect(server).toContain(env);
    }
  });
});

describe('a slip of the fingers', () => {
  test.each([
    ['a command', ['targetz'], "error: unknown command 'targetz'", '(Did you mean targets?)'],
    [
      'a command of a group',
      ['sessions', 'cancle'],
      "error: unknown command 'cancle'",
      '(Did you mean cancel?)',
    ],
    [
      'a flag',
      ['targets', 'list', '--recursiv'],
      "error: unknown option '--recursiv'",
      '(Did you mean --recursive?)',
    ],
    [
      'a flag with one dash',
      ['targets', 'list', '-recursiv'],
      "error: unknown option '--recursiv'",
      '(Did you mean --recursive?)',
    ],
    [
      'a flag with its value behind =',
      ['server', '--log-levle=debug'],
      "error: unknown option '--log-levle",
      '(Did you mean --log-level?)',
    ],
  ])('in %s ends with 1 and a suggestion', async (_, args, sentence, suggestion) => {
    const { status, out, err } = await postern(...args);
    expect(err.split('\n').slice(0, 2)).toEqual([expect.stringContaining(sentence), suggestion]);
    expect(err).toContain('(add --help for what it takes)');
    expect({ status, out }).toEqual({ status: 1, out: '' });
  });

  test.each([
    ['a flag that is needed', ['targets', 'read'], "error: required option '--id <id>' not specified"],
    ['a value', ['targets', 'read', '--id'], "error: option '--id <id>' argument missing"],
    ['nothing but the program', [], 'Usage: postern'],
    ['nothing but a group', ['targets'], 'Usage: postern targets'],
  ])('that leaves out %s ends with 1', async (_, args, sentence) => {
    const { status, out, err } = await postern(...args);
    expect(err).toContain(sentence);
    expect({ status, out }).toEqual({ status: 1, out: '' });
  });

  test.each([
    ['a word too many', ['sessions', 'list', 'everything'], 'too many arguments'],
    [
      'a socket for a program that needs a port',
      ['connect', 'ssh', '-listen=unix:/tmp/x'],
      "unknown option '--listen'",
    ],
    [
      'a program on no port',
      ['connect', '-listen=stdio', '-exec=sh'],
      '-listen=stdio goes without -exec: there is no port to run a program on',
    ],
    [
      'two things on standard input',
      ['connect', '-listen=stdio', '-authz-token=-'],
      '-listen=stdio has standard input for itself; give the token as env:// or file://',
    ],
    [
      'a place to listen that is none',
      ['connect', '-listen=stdin'],
      '-listen takes unix:PATH or stdio; for a port use -listen-addr and -listen-port',
    ],
    [
      'a user of ssh that could be an option',
      ['connect', 'ssh', '-l', '-oProxyCommand=id'],
      '-username (POSTERN_CONNECT_USERNAME) must not begin with -',
    ],
    ['a scheme of the web that is none', ['connect', 'http', '-scheme=ftp'], '-scheme must be https or http'],
    ['a style there is not', ['connect', 'ssh', '-style=telnet'], '-style must be ssh or sshpass or putty'],
    ['a second alias', ['connect', 'db.corp', 'postgress'], 'what is postgress?'],
    ['an alias beside a target', ['connect', '-target-id=ttcp_1', 'db.corp'], 'what is db.corp?'],
    ['an alias beside a token', ['connect', 'postgres', '-authz-token=x', 'db.corp'], 'what is db.corp?'],
    ['an argument without -exec', ['connect', 'db.corp', '--', 'select'], 'what is select?'],
    ['a format that is none', ['targets', 'list', '-format=xml'], '-format must be table or json'],
    [
      'a format that is none',
      ['sessions', 'cancel', '-id=s_1', '-format=xml'],
      '-format must be table or json',
    ],
    [
      'a format that is none',
      ['targets', 'authorize-session', '-id=ttcp_1', '-format=xml'],
      '-format must be table or json',
    ],
    [
      'a token as an argument',
      ['targets', 'list', '-token=at_1'],
      '-token takes env://NAME or file://PATH: an argument would show in the process list',
    ],
    [
      'a password as an argument',
      ['authenticate', 'password', '-login-name=admin', '-password=horse'],
      '-password takes env://NAME or file://PATH: an argument would show in the process list',
    ],
  ])('with %s ends with 1, before any server is asked: %j', async (_, args, sentence) => {
    // Nothing listens there: asking it would tell of that instead.
    const { status, out, err } = await postern(
      ...args,
      ...(args[0] === 'connect' ? [] : ['-addr=http://127.0.0.1:9']),
    );
    expect(err).toContain(sentence);
    expect({ status, out }).toEqual({ status: 1, out: '' });
  });
});

test('--version is that of the package', async () => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  await expect(postern('--version')).resolves.toEqual({ status: 0, out: `${version}\n`, err: '' });
});

test('schema prints the schema that is committed', async () => {
  const { status, out } = await postern('schema');
  expect({ status, out }).toEqual({ status: 0, out: readFileSync(join(root, 'schema.graphql'), 'utf8') });
});
