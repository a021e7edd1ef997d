import { join } from 'node:path';
import { ConfigFailure } from '../../src/config/config-fault';
import { readConfig } from '../../src/config/read-config';
import { readHcl } from '../../src/config/read-hcl';
import { readYaml } from '../../src/config/read-yaml';

const config = join(__dirname, '..', '..', 'config');
const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;

// In a file of its own: a parser that has run out of stack may be of no use to any test after it.
describe.each([
  ['HCL', readHcl, 'demo.hcl', `deep = ${deep}\nconfig {\n  format  = 1\n  manager = "cases"\n}\n`],
  [
    'HCL',
    readHcl,
    'demo.hcl',
    `deep = ${'-'.repeat(300_000)}1\nconfig {\n  format  = 1\n  manager = "cases"\n}\n`,
  ],
  ['HCL', readHcl, 'demo.hcl', `deep = ${'a ? b : '.repeat(100_000)}1\nconfig {\n  format  = 1\n}\n`],
  ['YAML', readYaml, 'demo.yaml', `format: 1\nmanager: cases\norgs: ${deep}\n`],
])('%s that is nested too deep', (_, read, demo, source) => {
  test('is refused like any other that is not valid, and what comes after it is read', () => {
    expect(() => read('deep', source)).toThrow(ConfigFailure);
    expect(() => read('deep', source)).toThrow(/^deep(:\d+:\d+)?: not valid /);
    expect(Object.keys(readConfig(join(config, demo)).orgs)).toEqual(['it_support']);
  });
});
