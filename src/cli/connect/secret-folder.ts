import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CliFailure } from '../cli-failure.js';

/** The text of a file that one program may read, or the program itself that it asks through. */
export type SecretFile = string | { readonly script: string };

/** Files that only this user can read, and that are gone when this process is, however it ends. */
export interface SecretFolder {
  pathOf(name: string): string;
  remove(): void;
}

// It outlives us for a moment: when our end of its stdin closes, it takes the folder away. Signals of the terminal
// do not reach it, because it has a session of its own, and those that are sent to it change nothing.
const guard = `trap '' HUP INT QUIT TERM; cat >/dev/null; rm -rf -- "$1"`;

/** Writes files into a private folder; nothing is in it before somebody stands by who takes it away. */
export async function openSecretFolder(
  files: Readonly<Record<string, SecretFile>>,
  env: NodeJS.ProcessEnv,
): Promise<SecretFolder> {
  const folder = mkdtempSync(join(placeFor(env), 'postern-'));
  const pathOf = (name: string): string => join(folder, name);
  let guarding: ChildProcess | undefined;
  const remove = (): void => {
    rmSync(folder, { recursive: true, force: true });
    guarding?.stdin?.end();
  };
  try {
    guarding = await startGuard(folder);
    for (const [name, file] of Object.entries(files)) {
      if (typeof file === 'string') writeFileSync(pathOf(name), file, { flag: 'wx', mode: 0o600 });
      else writeFileSync(pathOf(name), file.script, { flag: 'wx', mode: 0o700 });
    }
  } catch (error) {
    remove();
    throw new CliFailure(`no private file can be made in ${folder}: ${(error as Error).message}`);
  }
  return { pathOf, remove };
}

async function startGuard(folder: string): Promise<ChildProcess> {
  const child = spawn('/bin/sh', ['-c', guard, 'sh', folder], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { PATH: '/usr/bin:/bin' },
  });
  child.stdin.on('error', () => {}); // it ended first
  await once(child, 'spawn');
  child.unref();
  (child.stdin as Socket).unref();
  return child;
}

/** Memory where there is a folder of this user's in it, which the system clears when they log out. */
function placeFor(env: NodeJS.ProcessEnv): string {
  const wished = env['XDG_RUNTIME_DIR'];
  if (!wished) return tmpdir();
  const found = statSync(wished, { throwIfNoEntry: false });
  const isOurs = found?.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o077) === 0;
  return isOurs ? wished : tmpdir();
}
