/**
 * A row of the comparison with peers: one work, and who does it.
 *
 * @module
 */
import type { Shared } from "./data.ts";
import type { Spec } from "./specs.ts";

/** Peers, by the name in the tables. */
export type Peer =
  | "PyTorch"
  | "faiss"
  | "scikit-learn"
  | "PyTorch + faiss"
  | "ml-kmeans"
  | "tfjs wasm"
  | "tfjs-node";

/** One work for several sides. */
export interface Row {
  /** Its name; a filter is a part of it. */
  readonly name: string;
  /** Who does it besides us. */
  readonly peers: readonly Peer[];
  /** Runs of each side that count, after one that does not. */
  readonly repeats: number;
  /** Largest difference of each value that both sides give, as a share. */
  readonly tolerances: readonly number[];
  /** Whether a run before the clock counts is worth its time. */
  readonly warm: boolean;
  /** Writes the data. */
  readonly prepare: (shared: Shared) => Promise<Spec>;
}

/**
 * Compares values that should be equal but for rounding or chance.
 *
 * @param ours Of our side.
 * @param theirs Of the peer.
 * @param tolerances For each, as a share; the last one serves the rest.
 * @returns The largest difference in units of its tolerance: up to 1 both
 * sides did the same work. 0 when there is nothing to compare.
 */
export const disagreement = (
  ours: readonly number[],
  theirs: readonly number[],
  tolerances: readonly number[],
): number => {
  const count = Math.max(ours.length, theirs.length);
  let worst = 0;
  for (let i = 0; i < count; i++) {
    const [a, b] = [ours[i] ?? NaN, theirs[i] ?? NaN];
    const tolerance = tolerances[i] ?? tolerances.at(-1)!;
    const off = Math.abs(a - b) / Math.abs(a) / tolerance;
    worst = off <= worst ? worst : Number.isNaN(off) ? Infinity : off;
  }
  return worst;
};
