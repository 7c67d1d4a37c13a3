/**
 * What one thread does of an assignment: it takes chunks of points, one after
 * the other, until none is left, and writes what it finds to memory that all
 * threads share. Which thread takes which chunk changes no result.
 *
 * Each chunk is read once: the distances of its points to their own centroids
 * tell which of them must be compared with all centroids, or with the active
 * ones. Those are gathered in blocks, so that products are large.
 *
 * There are no Effects here, so that threads start fast.
 *
 * @module
 */
import type { ByteProducts } from "@deepcluster/gpu-backend";
import type { Multiplier } from "@deepcluster/gpu-backend/multiplier";
import type { Arrays, Layout } from "@deepcluster/core/wasm";
import { openWorkspace } from "../kernels/workspace.ts";
import { allowedShift } from "./assignment_bounds.ts";
import { type AssignmentRound, roundArrays } from "./assignment_round.ts";
import {
  type BlockArrays,
  blockLayout,
  type BlockSearch,
  openBlockSearch,
  shareable,
} from "./block_search.ts";
import { errorBound, inverseScaleOf, normBound } from "./codes.ts";
import {
  nextChunk,
  type PointArrays,
  pointArrays,
  type SharedPoints,
  stopped,
} from "./shared_points.ts";

/** One thread of an assignment. */
export interface BlockAssigner {
  /** Begins an assignment of points. */
  readonly begin: (shared: SharedPoints, round: AssignmentRound) => void;
  /**
   * Takes a chunk. When there is none left, finishes what was gathered and
   * resolves to false.
   */
  readonly step: () => Promise<boolean>;
}

/** An assignment that has begun. */
interface Begun {
  readonly round: AssignmentRound;
  readonly points: PointArrays;
  readonly shifts: Float64Array;
  /** Compares with all centroids. */
  readonly full: BlockSearch;
  /** Compares with the active centroids. */
  readonly partial: BlockSearch | undefined;
  readonly scratch: Arrays<ReturnType<typeof scratchLayout>>;
  /** All memory of the thread. */
  readonly memory: Float32Array;
}

/**
 * Opens what a thread computes with.
 *
 * @param multiplier Multiplies, in this thread.
 * @param bits `Capabilities.byteProducts`.
 * @returns The thread's part of assignments.
 */
export const openBlockAssigner = (
  multiplier: Multiplier,
  bits: ByteProducts,
): BlockAssigner => {
  const { allocate, kernels } = openWorkspace();
  let begun: Begun | undefined;

  const begin = (
    { n, d, ...shared }: SharedPoints,
    round: AssignmentRound,
  ): Begun => {
    const { k, active, height, floatRounding } = round;
    const sizes = { height, d, k };
    const all = { ...sizes, compared: k };
    const some = { ...sizes, compared: active };
    const arrays = allocate({
      ...prefixed("all ", blockLayout(all)),
      ...active > 0 && prefixed("some ", withoutShared(blockLayout(some))),
      ...prefixed("scratch ", scratchLayout(height, k)),
    });
    const points = pointArrays({ n, d, ...shared });
    const { centroids, shifts, activeCentroids } = roundArrays(round);
    const allArrays = withoutPrefix("all ", arrays) as BlockArrays;
    const scratch = withoutPrefix("scratch ", arrays) as Begun["scratch"];
    allArrays.centroids.set(centroids);
    allArrays.origin.set(points.origin);
    const magnitudes = {
      squares: scratch.centroidSquares,
      largest: scratch.centroidLargest,
    };
    kernels.measureRows({
      points: allArrays.centroids,
      origin: allArrays.origin,
      ...magnitudes,
      d,
      count: k,
    });
    const full = openBlockSearch(
      allArrays,
      all,
      kernels,
      multiplier,
      { bits, floatRounding, partial: false },
    );
    full.begin(magnitudes);
    const partial = active === 0 ? undefined : openBlockSearch(
      { ...allArrays, ...withoutPrefix("some ", arrays) } as BlockArrays,
      some,
      kernels,
      multiplier,
      { bits, floatRounding, partial: true },
    );
    partial?.begin(magnitudes, activeCentroids);
    return {
      round,
      points,
      shifts,
      full,
      partial,
      scratch,
      memory: new Float32Array(allArrays.points.buffer),
    };
  };

  /** Reads the points of a chunk that must be. Returns how many rows are filled. */
  const gather = (
    { full: { arrays, filled: first, ids }, points, round, shifts }: Begun,
    from: number,
    to: number,
  ): number => {
    const { d, maxShift } = round;
    const { assignments, distances, lowerBounds } = points;
    const mayStay = !round.first && round.active === 0;
    let row = first;
    for (let i = from; i < to; i++) {
      if (
        mayStay && shifts[assignments[i]!] === 0 &&
        allowedShift(lowerBounds[i]!, distances[i]!) > maxShift
      ) lowerBounds[i]! -= maxShift;
      else ids[row++] = i;
    }
    for (let begun = first; begun < row;) {
      const id = ids[begun]!;
      let end = begun + 1;
      while (end < row && ids[end] === id + end - begun) end++;
      arrays.points.set(
        points.points.subarray(id * d, (id + end - begun) * d),
        begun * d,
      );
      begun = end;
    }
    return row;
  };

  /** Measures points of which nothing is known. */
  const measure = (
    { full: { arrays, ids, filled: first }, points, round: { d }, scratch }:
      Begun,
    to: number,
  ): void => {
    const codeBits = bits === 7 ? 7 : 8;
    const { largest, squares } = scratch;
    const block = {
      points: arrays.points.subarray(first * d),
      origin: arrays.origin,
      inverseScales: arrays.inverseScales.subarray(first),
      largest,
      squares,
      d,
      count: to - first,
    };
    kernels.measureRows(block);
    for (let row = first; row < to; row++) {
      const at = row - first;
      arrays.inverseScales[row] = inverseScaleOf(largest[at]!, codeBits);
      arrays.norms[row] = normBound(largest[at]!, squares[at]!);
    }
    kernels.roundingErrors(block);
    for (let row = first; row < to; row++) {
      const i = ids[row]!;
      const inverseScale = points.inverseScales[i] = arrays.inverseScales[row]!;
      const norm = points.norms[i] = arrays.norms[row]!;
      points.quantizationErrors[i] =
        arrays.quantizationErrors[row] =
          errorBound(squares[row - first]!, inverseScale, norm);
      arrays.assignments[row] = -1;
      arrays.distances[row] = Infinity;
    }
  };

  /** Finds how far points are from their own centroids. */
  const remember = (
    { full: { arrays, ids, filled: first }, points, round, shifts, scratch }:
      Begun,
    to: number,
  ): void => {
    let moved = 0;
    for (let row = first; row < to; row++) {
      const i = ids[row]!;
      arrays.inverseScales[row] = points.inverseScales[i]!;
      arrays.norms[row] = points.norms[i]!;
      arrays.quantizationErrors[row] = points.quantizationErrors[i]!;
      arrays.lowerBounds[row] = points.lowerBounds[i]!;
      arrays.distances[row] = points.distances[i]!;
      const assignment = arrays.assignments[row] = points.assignments[i]!;
      if (shifts[assignment]! > 0) scratch.moved[moved++] = row;
    }
    const { d } = round;
    kernels.ownDistances({ ...arrays, d, rows: scratch.moved, count: moved });
  };

  /** Finds the rows that must be compared, and with which centroids. */
  const sort = (
    { full, partial, points, round: { d, maxShift }, memory }: Begun,
    to: number,
  ): void => {
    const { arrays, ids, filled: first } = full;
    const { distances, lowerBounds } = arrays;
    const mustSearch = (row: number) =>
      allowedShift(lowerBounds[row]!, distances[row]!) <= maxShift;
    let searched = 0;
    for (let row = first; row < to; row++) if (mustSearch(row)) searched++;
    // Gaps cost room in the block, and closing them copies points.
    const staysInPlace = 2 * searched > to - first;
    if (staysInPlace) full.filled = to;
    for (let row = first; row < to; row++) {
      const inFull = mustSearch(row);
      lowerBounds[row]! -= maxShift;
      if (inFull) {
        if (staysInPlace) arrays.rows[full.count++] = row;
        else moveRow(full, row, full, d, memory);
      } else if (partial !== undefined) moveRow(full, row, partial, d, memory);
      else {
        const i = ids[row]!;
        points.distances[i] = distances[row]!;
        points.lowerBounds[i] = lowerBounds[row]!;
      }
    }
  };

  const step = async (): Promise<boolean> => {
    const { full, partial, points, round } = begun!;
    const { first, chunkRows, n, height } = round;
    if (Atomics.load(points.control, stopped) === 1) {
      begun = undefined;
      return false;
    }
    const from = Atomics.add(points.control, nextChunk, 1) * chunkRows;
    const to = Math.min(n, from + chunkRows);
    const rows = Math.max(0, to - from);
    for (const search of partial === undefined ? [full] : [full, partial]) {
      if (rows === 0 || search.filled + rows > height) {
        await search.finish(points);
      }
    }
    if (rows === 0) {
      begun = undefined;
      return false;
    }
    const end = gather(begun!, from, to);
    if (first) {
      measure(begun!, end);
      while (full.filled < end) {
        full.arrays.rows[full.count++] = full.filled++;
      }
    } else {
      remember(begun!, end);
      sort(begun!, end);
    }
    return true;
  };

  return {
    begin: (shared, round) => {
      begun = begin(shared, round);
    },
    step,
  };
};

/**
 * Moves a row to the first free one of a block, perhaps the same block. Both are
 * in one memory: no views of it are made for each row.
 */
const moveRow = (
  from: BlockSearch,
  row: number,
  to: BlockSearch,
  d: number,
  memory: Float32Array,
): void => {
  const free = to.filled++;
  to.arrays.rows[to.count++] = free;
  if (from === to && free === row) return;
  const [a, b] = [from.arrays, to.arrays];
  const start = a.points.byteOffset / 4 + row * d;
  memory.copyWithin(b.points.byteOffset / 4 + free * d, start, start + d);
  to.ids[free] = from.ids[row]!;
  b.inverseScales[free] = a.inverseScales[row]!;
  b.norms[free] = a.norms[row]!;
  b.quantizationErrors[free] = a.quantizationErrors[row]!;
  b.assignments[free] = a.assignments[row]!;
  b.distances[free] = a.distances[row]!;
  b.lowerBounds[free] = a.lowerBounds[row]!;
};

/** Memory for one chunk at a time, and for measuring the centroids. */
const scratchLayout = (height: number, k: number) => ({
  /** Rows whose centroid moved. */
  moved: [Int32Array, height],
  largest: [Float64Array, height],
  squares: [Float64Array, height],
  centroidSquares: [Float64Array, k],
  centroidLargest: [Float64Array, k],
} as const satisfies Layout);

const withoutShared = (layout: Layout): Layout =>
  Object.fromEntries(
    Object.entries(layout).filter(([name]) => !shareable.includes(name)),
  );

/** Gives the arrays of a layout other names. */
const prefixed = (prefix: string, layout: Layout): Layout =>
  Object.fromEntries(
    Object.entries(layout).map(([name, array]) => [prefix + name, array]),
  );

const withoutPrefix = (
  prefix: string,
  arrays: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(arrays).filter(([name]) => name.startsWith(prefix))
      .map(([name, array]) => [name.slice(prefix.length), array]),
  );
