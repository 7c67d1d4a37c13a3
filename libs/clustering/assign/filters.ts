/**
 * The products that rule centroids out, as programs of the Backend: coarse
 * ones in bytes, fine ones in 32-bit floats.
 *
 * @module
 */
import { floatTensor, type Matrix } from "@deepcluster/core";
import { Backend, type BackendError } from "@deepcluster/gpu-backend";
import {
  buildGraph,
  coarseMatmul,
  input,
  matmul,
  multiply,
  reduceMax,
  reshape,
  subtract,
} from "@deepcluster/graph";
import { Effect, Exit, type Scope, ScopedCache } from "effect";
import { type CentroidFrame, layoutOf } from "./centroid_frame.ts";
import type { PointFrame } from "./point_frame.ts";
import type { Scores } from "./settle.ts";

/** Scores of one block, in elements: 8 MiB, which caches bear. */
const scoresPerBlock = 2 ** 21;
/** Fewer rows than this make poor matrix products. */
const leastRows = 256;
/** More rows than this gain nothing. */
const mostRows = 4096;

/** What a program is made for. */
interface FilterShape {
  readonly coarse: boolean;
  readonly rows: number;
  readonly k: number;
  readonly d: number;
}

/** Scores some points, `rows` at most as many as {@link heightsOf} says. */
export type Filter = (
  coarse: boolean,
  rows: Int32Array,
) => Effect.Effect<Scores, BackendError>;

/** Makes filters of points and centroids, which share programs. */
export type FilterMaker = (
  points: Matrix,
  pointFrame: PointFrame,
  centroidFrame: CentroidFrame,
  k: number,
) => Filter;

/**
 * How many points are scored at once.
 *
 * @param n Number of points.
 * @param k Number of centroids.
 * @returns The height of full blocks, and that of the last ones.
 */
export const heightsOf = (n: number, k: number): readonly [number, number] => {
  const fitting = Math.floor(scoresPerBlock / k);
  const full = Math.max(leastRows, Math.min(mostRows, fitting));
  return [Math.min(n, full), Math.min(n, leastRows)];
};

/**
 * Compiles programs as they are needed and keeps those of the latest sizes.
 *
 * Scores of one block take `4 max(2^21, 256 k)` bytes. Not to be used by two
 * fibers at once: scores stay valid until the next block.
 */
export const makeFilters: Effect.Effect<
  FilterMaker,
  never,
  Backend | Scope.Scope
> = Effect.gen(function* () {
  const programs = yield* ScopedCache.makeWith({
    lookup: compile,
    capacity: 12,
    timeToLive: Exit.match({ onSuccess: () => Infinity, onFailure: () => 0 }),
  });
  const roomFor = growing();
  return (points, pointFrame, centroidFrame, k) => {
    const { rows: n, columns: d } = points;
    const [full, small] = heightsOf(n, k);
    const { size, groups, directions } = centroidFrame;
    const frame = {
      origin: floatTensor([d], pointFrame.origin),
      directions: floatTensor([d, groups * size], directions),
    };
    const gather = gathering(points, pointFrame, roomFor);
    return Effect.fnUntraced(function* (coarse, rows) {
      const height = rows.length > small ? full : small;
      const shape: FilterShape = { coarse, rows: height, k, d };
      const program = yield* ScopedCache.get(programs, shape);
      const { data, factors } = gather(rows, height);
      const { products, maxima } = yield* program.run({
        ...frame,
        points: floatTensor([height, d], data),
        factors: floatTensor([height, 1], factors),
      });
      return {
        coarse,
        products: products!.data as Float32Array,
        maxima: maxima!.data as Float32Array,
      };
    });
  };
});

const compile = Effect.fnUntraced(
  function* ({ coarse, rows, k, d }: FilterShape) {
    const backend = yield* Backend;
    const { size, groups } = layoutOf(k);
    const graph = yield* Effect.orDie(buildGraph(() => {
      const points = input("points", [rows, d]);
      const origin = input("origin", [d]);
      const factors = input("factors", [rows, 1]);
      const directions = input("directions", [d, groups * size]);
      const moved = multiply(subtract(points, origin), factors);
      const products = (coarse ? coarseMatmul : matmul)(
        moved,
        directions,
      );
      const grouped = reshape(products, [rows, groups, size]);
      const maxima = reduceMax(grouped, { axes: [2] });
      return { outputs: { products, maxima } };
    }));
    return yield* backend.compile(graph, {});
  },
);

/** Gives the same memory again and again: fresh memory costs more than copies. */
const growing = () => {
  let room = new Float32Array(0);
  return (length: number): Float32Array => {
    if (room.length < length) room = new Float32Array(length);
    return room.subarray(0, length);
  };
};

/** Points of a block side by side, those that are neighbours in one copy. */
const gathering = (
  { columns: d, data }: Matrix,
  { factors }: PointFrame,
  roomFor: (length: number) => Float32Array,
) =>
(rows: Int32Array, height: number) => {
  const own = roomFor(height * d);
  const ownFactors = new Float32Array(height);
  for (let from = 0; from < rows.length;) {
    const first = rows[from]!;
    let to = from + 1;
    while (to < rows.length && rows[to] === first + to - from) to++;
    const end = first + to - from;
    own.set(data.subarray(first * d, end * d), from * d);
    from = to;
  }
  rows.forEach((i, r) => ownFactors[r] = factors[i]!);
  return { data: own, factors: ownFactors };
};
