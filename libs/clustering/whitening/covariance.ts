/**
 * Covariances of features that may be on disk, as matrix products on the
 * Backend.
 *
 * @module
 */
import { floatTensor, type Matrix, type RowReader } from "@deepcluster/core";
import { Backend, type BackendError } from "@deepcluster/gpu-backend";
import {
  buildGraph,
  input,
  matmul,
  multiply,
  subtract,
} from "@deepcluster/graph";
import { Effect, type Scope } from "effect";
import { blockRows, forEachBlock } from "./blocks.ts";
import type { Centre } from "./centre.ts";

/**
 * Values of a block whose product crosses from a GPU: 128 MiB, which every
 * adapter of WebGPU allows for one tensor. Larger blocks, fewer products.
 */
const deviceElements = 2 ** 25;

/**
 * Computes the covariance, divided by n - 1, of centred and scaled rows, or of
 * their projections.
 *
 * Products of a block are 32-bit floats, sums over blocks double. Holds two
 * blocks, one of them twice, the product, and the sums: `4 (3 b d + w²) + 8 w²`
 * bytes.
 *
 * @param rows `[n, d]`, finite, n at least 2.
 * @param centre Of the same rows, not all equal.
 * @param projection `[d, w]`; Default: none, then w is d.
 * @returns `[w, w]`, or `BackendError`, or the error of reading.
 */
export const covarianceOf = Effect.fnUntraced(
  function* <E>(
    rows: RowReader<E>,
    centre: Centre,
    projection?: Matrix,
  ): Effect.fn.Return<Float64Array, E | BackendError, Backend | Scope.Scope> {
    const { deviceMemory } = (yield* Backend).info.capabilities;
    const height = blockRows(rows, deviceMemory ? deviceElements : undefined);
    const shape = [height, rows.columns] as const;
    const program = yield* compile(shape, centre, projection);
    const width = projection?.columns ?? rows.columns;
    const sums = new Float64Array(width * width);
    yield* forEachBlock(
      rows,
      { height, filler: centre.mean },
      Effect.fnUntraced(function* ({ data }) {
        const { products } = yield* program.run({
          points: floatTensor(shape, data),
        });
        addTo(sums, products!.data as Float32Array);
      }),
    );
    for (let i = 0; i < sums.length; i++) sums[i]! /= rows.rows - 1;
    return sums;
  },
  Effect.scoped,
);

const compile = Effect.fnUntraced(function* (
  shape: readonly [height: number, d: number],
  { mean, scale }: Centre,
  projection: Matrix | undefined,
) {
  const backend = yield* Backend;
  const [, d] = shape;
  const state = {
    mean: floatTensor([d], mean),
    ...projection === undefined ? {} : {
      projection: floatTensor(
        [d, projection.columns],
        projection.data.map((value) => value * scale),
      ),
    },
  };
  const graph = yield* Effect.orDie(buildGraph(() => {
    const points = input("points", shape);
    const mean = input("mean", [d]);
    const centred = subtract(points, mean);
    // A power of two scales either factor alike.
    const projector = projection &&
      input("projection", [d, projection.columns]);
    const part = projector
      ? matmul(centred, projector)
      : multiply(centred, scale);
    const products = matmul(part, part, { transposeA: true });
    return {
      outputs: { products },
      state: { mean, ...projector && { projection: projector } },
    };
  }));
  return yield* backend.compile(graph, state);
});

const addTo = (sums: Float64Array, terms: Float32Array): void => {
  for (let i = 0; i < sums.length; i++) sums[i]! += terms[i]!;
};
