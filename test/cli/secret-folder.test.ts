import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openSecretFolder } from '../../src/cli/connect/secret-folder';
import { eventually } from '../support/session-client';

let runtime: string;
beforeEach(() => {
  runtime = mkdtempSync(join(tmpdir(), 'postern-runtime-'));
});
afterEach(() => rmSync(runtime, { recursive: true, force: true }));

const files = { password: 'correct horse\n', ask: { script: '#!/bin/sh\n' } };
const modeOf = (path: string): string => (statSync(path).mode & 0o7777).toString(8);
const isGone = (path: string): Promise<unknown> =>
  eventually(`${path} to be gone`, () => Promise.resolve(!existsSync(path)));

test('files are in a private folder of the runtime folder, each for its owner alone', async () => {
  const folder = await openSecretFolder(files, { XDG_RUNTIME_DIR: runtime });
  const password = folder.pathOf('password');
  expect(dirname(dirname(password))).toBe(runtime);
  expect(readFileSync(password, 'utf8')).toBe('correct horse\n');
  expect([modeOf(dirname(password)), modeOf(password), modeOf(folder.pathOf('ask'))]).toEqual([
    '700',
    '600',
    '700',
  ]);
  folder.remove();
  expect(readdirSync(runtime)).toEqual([]);
});

test.each<[string, () => NodeJS.ProcessEnv]>([
  ['there is none', () => ({})],
  ['it is empty', () => ({ XDG_RUNTIME_DIR: '' })],
  ['it is missing', () => ({ XDG_RUNTIME_DIR: '/nonexistent' })],
  ['it is a file', () => ({ XDG_RUNTIME_DIR: __filename })],
  [
    'others may enter it',
    () => {
      mkdirSync(join(runtime, 'open'), { mode: 0o755 });
      return { XDG_RUNTIME_DIR: join(runtime, 'open') };
    },
  ],
])('they are in the temporary folder where the runtime folder is none: %s', async (_, env) => {
  const folder = await openSecretFolder(files, env());
  expect(dirname(dirname(folder.pathOf('password')))).toBe(tmpdir());
  folder.remove();
  expect(existsSync(dirname(folder.pathOf('password')))).toBe(false);
});

test.each(['SIGKILL', 'SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGABRT'] as const)(
  'they are gone when the process is ended by %s',
  async (signal) => {
    const built = join(__dirname, '..', '..', 'dist', 'cli', 'connect', 'secret-folder.js');
    const code = `require(${JSON.stringify(built)}).openSecretFolder({ password: 'x' }, process.env)
      .then((folder) => { console.log(folder.pathOf('password')); setInterval(() => {}, 1000); });`;
    const child = spawn(process.execPath, ['-e', code], {
      env: { XDG_RUNTIME_DIR: runtime },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [said] = (await once(child.stdout, 'data')) as [Buffer];
    const path = said.toString().trim();
    expect(readFileSync(path, 'utf8')).toBe('x');
    child.kill(signal);
    await once(child, 'exit');
    await isGone(dirname(path));
    expect(readdirSync(runtime)).toEqual([]);
  },
);

interface Running {
  readonly pid: number;
  readonly group: number;
  readonly line: string;
}

function processes(): Running[] {
  const found: Running[] = [];
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      const [, group] = /^\d+ \(.*\) \S \d+ (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))!;
      found.push({ pid: Number(pid), group: Number(group), line });
    } catch {
      // it has ended meanwhile
    }
  }
  return found;
}

test('signals change nothing for who stands by, who is no part of the terminal’s group', async () => {
  const folder = await openSecretFolder(files, { XDG_RUNTIME_DIR: runtime });
  const path = dirname(folder.pathOf('password'));
  const guard = await eventually('somebody to stand by', () => {
    const all = processes();
    const own = all.find(({ pid, group, line }) => pid === group && line.includes(path));
    const isWaiting = all.some(({ group, line }) => group === own?.pid && line.startsWith('cat'));
    return Promise.resolve(isWaiting ? own : null);
  });
  for (const signal of ['SIGINT', 'SIGHUP', 'SIGTERM', 'SIGQUIT'] as const) process.kill(-guard.pid, signal);
  expect(existsSync(folder.pathOf('password'))).toBe(true);
  folder.remove();
  await eventually('them to go', () =>
    Promise.resolve(!processes().some(({ group }) => group === guard.pid)),
  );
});
