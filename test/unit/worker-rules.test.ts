import { cleanTags, tagFault } from '../../src/worker/worker-tag.rules';
import { healthOf } from '../../src/worker/worker.rules';

test.each([
  ['region', 'eu-west-1'],
  ['type', 'a=b;c d'],
  ['größe', 'klein'],
  ['k', 'x'.repeat(512)],
])('%s=%s may be a tag', (key, value) => {
  expect(tagFault({ key, value })).toBeNull();
});

test.each([
  ['without a key', '', 'x', 'the key must have 1 to 512 characters'],
  ['without a value', 'x', '', 'the value must have 1 to 512 characters'],
  ['too long', 'x', 'x'.repeat(513), 'the value must have 1 to 512 characters'],
  ['with spaces around it', ' x', 'y', 'the key must not begin or end with spaces'],
  ['in capitals', 'Region', 'eu', 'the key must be in lower case'],
  ['of a value in capitals', 'region', 'EU', 'the value must be in lower case'],
  ['with a comma', 'region', 'eu,us', 'the value must not hold a comma'],
  ['with a break', 'region', 'e\nu', 'the value holds characters that cannot be seen'],
  ['that turns its writing round', 'region', 'e\u202eu', 'the value holds characters that cannot be seen'],
  ['with a letter in two pieces', 'cafe\u0301', 'x', 'the key must be in the composed form'],
  ['that is reserved', 'boundary.cloud.hashicorp.com:managed', 'true', 'is reserved'],
])('a tag %s is none', (_, key, value, sentence) => {
  expect(tagFault({ key, value })).toContain(sentence);
});

test('tags are taken apart, and a fault is told with its place', () => {
  expect(cleanTags('input.apiTags', [{ key: 'a', values: ['1', '2'] }])).toEqual([
    { key: 'a', value: '1' },
    { key: 'a', value: '2' },
  ]);
  expect(() => cleanTags('input.apiTags', [{ key: 'a', values: [] }])).toThrow(
    'input.apiTags.0.values: is empty',
  );
  expect(() =>
    cleanTags('input.apiTags', [
      { key: 'a', values: ['1'] },
      { key: 'B', values: ['1'] },
    ]),
  ).toThrow('input.apiTags.1: the key must be in lower case');
});

test.each([
  [0, 'READY'],
  [14_999, 'READY'],
  [15_000, 'UNREACHABLE'],
  [299_999, 'UNREACHABLE'],
  [300_000, 'DEAD'],
])('a worker unheard of for %d ms is %s', (unseenMs, health) => {
  expect(healthOf(unseenMs, { livenessMs: 15_000, graceMs: 300_000 })).toBe(health);
});
