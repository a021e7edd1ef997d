import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The release, from the package this file is part of. */
export const version: string = (
  JSON.parse(readFileSync(join(__dirname, '..', 'package.json'), 'utf8')) as { version: string }
).version;
