/**
 * Rates of workloads relative to the reference GEMM. Both are measured in turn
 * (GEMM, workload, GEMM, workload, …), so that a slow machine slows both.
 *
 * @module
 */
import { referenceGemm, secondsOf } from "../measure/reference_gemm.ts";
import { summarise, type Summary } from "../measure/statistics.ts";
import type { OpenWorkload, Workload } from "../measure/workload.ts";

/** Opens workloads, as an `Engine` does. */
export type Opener = (workload: Workload) => Promise<OpenWorkload>;

/** Time after which no further rounds are added. */
const enoughMs = 5000;

/**
 * Measures the rate of a workload relative to the reference GEMM.
 *
 * @param workload Its operations are counted.
 * @param open Opens workloads.
 * @param minRounds Rounds, each of which gives one relative rate; up to three
 * times as many if they take less than five seconds.
 * @param reference Default: the reference GEMM.
 * @returns A summary of the relative rates; its median counts.
 */
export const relativeRateOf = async (
  workload: Workload,
  open: Opener,
  minRounds: number,
  reference: Workload = referenceGemm,
): Promise<Summary> => {
  const openReference = await open(reference);
  const openWorkload = await open(workload);
  const rateOf = async (opened: OpenWorkload, { operations }: Workload) =>
    operations / await secondsOf(opened);
  const relativeRates: number[] = [];
  let before = await rateOf(openReference, reference);
  const started = performance.now();
  const early = () => performance.now() - started < enoughMs;
  while (
    relativeRates.length < minRounds ||
    (relativeRates.length < 3 * minRounds && early())
  ) {
    const rate = await rateOf(openWorkload, workload);
    const after = await rateOf(openReference, reference);
    relativeRates.push(rate / Math.sqrt(before * after));
    before = after;
  }
  await openWorkload.close();
  await openReference.close();
  return summarise(relativeRates);
};
