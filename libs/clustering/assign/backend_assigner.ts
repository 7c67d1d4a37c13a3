/**
 * The E-step of k-means on the Backend: exact labels from rough products, and
 * no product for centroids that cannot have won a point.
 *
 * @module
 */
import { type Matrix, matrix } from "@deepcluster/core";
import type { Backend, BackendError } from "@deepcluster/gpu-backend";
import { Effect, type Scope, Semaphore } from "effect";
import type { Assign } from "./assigner.ts";
import { contendersFor } from "./bounds.ts";
import { centroidFrameOf } from "./centroid_frame.ts";
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
 * assignment of the same points holds up to 80 bytes a point, `4 k d` bytes
 * twice, and the scores of one block.
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
  const contest = { points, centroids, pointFrame };
  const usable = before?.centroids.rows === centroids.rows ? before : undefined;
  const standing = standingOf(points.rows, usable);
  if (usable === undefined) {
    const all = Int32Array.from(standing.labels, (_, i) => i);
    yield* settleAll(filters, { ...contest, kind: "new" }, all, standing);
  } else {
    const { centroids: old } = usable;
    const { fast, challenged, open } = contendersFor(
      points,
      centroids,
      old,
      standing,
    );
    const challenge = { ...contest, kind: "challenge", among: fast } as const;
    yield* settleAll(filters, challenge, challenged, standing);
    yield* settleAll(filters, { ...contest, kind: "open" }, open, standing);
  }
  const kept = matrix(
    centroids.rows,
    centroids.columns,
    centroids.data.slice(),
  );
  return { ...standing, centroids: kept };
});

/** A copy of what is known, or room for it. */
const standingOf = (n: number, known: Standing | undefined): Standing =>
  known === undefined
    ? {
      labels: new Int32Array(n),
      distances: new Float64Array(n),
      others: new Float64Array(n),
    }
    : {
      labels: known.labels.slice(),
      distances: known.distances.slice(),
      others: known.others.slice(),
    };

/** More distances a point than this, and finer products cost less. */
const mostCompared = (k: number): number => 2 + k / 64;

const settleAll = Effect.fnUntraced(function* (
  filters: FilterMaker,
  { among, ...asked }: Omit<Contest, "centroidFrame"> & {
    /** Numbers of the centroids that contend; all when absent. */
    readonly among?: Int32Array;
  },
  rows: Int32Array,
  standing: Standing,
): Effect.fn.Return<void, BackendError> {
  if (rows.length === 0) return;
  const { points, centroids, pointFrame } = asked;
  const k = among?.length ?? centroids.rows;
  const centroidFrame = centroidFrameOf(centroids, pointFrame.origin, among);
  const contest = { ...asked, centroidFrame };
  const filter = filters(points, pointFrame, centroidFrame, k);
  const [full, small] = heightsOf(points.rows, k);
  let coarse = true;
  for (let begun = 0; begun < rows.length;) {
    const left = rows.length - begun;
    const height = left > full / 2 ? full : small;
    const block = rows.subarray(begun, begun + Math.min(left, height));
    const scores = yield* filter(coarse, block);
    const compared = settle(contest, scores, block, standing);
    coarse &&= compared <= block.length * mostCompared(k);
    begun += block.length;
  }
});
