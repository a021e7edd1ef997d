import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { StartFailure } from '../../src/core/start-failure';
import { loadRootKeys, rootKeyFrom, type KeyPurpose } from '../../src/seal/root-key';
import { sealer } from '../../src/seal/seal';

const root = rootKeyFrom(Buffer.alloc(32, 1));
const here = { table: 'credential', column: 'password', id: 'credup_0123456789' };
const seal = sealer(root);
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.!';

describe('a sealed text', () => {
  test.each([
    ['a password', 'correct horse'],
    ['an empty text', ''],
    ['a text of any script', 'пароль 🔑\n\0'],
    ['a long text', 'x'.repeat(100_000)],
  ])('opens where it was sealed: %s', (_, plain) => {
    expect(seal.open(seal.seal(plain, here), here)).toBe(plain);
  });

  test('shows nothing of what it holds, and is another each time', () => {
    const sealed = seal.seal('correct horse', here);
    expect(sealed).toMatch(/^[0-9a-f]{16}\.[A-Za-z0-9_-]+$/);
    expect(Buffer.from(sealed.split('.')[1]!, 'base64url').toString('latin1')).not.toContain('horse');
    expect(seal.seal('correct horse', here)).not.toBe(sealed);
  });

  test.each([
    ['another table', { ...here, table: 'account' }],
    ['another column', { ...here, column: 'private_key' }],
    ['another row', { ...here, id: 'credup_9876543210' }],
    ['a place whose names join to the same letters', { ...here, table: 'credentialp', column: 'assword' }],
  ])('does not open in %s', (_, place) => {
    const sealed = seal.seal('correct horse', here);
    expect(() => seal.open(sealed, place)).toThrow();
  });

  test('does not open with a bit of its bytes flipped', () => {
    const [keyId = '', body = ''] = seal.seal('correct horse', here).split('.');
    const bytes = Buffer.from(body, 'base64url');
    const opened: number[] = [];
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      if (opens(`${keyId}.${flipped.toString('base64url')}`)) opened.push(bit);
    }
    expect(opened).toEqual([]);
  });

  // Lengths that leave no, two and four bits over in the last character of base64.
  test.each(['horse', 'horses', 'horse s'])(
    'does not open with a character of its text replaced (%s)',
    (plain) => {
      const sealed = seal.seal(plain, here);
      const opened: string[] = [];
      for (let at = 0; at < sealed.length; at++) {
        for (const other of alphabet) {
          const changed = sealed.slice(0, at) + other + sealed.slice(at + 1);
          if (changed !== sealed && opens(changed)) opened.push(changed);
        }
      }
      expect(opened).toEqual([]);
    },
  );

  test.each<readonly [string, (sealed: string) => string]>([
    ['without its last character', (sealed) => sealed.slice(0, -1)],
    ['with something after it', (sealed) => `${sealed}.more`],
    ['with padding', (sealed) => `${sealed}=`],
    ['without its key id', (sealed) => sealed.slice(sealed.indexOf('.'))],
    ['with its key id alone', (sealed) => sealed.slice(0, sealed.indexOf('.') + 1)],
    ['that is empty', () => ''],
  ])('does not open %s', (_, change) => {
    expect(opens(change(seal.seal('correct horse', here)))).toBe(false);
  });

  test.each([4, 8, 12, 13, 14, 15])('does not open when its tag is cut down to %s bytes', (length) => {
    const [keyId = '', body = ''] = seal.seal('', here).split('.');
    const short = Buffer.from(body, 'base64url').subarray(0, 12 + length);
    expect(opens(`${keyId}.${short.toString('base64url')}`)).toBe(false);
  });

  test('does not open under another root key, and says under which it was sealed', () => {
    const others = sealer(rootKeyFrom(Buffer.alloc(32, 2)));
    expect(() => others.open(seal.seal('correct horse', here), here)).toThrow(root.fingerprint);
  });

  test('does not open under another root key that takes its name', () => {
    const [, body = ''] = seal.seal('correct horse', here).split('.');
    const other = rootKeyFrom(Buffer.alloc(32, 2));
    expect(() => sealer(other).open(`${other.fingerprint}.${body}`, here)).toThrow();
  });

  function opens(sealed: string): boolean {
    try {
      seal.open(sealed, here);
      return true;
    } catch {
      return false;
    }
  }
});

describe('a root key', () => {
  const purposes: KeyPurpose[] = ['fingerprint', 'page-cursor', 'event-cursor', 'column'];

  test('has a key of 32 bytes for each purpose, none of them alike', () => {
    const keys = purposes.map((purpose) => root.derive(purpose).toString('hex'));
    for (const key of keys) expect(key).toMatch(/^[0-9a-f]{64}$/);
    expect(new Set([...keys, Buffer.alloc(32, 1).toString('hex')]).size).toBe(purposes.length + 1);
  });

  test('derives the same keys and the same fingerprint every time', () => {
    const again = rootKeyFrom(Buffer.alloc(32, 1));
    expect(again.fingerprint).toBe(root.fingerprint);
    for (const purpose of purposes) expect(again.derive(purpose)).toEqual(root.derive(purpose));
  });

  test('has another fingerprint than another key, and none of a key', () => {
    expect(rootKeyFrom(Buffer.alloc(32, 2)).fingerprint).not.toBe(root.fingerprint);
    for (const purpose of purposes)
      expect(root.derive(purpose).toString('hex')).not.toContain(root.fingerprint);
  });
});

describe('the root key of a server', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'postern-key-'));
    file = join(folder, 'data', 'root.key');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const secret = Buffer.alloc(32, 0xab);
  const other = Buffer.alloc(32, 0xcd);
  const none = { fromEnvironment: null, mayCreate: false };
  const { fingerprint } = rootKeyFrom(secret);

  function write(content: string, mode = 0o600): void {
    file = join(folder, 'root.key');
    writeFileSync(file, content);
    chmodSync(file, mode);
  }

  test.each([
    ['base64', secret.toString('base64')],
    ['base64 with a line end', `${secret.toString('base64')}\n`],
    ['hex', secret.toString('hex')],
    ['hex in upper case', secret.toString('hex').toUpperCase()],
    ['hex between spaces', `  ${secret.toString('hex')}\r\n`],
  ])('may be given as %s, in the environment and in the file', (_, text) => {
    expect(loadRootKeys({ ...none, fromEnvironment: text, file }).keys[0].fingerprint).toBe(fingerprint);
    write(text);
    expect(loadRootKeys({ ...none, file }).keys[0].fingerprint).toBe(fingerprint);
  });

  test.each([
    ['31 bytes', randomBytes(31).toString('base64')],
    ['33 bytes', randomBytes(33).toString('base64')],
    ['31 bytes of hex', randomBytes(31).toString('hex')],
    ['a word', 'secret'],
    ['nothing', ''],
    ['spaces', '  \n'],
  ])('is refused when it has %s, with the name of what holds it', (_, text) => {
    expect(() => loadRootKeys({ ...none, fromEnvironment: text, file })).toThrow(
      new StartFailure('POSTERN_ROOT_KEY must hold 32 bytes in base64 or hex'),
    );
    write(text);
    expect(() => loadRootKeys({ ...none, file })).toThrow(
      new StartFailure(`${file} must hold 32 bytes in base64 or hex`),
    );
  });

  test.each([
    ['a file with another key', other.toString('base64'), 0o600],
    ['a file with no key', 'secret', 0o600],
    ['a file that others may read', other.toString('base64'), 0o644],
  ])('is that of the environment, in spite of %s', (_, content, mode) => {
    write(content, mode);
    const { keys, keep } = loadRootKeys({
      fromEnvironment: secret.toString('base64'),
      file,
      mayCreate: true,
    });
    keep();
    expect(keys[0].fingerprint).toBe(fingerprint);
    expect(readFileSync(file, 'utf8')).toBe(content);
  });

  test('is not written to the file when the environment has it', () => {
    const { stage, keep } = loadRootKeys({
      fromEnvironment: secret.toString('base64'),
      file,
      mayCreate: true,
    });
    stage();
    keep();
    expect(existsSync(file)).toBe(false);
  });

  test.each(['640', '604', '660', '644', '620', '610', '601', '777'])(
    'is refused in a file of mode %s, which others may open',
    (mode) => {
      write(secret.toString('base64'), parseInt(mode, 8));
      expect(() => loadRootKeys({ ...none, file })).toThrow(StartFailure);
      expect(() => loadRootKeys({ ...none, file })).toThrow('chmod 600');
    },
  );

  test.each(['600', '400'])('is taken from a file of mode %s', (mode) => {
    write(secret.toString('base64'), parseInt(mode, 8));
    expect(loadRootKeys({ ...none, file }).keys[0].fingerprint).toBe(fingerprint);
  });

  test('in a file is kept as it is', () => {
    write(secret.toString('hex'));
    const { keys, keep } = loadRootKeys({ ...none, file, mayCreate: true });
    keep();
    expect(keys[0].fingerprint).toBe(fingerprint);
    expect(readFileSync(file, 'utf8')).toBe(secret.toString('hex'));
  });

  test('that is missing is not made up for a database of somebody else', () => {
    expect(() => loadRootKeys({ ...none, file })).toThrow(StartFailure);
    expect(() => loadRootKeys({ ...none, file })).toThrow(/^no root key: set POSTERN_ROOT_KEY/);
    expect(existsSync(file)).toBe(false);
  });

  test('that is missing is made for a database of our own, and is in its place only once it is kept', () => {
    const { keys, stage, keep } = loadRootKeys({ ...none, file, mayCreate: true });
    expect(existsSync(dirname(file))).toBe(false);
    stage();
    expect([existsSync(file), statSync(`${file}.new`).mode & 0o777]).toEqual([false, 0o600]);
    keep();
    expect([existsSync(`${file}.new`), statSync(file).mode & 0o777]).toEqual([false, 0o600]);
    expect(loadRootKeys({ ...none, file }).keys[0].fingerprint).toBe(keys[0].fingerprint);
  });

  test.each([true, false])(
    'is not lost when a start stops before the key is in its place (may create: %p)',
    (mayCreate) => {
      const first = loadRootKeys({ ...none, file, mayCreate: true });
      first.stage();
      const second = loadRootKeys({ ...none, file, mayCreate });
      expect(second.keys[0].fingerprint).toBe(first.keys[0].fingerprint);
      second.stage();
      second.keep();
      expect(loadRootKeys({ ...none, file }).keys[0].fingerprint).toBe(first.keys[0].fingerprint);
    },
  );

  test('of which only half was written is made anew: no database was tied to it', () => {
    mkdirSync(dirname(file));
    writeFileSync(`${file}.new`, secret.toString('base64').slice(0, 20), { mode: 0o600 });
    const { keys, stage, keep } = loadRootKeys({ ...none, file, mayCreate: true });
    stage();
    keep();
    expect(loadRootKeys({ ...none, file }).keys[0].fingerprint).toBe(keys[0].fingerprint);
  });

  test('that was staged is refused when others may read it', () => {
    mkdirSync(dirname(file));
    writeFileSync(`${file}.new`, secret.toString('base64'), { mode: 0o644 });
    expect(() => loadRootKeys({ ...none, file, mayCreate: true })).toThrow(`${file}.new holds the root key`);
  });

  test('that cannot be written says so before a database is tied to it', () => {
    writeFileSync(join(folder, 'plain'), '');
    const { stage } = loadRootKeys({ ...none, file: join(folder, 'plain', 'root.key'), mayCreate: true });
    expect(stage).toThrow(StartFailure);
    expect(stage).toThrow(/^the root key cannot be written to /);
  });

  test('is another one each time it is made', () => {
    const made = () => loadRootKeys({ ...none, file, mayCreate: true }).keys[0].fingerprint;
    expect(made()).not.toBe(made());
  });

  test('is kept once: what is in the file already is never replaced', () => {
    const [first, second] = [1, 2].map(() => loadRootKeys({ ...none, file, mayCreate: true }));
    first!.stage();
    first!.keep();
    const content = readFileSync(file, 'utf8');
    second!.stage();
    for (const { keep } of [first!, second!]) expect(keep).toThrow('there is another one meanwhile');
    expect(readFileSync(file, 'utf8')).toBe(content);
  });
});
