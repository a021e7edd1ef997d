import { readFileSync, statSync } from 'node:fs';
import { extname } from 'node:path';
import { ConfigFailure } from './config-fault.js';
import type { ConfigDocument } from './document.js';
import { readHcl } from './read-hcl.js';
import { readYaml } from './read-yaml.js';

const mostBytes = 2_000_000;

/** Reads a configuration file by its ending: `.hcl`, `.yaml` or `.yml`. Throws ConfigFailure with all faults. */
export function readConfig(path: string): ConfigDocument {
  const refuse = (message: string): ConfigFailure => new ConfigFailure([{ place: path, message }]);
  let source: string;
  try {
    if (statSync(path).size > mostBytes) throw refuse(`it is larger than ${mostBytes} bytes`);
    source = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof ConfigFailure) throw error;
    throw refuse(`it cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`);
  }
  switch (extname(path)) {
    case '.hcl':
      return readHcl(path, source);
    case '.yaml':
    case '.yml':
      return readYaml(path, source);
    default:
      throw refuse('its name must end in .hcl, .yaml or .yml');
  }
}
