/**
 * Centroids as filters see them: scaled to bytes, in groups of nearly the same
 * length, so that one maximum speaks for a group.
 *
 * @module
 */
import type { Matrix } from "@deepcluster/core";
import { largestByte } from "./point_frame.ts";

/** How centroids are laid out. */
export interface Layout {
  /** Centroids of a group. */
  readonly size: number;
  /** Number of groups; the last may hold repetitions. */
  readonly groups: number;
}

/** What stands for centroids in products. */
export interface CentroidFrame extends Layout {
  /** `[d, groups * size]`: moved centroids by their group's unit, as columns. */
  readonly directions: Float32Array;
  /** `[groups]`: what directions were divided by; 0 where all are the origin. */
  readonly units: Float64Array;
  /** Which centroid each column is: distinct ones, each its lowest number. */
  readonly order: Int32Array;
  /** Whether some centroids equal others, and have no column. */
  readonly twins: boolean;
  /** `[groups * size]`: minus half the squared length of the moved centroid. */
  readonly biases: Float64Array;
  /** `[groups]`: least bias of each group; the greatest is its first. */
  readonly least: Float64Array;
  /** `[groups]`: length of the longest moved centroid. */
  readonly longest: Float64Array;
  /** `[groups]`: the most that rounding to bytes takes from one, as a length. */
  readonly losses: Float64Array;
}

/** Covers the roundings in the making of a frame. */
const slack = 1 + 2 ** -18;

/**
 * Groups of about the square root of k, in multiples of 16.
 *
 * @param k Number of centroids, at least 1.
 * @returns Groups that hold at least k.
 */
export const layoutOf = (k: number): Layout => {
  const size = Math.max(16, 16 * Math.round(Math.sqrt(k) / 16));
  return { size, groups: Math.ceil(k / size) };
};

/**
 * Lays centroids out for products with points of the same origin.
 *
 * O(k * d) time. Of equal centroids only the first is laid out: the others
 * never win.
 *
 * @param centroids `[k, d]`, finite.
 * @param origin `[d]`, as in the frame of the points.
 * @param among Numbers of those to lay out; all when absent.
 * @returns Their frame; columns without a centroid repeat the last one.
 */
export const centroidFrameOf = (
  centroids: Matrix,
  origin: Float32Array,
  among: Int32Array = Int32Array.from({ length: centroids.rows }, (_, c) => c),
): CentroidFrame => {
  const { columns: d } = centroids;
  const { size, groups } = layoutOf(among.length);
  const { biases: ownBiases, reaches } = measure(centroids, origin);
  const order = distinct(centroids, ownBiases, among);
  const columns = groups * size;
  const at = Int32Array.from(
    { length: columns },
    (_, column) => order[Math.min(column, order.length - 1)]!,
  );
  const biases = Float64Array.from(at, (c) => ownBiases[c]!);
  const directions = new Float32Array(d * columns);
  const units = new Float64Array(groups);
  const longest = new Float64Array(groups);
  const losses = new Float64Array(groups);
  for (let group = 0; group < groups; group++) {
    const from = group * size;
    const to = from + size;
    let reach = 0;
    for (let g = from; g < to; g++) reach = Math.max(reach, reaches[at[g]!]!);
    const unit = units[group] = reach / largestByte;
    let lost = 0;
    for (let column = from; column < to; column++) {
      const first = at[column]! * d;
      let squares = 0;
      for (let j = 0; j < d; j++) {
        const scaled = unit === 0
          ? 0
          : (centroids.data[first + j]! - origin[j]!) / unit;
        directions[j * columns + column] = scaled;
        squares += (scaled - Math.round(scaled)) ** 2;
      }
      lost = Math.max(lost, Math.sqrt(squares) * unit);
    }
    const length = Math.sqrt(-2 * biases[to - 1]!);
    longest[group] = length * slack;
    losses[group] = (lost + length * 2 ** -20) * slack;
  }
  return {
    size,
    groups,
    directions,
    units,
    order,
    twins: order.length < among.length,
    biases,
    least: Float64Array.from(
      { length: groups },
      (_, group) => biases[(group + 1) * size - 1]!,
    ),
    longest,
    losses,
  };
};

const measure = (
  { rows: k, columns: d, data }: Matrix,
  origin: Float32Array,
) => {
  const biases = new Float64Array(k);
  const reaches = new Float64Array(k);
  for (let c = 0; c < k; c++) {
    let squares = 0;
    let reach = 0;
    for (let j = 0; j < d; j++) {
      const moved = data[c * d + j]! - origin[j]!;
      squares += moved * moved;
      reach = Math.max(reach, Math.abs(moved));
    }
    biases[c] = -squares / 2;
    reaches[c] = reach;
  }
  return { biases, reaches };
};

/** Numbers of centroids by descending bias, without those equal to a lower. */
const distinct = (
  centroids: Matrix,
  biases: Float64Array,
  among: Int32Array,
): Int32Array => {
  const sorted = among.toSorted((a, b) => biases[b]! - biases[a]! || a - b);
  const kept: number[] = [];
  let run = 0;
  for (const c of sorted) {
    if (biases[c] !== biases[kept[run] ?? c]) run = kept.length;
    let twin = run;
    while (twin < kept.length && !sameRow(centroids, c, kept[twin]!)) twin++;
    if (twin === kept.length) kept.push(c);
  }
  return Int32Array.from(kept);
};

const sameRow = (
  { columns: d, data }: Matrix,
  a: number,
  b: number,
): boolean => {
  for (let j = 0; j < d; j++) {
    if (data[a * d + j] !== data[b * d + j]) return false;
  }
  return true;
};
