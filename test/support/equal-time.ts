const pairs = 300;
// Code that is not optimized yet takes longer for what it does more of.
const warmUp = 200;
const tries = 5;

type Times = [one: number[], other: number[]];

/** How long each of two operations takes, in interleaved pairs, so that both meet the same moments. */
async function timesOf(
  one: () => Promise<unknown>,
  other: () => Promise<unknown>,
  warmUpPairs: number,
): Promise<Times> {
  const times: Times = [[], []];
  const timed = async (which: 0 | 1): Promise<void> => {
    const start = process.hrtime.bigint();
    await (which === 0 ? one() : other());
    times[which].push(Number(process.hrtime.bigint() - start));
  };
  for (let i = 0; i < pairs + warmUpPairs; i++) {
    if (i === warmUpPairs) times.forEach((list) => (list.length = 0));
    // Neither is always the one that finds the caches warm.
    const first = (i % 2) as 0 | 1;
    await timed(first);
    await timed((1 - first) as 0 | 1);
  }
  return times;
}

/** How much longer the slower one takes by the medians: 1.02 for 2 %. */
function ratioOf(times: Times): number {
  const median = (list: readonly number[]): number => [...list].sort((a, b) => a - b)[list.length >> 1]!;
  const [a, b] = times.map(median) as [number, number];
  return Math.max(a, b) / Math.min(a, b);
}

/**
 * The ratios of up to five measurements, until one is within the limit, by itself or together with those before:
 * a machine that has much else to do makes any two things differ.
 */
export async function timeRatios(
  one: () => Promise<unknown>,
  other: () => Promise<unknown>,
  limit: number,
  warmUpPairs = warmUp,
): Promise<number[]> {
  const ratios: number[] = [];
  const all: Times = [[], []];
  do {
    const times = await timesOf(one, other, warmUpPairs);
    times.forEach((list, which) => all[which as 0 | 1].push(...list));
    ratios.push(Math.min(ratioOf(times), ratioOf(all)));
  } while (ratios.at(-1)! > limit && ratios.length < tries);
  return ratios;
}
