const pairs = 300;
const warmUp = 30;
const tries = 5;

/** How much longer the slower of two operations takes, by the medians of interleaved pairs: 1.02 for 2 %. */
async function ratioOf(one: () => Promise<unknown>, other: () => Promise<unknown>): Promise<number> {
  const times: [number[], number[]] = [[], []];
  const timed = async (which: 0 | 1): Promise<void> => {
    const start = process.hrtime.bigint();
    await (which === 0 ? one() : other());
    times[which].push(Number(process.hrtime.bigint() - start));
  };
  for (let i = 0; i < pairs + warmUp; i++) {
    if (i === warmUp) times.forEach((list) => (list.length = 0));
    // Neither is always the one that finds the caches warm.
    const first = (i % 2) as 0 | 1;
    await timed(first);
    await timed((1 - first) as 0 | 1);
  }
  const [a, b] = times.map((list) => list.sort((x, y) => x - y)[list.length >> 1]!) as [number, number];
  return Math.max(a, b) / Math.min(a, b);
}

/** The ratios of up to five measurements, until one is within the limit: a machine with much to do is no fault. */
export async function timeRatios(
  one: () => Promise<unknown>,
  other: () => Promise<unknown>,
  limit: number,
): Promise<number[]> {
  const ratios: number[] = [];
  do ratios.push(await ratioOf(one, other));
  while (ratios.at(-1)! > limit && ratios.length < tries);
  return ratios;
}
