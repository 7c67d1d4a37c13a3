/**
 * Products of the covariance and vectors without the covariance: by the centred
 * features, and by their transpose.
 *
 * @module
 */
import {
  floatTensor,
  type Matrix,
  matrix,
  type RowReader,
} from "@deepcluster/core";
import { Backend, type BackendError } from "@deepcluster/gpu-backend";
import {
  add,
  buildGraph,
  input,
  matmul,
  multiply,
  subtract,
} from "@deepcluster/graph";
import { Effect, Scope } from "effect";
import { blocksOf, forEachBlock } from "./blocks.ts";
import type { Centre } from "./centre.ts";
import {
  compileProductBy,
  type ProductBy,
  type SymmetricOperator,
} from "./products.ts";
import { tiledCovarianceOf } from "./tiled_covariance.ts";

/** Parts of a block: of 8 MiB, which a cache holds from product to product. */
const parts = 4;

/**
 * Features that are read again for every product are no more than the system
 * is likely to hold in memory if they are on disk: 2 GiB.
 */
const maxValues = 2 ** 29;

/** Scales whose squares, times products of features, are far from overflow. */
const maxScale = 2 ** 50;

/**
 * Tells whether eigenvectors take fewer operations without the covariance.
 *
 * A product with a vector takes `4 n d` operations, the covariance at least
 * `n d²`.
 *
 * @param rows `[n, d]`.
 * @param centre Of the same rows.
 * @param products Number of vectors that the covariance is multiplied by.
 * @returns False also for features that may not be in memory, or whose scale
 * is extreme.
 */
export const savesCovariance = (
  { rows: n, columns: d }: Pick<RowReader<unknown>, "rows" | "columns">,
  { scale }: Pick<Centre, "scale">,
  products: number,
): boolean =>
  4 * products <= d && n * d <= maxValues &&
  Math.max(scale, 1 / scale) <= maxScale;

/**
 * Makes products with the covariance, divided by n - 1, of centred and scaled
 * rows.
 *
 * Every product reads all rows, until they have taken as many operations as the
 * covariance takes: from then on it is computed and kept. So they never take
 * more than twice as many as the better of the two ways. Products of a block
 * are 32-bit floats, sums over blocks double. Holds two blocks: about `12 b d` bytes.
 *
 * @param rows `[n, d]`, finite, n at least 2.
 * @param centre Of the same rows, not all equal.
 * @returns See {@link SymmetricOperator}.
 */
export const implicitCovariance = <E>(
  rows: RowReader<E>,
  centre: Centre,
): SymmetricOperator<E> => ({
  rows: rows.columns,
  compile: Effect.fnUntraced(function* (count) {
    const scope = yield* Scope.Scope;
    const backend = yield* Backend;
    const implicit = yield* compileImplicit(rows, centre, count);
    let explicit: ProductBy | undefined;
    let products = 0;
    return Effect.fnUntraced(function* (vectors) {
      products += count;
      if (4 * products <= rows.columns) return yield* implicit(vectors);
      explicit ??= yield* Effect.flatMap(
        tiledCovarianceOf(rows, centre),
        (covariance) => compileProductBy(count, covariance),
      ).pipe(
        Effect.provideService(Backend, backend),
        Effect.provideService(Scope.Scope, scope),
      );
      return yield* explicit(vectors);
    });
  }),
});

const compileImplicit = Effect.fnUntraced(function* <E>(
  rows: RowReader<E>,
  centre: Centre,
  count: number,
): Effect.fn.Return<ProductBy<E>, BackendError, Backend | Scope.Scope> {
  const { columns: d } = rows;
  const height = Math.ceil(rows.rows / blocksOf(rows).length / parts);
  const reading = { height: parts * height, filler: centre.mean };
  const program = yield* compile(height, d, centre, count);
  return Effect.fnUntraced(function* ({ data: vectors }: Matrix) {
    const sums = new Float64Array(count * d);
    yield* forEachBlock(
      rows,
      reading,
      Effect.fnUntraced(function* ({ data }) {
        const { products } = yield* program.run({
          vectors: floatTensor([count, d], vectors),
          ...Object.fromEntries(partNames.map((name, i) => [
            name,
            floatTensor(
              [height, d],
              data.subarray(i * height * d, (i + 1) * height * d),
            ),
          ])),
        });
        const terms = products!.data as Float32Array;
        for (let at = 0; at < sums.length; at++) sums[at]! += terms[at]!;
      }),
    );
    const result = matrix(count, d);
    for (let at = 0; at < sums.length; at++) {
      result.data[at] = sums[at]! / (rows.rows - 1);
    }
    return result;
  });
});

const partNames = Array.from({ length: parts }, (_, i) => `part ${i}`);

const compile = Effect.fnUntraced(function* (
  height: number,
  d: number,
  { mean, scale }: Centre,
  count: number,
) {
  const backend = yield* Backend;
  const graph = yield* Effect.orDie(buildGraph(() => {
    const means = input("mean", [d]);
    const vectors = input("vectors", [count, d]);
    const products = partNames.map((name) => {
      const centred = subtract(input(name, [height, d]), means);
      const projected = matmul(centred, vectors, { transposeB: true });
      // A power of two scales either factor alike.
      return matmul(multiply(projected, scale ** 2), centred, {
        transposeA: true,
      });
    });
    return {
      outputs: { products: products.reduce((sum, term) => add(sum, term)) },
      state: { mean: means },
    };
  }));
  return yield* backend.compile(graph, { mean: floatTensor([d], mean) });
});
