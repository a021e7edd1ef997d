import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { CliFailure } from '../../src/cli/cli-failure';
import { askNewSecret, askSecret, codeFrom, namedSecret } from '../../src/cli/secret-input';

describe('a secret that a flag names', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'postern-secret-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('is the value of a variable', () => {
    expect(namedSecret('env://PASSWORD', { PASSWORD: ' correct horse' })).toBe(' correct horse');
  });

  test.each([
    ['that is not set', {}],
    ['that is empty', { PASSWORD: '' }],
  ])('is refused for a variable %s', (_, env) => {
    const read = (): unknown => namedSecret('env://PASSWORD', env);
    expect(read).toThrow(CliFailure);
    expect(read).toThrow(/^the environment variable PASSWORD is not set$/);
  });

  test.each(['correct horse', 'correct horse\n', 'correct horse\r\n'])(
    'is the text of a file: %j',
    (text) => {
      const file = join(folder, 'password');
      writeFileSync(file, text);
      expect(namedSecret(`file://${file}`, {})).toBe('correct horse');
    },
  );

  test('is refused for a file that is not there', () => {
    const file = join(folder, 'nowhere');
    const read = (): unknown => namedSecret(`file://${file}`, {});
    expect(read).toThrow(CliFailure);
    expect(read).toThrow(new RegExp(`^${file} cannot be read: ENOENT`));
  });

  test.each(['correct horse', '', '-', 'ENV://PASSWORD', 'https://password.example', 'env:/PASSWORD'])(
    'is none when it stands there itself: %j',
    (text) => {
      expect(namedSecret(text, { PASSWORD: 'correct horse' })).toBeNull();
    },
  );
});

/** What is typed, what the screen shows, and whether letters show as they are typed. */
function terminal() {
  const raw: boolean[] = [];
  const keyboard = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: (on: boolean) => raw.push(on),
  });
  const screen = new PassThrough();
  const shown = (): string => String((screen.read() as Buffer | null) ?? '');
  return { keyboard, screen, shown, raw };
}

describe('a secret that is asked for at a terminal', () => {
  const ask = (...typed: string[]) => {
    const { keyboard, screen, shown, raw } = terminal();
    const answer = askSecret('Password: ', keyboard, screen);
    for (const keys of typed) keyboard.write(keys);
    return { answer, shown, raw, keyboard };
  };

  test('is what is typed up to Enter, and the screen shows the question alone', async () => {
    const { answer, shown, raw, keyboard } = ask('correct ', 'ho', 'rse\r');
    await expect(answer).resolves.toBe('correct horse');
    expect(shown()).toBe('Password: \n');
    expect(raw).toEqual([true, false]);
    expect(keyboard.isPaused()).toBe(true);
  });

  test.each([
    ['a letter', ['horsf\u007fe\r'], 'horse'],
    ['with the other key', ['horsf\be\r'], 'horse'],
    ['several', ['horxyz\u007f\u007f\u007fse\r'], 'horse'],
    ['more than there is', ['a\u007f\u007f\u007fhorse\r'], 'horse'],
    ['a letter beyond the first plane as one', ['horse😀\u007f\r'], 'horse'],
    ['a letter of two bytes', ['horseé\u007f\r'], 'horse'],
  ])('takes back %s', async (_, typed, expected) => {
    await expect(ask(...typed).answer).resolves.toBe(expected);
  });

  test('may be ended with Ctrl-D', async () => {
    await expect(ask('horse\u0004').answer).resolves.toBe('horse');
  });

  test('is given up with Ctrl-C, and the terminal is as it was', async () => {
    const { answer, shown, raw } = ask('hor\u0003se\r');
    await expect(answer).rejects.toThrow(CliFailure);
    await expect(answer).rejects.toThrow(/^given up$/);
    expect(raw).toEqual([true, false]);
    expect(shown()).toBe('Password: \n');
  });

  test.each([
    ['Enter alone', ['\r']],
    ['everything taken back', ['ab\u007f\u007f\r']],
    ['Ctrl-D alone', ['\u0004']],
  ])('is refused when there is none: %s', async (_, typed) => {
    const { answer, raw } = ask(...typed);
    await expect(answer).rejects.toThrow(CliFailure);
    await expect(answer).rejects.toThrow(/given/);
    expect(raw).toEqual([true, false]);
  });

  test('is refused when it is too long', async () => {
    const { answer, raw } = ask('x'.repeat(4097));
    await expect(answer).rejects.toThrow(CliFailure);
    await expect(answer).rejects.toThrow(/^that is too long$/);
    expect(raw).toEqual([true, false]);
  });

  test('leaves nothing listening', async () => {
    const { answer, keyboard } = ask('horse\r');
    await answer;
    expect(keyboard.listenerCount('data') + keyboard.listenerCount('end')).toBe(0);
  });
});

describe('a secret that is chosen', () => {
  test('is asked for twice at a terminal', async () => {
    const { keyboard, screen, shown } = terminal();
    const answer = askNewSecret('New: ', keyboard, screen);
    keyboard.write('correct horse\rcorrect horse\r');
    await expect(answer).resolves.toBe('correct horse');
    expect(shown()).toBe('New: \nPlease enter it once more: \n');
  });

  test('is none when the two differ', async () => {
    const { keyboard, screen } = terminal();
    const answer = askNewSecret('New: ', keyboard, screen);
    keyboard.write('correct horse\r');
    keyboard.write('correct house\r');
    await expect(answer).rejects.toThrow(/^the two are not the same; nothing was changed$/);
  });

  test('is taken once from a pipe', async () => {
    const input = new PassThrough();
    const answer = askNewSecret('New: ', input, new PassThrough());
    input.end('correct horse\n');
    await expect(answer).resolves.toBe('correct horse');
  });
});

describe('several secrets from a pipe', () => {
  test.each([
    ['at once', ['old one\nnew one\n']],
    ['at once, of Windows', ['old one\r\nnew one\r\n']],
    ['one by one', ['old one\n', 'new one\n']],
    ['in pieces', ['old o', 'ne\nnew', ' one']],
  ])('are its lines, however they come: %s', async (_, chunks) => {
    const input = new PassThrough();
    for (const chunk of chunks) input.write(chunk);
    input.end();
    const ask = () => askSecret('', input, new PassThrough());
    expect([await ask(), await ask()]).toEqual(['old one', 'new one']);
  });
});

describe('a secret from a pipe', () => {
  const pipe = (...chunks: (string | Buffer)[]) => {
    const input = new PassThrough();
    const screen = new PassThrough();
    const answer = askSecret('Password: ', input, screen);
    for (const chunk of chunks) input.write(chunk);
    input.end();
    return { answer, screen };
  };

  test.each([
    ['a line', ['correct horse\n'], 'correct horse'],
    ['a line of Windows', ['correct horse\r\n'], 'correct horse'],
    ['all there is, without an end of line', ['correct horse'], 'correct horse'],
    ['the first of several lines', ['correct horse\nstaple\n'], 'correct horse'],
    ['a line in pieces', ['corr', 'ect ', 'horse', '\n'], 'correct horse'],
    ['a letter in pieces', [Buffer.from([0xc3]), Buffer.from([0xa9, 0x0a])], 'é'],
    ['control letters as they are', ['a\u007fb\u0003c\u0004\n'], 'a\u007fb\u0003c\u0004'],
    ['as much as is allowed', [`${'x'.repeat(4096)}\n`], 'x'.repeat(4096)],
  ])('is %s, and nothing is asked', async (_, chunks, expected) => {
    const { answer, screen } = pipe(...chunks);
    await expect(answer).resolves.toBe(expected);
    expect(screen.read()).toBeNull();
  });

  test.each([
    ['nothing comes', []],
    ['the first line is empty', ['\nhorse\n']],
  ])('is refused when %s', async (_, chunks) => {
    const { answer } = pipe(...chunks);
    await expect(answer).rejects.toThrow(CliFailure);
    await expect(answer).rejects.toThrow(/given/);
  });

  test('is refused when it is too long, without waiting for its end', async () => {
    const input = new PassThrough();
    const answer = askSecret('Password: ', input, new PassThrough());
    input.write('x'.repeat(5000));
    await expect(answer).rejects.toThrow(/^that is too long$/);
    expect(input.isPaused()).toBe(true);
  });
});

describe('a code', () => {
  const from = (given: string | undefined, stdin: PassThrough, stderr = new PassThrough()) =>
    codeFrom('totp-code', given, { env: { CODE: '123456' }, stdin, stderr });

  test('is asked for at a terminal, where it shows as it is typed', async () => {
    const { keyboard, screen, shown, raw } = terminal();
    const answer = from(undefined, keyboard, screen);
    keyboard.write('123 456\n');
    await expect(answer).resolves.toBe('123 456');
    expect(shown()).toBe('Please enter the code of your authenticator: ');
    expect(raw).toEqual([]);
  });

  test('is the next line of what is piped in, behind the password', async () => {
    const stdin = new PassThrough();
    stdin.end('password\n123456\n');
    await expect(askSecret('', stdin, new PassThrough())).resolves.toBe('password');
    await expect(from('-', stdin)).resolves.toBe('123456');
  });

  test.each([
    ['env://CODE', '123456'],
    ['env://NONE', /^the environment variable NONE is not set$/],
    ['123456', /^-totp-code takes env:\/\/NAME, file:\/\/PATH or -: an argument would show/],
    [undefined, /^a code is asked for: give -totp-code=env:\/\/NAME/],
  ])('named as %j is %s', async (given, expected) => {
    const answer = from(given, new PassThrough());
    if (typeof expected === 'string') await expect(answer).resolves.toBe(expected);
    else await expect(answer).rejects.toThrow(expected);
  });
});
