/**
 * The coarse pass on an engine that runs graphs only: scores of all centroids
 * for a block of points, as matrix products of 32-bit floats on the Backend.
 *
 * @module
 */
import { floatTensor, type Matrix } from "@deepcluster/core";
import { Backend, type BackendError } from "@deepcluster/gpu-backend";
import {
  buildGraph,
  input,
  matmul,
  multiply,
  reduceMax,
  reshape,
  subtract,
} from "@deepcluster/graph";
import { Effect, Exit, type Scope, ScopedCache } from "effect";
import { gatherPoints, reusedMemory } from "./gathered_points.ts";
import { groupLayout, type QuantizedCentroids } from "./quantized_centroids.ts";
import type { QuantizedPoints } from "./quantized_points.ts";

/** The products of one block of points and all columns of the centroids. */
export interface CoarseScores {
  /** `[rows, groups * groupSize]` products of scaled points and codes. */
  readonly products: Float32Array;
  /** `[rows, groups]` largest product of each group. */
  readonly maxima: Float32Array;
}

/** Scores the points `rows`, of which {@link blockHeights} limits the number. */
export type CoarseScorer = (
  rows: Int32Array,
) => Effect.Effect<CoarseScores, BackendError>;

/** Makes scorers of `k` centroids for points; they share programs. */
export type CoarseScorerFor = (
  points: Matrix,
  quantizedPoints: QuantizedPoints,
  quantizedCentroids: QuantizedCentroids,
  k: number,
) => CoarseScorer;

/** Scores of one block, in elements: 8 MiB, which fit in caches. */
const scoresPerBlock = 2 ** 21;
/** Fewer rows than this make slow matrix products. */
const minRows = 256;
/** More rows than this gain nothing. */
const maxRows = 4096;

/** What a program is compiled for. */
interface ProgramShape {
  readonly rows: number;
  readonly k: number;
  readonly d: number;
}

/**
 * Chooses how many points are scored at once.
 *
 * @param n Number of points.
 * @param k Number of centroids.
 * @returns The rows of a full block, and of a small one for what remains.
 */
export const blockHeights = (
  n: number,
  k: number,
): readonly [full: number, small: number] => {
  const fitting = Math.floor(scoresPerBlock / k);
  const full = Math.max(minRows, Math.min(maxRows, fitting));
  return [Math.min(n, full), Math.min(n, minRows)];
};

/**
 * Makes coarse scorers. Programs are compiled when first needed; those of the
 * latest sizes are kept.
 *
 * Scores of one block take `4 max(2^21, 256 k)` bytes. Not to be used by two
 * fibers at once: scores stay valid until the next block.
 */
export const makeCoarseScorers: Effect.Effect<
  CoarseScorerFor,
  never,
  Backend | Scope.Scope
> = Effect.gen(function* () {
  const programs = yield* ScopedCache.makeWith({
    lookup: compile,
    capacity: 12,
    timeToLive: Exit.match({ onSuccess: () => Infinity, onFailure: () => 0 }),
  });
  const allocate = reusedMemory();
  return (points, quantizedPoints, quantizedCentroids, k) => {
    const { rows: n, columns: d } = points;
    const [full, small] = blockHeights(n, k);
    const { groupSize, groups, codes } = quantizedCentroids;
    const fixed = {
      origin: floatTensor([d], quantizedPoints.origin),
      codes: floatTensor([d, groups * groupSize], codes),
    };
    const gather = gatherPoints(points, allocate);
    return Effect.fnUntraced(function* (rows) {
      const height = rows.length > small ? full : small;
      const shape: ProgramShape = { rows: height, k, d };
      const program = yield* ScopedCache.get(programs, shape);
      const inverseScales = new Float32Array(height);
      rows.forEach((i, r) => {
        inverseScales[r] = quantizedPoints.inverseScales[i]!;
      });
      const { products, maxima } = yield* program.run({
        ...fixed,
        points: floatTensor([height, d], gather(rows, height)),
        inverseScales: floatTensor([height, 1], inverseScales),
      });
      return {
        products: products!.data as Float32Array,
        maxima: maxima!.data as Float32Array,
      };
    });
  };
});

const compile = Effect.fnUntraced(
  function* ({ rows, k, d }: ProgramShape) {
    const backend = yield* Backend;
    const { groupSize, groups } = groupLayout(k);
    const graph = yield* Effect.orDie(buildGraph(() => {
      const points = input("points", [rows, d]);
      const origin = input("origin", [d]);
      const inverseScales = input("inverseScales", [rows, 1]);
      const codes = input("codes", [d, groups * groupSize]);
      const scaled = multiply(subtract(points, origin), inverseScales);
      const products = matmul(scaled, codes);
      const grouped = reshape(products, [rows, groups, groupSize]);
      const maxima = reduceMax(grouped, { axes: [2] });
      return { outputs: { products, maxima } };
    }));
    return yield* backend.compile(graph, {});
  },
);
