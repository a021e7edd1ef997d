import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { CliFailure } from '../../src/cli/cli-failure';
import {
  anyProgram,
  exitStatus,
  fillIn,
  requireProgram,
  startProgram,
} from '../../src/cli/connect/client-program';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-program-'));
  mkdirSync(join(folder, 'bin', 'a-folder'), { recursive: true });
  writeFileSync(join(folder, 'bin', 'client'), '#!/bin/sh\n');
  chmodSync(join(folder, 'bin', 'client'), 0o755);
  writeFileSync(join(folder, 'bin', 'no-program'), 'text');
  chmodSync(join(folder, 'bin', 'no-program'), 0o644);
  symlinkSync('client', join(folder, 'bin', 'linked'));
  symlinkSync('nowhere', join(folder, 'bin', 'dangling'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a program', () => {
  const path = (): NodeJS.ProcessEnv => ({ PATH: `/nonexistent:${join(folder, 'bin')}` });

  test.each(['client', 'linked'])('is found on the PATH: %s', (name) => {
    expect(() => requireProgram(name, 'install it', path())).not.toThrow();
  });

  test('is found by its path, whatever the PATH', () => {
    expect(() => requireProgram(join(folder, 'bin', 'client'), 'install it', {})).not.toThrow();
  });

  test.each(['nowhere', 'no-program', 'a-folder', 'dangling'])(
    'that is not there to be run is refused with what to do: %s',
    (name) => {
      const require = (): void => requireProgram(name, 'install it or give its path', path());
      expect(require).toThrow(CliFailure);
      expect(require).toThrow(
        new RegExp(`^${name} is not installed or not on the PATH; install it or give its path$`),
      );
    },
  );

  test('is refused by its path when it is no program', () => {
    expect(() => requireProgram(join(folder, 'bin', 'no-program'), 'install it', path())).toThrow(CliFailure);
  });

  test.each<[string, NodeJS.ProcessEnv]>([
    ['no PATH', {}],
    ['an empty PATH', { PATH: '' }],
  ])('is refused with %s', (_, env) => {
    expect(() => requireProgram('client', 'install it', env)).toThrow(CliFailure);
  });
});

describe('an argument', () => {
  const local = { address: '127.0.0.1', port: 5432 };

  test.each([
    ['{{postern.port}}', '5432'],
    ['{{postern.ip}}', '127.0.0.1'],
    ['{{postern.addr}}', '127.0.0.1:5432'],
    ['{{boundary.port}}', '5432'],
    ['{{boundary.ip}}', '127.0.0.1'],
    ['{{boundary.addr}}', '127.0.0.1:5432'],
    ['{{ postern.port }}', '5432'],
    ['http://{{postern.addr}}/?p={{postern.port}}&{{postern.port}}', 'http://127.0.0.1:5432/?p=5432&5432'],
    ['-p{{postern.port}}', '-p5432'],
  ])('has the local address filled in: %s', (text, expected) => {
    expect(fillIn(text, local)).toBe(expected);
  });

  test.each([
    '{{postern.host}}',
    '{{port}}',
    '{postern.port}',
    '{{postern.port',
    '$1',
    '',
    '{{postern. port}}',
  ])('is left as it is otherwise: %s', (text) => {
    expect(fillIn(text, local)).toBe(text);
  });

  test('has brackets around an IPv6 address that a port stands behind, and nowhere else', () => {
    const onIpv6 = { address: '::1', port: 5432 };
    expect(fillIn('{{postern.ip}}', onIpv6)).toBe('::1');
    expect(fillIn('{{postern.addr}}', onIpv6)).toBe('[::1]:5432');
  });
});

describe('a program that is started', () => {
  // Its terminal is this one, so it tells what it was given in a file.
  const told = async (
    address: string,
    given = ['-h', '{{postern.ip}}', '-p', '{{postern.port}}'],
    env: Record<string, string | undefined> = {},
  ): Promise<{ args: string[]; env: Record<string, string> }> => {
    const file = join(folder, 'told.json');
    const code = `require('node:fs').writeFileSync(process.argv[1], JSON.stringify({ args: process.argv.slice(2), env: process.env }))`;
    const local = { address, port: 5432 };
    const { name, plan } = anyProgram(process.execPath, ['-e', code, file, ...given]);
    const start = { ...plan(local).start((one) => one), env };
    const child = startProgram(name, start, local, { GREETING: 'hello', PASSWORD: 'secret' });
    expect(await once(child, 'exit')).toEqual([0, null]);
    return JSON.parse(readFileSync(file, 'utf8')) as { args: string[]; env: Record<string, string> };
  };

  test('has the local address in its arguments and its environment', async () => {
    const { args, env } = await told('127.0.0.1');
    expect(args).toEqual(['-h', '127.0.0.1', '-p', '5432']);
    expect(env).toMatchObject({
      GREETING: 'hello',
      POSTERN_PROXIED_IP: '127.0.0.1',
      POSTERN_PROXIED_PORT: '5432',
      POSTERN_PROXIED_ADDR: '127.0.0.1:5432',
    });
  });

  test('has variables of its own, and not those that were taken away', async () => {
    const { env } = await told('127.0.0.1', [], { GREETING: 'good day', PASSWORD: undefined });
    expect(env).toMatchObject({ GREETING: 'good day' });
    expect(env).not.toHaveProperty('PASSWORD');
  });

  test('is given its arguments as they are: no shell reads them', async () => {
    const odd = [
      '$(touch x)',
      '`id`',
      '; exit 1',
      'a b',
      "o'brien",
      '"',
      '\\',
      '*',
      '~',
      '',
      'one\ntwo',
      '-e',
    ];
    expect((await told('127.0.0.1', odd)).args).toEqual(odd);
  });

  test('has brackets around an IPv6 address in the environment too', async () => {
    const { env } = await told('::1');
    expect(env['POSTERN_PROXIED_ADDR']).toBe('[::1]:5432');
  });
});

describe('the status of a program that ended', () => {
  test.each([0, 1, 42, 255])('is its own: %i', (code) => {
    expect(exitStatus(code, null)).toBe(code);
  });

  test.each(['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGABRT', 'SIGKILL', 'SIGSEGV', 'SIGPIPE', 'SIGTERM'] as const)(
    'is 128 and the number of the signal that ended it: %s',
    (signal) => {
      expect(exitStatus(null, signal)).toBe(128 + constants.signals[signal]);
    },
  );
});
