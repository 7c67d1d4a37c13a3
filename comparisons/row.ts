/**
 * A row of the comparison: one workload, and the baselines that run it too.
 *
 * @module
 */
import type { SharedFiles } from "./shared_files.ts";
import type { Spec } from "./specs.ts";

/** Baselines, by their name in the tables. */
export type Baseline =
  | "PyTorch"
  | "PyTorch channels_last"
  | "PyTorch compiled"
  | "PyTorch compiled channels_last"
  | "faiss"
  | "faiss IndexFlatIP"
  | "usearch exact"
  | "scikit-learn"
  | "PyTorch + faiss"
  | "PyTorch + faiss channels_last"
  | "ml-kmeans"
  | "tfjs wasm"
  | "tfjs-node";

/** One workload, run by our code and by baselines. */
export interface Row {
  /** Its name; the command's filter is a part of it. */
  readonly name: string;
  /** The baselines. */
  readonly baselines: readonly Baseline[];
  /** Timed runs of each process. */
  readonly repeats: number;
  /** Largest relative difference of each value from ours. */
  readonly tolerances: readonly number[];
  /** Whether ours may be larger than theirs by any amount. Default: no. */
  readonly higherIsBetter?: boolean;
  /** Whether each process runs once before the timed runs. */
  readonly warmUp: boolean;
  /** Writes the input files and returns the request for all processes. */
  readonly prepare: (files: SharedFiles) => Promise<Spec>;
}

/**
 * Compares values that should be equal except for rounding or chance.
 *
 * @param ours Values of our process.
 * @param theirs Values of the baseline.
 * @param row Relative tolerance of each value; the last one applies to the rest.
 * @returns The largest difference divided by its tolerance: at most 1 if the
 * results agree. 0 if there is nothing to compare.
 */
export const disagreement = (
  ours: readonly number[],
  theirs: readonly number[],
  { tolerances, higherIsBetter = false }: Pick<
    Row,
    "tolerances" | "higherIsBetter"
  >,
): number => {
  const count = Math.max(ours.length, theirs.length);
  let largest = 0;
  for (let i = 0; i < count; i++) {
    const [a, b] = [ours[i] ?? NaN, theirs[i] ?? NaN];
    const tolerance = tolerances[i] ?? tolerances.at(-1)!;
    const agree = a === b || (higherIsBetter && a > b);
    const scaled = agree ? 0 : Math.abs(a - b) / Math.abs(a) / tolerance;
    if (Number.isNaN(scaled)) return Infinity;
    largest = Math.max(largest, scaled);
  }
  return largest;
};
