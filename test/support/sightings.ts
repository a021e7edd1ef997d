import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { secretsIn } from './secret-forms';

const execute = promisify(execFile);

/** Where a secret stands that somebody on this machine could see: `ps`, and what /proc shows of each process. */
export async function sightings(secret: string): Promise<string[]> {
  const found: string[] = [];
  const { stdout } = await execute('ps', ['auxwwe'], { maxBuffer: 64_000_000 });
  if (stdout.includes(secret)) found.push('ps auxwwe');
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    for (const file of ['cmdline', 'environ']) {
      try {
        if (!(await readFile(`/proc/${pid}/${file}`, 'latin1')).includes(secret)) continue;
        found.push(`/proc/${pid}/${file} of ${(await readFile(`/proc/${pid}/comm`, 'utf8')).trim()}`);
      } catch {
        // it has ended, or is somebody else's
      }
    }
  }
  return found;
}

/** Looks on until it is told to stop; then says where the secret was seen. */
export function watch(secret: string): { stop(): Promise<{ seen: string[] }> } {
  const seen = new Set<string>();
  let isOver = false;
  const turn = async (): Promise<void> => {
    while (!isOver) {
      for (const place of await sightings(secret)) seen.add(place);
    }
  };
  const looking = turn();
  return {
    async stop() {
      isOver = true;
      await looking;
      return { seen: [...seen] };
    },
  };
}

/** The files below folders in which a secret stands in any of its forms. */
export function filesWith(secret: string, ...folders: string[]): string[] {
  return folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((name) => join(folder, name))
      .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile())
      .filter((path) => secretsIn(readFileSync(path, 'latin1'), [secret]).length > 0),
  );
}
