/**
 * What the tests share: points, made from named draws, and an engine that is
 * used as a GPU is.
 *
 * @module
 */
import { draws, type Matrix, matrix } from "@deepcluster/core";
import { Backend, gpuPlacement } from "@deepcluster/gpu-backend";
import { withCapabilities } from "@deepcluster/test/engines";
import { Effect, Layer } from "effect";
import assert from "node:assert/strict";

/**
 * Makes callers take an engine for one with its own memory, and asserts that a
 * GPU would compute all that they ask of it.
 *
 * @param layer The engine, which stays as it is.
 * @returns The same with the capabilities of a GPU.
 */
export const asOnGpu = <E>(
  layer: Layer.Layer<Backend, E>,
): Layer.Layer<Backend, E> =>
  Layer.effect(
    Backend,
    Effect.map(Backend, ({ compile, productModels: _, ...rest }) => ({
      ...rest,
      compile: (...[graph, ...others]: Parameters<typeof compile>) => {
        assert.deepEqual(gpuPlacement(graph).onCpu, []);
        return compile(graph, ...others);
      },
    })),
  ).pipe(Layer.provide(withCapabilities(layer, {
    enginePerThread: false,
    deviceMemory: true,
    byteProducts: 0,
  })));

/**
 * Points from the standard normal distribution.
 *
 * @param name Names the draws.
 * @param n Number of points.
 * @param d Number of features.
 * @returns `[n, d]`.
 */
export const normalPoints = (name: string, n: number, d: number): Matrix => {
  const { normal } = draws(0, name);
  return matrix(n, d, new Float32Array(n * d).map(normal));
};

/**
 * The same features by a function of row and column.
 *
 * @param n Number of points.
 * @param d Number of features.
 * @param feature Value at a row and column.
 * @returns `[n, d]`.
 */
export const pointsBy = (
  n: number,
  d: number,
  feature: (row: number, column: number) => number,
): Matrix =>
  matrix(
    n,
    d,
    new Float32Array(n * d).map((_, at) => feature(Math.floor(at / d), at % d)),
  );

/**
 * Asserts that the covariance of the columns is the identity.
 *
 * @param points `[n, c]`.
 * @param tolerance Largest allowed difference of an element.
 */
export const assertWhite = (
  { rows: n, columns: c, data }: Matrix,
  tolerance = 1e-3,
): void => {
  for (let a = 0; a < c; a++) {
    for (let b = 0; b <= a; b++) {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += data[i * c + a]! * data[i * c + b]!;
      const found = sum / (n - 1);
      assert.ok(
        Math.abs(found - (a === b ? 1 : 0)) < tolerance,
        `${a} ${b} ${found}`,
      );
    }
  }
};

/** What {@link madeGroups} makes. */
export interface MadeGroups {
  /** Number of groups. */
  readonly groups: number;
  /** Number of points. */
  readonly points: number;
  /** Number of features. */
  readonly features: number;
  /** Distance of each group's mean from zero, in deviations of its points. */
  readonly apart: number;
  /** Whether the largest group has three times the points of the smallest. */
  readonly unequal?: boolean;
  /** Fraction of points that belong to no group. Default: 0. */
  readonly noise?: number;
  /** Names the draws. */
  readonly seed: number;
}

/**
 * Points around means in random directions.
 *
 * @param made What to make.
 * @returns Points `[n, d]` and the group of each, -1 for noise.
 */
export const madeGroups = (
  { groups, points, features, apart, unequal, noise = 0, seed }: MadeGroups,
): { readonly points: Matrix; readonly groups: Int32Array } => {
  const { normal, uniform } = draws(seed, "made groups");
  const means = Array.from({ length: groups }, () => {
    const direction = Array.from({ length: features }, normal);
    const length = Math.hypot(...direction);
    return direction.map((value) => apart * value / length);
  });
  const weights = means.map((_, group) =>
    unequal ? 1 + 2 * group / Math.max(1, groups - 1) : 1
  );
  const total = weights.reduce((sum, weight) => sum + weight);
  const draw = () => {
    if (uniform() < noise) return -1;
    let left = uniform() * total;
    return weights.findIndex((weight) => (left -= weight) <= 0);
  };
  const found = Int32Array.from({ length: points }, draw);
  const spread = Math.sqrt(1 + apart ** 2 / features);
  return {
    groups: found,
    points: pointsBy(
      points,
      features,
      (row, column) =>
        found[row]! < 0
          ? spread * normal()
          : means[found[row]!]![column]! + normal(),
    ),
  };
};
