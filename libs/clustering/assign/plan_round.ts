/**
 * Plans an assignment of shared points: which centroids are active, and by how
 * much the others moved. `assignment_bounds.ts` describes these; here a sample
 * of the points decides, so that no points are read for the plan.
 *
 * @module
 */
import type { Matrix } from "@deepcluster/core";
import { dotProductError } from "@deepcluster/gpu-backend";
import { type AssignmentRound, roundArrays } from "./assignment_round.ts";
import {
  allowedShift,
  centroidShifts,
  cheapestSplit,
  overheads,
} from "./assignment_bounds.ts";
import { squaredDistance } from "./distances.ts";
import type { PointArrays } from "./shared_points.ts";

/** Points of the sample, at least, where there are as many. */
const minSampled = 1024;
/** Scores of a block, in elements: 2 MiB. */
const scoresPerBlock = 2 ** 19;
/** Products of fewer rows are slow, and more gain nothing. */
const [minHeight, maxHeight] = [256, 2048];
/** Chunks of a round, at least, so that threads end at about the same time. */
const minChunks = 16;
/** Taking fewer rows at a time costs more than it gains. */
const minChunkRows = 64;

/**
 * Plans a round and writes the centroids to its memory.
 *
 * @param points `[n, d]`.
 * @param known What is known of them.
 * @param centroids `[k, d]`, present ones.
 * @param memory That of the round before, or new memory.
 * @param first Whether nothing is known yet.
 * @returns What the threads compute.
 */
export const planRound = (
  points: Matrix,
  known: PointArrays,
  centroids: Matrix,
  memory: SharedArrayBuffer,
  first: boolean,
): AssignmentRound => {
  const { rows: k, columns: d } = centroids;
  const n = points.rows;
  const height = Math.min(
    n,
    Math.max(minHeight, Math.min(maxHeight, Math.floor(scoresPerBlock / k))),
  );
  const chunkRows = Math.min(
    Math.ceil(height / 2),
    Math.max(minChunkRows, Math.ceil(n / minChunks)),
  );
  const floatRounding = dotProductError(d, 0);
  const sizes = { n, k, d, floatRounding, height, chunkRows, memory, first };
  const { centroids: data, shifts } = roundArrays({ ...sizes, active: 0 });
  if (first) {
    data.set(centroids.data);
    return { ...sizes, active: 0, maxShift: 0 };
  }
  shifts.set(centroidShifts(centroids, { rows: k, columns: d, data }));
  data.set(centroids.data);
  const byShift = Int32Array.from(shifts, (_, c) => c)
    .sort((a, b) => shifts[b]! - shifts[a]! || a - b);
  const { active, maxShift } = cheapestSplit(
    shifts,
    byShift,
    sampledShifts(points, centroids, shifts, known),
    overheads.kernels,
  );
  roundArrays({ ...sizes, active }).activeCentroids
    .set(byShift.subarray(0, active));
  return { ...sizes, active, maxShift };
};

/** How far the other centroids of some points may move. */
const sampledShifts = (
  points: Matrix,
  centroids: Matrix,
  shifts: Float64Array,
  { assignments, distances, lowerBounds }: PointArrays,
): Float64Array => {
  const step = Math.max(1, Math.floor(points.rows / minSampled));
  return Float64Array.from(
    { length: Math.ceil(points.rows / step) },
    (_, sample) => {
      const i = sample * step;
      const assigned = assignments[i]!;
      const distance = shifts[assigned]! > 0
        ? squaredDistance(points, i, centroids, assigned)
        : distances[i]!;
      return allowedShift(lowerBounds[i]!, distance);
    },
  );
};
