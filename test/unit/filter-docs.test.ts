import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { matchesFilter } from '../../src/filter/evaluate-filter';
import { FilterFault } from '../../src/filter/filter-fault';
import { parseFilter } from '../../src/filter/parse-filter';
import { filterLimits } from '../../src/filter/text-reader';

const page = readFileSync(join(__dirname, '..', '..', 'docs', 'filters.md'), 'utf8');
const blocks = [...page.matchAll(/```(?:json|text)\n([\s\S]*?)```/g)].map(([, block]) => block!);
const workers = JSON.parse(blocks[0]!) as { name: string; tags: Record<string, string[]> }[];
const examples = blocks[1]!
  .trim()
  .split('\n')
  .map((line) => line.split(/ +→ /) as [string, string]);
const inSentences = [...page.matchAll(/`((?:"|\(any )[^`]*)`/g)].map(([, code]) => code!);

describe('the page about filters', () => {
  test('has examples', () => {
    expect(examples.length).toBeGreaterThan(10);
  });

  test.each(examples)('says what %s chooses', (text, chosen) => {
    const filter = parseFilter(text);
    const names = workers.filter((worker) => matchesFilter(filter, worker)).map(({ name }) => name);
    expect(names.join(' ') || 'nobody').toBe(chosen);
  });

  test('shows a refusal as it is', () => {
    const [reason, line] = blocks[2]!.split('\n');
    expect(() => parseFilter(line!.trim())).toThrow(FilterFault);
    expect(() => parseFilter(line!.trim())).toThrow(blocks[2]!.trimEnd());
    expect(reason).toBe('equality is written ==');
  });

  test('has no filter in its sentences that is not one', () => {
    const filters = inSentences.filter((code) => /[=)}]| in /.test(code) && !code.includes('path'));
    expect(filters.length).toBeGreaterThan(1);
    for (const filter of filters) expect(parseFilter(filter)).toHaveProperty('kind');
  });

  test('tells the limits', () => {
    const { characters, comparisons, depth } = filterLimits;
    expect(page.replaceAll('\n', ' ')).toContain(
      `at most ${characters} characters, ${comparisons} comparisons and ${depth} levels`,
    );
  });
});
