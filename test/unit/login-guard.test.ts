import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { ReadCtx } from '../../src/core/ctx';
import { isFailure } from '../../src/core/failure';
import type { AuditNote } from '../../src/core/tx';
import type { Attempt } from '../../src/auth/attempt';
import { LoginGuard, type LoginLimits } from '../../src/auth/login-guard';
import { sourceOf } from '../../src/auth/login-source';
import { defaultLimits } from '../../src/limits';
import { readSettings } from '../../src/settings';
import { ManualClock } from '../support/manual-clock';

const method = 'primary of global';

/** A guard, and people who try from addresses; what they are told is the wait in seconds, or how it went. */
function guarded(limits: Partial<LoginLimits> = {}) {
  const clock = new ManualClock();
  const guard = new LoginGuard({ ...readSettings({}, {}).logins, ...limits }, defaultLimits.login, clock);
  const notes: AuditNote[] = [];
  const from = (clientAddress: string) =>
    ({ clientAddress, note: (note) => void notes.push(note) }) as ReadCtx;
  const waitOf = (work: () => Attempt): Attempt | number => {
    try {
      return work();
    } catch (error) {
      if (!isFailure(error) || error.problem.code !== 'RATE_LIMITED') throw error;
      return error.problem.retryAfterMs / 1000;
    }
  };
  const begin = (address: string, loginName: string) =>
    waitOf(() =>
      guard.login(from(address), {
        ...{ operation: 'authenticate', loginName, method },
        note: { resourceType: 'auth-method', after: { loginName } },
      }),
    );
  return {
    ...{ clock, guard, notes, begin, from, waitOf },
    wrong: (address: string, name: string) => {
      const begun = begin(address, name);
      return typeof begun === 'number' ? begun : 'wrong';
    },
    right: (address: string, name: string) => {
      const begun = begin(address, name);
      if (typeof begun === 'number') return begun;
      begun.right();
      guard.remember({ methods: [method, 'ampw_1'], loginName: name, address });
      return 'right';
    },
  };
}

describe('wrong passwords of one name from one address', () => {
  test('cost nothing five times, then a wait that doubles up to five minutes', () => {
    const { wrong, clock } = guarded();
    for (let i = 0; i < 5; i++) expect(wrong('192.0.2.1', 'ann')).toBe('wrong');
    for (const seconds of [15, 30, 60, 120, 240, 300, 300]) {
      expect(wrong('192.0.2.1', 'ann')).toBe(seconds);
      clock.advance(seconds * 1000 - 1);
      expect(wrong('192.0.2.1', 'ann')).toBe(0.001);
      clock.advance(1);
      expect(wrong('192.0.2.1', 'ann')).toBe('wrong');
    }
  });

  test('are forgotten after a right one, and after a quarter of an hour without any', () => {
    const { wrong, right, clock } = guarded();
    for (let i = 0; i < 4; i++) wrong('192.0.2.1', 'ann');
    expect(right('192.0.2.1', 'ann')).toBe('right');
    for (let i = 0; i < 5; i++) expect(wrong('192.0.2.1', 'ann')).toBe('wrong');
    expect(wrong('192.0.2.1', 'ann')).toBe(15);
    clock.advance(15 * 60_000 + 1);
    for (let i = 0; i < 5; i++) expect(wrong('192.0.2.1', 'ann')).toBe('wrong');
    expect(wrong('192.0.2.1', 'ann')).toBe(15);
  });

  test('count from their beginning, so that many at once are no more than one after the other', () => {
    const { begin } = guarded();
    const begun = Array.from({ length: 100 }, () => begin('192.0.2.1', 'ann'));
    expect(begun.filter((one) => typeof one === 'object')).toHaveLength(5);
  });

  test('do not count when nobody looked at them', () => {
    const { begin } = guarded();
    for (let i = 0; i < 100; i++) (begin('192.0.2.1', 'ann') as Attempt).undone();
  });

  test('keep no other name out, nor this one elsewhere', () => {
    const { wrong } = guarded();
    for (let i = 0; i < 6; i++) wrong('192.0.2.1', 'ann');
    expect(wrong('192.0.2.1', 'ann')).toBe(15);
    expect(wrong('192.0.2.1', 'bob')).toBe('wrong');
    expect(wrong('192.0.2.2', 'ann')).toBe('wrong');
  });
});

describe('an address', () => {
  test('tries twenty names at once, right or wrong, then one every three seconds', () => {
    const { wrong, right, clock } = guarded();
    for (let i = 0; i < 20; i++)
      expect(i % 2 ? wrong('192.0.2.1', `n${i}`) : right('192.0.2.1', `n${i}`)).toEqual(expect.any(String));
    expect(wrong('192.0.2.1', 'next')).toBe(3);
    expect(right('192.0.2.1', 'n0')).toBe(3);
    clock.advance(3000);
    expect(wrong('192.0.2.1', 'next')).toBe('wrong');
    expect(wrong('192.0.2.1', 'next')).toBe(3);
    expect(wrong('192.0.2.2', 'next')).toBe('wrong');
  });

  test('may try what the setting says, where many people share one', () => {
    const { wrong } = guarded({ perAddress: 100 });
    for (let i = 0; i < 100; i++) expect(wrong('192.0.2.1', `n${i}`)).toBe('wrong');
    expect(wrong('192.0.2.1', 'next')).toBe(0.6);
  });

  test.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:c000:0201', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:1:2::9', '2001:db8:1:2::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    [null, ''],
    ['no address', ''],
  ])('%s counts as %s', (address, source) => {
    expect(sourceOf(address)).toBe(source);
  });
});

describe('a name', () => {
  const addresses = (n: number, from = 0) => Array.from({ length: n }, (_, i) => `198.51.100.${from + i}`);

  test('is tried twenty times at once from everywhere, then one every three seconds', () => {
    const { wrong, clock } = guarded();
    for (const address of addresses(20)) expect(wrong(address, 'ann')).toBe('wrong');
    expect(wrong('203.0.113.9', 'ann')).toBe(3);
    clock.advance(3000);
    expect(wrong('203.0.113.9', 'ann')).toBe('wrong');
  });

  test('is not kept out by strangers where it has signed in before, however it asks for its auth method', () => {
    const { wrong, right, guard, from } = guarded();
    expect(right('192.0.2.7', 'ann')).toBe('right');
    for (let round = 0; round < 50; round++) for (const address of addresses(200)) wrong(address, 'ann');
    expect(wrong('203.0.113.9', 'ann')).toBeGreaterThan(0);
    expect(right('192.0.2.7', 'ann')).toBe('right');
    const byId = {
      operation: 'authenticate',
      loginName: 'ann',
      method: 'ampw_1',
      note: { resourceType: 'x' },
    };
    expect(guard.login(from('192.0.2.7'), byId).hasher.isKnown).toBe(true);
    expect(() => guard.login(from('192.0.2.7'), { ...byId, method: 'ampw_2' })).toThrow(
      /^too many sign-ins; wait/,
    );
  });

  test('waits there for what was tried from there', () => {
    const { wrong, right } = guarded();
    right('192.0.2.7', 'ann');
    for (let i = 0; i < 5; i++) wrong('192.0.2.7', 'ann');
    expect(right('192.0.2.7', 'ann')).toBe(15);
  });

  test('is not used up by who signs in', () => {
    const { right } = guarded();
    for (const address of addresses(200)) expect(right(address, 'ann')).toBe('right');
  });
});

test('all who are at new places together have a limit, which those at old ones do not feel', () => {
  const { wrong, right } = guarded({ overall: 100 });
  right('192.0.2.7', 'ann');
  for (let i = 0; i < 99; i++) expect(wrong(`10.0.0.${i}`, `n${i}`)).toBe('wrong');
  expect(wrong('10.0.1.1', 'next')).toBe(0.6);
  expect(right('192.0.2.7', 'ann')).toBe('right');
});

test('0 is no limit', () => {
  const { wrong } = guarded({ failures: 0, perAddress: 0, perName: 0, overall: 0 });
  for (let i = 0; i < 5000; i++) expect(wrong('192.0.2.1', 'ann')).toBe('wrong');
});

test('proofs of an account’s password wait from everywhere, and not for strangers who try to sign in', () => {
  const { guard, from, waitOf, wrong, clock } = guarded();
  const prove = (address: string) =>
    waitOf(() =>
      guard.proof(from(address), 'acctpw_1', {
        ...{ operation: 'changeAccountPassword', loginName: 'ann' },
        note: { resourceType: 'account' },
      }),
    );
  for (let i = 0; i < 50; i++) wrong(`10.0.0.${i}`, 'ann');
  for (let i = 0; i < 5; i++) expect(prove(`192.0.2.${i}`)).toEqual(expect.any(Object));
  expect(prove('192.0.2.99')).toBe(15);
  clock.advance(15_000);
  (prove('192.0.2.99') as Attempt).right();
  for (let i = 0; i < 5; i++) expect(prove('192.0.2.1')).toEqual(expect.any(Object));
});

describe('what the limits refuse', () => {
  test('is told once for each reason, and then added up until its minute is over', () => {
    const { wrong, guard, clock, notes } = guarded();
    for (let i = 0; i < 1000; i++) wrong('192.0.2.1', 'ann');
    for (let i = 0; i < 1000; i++) wrong('192.0.2.1', `name-${i}`);
    expect(notes.filter(({ comment }) => comment?.includes('further ones'))).toHaveLength(995 + 985);
    expect(guard.sums()).toEqual([]);
    clock.advance(60_000);
    const reason = { operation: 'authenticate', what: 'sign-ins', address: '192.0.2.1' };
    expect(guard.sums()).toEqual([
      { ...reason, limit: 'name and address', loginName: 'ann', count: 994 },
      { ...reason, limit: 'address', loginName: null, count: 984 },
    ]);
    expect(guard.sums(true)).toEqual([]);
  });

  test('is known to who threw it: the first is told, the others are counted', () => {
    const { guard, from } = guarded({ failures: 1 });
    const tried = { operation: 'authenticate', loginName: 'ann', method, note: { resourceType: 'x' } };
    guard.login(from('192.0.2.1'), tried);
    const refused = Array.from({ length: 3 }, () => {
      try {
        return guard.login(from('192.0.2.1'), tried);
      } catch (error) {
        return isFailure(error) && error.isCounted;
      }
    });
    expect(refused).toEqual([false, true, true]);
  });

  test('is added up under few keys, however many reasons there are', () => {
    const { wrong, guard, clock } = guarded({ failures: 1 });
    for (let i = 0; i < 3000; i++) for (let j = 0; j < 3; j++) wrong(`10.0.${i >> 8}.${i & 255}`, `n${i}`);
    clock.advance(60_000);
    const sums = guard.sums();
    expect(sums.length).toBeLessThanOrEqual(1001);
    expect(sums.reduce((sum, { count }) => sum + count, 0)).toBeGreaterThan(1000);
  });
});

test('hundreds of thousands of names and addresses take no more memory than some', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const used = (): number => {
    collect();
    return process.memoryUsage().heapUsed / 1e6;
  };
  const { wrong } = guarded({ overall: 0 });
  const before = used();
  for (let i = 0; i < 200_000; i++) wrong(`${1 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}.7`, `name-${i}`);
  const grown = used() - before;
  expect(wrong('192.0.2.1', 'ann')).toBe('wrong');
  expect(grown).toBeLessThan(20);
});
