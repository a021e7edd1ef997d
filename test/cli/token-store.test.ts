import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { CliFailure } from '../../src/cli/cli-failure';
import { forgetToken, storedToken, storeToken, tokenFile, tokenIdOf } from '../../src/cli/token-store';

const here = 'http://127.0.0.1:9200';
const there = 'https://postern.example';
const inAnHour = (): string => new Date(Date.now() + 3_600_000).toISOString();
const anHourAgo = (): string => new Date(Date.now() - 3_600_000).toISOString();

let home: string;
let env: NodeJS.ProcessEnv;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'postern-tokens-'));
  env = { HOME: home };
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

/** Puts that text where tokens are kept. */
function write(text: string): void {
  mkdirSync(dirname(tokenFile(env)), { recursive: true });
  writeFileSync(tokenFile(env), text);
}

describe('the file of the tokens', () => {
  test.each<[string, NodeJS.ProcessEnv, string]>([
    [
      'of XDG_CONFIG_HOME',
      { XDG_CONFIG_HOME: '/etc/ada', HOME: '/home/ada' },
      '/etc/ada/postern/tokens.json',
    ],
    ['of the home', { HOME: '/home/ada' }, '/home/ada/.config/postern/tokens.json'],
    [
      'of the home when XDG_CONFIG_HOME is empty',
      { XDG_CONFIG_HOME: '', HOME: '/home/ada' },
      '/home/ada/.config/postern/tokens.json',
    ],
    ['of the home that the system knows', {}, join(homedir(), '.config', 'postern', 'tokens.json')],
  ])('is in the configuration folder %s', (_, given, expected) => {
    expect(tokenFile(given)).toBe(expected);
  });

  test('may be read by its owner alone, and so may its folder', () => {
    storeToken(env, here, 'at_1', inAnHour());
    expect(modeOf(tokenFile(env))).toBe('600');
    expect(modeOf(dirname(tokenFile(env)))).toBe('700');
  });

  test('is closed again when it stood open', () => {
    write('{"tokens":{}}');
    chmodSync(tokenFile(env), 0o644);
    storeToken(env, here, 'at_1', inAnHour());
    expect(modeOf(tokenFile(env))).toBe('600');
  });

  test('is replaced as a whole and leaves nothing beside it', () => {
    storeToken(env, here, 'at_1', inAnHour());
    storeToken(env, here, 'at_2', inAnHour());
    expect(readdirSync(dirname(tokenFile(env)))).toEqual(['tokens.json']);
  });

  test('that cannot be written is told with its place', () => {
    writeFileSync(join(home, '.config'), 'a file where a folder should be');
    const store = (): void => storeToken(env, here, 'at_1', inAnHour());
    expect(store).toThrow(CliFailure);
    expect(store).toThrow(/^the token cannot be (kept in|read from) .*tokens\.json: /);
  });

  test('that cannot be read is told with its place', () => {
    mkdirSync(tokenFile(env), { recursive: true });
    expect(() => storedToken(env, here)).toThrow(
      new RegExp(`^the token cannot be read from ${tokenFile(env)}: EISDIR`),
    );
  });
});

describe('a token', () => {
  test('is not there before anybody signed in', () => {
    expect(storedToken(env, here)).toBeNull();
  });

  test('is kept for its server alone', () => {
    storeToken(env, here, 'at_here', inAnHour());
    storeToken(env, there, 'at_there', inAnHour());
    expect(storedToken(env, here)).toBe('at_here');
    expect(storedToken(env, there)).toBe('at_there');
    expect(storedToken(env, 'http://127.0.0.1:9201')).toBeNull();
  });

  test('takes the place of the one before it', () => {
    storeToken(env, here, 'at_1', inAnHour());
    storeToken(env, here, 'at_2', inAnHour());
    expect(storedToken(env, here)).toBe('at_2');
    expect(readFileSync(tokenFile(env), 'utf8')).not.toContain('at_1');
  });

  test('that has expired is dropped when another is stored', () => {
    storeToken(env, there, 'at_old', anHourAgo());
    storeToken(env, 'http://127.0.0.1:9300', 'at_kept', inAnHour());
    storeToken(env, here, 'at_new', inAnHour());
    const text = readFileSync(tokenFile(env), 'utf8');
    expect(text).not.toContain('at_old');
    expect(text).toContain('at_kept');
    expect(text).toContain('at_new');
  });

  test('is forgotten alone, and only while it is the one that is kept', () => {
    storeToken(env, here, 'at_here', inAnHour());
    storeToken(env, there, 'at_there', inAnHour());
    expect(forgetToken(env, here, 'at_other')).toBe(false);
    expect(storedToken(env, here)).toBe('at_here');
    expect(forgetToken(env, here, 'at_here')).toBe(true);
    expect(storedToken(env, here)).toBeNull();
    expect(storedToken(env, there)).toBe('at_there');
    expect(forgetToken(env, here, 'at_here')).toBe(false);
    expect(modeOf(tokenFile(env))).toBe('600');
  });

  test('has its identifier in front of its secret', () => {
    expect(tokenIdOf('at_1234567890_secret')).toBe('at_1234567890');
    for (const none of [null, '', 'at_1234567890', 'u_1234567890_secret'])
      expect(() => tokenIdOf(none)).toThrow(/^there is no token in use; sign in with/);
  });

  test.each(['__proto__', 'constructor', 'toString'])('is none for an address like %s', (address) => {
    write('{"tokens":{}}');
    expect(storedToken(env, address)).toBeNull();
  });
});

describe('a damaged file', () => {
  test.each(['', 'no JSON', '{"tokens":{', 'null', `{"tokens":{"${here}":null}}`])(
    'is told in a sentence when a token is stored: %j',
    (text) => {
      write(text);
      const store = (): void => storeToken(env, there, 'at_1', inAnHour());
      expect(store).toThrow(CliFailure);
      expect(store).toThrow(`${tokenFile(env)} is damaged; remove it, then sign in again`);
      expect(readFileSync(tokenFile(env), 'utf8')).toBe(text);
    },
  );

  test.each(['', 'no JSON', '{"tokens":{', 'null'])(
    'is told in a sentence when a token is wanted: %j',
    (text) => {
      write(text);
      expect(() => storedToken(env, here)).toThrow(
        `${tokenFile(env)} is damaged; remove it, then sign in again`,
      );
    },
  );

  test('that is an empty object holds no token', () => {
    write('{}');
    expect(storedToken(env, here)).toBeNull();
    storeToken(env, here, 'at_1', inAnHour());
    expect(storedToken(env, here)).toBe('at_1');
  });
});
