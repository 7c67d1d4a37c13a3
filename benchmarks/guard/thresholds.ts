/**
 * Thresholds: relative rates that workloads must not fall below.
 *
 * They differ between kinds of processor: one with wider units multiplies large
 * matrices faster, but loads its memory no faster, and not all multiply bytes
 * exactly.
 *
 * @module
 */
import type { ByteProducts } from "@deepcluster/gpu-backend";
import { type } from "arktype";
import { showPercent, table } from "../measure/table.ts";

/** Relative rates measured by the guard, and the threshold set from them. */
const Threshold = type({
  /** Median of the relative rates of several runs of the guard. */
  relativeRate: "number > 0",
  /** Smallest and largest of them: the reason for the margin. */
  min: "number > 0",
  max: "number > 0",
  /** The guard fails below this relative rate. */
  threshold: "number > 0",
});

/** See {@link parseThresholds}. */
export type Threshold = typeof Threshold.infer;

/** Thresholds by name of the workload. */
export type Thresholds = Readonly<Record<string, Threshold>>;

const ThresholdsFile = type({
  kinds: type({ "[string]": type({ "[string]": Threshold }) }),
});

/** Thresholds by kind of processor, see {@link kindOf}. */
export type Kinds = Readonly<Record<string, Thresholds>>;

/**
 * Returns the kind of a processor.
 *
 * @param family See `Processor`.
 * @param byteProducts Bits of bytes that it multiplies exactly: 8 with VNNI, 7
 * with AVX2 alone.
 * @returns Such as `AuthenticAMD family 25, 8-bit products`.
 */
export const kindOf = (family: string, byteProducts: ByteProducts): string =>
  `${family}, ${products(byteProducts)}`;

const products = (byteProducts: ByteProducts) => `${byteProducts}-bit products`;

/**
 * Returns the thresholds of a processor. One whose family was not measured must
 * reach the lowest of the thresholds for as many bits.
 *
 * @param kinds All thresholds.
 * @param family See `Processor`.
 * @param byteProducts Bits of bytes that it multiplies exactly.
 * @returns By name of the workload; none if no kind has as many bits.
 */
export const thresholdsFor = (
  kinds: Kinds,
  family: string,
  byteProducts: ByteProducts,
): Thresholds => {
  const measured = kinds[kindOf(family, byteProducts)];
  if (measured !== undefined) return measured;
  const lowest: Record<string, Threshold> = {};
  for (const [kind, thresholds] of Object.entries(kinds)) {
    if (!kind.endsWith(products(byteProducts))) continue;
    for (const [name, threshold] of Object.entries(thresholds)) {
      const limit = lowest[name]?.threshold ?? Infinity;
      if (threshold.threshold < limit) lowest[name] = threshold;
    }
  }
  return lowest;
};

/**
 * Beside other programs the forward pass of the small network was 32 % below
 * its rate on an idle machine, more than any other workload.
 */
const minMargin = 0.35;

/**
 * Sets a threshold from the relative rates of several runs of the guard.
 *
 * The margin is 35 %, or twice the distance of the smallest rate from the
 * median if that is more: a rate that low was measured without any regression.
 *
 * @param relativeRates One per run, at least one.
 * @returns The threshold.
 */
export const thresholdOf = (relativeRates: readonly number[]): Threshold => {
  const sorted = [...relativeRates].sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)]!;
  const margin = Math.max(minMargin, 2 * (1 - sorted[0]! / median));
  return {
    relativeRate: median,
    min: sorted[0]!,
    max: sorted.at(-1)!,
    threshold: median * (1 - Math.min(margin, 0.5)),
  };
};

/**
 * Reads a thresholds file.
 *
 * @param text JSON with the field `kinds`.
 * @returns The thresholds by kind of processor, see {@link kindOf}; throws if
 * the file is not valid.
 */
export const parseThresholds = (
  text: string,
): Kinds => {
  const { kinds } = ThresholdsFile.assert(JSON.parse(text));
  return kinds;
};

/** The relative rate that the guard measured for one workload. */
export interface Measurement {
  /** Name of the workload. */
  readonly name: string;
  /** Its rate relative to the reference GEMM. */
  readonly relativeRate: number;
}

/**
 * Returns the measurements that are below their threshold or have none.
 *
 * @param measurements All measurements.
 * @param thresholds By name of the workload.
 * @returns Those that fail, in order.
 */
export const belowThreshold = (
  measurements: readonly Measurement[],
  thresholds: Thresholds,
): readonly Measurement[] =>
  measurements.filter(({ name, relativeRate }) =>
    !(relativeRate >= (thresholds[name]?.threshold ?? Infinity))
  );

/**
 * Returns a table of relative rates, thresholds and how much a rate fell.
 *
 * @param measurements All measurements.
 * @param thresholds By name of the workload.
 * @returns A Markdown table.
 */
export const thresholdsTable = (
  measurements: readonly Measurement[],
  thresholds: Thresholds,
): string =>
  table(
    ["workload", "relative rate", "threshold", "was", "verdict"],
    measurements.map(({ name, relativeRate }) => {
      const threshold = thresholds[name];
      if (threshold === undefined) {
        return [name, showPercent(relativeRate), "none", "", "NO THRESHOLD"];
      }
      const change = relativeRate / threshold.relativeRate - 1;
      return [
        name,
        showPercent(relativeRate),
        showPercent(threshold.threshold),
        showPercent(threshold.relativeRate),
        relativeRate >= threshold.threshold
          ? "ok"
          : `SLOWER by ${showPercent(-change)}`,
      ];
    }),
  );
