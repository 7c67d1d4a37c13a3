/**
 * Real features to cluster: random crops of the demo's images, seen by the
 * demo's network before training, whitened and of length 1.
 *
 * @module
 */
import { reduce, whiten } from "@deepcluster/clustering";
import { matrix, rowsOf } from "@deepcluster/core";
import { batches, imageSet, trainingTransform } from "@deepcluster/data";
import { Backend, layerBackend } from "@deepcluster/gpu-backend";
import { featuresGraph, initialise } from "@deepcluster/models";
import { Effect, Stream } from "effect";
import { networks, seed } from "../../works/networks.ts";
import { emojiPixels, side } from "./epoch.ts";

const batch = 100;

/**
 * Makes the points.
 *
 * @param n How many, a multiple of 100.
 * @param d Features of each, at most 512.
 * @returns `[n, d]`.
 */
export const realPoints = Effect.fn("realPoints")(
  function* (n: number, d: number) {
    const network = networks.small;
    const set = decodedSet(yield* emojiPixels(Infinity));
    const graph = yield* featuresGraph(network, batch);
    const state = initialise(network, seed);
    const program = yield* (yield* Backend).compile(graph, state);
    const columns = network.featureSize;
    const features = matrix(n, columns);
    const transform = trainingTransform({ crop: 32, seed, epoch: 1 });
    const order = Int32Array.from({ length: n }, (_, i) => i % set.size);
    let done = 0;
    yield* batches(set, order, transform, { batchSize: batch }).pipe(
      Stream.runForEach(Effect.fnUntraced(function* ({ images }) {
        const { features: found } = yield* program.run({ images });
        features.data.set(found!.data, done);
        done += batch * columns;
      })),
    );
    const rows = rowsOf(features);
    const whitening = yield* whiten(rows, { components: d, seed });
    return yield* reduce(rows, whitening);
  },
  Effect.scoped,
  Effect.provide(layerBackend()),
);

const decodedSet = (pixels: Uint8Array) => {
  const bytes = side * side * 3;
  return imageSet({
    name: "emoji",
    ids: Array.from({ length: pixels.length / bytes }, (_, i) => String(i)),
    payload: (i) => ({
      kind: "pixels",
      width: side,
      height: side,
      channels: 3,
      data: pixels.subarray(i * bytes, (i + 1) * bytes),
    }),
  });
};
