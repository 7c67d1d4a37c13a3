/**
 * How far to trust a map: whether those who are neighbours in the plane are
 * neighbours of the features.
 *
 * Reference: J. Venna and S. Kaski, "Neighborhood preservation in nonlinear
 * projection methods", 2001; `sklearn.manifold.trustworthiness`.
 *
 * @module
 */
import {
  draws,
  type Matrix,
  matrix,
  type OptionError,
  requireCount,
  requireFinite,
  requireOption,
  row,
  type RowReader,
  rowsOf,
} from "@deepcluster/core";
import type { Backend } from "@deepcluster/gpu-backend";
import {
  type NeighboursError,
  similarityBlocks,
} from "@deepcluster/neighbours";
import { Effect } from "effect";

/** Options of {@link trustworthiness}. */
export interface TrustworthinessOptions {
  /** Neighbours in the plane that are looked at, k. Default: 15. */
  readonly neighbours?: number;
  /** Points that are looked at, at most. Default: 2000. */
  readonly sample?: number;
  /** Names the draw of these points. */
  readonly seed: number;
}

/** A measured trustworthiness. */
export interface Trustworthiness {
  /** 0 to 1; about 0.5 for positions drawn at random. */
  readonly trustworthiness: number;
  /** Points that it was measured on. */
  readonly measuredOn: number;
}

const action = "measure how far to trust a map";

/**
 * Measures the trustworthiness of a map: the mean over the points of
 * `1 - 2 / (k (2n - 3k - 1)) * sum of (r - k)`, where r is the rank by cosine
 * similarity of each of the k nearest in the plane that is not among the k
 * nearest of the features.
 *
 * With at most `sample` points it is that of scikit-learn with
 * `metric="cosine"`, where no distances are equal; of equal ones the lower row
 * comes first. With more, the mean is over a draw of them, each still ranked
 * against all n.
 *
 * O(s n d) time for a sample of s.
 *
 * @param features `[n, d]` finite rows.
 * @param positions `[n, 2]` finite.
 * @param options See {@link TrustworthinessOptions}.
 * @returns The measure; or `OptionError` when k is not from 1 to below n / 2,
 * or the rows are not as many; `NonFiniteFeatureError`, the errors of reading
 * rows, or of the engine.
 */
export const trustworthiness: <E = never>(
  features: RowReader<E>,
  positions: Matrix,
  options: TrustworthinessOptions,
) => Effect.Effect<
  Trustworthiness,
  E | OptionError | NeighboursError,
  Backend
> = Effect.fn("trustworthiness")(
  function* <E = never>(
    features: RowReader<E>,
    positions: Matrix,
    options: TrustworthinessOptions,
  ) {
    const { neighbours: k = 15, sample = 2000, seed } = options;
    const n = features.rows;
    yield* requireCount(action, "sample", sample, 1);
    const fits = Number.isInteger(k) && k >= 1 && 2 * k < n;
    const rule = `a whole number >= 1 and below half of the ${n} points`;
    yield* requireOption(action, "neighbours", rule, k, fits);
    const same = positions.rows === n;
    const rows = `the ${n} rows of the features`;
    yield* requireOption(action, "positions", rows, positions.rows, same);
    yield* requireFinite(action, positions);
    const points = sample >= n
      ? Int32Array.from({ length: n }, (_, i) => i)
      : draws(seed, "trustworthiness").sample(sample, n).sort();
    const queries = matrix(points.length, features.columns);
    for (const [i, point] of points.entries()) {
      row(queries, i).set((yield* features.read(point, 1)).data);
    }
    const queryRows = Math.max(1, Math.min(512, Math.floor(2 ** 22 / n)));
    const similarities = matrix(Math.min(queryRows, points.length), n);
    let penalty = 0;
    yield* similarityBlocks(
      rowsOf(queries),
      features,
      { queryRows, keyRows: 2048, action },
      ({ firstQuery, queries, firstKey, keys, of }) => {
        for (let i = 0; i < queries; i++) {
          row(similarities, i).set(of(i), firstKey);
          if (firstKey + keys < n) continue;
          const point = points[firstQuery + i]!;
          const near = nearestInPlane(positions, point, k);
          penalty += penaltyOf(row(similarities, i), point, near);
        }
      },
    );
    const most = points.length * k * (2 * n - 3 * k - 1);
    return {
      trustworthiness: 1 - 2 * penalty / most,
      measuredOn: points.length,
    };
  },
);

/** The k nearest of a point, itself not among them; the lower row first. */
const nearestInPlane = (
  { rows: n, data }: Matrix,
  point: number,
  k: number,
): Int32Array => {
  const near = new Int32Array(k);
  const squares = new Float64Array(k).fill(Infinity);
  const [x, y] = [data[2 * point]!, data[2 * point + 1]!];
  for (let j = 0; j < n; j++) {
    const square = (data[2 * j]! - x) ** 2 + (data[2 * j + 1]! - y) ** 2;
    if (square >= squares[k - 1]! || j === point) continue;
    let place = k - 1;
    for (; place > 0 && squares[place - 1]! > square; place--) {
      squares[place] = squares[place - 1]!;
      near[place] = near[place - 1]!;
    }
    squares[place] = square;
    near[place] = j;
  }
  return near;
};

/** By how much the ranks of those near in the plane exceed k, added up. */
const penaltyOf = (
  similarities: Float32Array,
  point: number,
  near: Int32Array,
): number => {
  const k = near.length;
  const known = Float32Array.from(near, (j) => similarities[j]!);
  const farthest = known.reduce((least, one) => Math.min(least, one));
  const ranks = new Int32Array(k).fill(1);
  for (let j = 0; j < similarities.length; j++) {
    const similarity = similarities[j]!;
    if (similarity < farthest || j === point) continue;
    for (let i = 0; i < k; i++) {
      const isNearer = similarity > known[i]! ||
        (similarity === known[i] && j < near[i]!);
      if (isNearer) ranks[i]!++;
    }
  }
  return ranks.reduce((sum, rank) => sum + Math.max(0, rank - k), 0);
};
