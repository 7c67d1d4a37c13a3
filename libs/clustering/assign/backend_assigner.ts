/**
 * The E-step of k-means on an engine that runs graphs only, such as a GPU's:
 * exact assignments at the cost of products of 32-bit floats, and no product
 * for points whose assignment cannot have changed. `threaded_assigner.ts` says
 * what scores and bounds are.
 *
 * 1. **Product** (`coarse_scorer.ts`): the scores of all centroids, and the
 *    largest of each group.
 * 2. **Discard by bound** (`error_bounds.ts`, `assign_exactly.ts`), then
 *    **exact distances**.
 * 3. On a GPU, where scores would have to cross to the host, both are done
 *    first with two scores a point (`best_scorer.ts`, `assign_certain.ts`),
 *    which leaves few points to be scored as above.
 * 4. **Bounds for the next call** (`assignment_bounds.ts`).
 *
 * @module
 */
import { type Matrix, matrix } from "@deepcluster/core";
import {
  Backend,
  type BackendError,
  measureFactorRounding,
} from "@deepcluster/gpu-backend";
import { Effect, type Scope, Semaphore } from "effect";
import { assignCertain } from "./assign_certain.ts";
import { assignExactly, type ScoringPass } from "./assign_exactly.ts";
import type { Assign } from "./assignment.ts";
import {
  type AssignmentBounds,
  overheads,
  updateBounds,
} from "./assignment_bounds.ts";
import { openBestScorer } from "./best_scorer.ts";
import {
  blockHeights,
  type CoarseScorerFor,
  makeCoarseScorers,
} from "./coarse_scorer.ts";
import { quantizeCentroids } from "./quantized_centroids.ts";
import { type QuantizedPoints, quantizePoints } from "./quantized_points.ts";

/** Makes the assignments of points. */
export type AssignFor = (points: Matrix) => Assign;

/** What scores points: programs, and what is known of the engine. */
interface Scoring {
  /** Scores all centroids. */
  readonly scorerFor: CoarseScorerFor;
  /** Opens a scorer whose results are small. None where scores stay here. */
  readonly openBest: typeof openBestScorer | undefined;
  /** See {@link ScoringPass}. */
  readonly factorRounding: number;
}

/** What one call leaves for the next. */
interface PreviousCall extends AssignmentBounds {
  readonly centroids: Matrix;
}

/**
 * Makes assignments that share programs and run one at a time.
 *
 * Results equal those of plain loops in double, whatever the Backend, its
 * threads and the previous calls. Beside points and centroids, repeated
 * assignments of the same points hold up to 80 bytes a point, `4 k d` bytes
 * twice, and the scores of one block.
 */
export const makeBackendAssigner: Effect.Effect<
  AssignFor,
  never,
  Backend | Scope.Scope
> = Effect.gen(function* () {
  const context = yield* Effect.context<Backend>();
  const scorerFor = yield* makeCoarseScorers;
  const scoringOnce = yield* Effect.cached(
    Effect.uninterruptible(scoringOf(scorerFor)),
  );
  const mutex = yield* Semaphore.make(1);
  return (points) => {
    let quantizedPoints: QuantizedPoints | undefined;
    let previous: PreviousCall | undefined;
    return Effect.fnUntraced(
      function* (centroids) {
        const scoring = yield* scoringOnce;
        quantizedPoints ??= quantizePoints(points, 8);
        previous = yield* assign(
          scoring,
          points,
          quantizedPoints,
          centroids,
          previous,
        );
        return {
          assignments: previous.assignments.slice(),
          distances: previous.distances.slice(),
        };
      },
      Effect.provide(context),
      mutex.withPermit,
    );
  };
});

const scoringOf = Effect.fnUntraced(function* (
  scorerFor: CoarseScorerFor,
): Effect.fn.Return<Scoring, BackendError, Backend> {
  const { deviceMemory } = (yield* Backend).info.capabilities;
  return {
    scorerFor,
    openBest: deviceMemory ? openBestScorer : undefined,
    factorRounding: yield* measureFactorRounding,
  };
});

const assign = Effect.fnUntraced(function* (
  scoring: Scoring,
  points: Matrix,
  quantizedPoints: QuantizedPoints,
  centroids: Matrix,
  previous: PreviousCall | undefined,
): Effect.fn.Return<PreviousCall, BackendError, Backend> {
  const { factorRounding, openBest } = scoring;
  const common = { points, centroids, quantizedPoints, factorRounding };
  const known = previous?.centroids.rows === centroids.rows
    ? previous
    : undefined;
  const bounds = copyBounds(points.rows, known);
  if (known === undefined) {
    const all = Int32Array.from(bounds.assignments, (_, i) => i);
    yield* search(scoring, { ...common, search: "first" }, all, bounds);
  } else {
    const { activeCentroids, partialSearch, fullSearch } = updateBounds(
      points,
      centroids,
      known.centroids,
      bounds,
      openBest === undefined ? overheads.host : overheads.device,
    );
    const partial = { ...common, search: "partial", activeCentroids } as const;
    yield* search(scoring, partial, partialSearch, bounds);
    yield* search(scoring, { ...common, search: "full" }, fullSearch, bounds);
  }
  const copy = matrix(
    centroids.rows,
    centroids.columns,
    centroids.data.slice(),
  );
  return { ...bounds, centroids: copy };
});

/** Copies bounds, as an interrupted call must not change them. */
const copyBounds = (
  n: number,
  bounds: AssignmentBounds | undefined,
): AssignmentBounds =>
  bounds === undefined
    ? {
      assignments: new Int32Array(n),
      distances: new Float64Array(n),
      lowerBounds: new Float64Array(n),
    }
    : {
      assignments: bounds.assignments.slice(),
      distances: bounds.distances.slice(),
      lowerBounds: bounds.lowerBounds.slice(),
    };

/** What is compared in a search. */
interface Search extends Omit<ScoringPass, "quantizedCentroids"> {
  /** Indices of the centroids to compare. Default: all. */
  readonly activeCentroids?: Int32Array;
}

/** Compares points with centroids. */
const search = Effect.fnUntraced(function* (
  scoring: Scoring,
  { activeCentroids, ...common }: Search,
  rows: Int32Array,
  bounds: AssignmentBounds,
): Effect.fn.Return<void, BackendError, Backend> {
  if (rows.length === 0) return;
  const quantizedCentroids = quantizeCentroids(
    common.centroids,
    common.quantizedPoints.origin,
    activeCentroids,
  );
  const pass = { ...common, quantizedCentroids };
  const k = activeCentroids?.length ?? common.centroids.rows;
  const left = yield* searchBest(scoring, pass, rows, bounds);
  yield* searchAll(scoring, pass, k, left, bounds);
});

/** Assigns points by their two highest scores. Returns the uncertain ones. */
const searchBest = Effect.fnUntraced(
  function* (
    { openBest }: Scoring,
    pass: ScoringPass,
    rows: Int32Array,
    bounds: AssignmentBounds,
  ): Effect.fn.Return<Int32Array, BackendError, Backend | Scope.Scope> {
    if (openBest === undefined) return rows;
    const { scale, height, score } = yield* openBest(
      pass.points,
      pass.quantizedPoints,
      pass.centroids,
      pass.quantizedCentroids,
      rows.length,
    );
    const left = new Int32Array(rows.length);
    let count = 0;
    for (let begun = 0; begun < rows.length; begun += height) {
      const block = rows.subarray(begun, begun + height);
      const scores = yield* score(block);
      const uncertain = assignCertain(pass, scores, scale, block, bounds);
      left.set(uncertain, count);
      count += uncertain.length;
    }
    return left.subarray(0, count);
  },
  Effect.scoped,
);

/** Assigns points by all their scores, block by block. */
const searchAll = Effect.fnUntraced(function* (
  scoring: Scoring,
  pass: ScoringPass,
  k: number,
  rows: Int32Array,
  bounds: AssignmentBounds,
): Effect.fn.Return<void, BackendError> {
  const { points, quantizedPoints, quantizedCentroids } = pass;
  const { scorerFor } = scoring;
  const score = scorerFor(points, quantizedPoints, quantizedCentroids, k);
  const [full, small] = blockHeights(points.rows, k);
  for (let begun = 0; begun < rows.length;) {
    const left = rows.length - begun;
    const height = left > full / 2 ? full : small;
    const block = rows.subarray(begun, begun + Math.min(left, height));
    assignExactly(pass, yield* score(block), block, bounds);
    begun += block.length;
  }
});
