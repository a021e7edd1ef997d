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
    ask: (address: string, name: string) =>
      queue.run(address, name, () => {
        begun.push(`${address}/${name}`);
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

  test('goes on after work that fails, and is empty in the end', async () => {
    const queue = new FairQueue(limits);
    await expect(queue.run('a', 'b', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await Promise.all([1, 2, 3].map((n) => queue.run('a', 'b', () => Promise.resolve(n))))).toEqual([
      1, 2, 3,
    ]);
  });
});
