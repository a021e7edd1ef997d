import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { applyMissing } from '../../src/config/apply-missing';
import { graphOf, type ConfigNode } from '../../src/config/graph';
import { readConfig } from '../../src/config/read-config';
import type { SecretKeeper } from '../../src/seal/secret-keeper';
import type { Database } from '../../src/db/database';

// A folder per case, named by what it shows: `input.hcl`, `input.yaml` or both, and beside them the graph
// (`expected.json`) or all that is said of it (`expected-error.txt`), with {file} and {folder} for where it is.
const casesFolder = join(__dirname, 'cases');

const env = { LONG_PASSWORD: 'correct horse', EMPTY: '' };

const cases = readdirSync(casesFolder).map((name) => {
  const folder = join(casesFolder, name);
  const inputs = readdirSync(folder)
    .filter((file) => file.startsWith('input.'))
    .map((file): [string, string] => [file, join(folder, file)]);
  return { title: name.replaceAll('-', ' '), folder, inputs };
});
const good = cases.filter(({ folder }) => existsSync(join(folder, 'expected.json')));
const bad = cases.filter(({ folder }) => existsSync(join(folder, 'expected-error.txt')));

test('every case has its input and either a graph or an error', () => {
  expect(good.length + bad.length).toBe(cases.length);
  expect(cases.filter(({ inputs }) => inputs.length === 0)).toEqual([]);
});

describe.each(good)('$title', ({ folder, inputs }) => {
  test.each(inputs)('%s', (_, file) => {
    const nodes = graphOf(file, readConfig(file));
    const shown = nodes.map(({ kind, address, references }) => ({ kind, address, references }));
    const expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as typeof shown;
    expect(byAddress(shown)).toEqual(byAddress(expected));
    expect(outOfOrder(nodes)).toEqual([]);
  });
});

describe.each(bad)('$title', ({ folder, inputs }) => {
  test.each(inputs)('%s', async (_, file) => {
    const said = await refusalOf(file);
    const expected = readFileSync(join(folder, 'expected-error.txt'), 'utf8').trimEnd();
    expect(said.replaceAll(file, '{file}').replaceAll(folder, '{folder}')).toBe(expected);
  });
});

function byAddress<T extends { address: string }>(nodes: readonly T[]): T[] {
  return [...nodes].sort((a, b) => (a.address < b.address ? -1 : 1));
}

/** Nodes that stand before their container, or before what must be there when they are made. */
function outOfOrder(nodes: readonly ConfigNode[]): string[] {
  const at = (address: string): number => nodes.findIndex((node) => node.address === address);
  return nodes
    .filter(({ kind, parent, references }, index) => {
      // An account names its user when it is made, so there the order is the other way round.
      const needed = kind === 'user' ? [] : Object.values(references).flat();
      return [...needed, ...(parent === null ? [] : [parent])].some((address) => at(address) > index);
    })
    .map((node) => node.address);
}

/** What is said of a configuration that is not applied. Fails when it gets as far as writing. */
async function refusalOf(file: string): Promise<string> {
  const database = {
    reader: { query: () => Promise.resolve([]) },
    transact: () => Promise.reject(new Error('it was accepted and came to writing')),
  } as unknown as Database;
  try {
    await applyMissing(database, {} as SecretKeeper, file, readConfig(file), env);
    return 'it was accepted and there was nothing to write';
  } catch (error) {
    return (error as Error).message;
  }
}
