import { extname } from 'node:path';
import { ConfigFailure } from './config-fault.js';
import type { ConfigDocument } from './document.js';
import { readHcl } from './read-hcl.js';
import { readText } from './read-text.js';
import { readYaml } from './read-yaml.js';

const mostBytes = 2_000_000;

/** Reads a configuration file by its ending: `.hcl`, `.yaml` or `.yml`. Throws ConfigFailure with all faults. */
export function readConfig(path: string): ConfigDocument {
  const refuse = (message: string): ConfigFailure => new ConfigFailure([{ place: path, message }]);
  let source: string;
  try {
    source = readText(path, mostBytes);
  } catch (error) {
    throw refuse(`it ${(error as Error).message}`);
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
