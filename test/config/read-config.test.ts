import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { ConfigFailure } from '../../src/config/config-fault';
import { graphOf } from '../../src/config/graph';
import { readConfig } from '../../src/config/read-config';
import { readHcl } from '../../src/config/read-hcl';
import { readYaml } from '../../src/config/read-yaml';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-config-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const head = 'config {\n  format  = 1\n  manager = "cases"\n}\n';

function messageOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigFailure);
    return (error as Error).message;
  }
  throw new Error('it was accepted');
}

describe('a configuration file', () => {
  test('that is not there is told with its path', () => {
    const file = join(folder, 'nowhere.hcl');
    expect(messageOf(() => readConfig(file))).toBe(`${file}: it cannot be read (ENOENT)`);
  });

  test('that is a folder is told with its path', () => {
    expect(messageOf(() => readConfig(folder))).toBe(`${folder}: it cannot be read (EISDIR)`);
  });

  test('of more than two megabytes is not read', () => {
    const file = join(folder, 'large.yaml');
    writeFileSync(file, `# ${'x'.repeat(2_000_000)}\n`);
    expect(messageOf(() => readConfig(file))).toBe(`${file}: it is larger than 2000000 bytes`);
  });

  test('that is a device is not read', () => {
    symlinkSync('/dev/zero', join(folder, 'endless.yaml'));
    const file = join(folder, 'endless.yaml');
    expect(messageOf(() => readConfig(file))).toBe(`${file}: it is no regular file`);
  });

  test('with thousands of faults tells of the first of them, and how many there are', () => {
    const file = join(folder, 'faulty.yaml');
    writeFileSync(
      file,
      `format: 1\nmanager: cases\n${Array.from({ length: 60_000 }, (_, i) => `a${i}: 1\n`).join('')}`,
    );
    const lines = messageOf(() => readConfig(file)).split('\n');
    expect(lines).toHaveLength(51);
    expect(lines[0]).toBe(`${file}:3:1: there is no a0 here`);
    expect(lines.at(-1)).toBe(`${file}:1:1: and 59950 more like these`);
  });

  test.each(['yaml', 'yml'])('may end in .%s', (ending) => {
    const file = join(folder, `one.${ending}`);
    writeFileSync(file, 'format: 1\nmanager: cases\norgs: { acme: {} }\n');
    expect(Object.keys(readConfig(file).orgs)).toEqual(['acme']);
  });

  test.each([
    ['one.hcl', `\uFEFF${head}`],
    ['two.hcl', head.replaceAll('\n', '\r\n')],
    ['one.yaml', '\uFEFFformat: 1\nmanager: cases\n'],
    ['two.yaml', 'format: 1\r\nmanager: cases\r\n'],
  ])('may be written on another system: %s', (name, source) => {
    const file = join(folder, name);
    writeFileSync(file, source);
    expect(readConfig(file)).toEqual({ format: 1, manager: 'cases', orgs: {} });
  });

  test.each([
    ['HCL', readHcl, `${head}org "__proto__" {\n  name = "Acme"\n}\n`],
    ['YAML', readYaml, 'format: 1\nmanager: cases\norgs:\n  __proto__: { name: Acme }\n'],
  ])('does not lose a block to its label: %s', (_, read, source) => {
    messageOf(() => read('labels', source));
  });

  test.each([
    ['HCL', readHcl, `${head}org "constructor" {}\norg "toString" {}\n`],
    ['YAML', readYaml, 'format: 1\nmanager: cases\norgs:\n  constructor: {}\n  toString: {}\n'],
  ])('may use words of JavaScript as labels: %s', (_, read, source) => {
    const nodes = graphOf('labels', read('labels', source));
    expect(nodes.map((node) => node.address)).toEqual(['org.constructor', 'org.toString']);
  });
});

describe('HCL', () => {
  const project = (target: string): string =>
    `${head}org "acme" {\n  project "north" {\n    target "tcp" "shell" {\n      default_port = 22\n${target}\n    }\n  }\n}\n`;

  test.each([
    ['an address', project('      address = host.one.address')],
    ['a name', `${head}org "acme" {\n  name = zenith\n}\n`],
    ['a description that looks like a template', `${head}org "acme" {\n  description = "\${zenith}"\n}\n`],
  ])('takes no reference where text is meant: %s', (_, source) => {
    messageOf(() => readHcl('file', source));
  });

  test.each([
    ['a format', `format = 1\n${head}`],
    ['a manager', `${head}manager = "somebody-else"\n`],
    ['a document in the way of YAML', `${head}orgs = { acme = {} }\n`],
  ])('takes nothing but orgs beside the config block: %s', (_, source) => {
    messageOf(() => readHcl('file', source));
  });

  test('takes quoted references like bare ones', () => {
    const sourced = (host: string): string =>
      `${head}org "acme" {\n  project "north" {\n    host_catalog "static" "machines" {\n      host "one" {\n        address = "10.0.1.1"\n      }\n\n      host_set "all" {\n        hosts = [${host}]\n      }\n    }\n  }\n}\n`;
    expect(readHcl('file', sourced('"host.one"'))).toEqual(readHcl('file', sourced('host.one')));
  });
});

describe('what a configuration means', () => {
  const account = (label: string, login: string): string =>
    `        accounts:\n          ${label}: { login_name: ${login} }\n`;
  const org = (users: string, method: string): string =>
    `format: 1\nmanager: cases\norgs:\n  acme:\n    users:\n${users}    auth_methods:\n      staff:\n        type: password\n${method}`;
  const faults = (source: string): string => messageOf(() => graphOf('file', readYaml('file', source)));

  test('an account belongs to one user', () => {
    const users =
      '      ada: { accounts: [auth_method.staff.account.tess] }\n      tess: { accounts: [auth_method.staff.account.tess] }\n';
    expect(faults(org(users, account('tess', 'tess')))).toMatch(
      /^file: org\.acme\.user\.(ada|tess): .*auth_method\.staff\.account\.tess/,
    );
  });

  test.each([
    ['three, when nothing is said', '', 'ab'],
    ['what the auth method says', '        min_login_name_length: 6\n', 'tessa'],
  ])('a login name has as many characters as its auth method wants: %s', (_, least, login) => {
    expect(faults(org('      tess: {}\n', least + account('tess', login)))).toMatch(
      /^file: org\.acme\.auth_method\.staff\.account\.tess: login_name /,
    );
  });
});

// A start must end with a sentence, whatever is in the file.
describe('a damaged configuration', () => {
  const bits = [
    '{',
    '}',
    '[',
    ']',
    '"',
    '${',
    '%{',
    '=',
    ',',
    '.',
    '#',
    '/*',
    '<<EOT',
    'null',
    'true',
    '1e99',
  ]
    .concat(['secret(', '()', 'for ', '&a', '*a', '- ', '!x ', '|', '>', '\u0000', 'é', '%', '@', '\t'])
    .concat(['__proto__', 'constructor', '\n']);
  const changes = fc.array(
    fc.record({ at: fc.nat(), cut: fc.nat(4), put: fc.option(fc.constantFrom(...bits), { nil: '' }) }),
    { minLength: 1, maxLength: 4 },
  );

  test.each([
    ['demo.hcl', readHcl],
    ['demo.yaml', readYaml],
  ])('is read or refused with its faults, and nothing else happens: %s', (name, read) => {
    const words = readFileSync(join(__dirname, '..', '..', 'config', name), 'utf8').split(
      /(\s+|[{}[\]=",.:])/,
    );
    fc.assert(
      fc.property(changes, (made) => {
        const damaged = [...words];
        for (const { at, cut, put } of made) damaged.splice(at % damaged.length, cut, put);
        try {
          graphOf('file', read('file', damaged.join('')));
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigFailure);
          expect((error as Error).message).toMatch(/^file/);
        }
      }),
      { numRuns: 300 },
    );
  });
});
