import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addRootKey, keepFirstRootKey, loadRootKeys, rootKeyFrom } from '../../src/seal/root-key';
import { sealer } from '../../src/seal/seal';

const secrets = [1, 2, 3].map((byte) => Buffer.alloc(32, byte));
const [one, two, three] = secrets.map((secret) => secret.toString('base64')) as [string, string, string];
const keys = secrets.map(rootKeyFrom);
const names = keys.map(({ fingerprint }) => fingerprint);

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-keys-'));
  file = join(folder, 'root.key');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const write = (text: string): void => {
  writeFileSync(file, text);
  chmodSync(file, 0o600);
};
const loaded = (fromEnvironment: string | null): string[] =>
  loadRootKeys({ fromEnvironment, file, mayCreate: false }).keys.map(({ fingerprint }) => fingerprint);

describe('a list of root keys', () => {
  test.each<readonly [string, string, readonly number[]]>([
    ['one', one, [0]],
    ['two with a comma between', `${one},${two}`, [0, 1]],
    ['in another order', `${two},${one}`, [1, 0]],
    ['three on lines', `${one}\n${two}\r\n${three}\n`, [0, 1, 2]],
    ['with spaces and empty places', ` ${one} ,, ${two} ,`, [0, 1]],
    ['in base64 and hex', `${one},${Buffer.alloc(32, 2).toString('hex')}`, [0, 1]],
    ['with one twice, which counts once', `${one},${two},${one}`, [0, 1]],
  ])('is read: %s', (_, text, expected) => {
    const wanted = expected.map((i) => names[i]);
    expect(loaded(text)).toEqual(wanted);
    write(text);
    expect(loaded(null)).toEqual(wanted);
  });

  test.each([
    ['with a word', `${one},secret`],
    ['with a key that is too short', `${one},${two.slice(4)}`],
    ['of commas alone', ',,'],
  ])('is refused as a whole %s', (_, text) => {
    expect(() => loaded(text)).toThrow('POSTERN_ROOT_KEY must hold 32 bytes in base64 or hex');
  });

  test('seals with the first, and opens what any of them has sealed', () => {
    const here = { table: 'worker', column: 'sealed_private_key', id: 'w_0123456789' };
    const [a, b] = [sealer(keys[0]!, keys[1]!), sealer(keys[1]!, keys[0]!)];
    expect(a.seal('x', here).split('.')[0]).toBe(names[0]);
    expect(b.seal('x', here).split('.')[0]).toBe(names[1]);
    for (const by of [a, b])
      expect([by.open(a.seal('x', here), here), by.open(b.seal('y', here), here)]).toEqual(['x', 'y']);
    expect(() => sealer(keys[2]!).open(a.seal('x', here), here)).toThrow(names[0]);
  });
});

describe('the key file', () => {
  const present = (): string[] => readFileSync(file, 'utf8').trim().split('\n');

  test('gets a fresh key in front, and keeps the one there until it is told that it is not needed', () => {
    write(`${one}\n`);
    const [fresh, old] = addRootKey(file);
    expect(old?.fingerprint).toBe(names[0]);
    expect(present()).toEqual([expect.any(String), one]);
    expect(loaded(null)).toEqual([fresh.fingerprint, names[0]]);
    keepFirstRootKey(file);
    expect(loaded(null)).toEqual([fresh.fingerprint]);
    expect([readdirSync(folder), statSync(file).mode & 0o777]).toEqual([['root.key'], 0o600]);
  });

  test('gets no third key where two are there already', () => {
    write(`${one}\n${two}\n`);
    expect(addRootKey(file).map(({ fingerprint }) => fingerprint)).toEqual(names.slice(0, 2));
    expect(present()).toEqual([one, two]);
  });

  test('is not looked for beside its place when it is there', () => {
    write(one);
    writeFileSync(`${file}.new`, `${three}\n${one.slice(0, 10)}`, { mode: 0o600 });
    expect(loaded(null)).toEqual([names[0]]);
    addRootKey(file);
    expect(loaded(null)).toEqual([expect.any(String), names[0]]);
  });

  test('stays as it is when others may read it', () => {
    write(one);
    chmodSync(file, 0o644);
    expect(() => addRootKey(file)).toThrow('chmod 600');
    expect(readFileSync(file, 'utf8')).toBe(one);
  });
});
