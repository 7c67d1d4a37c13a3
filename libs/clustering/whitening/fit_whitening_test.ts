import { draws, type Matrix, matrix, row, rowsOf } from "@deepcluster/core";
import { layerOnnx, layerReference } from "@deepcluster/gpu-backend";
import { assertClose, effectTest } from "@deepcluster/test";
import { Effect, Layer } from "effect";
import assert from "node:assert/strict";
import { eigenpairsOf } from "./eigenpairs.ts";
import fixture from "./fixtures/whitening.json" with { type: "json" };
import { orthonormalise } from "./orthonormalise.ts";
import { applyWhitening, whitenRows } from "./apply_whitening.ts";
import { assertWhite, normalPoints, pointsBy } from "../testing.ts";
import {
  fitWhitening,
  type Whitening,
  type WhiteningOptions,
} from "./fit_whitening.ts";

const fit = (points: Matrix, options: Partial<WhiteningOptions> = {}) =>
  fitWhitening(rowsOf(points), { seed: 0, ...options }).pipe(
    Effect.provide(layerReference),
  );

const onnx = Layer.orDie(layerOnnx({ provider: "cpu", threads: 2 }));

const apply = (points: Matrix, whitening: Whitening) =>
  applyWhitening(rowsOf(points), whitening).pipe(
    Effect.provide(layerReference),
  );

effectTest(
  "fitWhitening() solves a case worked by hand",
  () =>
    Effect.gen(function* () {
      // Variances 8 / 3 along (1, 1) and 2 / 3 along (1, -1), about (5, 7).
      const points = matrix(
        4,
        2,
        Float32Array.of(5 + S, 7 + S, 5 - S, 7 - S, 5 + H, 7 - H, 5 - H, 7 + H),
      );
      const found = yield* fit(points);
      assertClose(found.mean, [5, 7], 1e-6);
      assertClose(found.eigenvalues, [8 / 3, 2 / 3], 1e-5);
      const whitened = yield* apply(points, found);
      const root = Math.sqrt(3 / 2);
      assertClose(
        whitened.data.map(Math.abs),
        [root, 0, root, 0, 0, root, 0, root],
        1e-4,
      );
      assertClose([found.explainedFraction], [1], 1e-5);
    }),
);

effectTest(
  "fitWhitening() spans the subspace that faiss finds",
  () =>
    Effect.gen(function* () {
      const { components, columns, faissMatrix } = fixture;
      const { projection } = yield* fit(fixturePoints(), { components });
      const theirs = unitColumns(transposed(faissMatrix, components, columns));
      const ours = unitColumns(projection);
      // Distinct eigenvalues: every column agrees up to its sign.
      for (let i = 0; i < components; i++) {
        assert.ok(
          Math.abs(dot(ours[i]!, theirs[i]!)) > 1 - 1e-6,
          `column ${i}`,
        );
      }
      // Principal angles: every one of theirs lies within the span of ours.
      for (const vector of theirs) {
        const squares = ours.map((own) => dot(own, vector) ** 2);
        assertClose([squares.reduce((sum, x) => sum + x)], [1], 1e-5);
      }
    }),
);

effectTest(
  "fitWhitening() finds the variances that scikit-learn finds",
  () =>
    Effect.gen(function* () {
      const { components, sklearnVariances, sklearnExplained } = fixture;
      const found = yield* fit(fixturePoints(), { components });
      assertClose(found.eigenvalues, sklearnVariances, 1e-5);
      assertClose([found.explainedFraction], [sklearnExplained], 1e-5);
    }),
);

effectTest(
  "applyWhitening() of the fitted features has covariance I",
  () =>
    Effect.gen(function* () {
      // Deviations from 1 to 1/900 along random directions: of the variance
      // of the last ones 32-bit products miss a few thousandths.
      const [n, d] = [500, 40];
      const graded = normalPoints("graded", n, d);
      const turn = normalPoints("turn", d, d);
      orthonormalise(turn, draws(0, "directions").normal);
      const points = pointsBy(n, d, (i, j) =>
        row(graded, i).reduce(
          (sum, x, e) => sum + x * 900 ** -(e / (d - 1)) * row(turn, e)[j]!,
          3,
        ));
      const whitening = yield* fitWhitening(rowsOf(points), { seed: 0 }).pipe(
        Effect.provide(onnx),
      );
      assert.equal(whitening.projection.columns, d);
      const whitened = yield* applyWhitening(rowsOf(points), whitening).pipe(
        Effect.provide(onnx),
      );
      assertWhite(whitened, 1e-4);
    }),
);

effectTest(
  "fitWhitening() on ONNX equals fitWhitening() on the reference Backend",
  () =>
    Effect.gen(function* () {
      const points = normalPoints("engines", 300, 24);
      points.data.forEach((value, at) => {
        points.data[at] = value * 0.8 ** (at % 24) - 3;
      });
      const options = { components: 10, seed: 0 };
      const exact = yield* fit(points, options);
      const found = yield* fitWhitening(rowsOf(points), options).pipe(
        Effect.provide(onnx),
      );
      assert.equal(found.residual, 0);
      assert.deepEqual(found.mean, exact.mean);
      assertClose(found.eigenvalues, exact.eigenvalues, 1e-5);
      assertClose(found.projection.data, exact.projection.data, 1e-4);
      const reduced = whitenRows(rowsOf(points), exact);
      assertClose(
        (yield* reduced.pipe(Effect.provide(onnx))).data,
        (yield* reduced.pipe(Effect.provide(layerReference))).data,
        1e-5,
      );
    }),
);

effectTest(
  "fitWhitening() of many features finds what their products tell",
  () =>
    Effect.gen(function* () {
      // 1100 features take tiles and Lanczos; 60 points a problem of size 60.
      const [n, d, components] = [60, 1100, 20];
      const points = normalPoints("many features", n, d);
      points.data.forEach((value, at) => {
        points.data[at] = value / Math.sqrt(1 + at % d);
      });
      const options = { components, seed: 0 };
      const learned = fitWhitening(rowsOf(points), options).pipe(
        Effect.provide(onnx),
      );
      const whitening = yield* learned;
      const { values } = eigenpairsOf(productsOf(points));
      assertClose(
        whitening.eigenvalues,
        values.slice(0, components).map((value) => value / (n - 1)),
        1e-4,
      );
      assertWhite(yield* apply(points, whitening));
      assert.ok(whitening.residual > 0 && whitening.residual <= 1e-3);
      assert.deepEqual(yield* learned, whitening);
    }),
);

const S = Math.SQRT2;
const H = Math.SQRT1_2;

/** Dot products `[n, n]` of centred points. */
const productsOf = ({ rows: n, columns: d, data }: Matrix): Float64Array => {
  const centred = Float64Array.from(data);
  for (let j = 0; j < d; j++) {
    let mean = 0;
    for (let i = 0; i < n; i++) mean += data[i * d + j]! / n;
    for (let i = 0; i < n; i++) centred[i * d + j]! -= mean;
  }
  return new Float64Array(n * n).map((_, at) => {
    const [a, b] = [Math.floor(at / n), at % n];
    let sum = 0;
    for (let j = 0; j < d; j++) {
      sum += centred[a * d + j]! * centred[b * d + j]!;
    }
    return sum;
  });
};

const fixturePoints = (): Matrix =>
  matrix(fixture.rows, fixture.columns, Float32Array.from(fixture.points));

/** `[rows, columns]` row-major as a matrix `[columns, rows]`. */
const transposed = (
  data: readonly number[],
  rows: number,
  columns: number,
): Matrix => pointsBy(columns, rows, (i, j) => data[j * columns + i]!);

const unitColumns = (m: Matrix): number[][] =>
  Array.from({ length: m.columns }, (_, j) => {
    const column = Array.from({ length: m.rows }, (_, i) => row(m, i)[j]!);
    const length = Math.hypot(...column);
    return column.map((value) => value / length);
  });

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, i) => sum + value * b[i]!, 0);
