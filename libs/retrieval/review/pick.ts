/**
 * Which images to label first: one of each cluster, the one nearest to the
 * centroid; then more of the larger clusters, each as unlike those already
 * picked as can be, without the outermost tenth, of which the most unlike ones
 * would always be.
 *
 * Reference: O. Sener, S. Savarese, "Active learning for convolutional neural
 * networks: a core-set approach", 2018, whose greedy choice this is within a
 * cluster; T. F. Gonzalez, 1985, for farthest first.
 *
 * @module
 */
import type { Matrix } from "@deepcluster/core";
import { Effect } from "effect";
import { similarity } from "../duplicates/all_neighbours.ts";

/** A row with its cluster. */
export interface ClusteredRow {
  /** The row. */
  readonly row: number;
  /** Its cluster, from 0. */
  readonly cluster: number;
  /** Distance to the centroid. */
  readonly distance: number;
}

/** A row that was picked. */
export interface Picked extends ClusteredRow {
  /** Rank among those of its cluster, from 1. */
  readonly pick: number;
  /** Rows of its cluster. */
  readonly size: number;
}

/** Rows beyond this fraction of a cluster are picked last. */
const typicalFraction = 0.9;

/**
 * Picks rows. The first k are one of each cluster, the largest first.
 *
 * After that each pick goes to the cluster with the most rows for each that is
 * picked (D'Hondt). O(count · d · the size of the largest cluster) time, the
 * rows of one cluster in memory.
 *
 * @param rows Rows that may be picked.
 * @param count How many.
 * @param vectorsOf Reads rows of length 1, `[rows.length, d]`.
 * @returns The picks in order, all rows when there are fewer; or the error of
 * reading rows.
 */
export const pickRows: <E>(
  rows: readonly ClusteredRow[],
  count: number,
  vectorsOf: (rows: Int32Array) => Effect.Effect<Matrix, E>,
) => Effect.Effect<readonly Picked[], E> = Effect.fn("pickRows")(
  function* <E>(
    rows: readonly ClusteredRow[],
    count: number,
    vectorsOf: (rows: Int32Array) => Effect.Effect<Matrix, E>,
  ) {
    const clusters = [...Map.groupBy(rows, ({ cluster }) => cluster).values()]
      .sort((a, b) => b.length - a.length || a[0]!.cluster - b[0]!.cluster);
    const shares = shareOut(clusters.map(({ length }) => length), count);
    const picks: Picked[] = [];
    for (const [i, members] of clusters.entries()) {
      if (shares[i] === 0) continue;
      const ordered = members.toSorted((a, b) =>
        a.distance - b.distance || a.row - b.row
      );
      const chosen = shares[i] === 1
        ? ordered.slice(0, 1)
        : yield* spread(ordered, shares[i]!, vectorsOf);
      chosen.forEach((one, n) =>
        picks.push({ ...one, pick: n + 1, size: members.length })
      );
    }
    // One of each cluster first, then the order in which D'Hondt gives them.
    const turn = ({ pick, size }: Picked) => pick === 1 ? -size : pick / size;
    return picks.sort((a, b) =>
      Number(a.pick > 1) - Number(b.pick > 1) || turn(a) - turn(b) ||
      b.size - a.size || a.cluster - b.cluster
    );
  },
);

/** How many of each size are picked: one each, then by D'Hondt. */
const shareOut = (sizes: readonly number[], count: number): Int32Array => {
  const shares = new Int32Array(sizes.length);
  let left = count;
  for (let i = 0; i < sizes.length && left > 0; i++, left--) shares[i] = 1;
  const turns = sizes.flatMap((size, cluster) =>
    Array.from(
      { length: Math.min(size - 1, Math.max(0, left)) },
      (_, i) => ({ cluster, turn: (i + 2) / size }),
    )
  ).sort((a, b) => a.turn - b.turn || a.cluster - b.cluster);
  for (const { cluster } of turns.slice(0, Math.max(0, left))) {
    shares[cluster]!++;
  }
  return shares;
};

/** Farthest first, from the one nearest to the centroid on. */
const spread = Effect.fnUntraced(function* <E>(
  ordered: readonly ClusteredRow[],
  count: number,
  vectorsOf: (rows: Int32Array) => Effect.Effect<Matrix, E>,
) {
  const typical = Math.ceil(ordered.length * typicalFraction);
  const candidates = ordered.slice(0, typical);
  const vectors = yield* vectorsOf(
    Int32Array.from(candidates, ({ row }) => row),
  );
  const picked = [0];
  const nearest = new Float64Array(candidates.length).fill(-Infinity);
  while (picked.length < Math.min(count, typical)) {
    const last = picked.at(-1)!;
    nearest[last] = Infinity;
    let farthest = 0;
    for (let i = 0; i < candidates.length; i++) {
      if (nearest[i]! < Infinity) {
        nearest[i] = Math.max(
          nearest[i]!,
          similarity(vectors, i, vectors, last),
        );
      }
      if (nearest[i]! < nearest[farthest]!) farthest = i;
    }
    picked.push(farthest);
  }
  return [
    ...picked.map((i) => candidates[i]!),
    ...ordered.slice(typical),
  ].slice(0, count);
});
