import {
  chmodSync,
  closeSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StartFailure } from '../../src/core/start-failure';
import { handOver, openToAppend, readOwned, takePrivately, writeOwned } from '../../src/db/owned-file';

const isRoot = process.getuid?.() === 0;
const nobody = 65_534;
/** Whoever runs the tests; as root, somebody else, as the embedded database's user is. */
const owner = { identity: isRoot ? { uid: nobody, gid: nobody } : {} };

let folder: string;
let file: string;
let elsewhere: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-owned-'));
  mkdirSync(join(folder, 'pg'));
  file = join(folder, 'pg', 'pg_hba.conf');
  elsewhere = join(folder, 'shadow');
  writeFileSync(elsewhere, 'precious', { mode: 0o640 });
  chmodSync(elsewhere, 0o640);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function append(name: string, text: string): void {
  const descriptor = openToAppend(name, owner);
  writeSync(descriptor, text);
  closeSync(descriptor);
}

const works: [what: string, work: (name: string) => unknown][] = [
  ['writing', (name) => writeOwned(name, 'ours', owner)],
  ['appending', (name) => append(name, 'ours')],
  ['reading', (name) => readOwned(name)],
];

function expectUntouched(): void {
  const { uid, mode } = statSync(elsewhere);
  expect({ uid, mode: mode & 0o777, text: readFileSync(elsewhere, 'utf8') }).toEqual({
    uid: process.getuid?.(),
    mode: 0o640,
    text: 'precious',
  });
}

describe('a file in a folder of the database’s user', () => {
  test('is private to that user, and holds what was written last', () => {
    writeOwned(file, 'a longer text', owner);
    writeOwned(file, 'text', owner);
    expect(readOwned(file)).toBe('text');
    const { uid, mode } = statSync(file);
    expect({ uid, mode: mode & 0o777 }).toEqual({ uid: isRoot ? nobody : process.getuid?.(), mode: 0o600 });
  });

  test('keeps what it has when more is appended', () => {
    append(file, 'one');
    append(file, ' two');
    expect(readOwned(file)).toBe('one two');
  });

  test.each(works)('is not followed elsewhere when it is a link: %s', (_, work) => {
    symlinkSync(elsewhere, file);
    expect(() => work(file)).toThrow(StartFailure);
    expect(() => work(file)).toThrow(
      `${file} is a link or not what belongs there; remove it, or name another --data-dir`,
    );
    expectUntouched();
  });

  test.each(works)('is not another name of a file elsewhere: %s', (_, work) => {
    linkSync(elsewhere, file);
    expect(() => work(file)).toThrow(`${file} is a link`);
    expectUntouched();
  });

  test.each(works)('is not reached through a folder that is a link: %s', (_, work) => {
    symlinkSync(folder, join(folder, 'linked'));
    const name = join(folder, 'linked', 'shadow');
    expect(() => work(name)).toThrow(`${join(folder, 'linked')} is a link`);
    expectUntouched();
  });

  test.each(works)('is no pipe that would be waited for: %s', (_, work) => {
    expect(spawnSync('mkfifo', [file]).status).toBe(0);
    expect(() => work(file)).toThrow(`${file} is a link or not what belongs there`);
  });
});

describe('a folder of the database’s user', () => {
  test('is given to that user, and made private where it must be', () => {
    const given = join(folder, 'pg');
    chmodSync(given, 0o755);
    takePrivately(given, owner);
    handOver(given, owner);
    const { uid, mode } = statSync(given);
    expect({ uid, mode: mode & 0o777 }).toEqual({ uid: isRoot ? nobody : process.getuid?.(), mode: 0o700 });
  });

  test.each([
    ['given away', handOver],
    ['taken', takePrivately],
  ])('is not %s when it is a link to another', (_, work) => {
    const link = join(folder, 'link');
    symlinkSync(join(folder, 'pg'), link);
    expect(() => work(link, owner)).toThrow(`${link} is a link`);
    expect(statSync(join(folder, 'pg')).uid).toBe(process.getuid?.());
  });
});
