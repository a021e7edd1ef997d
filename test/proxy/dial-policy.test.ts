import { networkInterfaces } from 'node:os';
import { StartFailure } from '../../src/core/start-failure';
import { makeDialPolicy, withinBounds, type DialPolicy, type DialRules } from '../../src/proxy/dial-policy';

const port = 5432;
const denied = 'the worker may not dial this address';
const outside = 'the worker may not dial outside its allowed ranges';
const own = 'it is a listener of postern itself';
const noAddress = 'it is no IP address';

function policy(rules: Partial<DialRules> = {}): DialPolicy {
  return makeDialPolicy({ allow: [], deny: [], ownListeners: [], ...rules });
}

describe('without settings', () => {
  test.each([
    ['the metadata address of the clouds', '169.254.169.254'],
    ['it, mapped into IPv6, dotted', '::ffff:169.254.169.254'],
    ['it, mapped into IPv6, in hexadecimal', '::ffff:a9fe:a9fe'],
    ['it, mapped into IPv6, in capitals', '::FFFF:A9FE:A9FE'],
    ['it, mapped into IPv6, written out', '0:0:0:0:0:ffff:a9fe:a9fe'],
    ['it, mapped into IPv6, written out and dotted', '0000:0000:0000:0000:0000:ffff:169.254.169.254'],
    ['it, mapped into IPv6, with a zone', '::ffff:169.254.169.254%eth0'],
    ['it, compatible with IPv6', '::169.254.169.254'],
    ['it, compatible with IPv6, in hexadecimal', '::a9fe:a9fe'],
    ['it, behind NAT64', '64:ff9b::a9fe:a9fe'],
    ['it, behind NAT64, dotted', '64:ff9b::169.254.169.254'],
    ['it, behind a NAT64 of the place', '64:ff9b:1::a9fe:a9fe'],
    ['it, translated', '::ffff:0:169.254.169.254'],
    ['it, in 6to4', '2002:a9fe:a9fe::1'],
    ['it, behind NAT64, written out', '0064:ff9b:0000:0000:0000:0000:a9fe:a9fe'],
    ['the first link-local address', '169.254.0.0'],
    ['the last link-local address', '169.254.255.255'],
    ['the metadata address of Alibaba', '100.100.100.200'],
    ['the metadata address of Oracle', '192.0.0.192'],
    ['the metadata address of Amazon in IPv6', 'fd00:ec2::254'],
    ['it, written out', 'fd00:0ec2:0000:0000:0000:0000:0000:0254'],
    ['it, in capitals', 'FD00:EC2::254'],
    ['an IPv6 link-local address', 'fe80::1'],
    ['it, with a zone', 'fe80::1%eth0'],
    ['it, in capitals', 'FE80::1'],
    ['the last IPv6 link-local address', 'febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['no address in particular', '0.0.0.0'],
    ['another of that network', '0.1.2.3'],
    ['no address in particular, mapped into IPv6', '::ffff:0.0.0.0'],
    ['no address in particular, in IPv6', '::'],
    ['it, written out', '0:0:0:0:0:0:0:0'],
    ['a multicast address', '224.0.0.1'],
    ['the last multicast address', '239.255.255.255'],
    ['a multicast address, mapped into IPv6', '::ffff:224.0.0.1'],
    ['an IPv6 multicast address', 'ff02::1'],
    ['a reserved address', '240.0.0.1'],
    ['the broadcast address', '255.255.255.255'],
  ])('%s is denied: %s', (_, address) => {
    expect(policy().refuse(address, port)).toBe(denied);
  });

  test.each([
    ['loopback', '127.0.0.1'],
    ['another address of loopback', '127.1.2.3'],
    ['loopback in IPv6', '::1'],
    ['loopback, mapped into IPv6', '::ffff:127.0.0.1'],
    ['a private address', '10.0.0.1'],
    ['a private address of the second range', '172.16.0.1'],
    ['a private address of the third range', '192.168.1.1'],
    ['a private address, mapped into IPv6', '::ffff:10.0.0.1'],
    ['a private address behind NAT64', '64:ff9b::a00:1'],
    ['a carrier-grade address', '100.64.0.1'],
    ['the neighbour of a metadata address', '100.100.100.201'],
    ['the neighbour of the link-local range', '169.253.255.255'],
    ['the other neighbour of the link-local range', '169.255.0.0'],
    ['a unique local address', 'fd12:3456::1'],
    ['the neighbour of the metadata address in IPv6', 'fd00:ec2::253'],
    ['the neighbour of the IPv6 link-local range', 'fec0::1'],
    ['a public address', '203.0.113.7'],
    ['a public IPv6 address', '2001:db8::1'],
    ['the last address before multicast', '223.255.255.255'],
  ])('%s may be dialled: %s', (_, address) => {
    expect(policy().refuse(address, port)).toBeNull();
  });

  test.each([
    '',
    'localhost',
    '127.1',
    '2130706433',
    '0x7f000001',
    '0177.0.0.1',
    '127.0.0.1 ',
    '[::1]',
    '1::2::3',
    '127.0.0.1:22',
  ])('what is no IP address is refused: %j', (text) => {
    expect(policy().refuse(text, port)).toBe(noAddress);
  });
});

describe('with an allow list', () => {
  const allowing = policy({ allow: ['10.0.0.0/8', '192.168.7.7', '2001:db8::/32'] });

  test.each([
    ['an address in its range', '10.255.255.255', null],
    ['one in its range, mapped into IPv6', '::ffff:10.0.0.1', null],
    ['one in its range behind NAT64', '64:ff9b::10.0.0.1', null],
    ['the single address on it', '192.168.7.7', null],
    ['the neighbour of a single address', '192.168.7.8', outside],
    ['an address beyond its range', '11.0.0.0', outside],
    ['one beyond its range, mapped into IPv6', '::ffff:11.0.0.0', outside],
    ['loopback, which is not on it', '127.0.0.1', outside],
    ['IPv6 loopback, which is not on it', '::1', outside],
    ['an IPv6 address in its range', '2001:db8:ffff::1', null],
    ['an IPv6 address in its range, in capitals', '2001:DB8::ABCD', null],
    ['an IPv6 address beyond its range', '2001:db9::1', outside],
    ['what is denied by default', '169.254.169.254', denied],
  ])('%s: %s', (_, address, answer) => {
    expect(allowing.refuse(address, port)).toBe(answer);
  });

  test('a range may be written with an address from its middle', () => {
    const loose = policy({ allow: ['10.1.2.3/8'] });
    expect(loose.refuse('10.200.0.1', port)).toBeNull();
    expect(loose.refuse('11.0.0.1', port)).toBe(outside);
  });
});

describe('with a deny list', () => {
  const denying = policy({ deny: ['127.0.0.0/8', '10.1.0.0/16', '203.0.113.7', '2001:db8:bad::/48'] });

  test.each([
    ['loopback', '127.0.0.1', denied],
    ['loopback, mapped into IPv6', '::ffff:127.0.0.1', denied],
    ['loopback, mapped into IPv6, in hexadecimal', '::ffff:7f00:1', denied],
    ['loopback, compatible with IPv6', '::127.0.0.1', denied],
    ['loopback behind NAT64', '64:ff9b::7f00:1', denied],
    ['IPv6 loopback, which is another address', '::1', null],
    ['an address in its range', '10.1.255.255', denied],
    ['an address beyond its range', '10.2.0.0', null],
    ['the single address on it', '203.0.113.7', denied],
    ['the neighbour of a single address', '203.0.113.8', null],
    ['an IPv6 address in its range', '2001:db8:bad:1::1', denied],
    ['an IPv6 address in its range, written out', '2001:0db8:0bad:0000:0000:0000:0000:0001', denied],
    ['an IPv6 address beyond its range', '2001:db8:bae::1', null],
    ['what is denied anyway', '169.254.169.254', denied],
  ])('%s: %s', (_, address, answer) => {
    expect(denying.refuse(address, port)).toBe(answer);
  });

  test('what is on both lists is denied', () => {
    const both = policy({ allow: ['10.0.0.0/8'], deny: ['10.1.0.0/16'] });
    expect(both.refuse('10.1.0.1', port)).toBe(denied);
    expect(both.refuse('10.2.0.1', port)).toBeNull();
  });
});

describe('a range that is denied by default', () => {
  test('is opened by naming it, in every spelling of its addresses', () => {
    const lifted = policy({ allow: ['169.254.0.0/16', '127.0.0.0/8'] });
    for (const address of ['169.254.169.254', '::ffff:169.254.169.254', '64:ff9b::a9fe:a9fe'])
      expect(lifted.refuse(address, port)).toBeNull();
  });

  test('is opened alone: the others stay shut', () => {
    const lifted = policy({ allow: ['169.254.0.0/16'] });
    expect(lifted.refuse('fe80::1', port)).toBe(denied);
    expect(lifted.refuse('0.0.0.0', port)).toBe(denied);
    expect(lifted.refuse('10.0.0.1', port)).toBe(outside);
  });

  test('is not opened by a wider range, nor by a part of it', () => {
    expect(policy({ allow: ['0.0.0.0/0', '::/0'] }).refuse('169.254.169.254', port)).toBe(denied);
    expect(policy({ allow: ['0.0.0.0/0', '::/0'] }).refuse('fe80::1', port)).toBe(denied);
    expect(policy({ allow: ['169.254.169.254/32'] }).refuse('169.254.169.254', port)).toBe(denied);
  });

  test('stays shut when it is named in both lists', () => {
    const both = policy({ allow: ['169.254.0.0/16'], deny: ['169.254.169.254'] });
    expect(both.refuse('169.254.169.254', port)).toBe(denied);
    expect(both.refuse('169.254.1.1', port)).toBeNull();
  });
});

describe('a listener of its own', () => {
  const mine = Object.values(networkInterfaces())
    .flatMap((found) => found ?? [])
    .filter(({ address }) => !address.startsWith('fe80:'))
    .map(({ address }) => address);

  test.each([
    ['as it is written', '127.0.0.1', '127.0.0.1', own],
    ['mapped into IPv6', '127.0.0.1', '::ffff:127.0.0.1', own],
    ['mapped into IPv6, in hexadecimal', '127.0.0.1', '::ffff:7f00:1', own],
    ['mapped into IPv6, written out', '127.0.0.1', '0:0:0:0:0:FFFF:7F00:1', own],
    ['behind NAT64', '127.0.0.1', '64:ff9b::7f00:1', own],
    ['at another address of loopback, where it does not listen', '127.0.0.1', '127.0.0.2', null],
    ['everywhere, reached at loopback', '0.0.0.0', '127.0.0.1', own],
    ['everywhere, reached at another address of loopback', '0.0.0.0', '127.0.0.2', own],
    ['everywhere, reached at loopback mapped into IPv6', '0.0.0.0', '::ffff:127.0.0.2', own],
    ['everywhere in IPv6, reached at loopback', '::', '::1', own],
    ['everywhere in IPv6, reached at loopback with a zone', '::', '::1%lo', own],
    ['everywhere in IPv6, reached at IPv4 loopback', '::', '127.0.0.1', own],
    ['everywhere, while the address is of another machine', '0.0.0.0', '203.0.113.7', null],
    ['everywhere in IPv6, reached at loopback written out', '::', '0:0:0:0:0:0:0:1', own],
    ['everywhere in IPv6, reached at loopback padded', '::', '::0001', own],
    ['at IPv6 loopback, as it is written', '::1', '::1', own],
    ['at IPv6 loopback, written out', '::1', '0:0:0:0:0:0:0:1', own],
    ['at IPv6 loopback, padded', '::1', '0000:0000:0000:0000:0000:0000:0000:0001', own],
    ['at IPv6 loopback, partly shortened', '::1', '0::1', own],
    ['at a unique local address, in capitals', 'fd12::abcd', 'FD12::ABCD', own],
    ['at a unique local address, written out', 'fd12::abcd', 'fd12:0:0:0:0:0:0:abcd', own],
    ['listening at a mapped address, reached at the IPv4 one', '::ffff:127.0.0.1', '127.0.0.1', own],
  ])('is refused however it is reached: %s', (_, listener, address, answer) => {
    const guarded = policy({ ownListeners: [{ address: listener, port }] });
    expect(guarded.refuse(address, port)).toBe(answer);
  });

  test('that listens everywhere is refused at every address of this machine', () => {
    const guarded = policy({ ownListeners: [{ address: '0.0.0.0', port }] });
    expect(mine.length).toBeGreaterThan(0);
    for (const address of mine) {
      expect([address, guarded.refuse(address, port)]).toEqual([address, own]);
      if (address.includes('.')) expect(guarded.refuse(`::ffff:${address}`, port)).toBe(own);
      else expect(guarded.refuse(address.toUpperCase(), port)).toBe(own);
    }
  });

  test('is told by its port: another one of the same address may be dialled', () => {
    const guarded = policy({ ownListeners: [{ address: '127.0.0.1', port }] });
    expect(guarded.refuse('127.0.0.1', port + 1)).toBeNull();
  });

  test('stays refused where its address is allowed', () => {
    const guarded = policy({ allow: ['127.0.0.0/8'], ownListeners: [{ address: '127.0.0.1', port }] });
    expect(guarded.refuse('127.0.0.1', port)).toBe(own);
  });
});

describe('a range that is malformed', () => {
  test.each([
    '',
    '/8',
    'ten',
    'localhost',
    '10.0.0/8',
    '10.0.0.0.0/8',
    '10.0.0.256/8',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/8.5',
    '10.0.0.0/eight',
    '10.0.0.0/255.0.0.0',
    '10.0.0.0-10.0.0.9',
    'fe80::/129',
    'fe80:::/10',
    '[fe80::]/10',
    '::1/x',
    '10.0.0.0/',
    'fe80::/',
    '10.0.0.0/ ',
    '10.0.0.0/8/9',
    '10.0.0.0/0x8',
    '10.0.0.0/1e1',
    '10.0.0.0/+8',
  ])('is refused with a sentence, on either list: %j', (cidr) => {
    const sentence = new StartFailure(
      `${JSON.stringify(cidr)} is no address range; write it like 10.0.0.0/8`,
    );
    expect(() => policy({ allow: [cidr] })).toThrow(sentence);
    expect(() => policy({ deny: [cidr] })).toThrow(sentence);
    expect(() => policy({ deny: [cidr] })).toThrow(StartFailure);
  });
});

describe('within the bounds of a session', () => {
  const denies = 'the address policy above its project denies it';
  const allowsOthers = 'the address policy above its project allows only others';
  const own = policy({ allow: ['10.0.0.0/8', '192.168.0.0/16'], deny: ['10.9.0.0/16'] });
  const bounded = withinBounds(own, [
    { allow: [], deny: ['10.1.0.0/16'] },
    { allow: ['10.0.0.0/12', '172.16.0.0/12'], deny: ['10.2.0.0/16'] },
  ]);

  test.each([
    ['what both allow', '10.3.0.1', null],
    ['what the first denies', '10.1.0.1', denies],
    ['it, mapped into IPv6', '::ffff:10.1.0.1', denies],
    ['it, behind NAT64', '64:ff9b::a01:1', denies],
    ['what the second denies', '10.2.0.1', denies],
    ['what the second does not allow', '10.16.0.1', allowsOthers],
    ['what is allowed to the worker alone', '192.168.0.1', allowsOthers],
    ['what is allowed to the session alone', '172.16.0.1', outside],
    ['what the worker denies', '10.9.0.1', denied],
    ['what is always denied', '169.254.169.254', denied],
  ])('%s is told as such: %s', (_, address, answer) => {
    expect(bounded.refuse(address, port)).toBe(answer);
  });

  test('there is the policy of the worker when there are none', () => {
    expect(withinBounds(own, [])).toBe(own);
    expect(withinBounds(own, [{ allow: [], deny: [] }]).refuse('10.3.0.1', port)).toBeNull();
  });

  test('that cannot be read nothing is dialled', () => {
    for (const broken of [
      { allow: ['ten'], deny: [] },
      { allow: [], deny: ['10.0.0.0/8', 'ten'] },
    ])
      expect(withinBounds(own, [broken]).refuse('10.3.0.1', port)).toBe(
        'the bounds of its project cannot be read',
      );
  });

  test('a range that is denied by default is not lifted', () => {
    const lifting = withinBounds(policy(), [{ allow: ['169.254.0.0/16'], deny: [] }]);
    expect(lifting.refuse('169.254.169.254', port)).toBe(denied);
  });
});
