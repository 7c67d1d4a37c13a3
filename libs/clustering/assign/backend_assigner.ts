/**
 * The E-step of k-means on the Backend: exact assignments at the cost of 8-bit
 * matrix products, and no product for points whose assignment cannot have
 * changed. Read this file first: its steps are the other files of the folder.
 *
 * Notation: a point x and a centroid c, both relative to an origin near the
 * points' mean; s(c) = x·c - |c|²/2, the score. As |x - c|² = |x|² - 2 s(c),
 * the nearest centroid is the one with the highest score.
 *
 * 1. **Quantise** (`quantized_points.ts`, `quantized_centroids.ts`): x ≈ x̂,
 *    c ≈ ĉ, where x̂ and ĉ are a scale times whole numbers from -127 to 127;
 *    for x̂ from -63 to 63 where the engine multiplies only those exactly.
 *    The quantization errors e_x >= |x - x̂| and e_c >= |c - ĉ| are kept.
 *    Centroids of similar norm form groups that share a scale and e_c.
 * 2. **Coarse product** (`coarse_scorer.ts`): ŝ(c) = x̂·ĉ - |c|²/2 for all
 *    centroids, and the largest product of each group.
 * 3. **Discard by bound** (`error_bounds.ts`, `assign_exactly.ts`):
 *    |s(c) - ŝ(c)| <= E(c) = e_x |c| + (|x| + e_x) e_c, plus roundings. Any
 *    centroid with ŝ(c) + E(c) < L = max over c of ŝ(c) - E(c) is not the
 *    nearest. If x has a current assignment a, then L >= (|x|² - |x - a|²) / 2.
 * 4. **Exact distances** (`assign_exactly.ts`): the rest are compared by
 *    distances in double precision, of equal ones the lowest index wins. When
 *    too many are left, the following blocks use products of 32-bit floats,
 *    whose E is smaller.
 *
 *    On a GPU, where scores would have to cross to the host, steps 2 to 4 are
 *    done first with 32-bit floats and two scores a point (`best_scorer.ts`,
 *    `assign_certain.ts`), which leaves few points to be scored as above.
 * 5. **Bounds for the next call** (`assignment_bounds.ts`): u = |x - a|, and
 *    l = min(second exact distance, sqrt(|x|² - 2 U)), where U is the largest
 *    ŝ(c) + E(c) of the discarded centroids: no other centroid is nearer than
 *    l. After the centroids moved by their shifts δ_c, x stays with a while
 *    u < l - max δ_c. A few *active* centroids with the largest δ_c are left
 *    out of that maximum: points that only these can win go through steps 2 to
 *    4 with the active centroids alone.
 *
 * References: G. Hamerly, "Making k-means even faster", 2010, for u and l;
 * T. Kaukoranta, P. Fränti, O. Nevalainen, "A fast exact GLA based on code
 * vector activity detection", 2000, for active centroids.
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
  type Precision,
} from "./coarse_scorer.ts";
import { quantizeCentroids } from "./quantized_centroids.ts";
import { type QuantizedPoints, quantizePoints } from "./quantized_points.ts";

/** Makes the assignments of points. */
export type AssignFor = (points: Matrix) => Assign;

/** What scores points: programs, and what is known of the engine. */
interface Scoring {
  /** Scores all centroids. */
  readonly scorerFor: CoarseScorerFor;
  /** Bits of the points' codes. */
  readonly bits: 7 | 8;
  /** The precision that is tried first. */
  readonly precision: Precision;
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
        quantizedPoints ??= quantizePoints(points, scoring.bits);
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
  const { byteProducts, deviceMemory } = (yield* Backend).info.capabilities;
  const bits = byteProducts === 7 ? 7 : 8;
  return {
    scorerFor,
    bits,
    precision: byteProducts === 0 ? "float32" : `int${bits}`,
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

/** With more exact distances a point, finer products cost less. */
const maxExactDistances = (k: number): number => 2 + k / 64;

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
  let { precision } = scoring;
  for (let begun = 0; begun < rows.length;) {
    const left = rows.length - begun;
    const height = left > full / 2 ? full : small;
    const block = rows.subarray(begun, begun + Math.min(left, height));
    const scores = yield* score(precision, block);
    const computed = assignExactly(pass, scores, block, bounds);
    if (computed > block.length * maxExactDistances(k)) precision = "float32";
    begun += block.length;
  }
});
