import { aliasFault } from '../../src/target/alias.rules';

const label63 = 'a'.repeat(63);

test.each([
  'db',
  'db.corp',
  'DB.Corp',
  'a',
  '1a',
  '1.a',
  '10.0.0.1a',
  'a-b.c--d',
  'xn--bcher-kva.example',
  label63,
  `${label63}.${label63}.${label63}.${'a'.repeat(61)}`,
])('%s may be an alias', (value) => {
  expect(aliasFault(value)).toBeNull();
});

test.each([
  ['nothing', '', 'is empty'],
  ['a space before it', ' db.corp', 'must not begin or end with spaces'],
  ['a break behind it', 'db.corp\n', 'must not begin or end with spaces'],
  ['a space in it', 'db corp', 'holds " "'],
  ['an underscore, as ids have', 'ttcp_1234567890', 'holds "_"'],
  ['a slash', 'db/corp', 'holds "/"'],
  ['a port', 'db.corp:22', 'holds ":"'],
  ['a letter beyond ASCII', 'bücher.example', 'holds "ü"'],
  ['a letter beyond the first plane', 'db.😀', 'holds "😀"'],
  ['a dot at its beginning', '.corp', 'dot'],
  ['a dot at its end', 'db.corp.', 'dot'],
  ['two dots in a row', 'db..corp', 'two in a row'],
  ['a part too long', `${label63}a.corp`, 'more than 63 characters'],
  ['too much of it', Array(4).fill(label63).join('.'), 'is longer than 253 characters'],
  ['a hyphen at the beginning of a part', 'db.-corp', 'begins or ends with a hyphen: -corp'],
  ['a hyphen at the end of a part', 'db-.corp', 'begins or ends with a hyphen: db-'],
  ['a number as its last part', 'db.22', 'must not end in a number'],
  ['an address', '10.0.0.1', 'must not end in a number'],
  ['a number alone', '2130706433', 'must not end in a number'],
  ['an address in an old spelling', '0x7f.1', 'must not end in a number'],
  ['an address as one hexadecimal number', '0x7f000001', 'must not end in a number'],
  ['an address that ends in a hexadecimal number', '10.0.0.0x1', 'must not end in a number'],
])('with %s a text is none', (_, value, sentence) => {
  expect(aliasFault(value)).toContain(sentence);
});
