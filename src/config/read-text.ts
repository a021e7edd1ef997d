import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** Why a file is not read. The text is half a sentence: `it …` goes before it. */
export class UnreadableFile extends Error {}

/**
 * The text of a regular file, at most that long. Anything else under that name (a pipe that never ends, a
 * device) is refused before it is waited for.
 */
export function readText(path: string, mostBytes: number): string {
  let file: number | undefined;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const found = fstatSync(file);
    if (found.isDirectory()) throw new UnreadableFile('cannot be read (EISDIR)');
    if (!found.isFile()) throw new UnreadableFile('is no regular file');
    const bytes = Buffer.alloc(Math.min(found.size, mostBytes) + 1);
    let length = 0;
    for (let read = -1; read !== 0 && length < bytes.length; length += read)
      read = readSync(file, bytes, length, bytes.length - length, null);
    if (length > mostBytes) throw new UnreadableFile(`is larger than ${mostBytes} bytes`);
    return bytes.toString('utf8', 0, length);
  } catch (error) {
    if (error instanceof UnreadableFile) throw error;
    throw new UnreadableFile(`cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
