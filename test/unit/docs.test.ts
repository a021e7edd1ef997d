import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { errorCodes } from '../../src/core/failure';
import { refusals } from '../../src/proxy/handshake';
import { settingRules } from '../../src/setting-rules';

const root = join(__dirname, '..', '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const pages = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md'].concat(
  readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
);

describe('the documentation', () => {
  test.each(pages)('%s links to nothing that is not there', (page) => {
    const links = [...read(page).matchAll(/\]\(([^)#]+)(#[^)]*)?\)/g)].map(([, path]) => path!);
    const local = links.filter((path) => !/^https?:/.test(path));
    expect(local.filter((path) => !existsSync(join(root, dirname(page), path)))).toEqual([]);
  });

  test('has every error code, of the API and of the worker', () => {
    const codes = [...read('docs/errors.md').matchAll(/^\| `([A-Z_]+)`/gm)].map(([, code]) => code!);
    expect(codes.sort()).toEqual([...Object.keys(errorCodes), ...Object.keys(refusals)].sort());
  });

  test('has every setting, with its variable and its default', () => {
    const rows = read('docs/operations.md')
      .split('\n')
      .filter((line) => line.startsWith('| `--'))
      .map((line) => line.split(' | ').map((cell) => cell.replace(/^\|/, '').replaceAll('`', '').trim()));
    const expected = Object.values(settingRules).map(({ flag, value, env, fallback }) => [
      value === null ? `--${flag}` : `--${flag} ${value}`,
      env,
      fallback === 'false' ? '' : fallback,
    ]);
    expect(rows.map((row) => row.slice(0, 3))).toEqual(expected);
  });

  test('gives a reason for every dependency', () => {
    const { dependencies, devDependencies } = JSON.parse(read('package.json')) as Record<string, object>;
    const reasons = read('docs/decisions.md');
    const named = Object.keys({ ...dependencies, ...devDependencies }).filter(
      (name) => !name.startsWith('@types/'),
    );
    expect(named.filter((name) => !reasons.includes(`\`${name}\``))).toEqual([]);
  });

  test('shows how to add a field in fifteen lines', () => {
    expect(read('docs/recipes/add-a-field.md').trim().split('\n').length).toBeLessThanOrEqual(15);
  });

  test('names folders that exist', () => {
    const tree = /```\nconfig\/[\s\S]*?```/.exec(read('README.md'))![0];
    const rooms = readdirSync(join(root, 'src'), { withFileTypes: true }).filter((one) => one.isDirectory());
    expect(rooms.map(({ name }) => name).filter((name) => !new RegExp(`\\b${name}\\b`).test(tree))).toEqual(
      [],
    );
  });
});
