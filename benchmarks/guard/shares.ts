/**
 * Works as shares of the yardstick, in rounds: yardstick, work, yardstick,
 * work, … so that what slows the machine down slows both.
 *
 * @module
 */
import type { OpenWork, Work } from "../measure/work.ts";
import { summarise, type Summary } from "../measure/statistics.ts";
import { secondsOf, yardstick } from "../measure/yardstick.ts";

/** Opens works, as a `Bench` does. */
export type Opener = (work: Work) => Promise<OpenWork>;

/** Time after which nobody needs more rounds. */
const enoughMs = 5000;

/**
 * Measures the rate of a work as a share of the yardstick's.
 *
 * @param work Counts its operations.
 * @param open Makes works ready.
 * @param least Rounds at least, each of which gives a share; more, up to three
 * times as many, while they took less than five seconds.
 * @param against What it is a share of; the yardstick when absent.
 * @returns The shares, summarised: the median counts.
 */
export const shareOf = async (
  work: Work,
  open: Opener,
  least: number,
  against: Work = yardstick,
): Promise<Summary> => {
  const [measure, ready] = [await open(against), await open(work)];
  const rate = async (of: OpenWork, { operations }: Work) =>
    operations / await secondsOf(of);
  const shares: number[] = [];
  let before = await rate(measure, against);
  const started = performance.now();
  const early = () => performance.now() - started < enoughMs;
  while (shares.length < least || (shares.length < 3 * least && early())) {
    const found = await rate(ready, work);
    const after = await rate(measure, against);
    shares.push(found / Math.sqrt(before * after));
    before = after;
  }
  await ready.close();
  await measure.close();
  return summarise(shares);
};
