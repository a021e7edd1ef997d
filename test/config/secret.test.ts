import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { secretOf, secretVariables } from '../../src/config/secret';

let folder: string;
let config: string;
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'postern-secret-')));
  config = join(folder, 'config.hcl');
  mkdirSync(join(folder, 'secrets'));
  const files = {
    plain: 'correct horse',
    'with-newline': 'correct horse\n',
    'with-carriage-return': 'correct horse\r\n',
    'with-two-newlines': 'correct horse\n\n',
    'with-spaces': ' correct horse ',
    'secrets/nested': 'correct horse',
    '..odd': 'correct horse',
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  symlinkSync('secrets/nested', join(folder, 'linked'));
  mkdirSync(`${folder}-beside`);
  writeFileSync(join(`${folder}-beside`, 'password'), 'correct horse');
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  rmSync(`${folder}-beside`, { recursive: true, force: true });
});

const read = (secret: string, env: NodeJS.ProcessEnv = {}): string =>
  secretOf({ secret }, config, 'org.acme', env);

describe('a secret', () => {
  test('is the value of an environment variable as it stands there', () => {
    expect(read('env://PASSWORD', { PASSWORD: ' correct horse\n' })).toBe(' correct horse\n');
  });

  test.each([
    ['plain', 'correct horse'],
    ['with-newline', 'correct horse'],
    ['with-carriage-return', 'correct horse'],
    ['with-two-newlines', 'correct horse\n'],
    ['with-spaces', ' correct horse '],
    ['secrets/nested', 'correct horse'],
    ['secrets/../plain', 'correct horse'],
    ['./plain', 'correct horse'],
    ['linked', 'correct horse'],
    ['..odd', 'correct horse'],
  ])('is the text of a file below the folder without the newline at its end: %s', (path, secret) => {
    expect(read(`file://${path}`)).toBe(secret);
  });

  test('is found when the configuration itself is reached by a link', () => {
    const other = `${folder}-beside`;
    symlinkSync(folder, join(other, 'here'));
    expect(secretOf({ secret: 'file://plain' }, join(other, 'here', 'config.hcl'), 'org.acme', {})).toBe(
      'correct horse',
    );
  });

  test('does not come from a folder whose name begins like that of the configuration', () => {
    const path = `../${folder.split('/').at(-1)}-beside/password`;
    expect(() => read(`file://${path}`)).toThrow(
      `${config}: org.acme: file://${path} leads out of ${folder}`,
    );
  });

  test.each(['__proto__', 'constructor', 'toString'])('is no property of every object: %s', (name) => {
    expect(() => read(`env://${name}`)).toThrow(`the environment variable ${name} is not set`);
  });

  test('is no file that is endless, and is not waited for', () => {
    spawnSync('mkfifo', [join(folder, 'pipe')]);
    expect(() => read('file://pipe')).toThrow(`${config}: org.acme: file://pipe is no regular file`);
  });

  test('is at most 64 kB long', () => {
    writeFileSync(join(folder, 'long'), 'x'.repeat(65_537));
    expect(() => read('file://long')).toThrow('file://long is larger than 65536 bytes');
  });

  test('is no folder', () => {
    expect(() => read('file://secrets')).toThrow(
      `${config}: org.acme: file://secrets cannot be read (EISDIR)`,
    );
  });
});

test('the variables that a configuration names are found wherever they stand, whether they are needed or not', () => {
  const account = { login_name: 'ada', password: { secret: 'env://ADA_PASSWORD' } };
  const orgs = {
    acme: { auth_methods: { password: { accounts: { ada: account, bob: { secret: 'env' } } } } },
  };
  expect(secretVariables({ orgs, list: [{ secret: 'env://OTHER' }, { secret: 'file://plain' }] })).toEqual([
    'ADA_PASSWORD',
    'OTHER',
  ]);
  expect(secretVariables(null)).toEqual([]);
});
