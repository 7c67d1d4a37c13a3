/**
 * The E-step of k-means as matrix products on the Backend.
 *
 * The nearest centroid maximises `x·c - |c|²/2`. Cancellation would spoil this
 * in 32-bit floats where all points lie far from the origin, so centroids are
 * first moved to their own mean and scaled to about 1, which changes no
 * argument of the maximum: `x·(c - m) - (m·(c - m) + |c - m|²/2)`.
 *
 * @module
 */
import { floatTensor, type Matrix, rowsOf } from "@deepcluster/core";
import { Backend, type BackendError } from "@deepcluster/gpu-backend";
import { add, argMax, graphOf, input, matmul } from "@deepcluster/graph";
import { Effect, Exit, type Scope, ScopedCache, Semaphore } from "effect";

/** Scores of one block, in elements: 16 MiB, which caches and pools bear. */
const scoresPerBlock = 2 ** 22;
/** Fewer rows than this make poor matrix products. */
const leastRows = 256;
/** More rows than this gain nothing. */
const mostRows = 4096;

/** Labels of the nearest centroids, `[n]`. */
type Labeller = (
  points: Matrix,
  centroids: Matrix,
) => Effect.Effect<Int32Array, BackendError>;

/** Sizes of one program. */
interface BlockShape {
  readonly rows: number;
  readonly k: number;
  readonly d: number;
}

/**
 * Makes a labeller that compiles one program a shape, keeps the latest, and
 * runs it one block at a time, one caller at a time.
 *
 * Beside points and centroids it holds `k * d` floats and the scores of one
 * block, at most `max(2^22, 256 k)` floats.
 */
export const labellerOnBackend: Effect.Effect<
  Labeller,
  never,
  Backend | Scope.Scope
> = Effect.gen(function* () {
  const programs = yield* ScopedCache.makeWith({
    lookup: compile,
    capacity: 1,
    timeToLive: Exit.match({ onSuccess: () => Infinity, onFailure: () => 0 }),
  });
  const turn = yield* Semaphore.make(1);

  const labelsOf: Labeller = Effect.fnUntraced(function* (points, centroids) {
    const { rows: n, columns: d } = points;
    const rows = blockRows(n, centroids.rows);
    const shape = { rows, k: centroids.rows, d };
    const program = yield* ScopedCache.get(programs, shape);
    const frame = scoring(centroids);
    const labels = new Int32Array(n);
    for (let begun = 0; begun < n; begun += rows) {
      // The last block overlaps the one before: all have the same shape.
      const start = Math.min(begun, n - rows);
      const block = yield* rowsOf(points).read(start, rows);
      const { nearest } = yield* program.run({
        ...frame,
        points: floatTensor([rows, d], block.data),
      });
      labels.set(nearest!.data, start);
    }
    return labels;
  });
  return (points, centroids) =>
    turn.withPermits(1)(labelsOf(points, centroids));
});

const compile = Effect.fnUntraced(function* ({ rows, k, d }: BlockShape) {
  const backend = yield* Backend;
  const graph = yield* Effect.orDie(Effect.gen(function* () {
    const points = yield* input("points", [rows, d]);
    const directions = yield* input("directions", [k, d]);
    const bias = yield* input("bias", [k]);
    const products = yield* matmul(points, directions, { transposeB: true });
    const scores = yield* add(products, bias);
    return yield* graphOf({ nearest: yield* argMax(scores, 1) });
  }));
  return yield* backend.compile(graph, {});
});

/** The same number of rows in every block, or nearly so. */
const blockRows = (n: number, k: number): number => {
  const fitting = Math.floor(scoresPerBlock / k);
  const rows = Math.max(leastRows, Math.min(mostRows, fitting));
  return Math.ceil(n / Math.ceil(n / rows));
};

/**
 * What points are multiplied by, and what is added. Scale and origin are short
 * binary fractions, so that small whole numbers stay exact and ties stay ties.
 */
const scoring = (centroids: Matrix) => {
  const { rows: k, columns: d, data } = centroids;
  let largest = 0;
  for (const value of data) largest = Math.max(largest, Math.abs(value));
  const unit = 2 ** Math.ceil(Math.log2(largest || 1));
  const origin = originOf(centroids, unit / 256);
  const directions = new Float32Array(k * d);
  const bias = new Float32Array(k);
  for (let c = 0; c < k; c++) {
    let height = 0;
    for (let j = 0; j < d; j++) {
      const direction = Math.fround((data[c * d + j]! - origin[j]!) / unit);
      directions[c * d + j] = direction;
      height += direction * (origin[j]! + direction * unit / 2);
    }
    bias[c] = -height;
  }
  return {
    directions: floatTensor([k, d], directions),
    bias: floatTensor([k], bias),
  };
};

/** The mean of the centroids, rounded to multiples of `step`. */
const originOf = (centroids: Matrix, step: number): Float64Array => {
  const { rows: k, columns: d, data } = centroids;
  const origin = new Float64Array(d);
  for (let i = 0; i < k * d; i++) origin[i % d]! += data[i]! / k;
  return origin.map((mean) => Math.round(mean / step) * step);
};
