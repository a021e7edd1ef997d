import { FairQueue } from '../../src/auth/fair-queue';

const limits = { mostAtOnce: 1, mostWaitingOfName: 3, mostWaitingOfAddress: 5, mostWaiting: 8 };

/** Work that is done when it is told; says in which order it was begun. */
function bench() {
  const begun: string[] = [];
  const gates: (() => void)[] = [];
  const queue = new FairQueue(limits);
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return {
    begun,
    ask: (address: string, loginName: string, isKnown = false) =>
      queue.run({ address, loginName, isKnown }, () => {
        begun.push(`${address}/${loginName}`);
        return new Promise<void>((resolve) => gates.push(resolve));
      }),
    async finishAll(): Promise<void> {
      await settle();
      while (gates.length > 0) {
        gates.shift()?.();
        await settle();
      }
    },
  };
}

describe('a fair queue', () => {
  test('lets everybody in, one at a time, in turns of addresses and of their names', async () => {
    const { ask, begun, finishAll } = bench();
    const all = [
      ask('flood', 'a'),
      ask('flood', 'a'),
      ask('flood', 'a'),
      ask('flood', 'b'),
      ask('honest', 'ann'),
      ask('flood', 'a'),
      ask('honest', 'bob'),
    ];
    await finishAll();
    await Promise.all(all);
    expect(begun).toEqual([
      'flood/a', // found it empty
      'flood/a',
      'honest/ann',
      'flood/b',
      'honest/bob',
      'flood/a',
      'flood/a',
    ]);
  });

  test.each([
    ['of a name at an address', (i: number) => ['here', 'ann', i] as const, 1 + 3],
    ['of an address', (i: number) => ['here', `name ${i}`, i] as const, 1 + 5],
    ['of all', (i: number) => [`place ${i}`, 'ann', i] as const, 1 + 8],
  ])('refuses what makes the line %s too long, and nothing else', async (_, of, fits) => {
    const { ask, finishAll } = bench();
    const asked = Array.from({ length: 20 }, (_unused, i) => ask(of(i)[0], of(i)[1]));
    const settled = Promise.allSettled(asked);
    await finishAll();
    const refused = (await settled).filter(({ status }) => status === 'rejected');
    expect(20 - refused.length).toBe(fits);
    for (const one of refused) expect(one).toMatchObject({ reason: { problem: { code: 'RATE_LIMITED' } } });
  });

  test('lets those who are known and strangers in by turns, and neither fills the line of the other', async () => {
    const { ask, begun, finishAll } = bench();
    const strangers = Array.from({ length: 20 }, (_, i) => ask(`place ${i}`, 'ann'));
    const known = [ask('home', 'ann', true), ask('home', 'bob', true)];
    const settled = Promise.allSettled(strangers);
    await finishAll();
    await Promise.all(known);
    expect((await settled).filter(({ status }) => status === 'fulfilled')).toHaveLength(1 + 8);
    expect(begun.slice(0, 5)).toEqual(['place 0/ann', 'home/ann', 'place 1/ann', 'home/bob', 'place 2/ann']);
  });

  test('goes on after work that fails, and is empty in the end', async () => {
    const queue = new FairQueue(limits);
    const who = { address: 'a', loginName: 'b', isKnown: false };
    await expect(queue.run(who, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await Promise.all([1, 2, 3].map((n) => queue.run(who, () => Promise.resolve(n))))).toEqual([
      1, 2, 3,
    ]);
  });
});
