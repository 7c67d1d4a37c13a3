/**
 * Two revisions compared, work by work.
 *
 * Method: fresh processes, base and head in turn, the first of each pair
 * alternating; the logarithms of the paired ratios with a bootstrap interval.
 *
 * @module
 */
import { median, pairedRatio } from "../measure/statistics.ts";
import { showSeconds, table } from "../measure/table.ts";
import type { Trial } from "./works.ts";

/** The sides of a comparison. */
export type Side = "base" | "head";

/** Runs one fresh process. */
export type Run = (side: Side, work: string) => Promise<Trial>;

/** What was found about one work. */
export interface Comparison {
  /** Name of the work. */
  readonly name: string;
  /** Seconds of each process. */
  readonly base: readonly number[];
  /** Likewise. */
  readonly head: readonly number[];
  /** Head's time as a multiple of base's, with the interval of 95 %. */
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
  /** Difference of the results, as a share. */
  readonly difference: number;
}

/**
 * Compares one work.
 *
 * @param name Of the work.
 * @param rounds Pairs of processes.
 * @param run Runs one of them.
 * @returns See {@link Comparison}.
 */
export const compare = async (
  name: string,
  rounds: number,
  run: Run,
): Promise<Comparison> => {
  const found: Record<Side, Trial[]> = { base: [], head: [] };
  for (let round = 0; round < rounds; round++) {
    const order: readonly Side[] = round % 2 === 0
      ? ["base", "head"]
      : ["head", "base"];
    for (const side of order) found[side].push(await run(side, name));
  }
  const base = found.base.map(({ seconds }) => seconds);
  const head = found.head.map(({ seconds }) => seconds);
  const [a, b] = [found.base[0]!.value, found.head[0]!.value];
  return {
    name,
    base,
    head,
    ...pairedRatio(head, base),
    difference: Math.abs(b - a) / Math.abs(a || 1),
  };
};

/**
 * Whether head is slower for certain, and by more than may be.
 *
 * @param comparison Of one work.
 * @param tolerance Share of the time that is let pass.
 * @returns True when the whole interval lies above.
 */
export const regressed = (
  { low }: Comparison,
  tolerance: number,
): boolean => low > 1 + tolerance;

/**
 * Tells the comparisons.
 *
 * @param comparisons Of all works.
 * @param tolerance As for {@link regressed}.
 * @returns A table.
 */
export const comparisonTable = (
  comparisons: readonly Comparison[],
  tolerance: number,
): string =>
  table(
    ["work", "base", "head", "head / base", "95 %", "verdict"],
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
