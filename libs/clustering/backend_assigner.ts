/**
 * The E-step of k-means on the Backend: exact labels from rough products, and
 * no product for points that cannot have changed sides.
 *
 * Reference: G. Hamerly, "Making k-means even faster", 2010, for the bound on
 * the distance to all other centroids that outlives small moves of them.
 *
 * @module
 */
import { type Matrix, matrix } from "@deepcluster/core";
import type { Backend, BackendError } from "@deepcluster/gpu-backend";
import { Effect, type Scope, Semaphore } from "effect";
import type { Assign } from "./assigner.ts";
import { centroidFrameOf } from "./centroid_frame.ts";
import { squaredDistance } from "./distances.ts";
import { type FilterMaker, heightsOf, makeFilters } from "./filters.ts";
import { type PointFrame, pointFrameOf } from "./point_frame.ts";
import { type Contest, settle, type Standing } from "./settle.ts";

/** An assignment as it is remembered for the next. */
interface Memory extends Standing {
  readonly centroids: Matrix;
}

/**
 * Makes assignments that share programs and run one at a time.
 *
 * Labels and distances are those of plain loops in double, whatever the
 * Backend, its threads, and what is remembered. Beside points and centroids an
 * assignment of the same points holds 44 bytes a point, `4 k d` bytes twice,
 * and the scores of one block.
 */
export const assigningOnBackend: Effect.Effect<
  (points: Matrix) => Assign,
  never,
  Backend | Scope.Scope
> = Effect.gen(function* () {
  const filters = yield* makeFilters;
  const turn = yield* Semaphore.make(1);
  return (points) => {
    let frame: PointFrame | undefined;
    let memory: Memory | undefined;
    return Effect.fnUntraced(function* (centroids) {
      frame ??= pointFrameOf(points);
      memory = yield* assign(filters, points, frame, centroids, memory);
      return {
        labels: memory.labels.slice(),
        distances: memory.distances.slice(),
      };
    }, turn.withPermit);
  };
});

const assign = Effect.fnUntraced(function* (
  filters: FilterMaker,
  points: Matrix,
  pointFrame: PointFrame,
  centroids: Matrix,
  before: Memory | undefined,
): Effect.fn.Return<Memory, BackendError> {
  const { rows: n } = points;
  const k = centroids.rows;
  const usable = before?.centroids.rows === k ? before : undefined;
  const standing = usable === undefined
    ? {
      labels: new Int32Array(n),
      distances: new Float64Array(n),
      others: new Float64Array(n),
    }
    : {
      labels: usable.labels.slice(),
      distances: usable.distances.slice(),
      others: usable.others.slice(),
    };
  const open = usable === undefined
    ? Int32Array.from(standing.labels, (_, i) => i)
    : stillOpen(points, centroids, usable.centroids, standing);
  if (open.length > 0) {
    const centroidFrame = centroidFrameOf(centroids, pointFrame.origin);
    const known = usable !== undefined;
    const contest = { points, centroids, pointFrame, centroidFrame, known };
    yield* settleAll(filters, contest, open, standing);
  }
  const kept = matrix(k, centroids.columns, centroids.data.slice());
  return { ...standing, centroids: kept };
});

/** More distances a point than this, and finer products cost less. */
const mostCompared = (k: number): number => 2 + k / 64;

const settleAll = Effect.fnUntraced(function* (
  filters: FilterMaker,
  contest: Contest,
  open: Int32Array,
  standing: Standing,
): Effect.fn.Return<void, BackendError> {
  const { points, centroids, pointFrame, centroidFrame } = contest;
  const k = centroids.rows;
  const filter = filters(points, pointFrame, centroidFrame, k);
  const [full, small] = heightsOf(points.rows, k);
  let coarse = true;
  for (let begun = 0; begun < open.length;) {
    const left = open.length - begun;
    const height = left > full / 2 ? full : small;
    const rows = open.subarray(begun, begun + Math.min(left, height));
    const scores = yield* filter(coarse, rows);
    const compared = settle(contest, scores, rows, standing);
    coarse &&= compared <= rows.length * mostCompared(k);
    begun += rows.length;
  }
});

/**
 * Updates what is known of every point after centroids have moved.
 *
 * @returns Points whose label is not certain.
 */
const stillOpen = (
  points: Matrix,
  centroids: Matrix,
  before: Matrix,
  { labels, distances, others }: Standing,
): Int32Array => {
  const moves = movesOf(centroids, before);
  const [farthest, second] = twoLargest(moves);
  const open = new Int32Array(labels.length);
  let count = 0;
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    if (moves[label]! > 0) {
      distances[i] = squaredDistance(points, i, centroids, label);
    }
    const away = others[i]! -
      moves[label === farthest ? second : farthest]! * enlarged;
    others[i] = away;
    if (!(away > 0 && distances[i]! * enlarged < away * away)) {
      open[count++] = i;
    }
  }
  return open.slice(0, count);
};

/** Covers the roundings of distances. */
const enlarged = 1 + 2 ** -30;

/** How far each centroid has moved; 0 only when it is the same. */
const movesOf = (centroids: Matrix, before: Matrix): Float64Array =>
  Float64Array.from(
    { length: centroids.rows },
    (_, c) => Math.sqrt(squaredDistance(centroids, c, before, c)),
  );

/** Where the two largest values stand; twice the same place for one value. */
const twoLargest = (values: Float64Array): readonly [number, number] => {
  const first = values.indexOf(values.reduce((a, b) => Math.max(a, b)));
  let second = first === 0 ? Math.min(1, values.length - 1) : 0;
  for (let c = 0; c < values.length; c++) {
    if (c !== first && values[c]! > values[second]!) second = c;
  }
  return [first, second];
};
