import { oldIpv4 } from '../../src/core/ip-range';
import { addressJudge, boundsOf, cleanEntries } from '../../src/scope/address-policy.rules';

describe('an entry of a policy', () => {
  test.each([
    ['10.0.0.0/8', '10.0.0.0/8'],
    ['10.1.2.3/8', '10.0.0.0/8'],
    ['10.1.2.3/20', '10.1.0.0/20'],
    ['10.1.2.3', '10.1.2.3'],
    ['10.1.2.3/32', '10.1.2.3'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['2001:DB8::/32', '2001:db8::/32'],
    ['2001:db8:ffff::1/33', '2001:db8:8000::/33'],
    ['2001:0db8:0:0:0:0:0:1', '2001:db8::1'],
    ['::/0', '::/0'],
    ['64:ff9b::/96', '64:ff9b::/96'],
    ['DB.Example.com', 'db.example.com'],
    [' db.example ', 'db.example'],
    ['localhost', 'localhost'],
    ['*.Example.com', '*.example.com'],
    ['*', '*'],
    ['_srv.example', '_srv.example'],
  ])('%s is kept as %s', (entry, kept) => {
    expect(cleanEntries('input.deny', [entry])).toEqual([kept]);
  });

  test.each([
    ['nothing', ''],
    ['half a range', '10.0.0/8'],
    ['a range too narrow', '10.0.0.0/33'],
    ['a span', '10.0.0.1-10.0.0.9'],
    ['a port', 'db.example:22'],
    ['brackets', '[::1]'],
    ['a star within', 'db*.example'],
    ['a star at the end', 'db.*'],
    ['two stars', '*.*.example'],
    ['a star without its dot', '*example.com'],
    ['a dot at the end', 'db.example.'],
    ['a zone', 'fe80::1%eth0'],
    ['an address there is none of', '10.0.0.256'],
    ['a letter beyond ASCII', 'bücher.example'],
    ['a path', 'db.example/x'],
  ])('that is %s is refused with its place', (_, entry) => {
    expect(() => cleanEntries('input.deny', ['10.0.0.0/8', entry])).toThrow(
      'input.deny.1: must be a range like 10.0.0.0/8, an IP address, a host name or *.example.com',
    );
  });

  test.each([
    ['127.1', 'is another spelling of 127.0.0.1; write it like that'],
    ['0x7f.1', 'is another spelling of 127.0.0.1'],
    ['2130706433', 'is another spelling of 127.0.0.1'],
    ['::ffff:10.0.0.0/104', 'stands for IPv4 addresses; write them like 10.0.0.0/8'],
  ])('%s is refused, with what to write instead', (entry, sentence) => {
    expect(() => cleanEntries('input.allow', [entry])).toThrow(`input.allow.0: ${sentence}`);
  });

  test('is kept once, and of more than 200 none is', () => {
    expect(cleanEntries('input.deny', ['10.0.0.0/8', '10.9.9.9/8', 'A.b', 'a.B'])).toEqual([
      '10.0.0.0/8',
      'a.b',
    ]);
    const many = Array.from({ length: 201 }, (_, i) => `h${i}.example`);
    expect(cleanEntries('input.deny', many.slice(1))).toHaveLength(200);
    expect(() => cleanEntries('input.deny', many)).toThrow('input.deny: holds more than 200 entries');
  });
});

describe('a policy', () => {
  const policies: Record<string, { allow: string[]; deny: string[] }> = {
    empty: { allow: [], deny: [] },
    denying: {
      allow: [],
      deny: ['127.0.0.0/8', '169.254.169.254', 'fd00::/8', '*.internal', 'secret.example'],
    },
    allowing: { allow: ['10.0.0.0/8', '2001:db8::/32', '*.corp', 'db.example'], deny: [] },
    both: { allow: ['10.0.0.0/8', '*.corp'], deny: ['10.1.0.0/16', 'root.corp'] },
    'for ranges alone': { allow: ['10.0.0.0/8'], deny: [] },
    'for names alone': { allow: ['*.corp'], deny: [] },
    'for every name in a range': { allow: ['*', '10.0.0.0/8'], deny: [] },
  };
  test.each([
    ['empty', '127.0.0.1', null],
    ['empty', 'anything.example', null],

    ['denying', '127.0.0.1', '127.0.0.0/8'],
    ['denying', '127.255.255.255', '127.0.0.0/8'],
    ['denying', '128.0.0.0', null],
    ['denying', '127.1', '127.0.0.0/8'],
    ['denying', '0x7f.1', '127.0.0.0/8'],
    ['denying', '0X7F000001', '127.0.0.0/8'],
    ['denying', '2130706433', '127.0.0.0/8'],
    ['denying', '0177.0.0.1', '127.0.0.0/8'],
    ['denying', '::ffff:127.0.0.1', '127.0.0.0/8'],
    ['denying', '::FFFF:7F00:1', '127.0.0.0/8'],
    ['denying', '::7f00:1', '127.0.0.0/8'],
    ['denying', '64:ff9b::7f00:1', '127.0.0.0/8'],
    ['denying', '169.254.169.254', '169.254.169.254'],
    ['denying', '::ffff:a9fe:a9fe', '169.254.169.254'],
    ['denying', '169.254.169.253', null],
    ['denying', 'fd12::1', 'fd00::/8'],
    ['denying', 'FD12:0:0:0:0:0:0:1', 'fd00::/8'],
    ['denying', 'fe80::1', null],
    ['denying', 'a.internal', '*.internal'],
    ['denying', 'a.b.INTERNAL', '*.internal'],
    ['denying', 'internal', null],
    ['denying', 'ainternal', null],
    ['denying', 'Secret.Example', 'secret.example'],
    ['denying', 'x.secret.example', null],
    ['denying', 'localhost', null],

    ['allowing', '10.255.0.1', null],
    ['allowing', '11.0.0.0', 'not allowed'],
    ['allowing', '012.0.0.1', null],
    ['allowing', '::ffff:10.0.0.1', null],
    ['allowing', '2001:db8::1', null],
    ['allowing', '2001:db9::1', 'not allowed'],
    ['allowing', 'a.corp', null],
    ['allowing', 'corp', 'not allowed'],
    ['allowing', 'db.example', null],
    ['allowing', 'db2.example', 'not allowed'],
    ['allowing', '10.corp', null],

    ['both', '10.2.0.1', null],
    ['both', '10.1.0.1', '10.1.0.0/16'],
    ['both', 'a.corp', null],
    ['both', 'root.corp', 'root.corp'],
    ['both', 'x.root.corp', null],

    ['for ranges alone', '10.0.0.1', null],
    ['for ranges alone', 'a.corp', 'not allowed'],
    ['for names alone', 'a.corp', null],
    ['for names alone', '10.0.0.1', 'not allowed'],
    ['for every name in a range', 'anything.example', null],
    ['for every name in a range', '10.0.0.1', null],
    ['for every name in a range', '11.0.0.1', 'not allowed'],
  ])('%s, of %s: %p', (policy, address, expected) => {
    const refusal = addressJudge(policies[policy]!)(address);
    expect(refusal && (refusal.deniedBy ?? 'not allowed')).toBe(expected);
  });

  test('gives a worker its ranges and not its names', () => {
    expect(boundsOf({ allow: ['10.0.0.0/8', '*.corp', '::1'], deny: ['db.example', '10.1.0.0/16'] })).toEqual(
      {
        allow: ['10.0.0.0/8', '::1'],
        deny: ['10.1.0.0/16'],
      },
    );
  });
});

describe('an IPv4 address in an old spelling', () => {
  test.each([
    ['127.0.0.1', '127.0.0.1'],
    ['127.1', '127.0.0.1'],
    ['127.0.1', '127.0.0.1'],
    ['127.65535', '127.0.255.255'],
    ['0x7f.1', '127.0.0.1'],
    ['0x7F000001', '127.0.0.1'],
    ['0177.0.0.01', '127.0.0.1'],
    ['017700000001', '127.0.0.1'],
    ['2130706433', '127.0.0.1'],
    ['4294967295', '255.255.255.255'],
    ['0', '0.0.0.0'],
    ['0x', '0.0.0.0'],
  ])('%s is %s', (text, address) => {
    expect(oldIpv4(text)).toBe(address);
  });

  test.each([
    '',
    'a',
    '1.2.3.4.5',
    '256.0.0.1',
    '1.256.1',
    '4294967296',
    '08.0.0.1',
    '0xg',
    '1..2',
    '-1',
    '1.2.3.corp',
    '::1',
  ])('%j is none', (text) => {
    expect(oldIpv4(text)).toBeNull();
  });
});
