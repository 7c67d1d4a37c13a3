/**
 * Random points for clustering and random features for whitening.
 *
 * @module
 */
import {
  draws,
  floatTensor,
  type Matrix,
  matrix,
  row,
} from "@deepcluster/core";
import { Backend } from "@deepcluster/gpu-backend";
import { add, buildGraph, input, matmul } from "@deepcluster/graph";
import { Effect } from "effect";
import { seed } from "./networks.ts";

/** Whether points lie in groups. */
export type Structure = "unstructured" | "clustered";

/** Number of groups of clustered points. */
const groups = 1000;

/**
 * Returns points of L2 norm 1, as the paper clusters them.
 *
 * `unstructured` points are uniform on the sphere, so that no bound on distances
 * can rule out a centroid: the worst case. `clustered` points scatter around
 * 1000 centres; the noise of each group has a norm from 0.5 to 1.
 *
 * @param n Number of points.
 * @param d Features of a point.
 * @param structure See {@link Structure}.
 * @returns `[n, d]`.
 */
export const unitPoints = (
  n: number,
  d: number,
  structure: Structure,
): Matrix => {
  const { normal, integer, uniform } = draws(seed, "points", structure);
  // As `sharedMatrix` makes it, which revisions to compare with may not know.
  const memory = new SharedArrayBuffer(4 * n * d);
  const points = matrix(n, d, new Float32Array(memory));
  const middles = matrix(structure === "clustered" ? groups : 0, d);
  for (let i = 0; i < middles.rows; i++) {
    scaleTo(row(middles, i).map(normal), 1, row(middles, i));
  }
  const scatter = new Float32Array(middles.rows).map(() => 0.5 + uniform() / 2);
  const noise = new Float32Array(d);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < d; j++) noise[j] = normal();
    const point = row(points, i);
    if (structure === "clustered") {
      const group = integer(groups);
      scaleTo(noise, scatter[group]!, point);
      const middle = row(middles, group);
      for (let j = 0; j < d; j++) point[j]! += middle[j]!;
      scaleTo(point, 1, point);
    } else scaleTo(noise, 1, point);
  }
  return points;
};

const scaleTo = (from: Float32Array, length: number, to: Float32Array) => {
  let squares = 0;
  for (const value of from) squares += value * value;
  const factor = length / Math.sqrt(squares);
  for (let j = 0; j < from.length; j++) to[j] = from[j]! * factor;
};

/** Number of latent factors. */
const latent = 512;

/**
 * Returns features whose variance lies in few directions, as a network's: 512
 * mixed latent factors, each weaker than the one before, and some noise.
 *
 * @param n Number of images.
 * @param d Features of an image.
 * @returns `[n, d]`, or the errors of the engine.
 */
export const randomFeatures = Effect.fn("randomFeatures")(
  function* (n: number, d: number) {
    const rank = Math.min(latent, d);
    const { normal } = draws(seed, "features", d);
    const mixing = new Float32Array(rank * d);
    for (let i = 0; i < mixing.length; i++) {
      mixing[i] = normal() / (1 + Math.floor(i / d));
    }
    const height = 1000;
    const graph = yield* buildGraph(() => {
      const causes = input("causes", [height, rank]);
      const noise = input("noise", [height, d]);
      const right = input("mixing", [rank, d]);
      const mixed = matmul(causes, right);
      return {
        outputs: { features: add(mixed, noise) },
        state: {
          mixing: right,
        },
      };
    });
    const program = yield* (yield* Backend).compile(graph, {
      mixing: floatTensor([rank, d], mixing),
    });
    const noise = new Float32Array(height * d).map(() => 0.01 * normal());
    const features = matrix(n, d);
    for (let start = 0; start < n; start += height) {
      const causes = new Float32Array(height * rank).map(normal);
      const { features: block } = yield* program.run({
        causes: floatTensor([height, rank], causes),
        noise: floatTensor([height, d], noise),
      });
      const count = Math.min(height, n - start) * d;
      features.data.set(
        (block!.data as Float32Array).subarray(0, count),
        start * d,
      );
    }
    return features;
  },
  Effect.scoped,
);
