/**
 * Two revisions compared, workload by workload.
 *
 * Method: fresh processes of base and head in turn, beginning with another one
 * in each pair; geometric mean of the paired ratios with a bootstrap interval.
 *
 * @module
 */
import { median, pairedRatio } from "../measure/statistics.ts";
import { showSeconds, table } from "../measure/table.ts";
import type { Trial } from "./workloads.ts";

/** The revisions of a comparison. */
export type Revision = "base" | "head";

/** Runs a workload in one fresh process. */
export type Run = (revision: Revision, workload: string) => Promise<Trial>;

/** The comparison of one workload. */
export interface Comparison {
  /** Name of the workload. */
  readonly name: string;
  /** Seconds of each process of base. */
  readonly base: readonly number[];
  /** Seconds of each process of head. */
  readonly head: readonly number[];
  /** Time of head divided by time of base. */
  readonly ratio: number;
  /** Lower end of its 95 % interval. */
  readonly low: number;
  /** Upper end of its 95 % interval. */
  readonly high: number;
  /** Relative difference of the results. */
  readonly difference: number;
}

/**
 * Compares one workload.
 *
 * @param name Name of the workload.
 * @param rounds Pairs of processes.
 * @param run Runs one process.
 * @returns See {@link Comparison}.
 */
export const compare = async (
  name: string,
  rounds: number,
  run: Run,
): Promise<Comparison> => {
  const trials: Record<Revision, Trial[]> = { base: [], head: [] };
  for (let round = 0; round < rounds; round++) {
    const order: readonly Revision[] = round % 2 === 0
      ? ["base", "head"]
      : ["head", "base"];
    for (const revision of order) {
      trials[revision].push(await run(revision, name));
    }
  }
  const base = trials.base.map(({ seconds }) => seconds);
  const head = trials.head.map(({ seconds }) => seconds);
  const [a, b] = [trials.base[0]!.value, trials.head[0]!.value];
  return {
    name,
    base,
    head,
    ...pairedRatio(head, base),
    difference: Math.abs(b - a) / Math.abs(a || 1),
  };
};

/**
 * Returns whether head is significantly slower than base.
 *
 * @param comparison Of one workload.
 * @param tolerance Slow-down that is allowed, as a fraction of base's time.
 * @returns `true` if the entire interval lies above `1 + tolerance`.
 */
export const regressed = (
  { low }: Comparison,
  tolerance: number,
): boolean => low > 1 + tolerance;

/**
 * Returns a table of the comparisons.
 *
 * @param comparisons Of all workloads.
 * @param tolerance As for {@link regressed}.
 * @returns A Markdown table.
 */
export const comparisonTable = (
  comparisons: readonly Comparison[],
  tolerance: number,
): string =>
  table(
    ["workload", "base", "head", "head / base", "95 %", "verdict"],
    comparisons.map((comparison) => {
      const { name, base, head, ratio, low, high, difference } = comparison;
      const slower = regressed(comparison, tolerance) ? "SLOWER" : "";
      const faster = high < 1 / (1 + tolerance) ? "faster" : "";
      const other = difference > 1e-3
        ? `other result (${difference.toExponential(0)})`
        : "";
      return [
        name,
        showSeconds(median(base)),
        showSeconds(median(head)),
        ratio.toFixed(3),
        `${low.toFixed(3)}–${high.toFixed(3)}`,
        [slower || faster || "same", other].filter((word) => word).join(", "),
      ];
    }),
  );
